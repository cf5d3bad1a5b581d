//! Every benefit in force, by programme.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use platform::chart::{RankedBar, RankedBars};
use platform::problems::Problem;
use platform::web::{Html, PageContext, render};
use programmes::service::content::LabelKind;
use programmes::service::plain::{PlainBasis, plain};

use super::words::Words;
use super::{Behind, Figure, Pages};
use crate::service::{BenefitLine, Programmes};

struct Row {
    code: String,
    name: String,
    /// What it gives, where its neighbours give something else.
    gives: Option<String>,
    holders: String,
    uses: String,
    forgone: String,
    funded: String,
    aid: String,
    basis: Option<PlainBasis>,
}

struct Section {
    id: String,
    title: String,
    note: String,
    /// What all of its benefits give and rest on, told once.
    gives: Option<String>,
    basis: Option<PlainBasis>,
    rows: Vec<Row>,
}

#[derive(Template)]
#[template(path = "programmes.html")]
struct ProgrammesPage {
    page: PageContext,
    crumb: String,
    sentence: String,
    behind: Option<Behind>,
    figures: Vec<Figure>,
    picture: Option<Html>,
    sections: Vec<Section>,
    rests_on: String,
}

/// `GET /programmes`
pub async fn page(State(pages): State<Pages>, page: PageContext) -> Result<Response, Problem> {
    let page = page.at("/programmes");
    let programmes = pages.service.programmes(page.actor()).await?;
    let today = programmes.ground.at.jakarta_date();
    let words = pages.words(&page, today);
    let template = ProgrammesPage {
        crumb: words.format().long_date(today),
        sentence: sentence(&words, &programmes),
        behind: Behind::of(&words, &programmes.ground),
        figures: figures(&words, &programmes),
        picture: picture(&words, &programmes),
        sections: sections(&words, &programmes),
        rests_on: words.rests_on(&programmes.ground),
        page: page.clone(),
    };
    Ok(render(&template))
}

fn sum(programmes: &Programmes, figure: impl Fn(&BenefitLine) -> i64) -> i64 {
    programmes.lines.iter().map(figure).sum()
}

fn sentence(words: &Words<'_>, programmes: &Programmes) -> String {
    let benefits = i64::try_from(programmes.lines.len()).unwrap_or(i64::MAX);
    let holders = sum(programmes, |line| line.holders);
    if benefits == 0 {
        return words.t("programmes-open-none");
    }
    let values = [
        ("benefits", words.number(benefits)),
        ("holders", words.number(holders)),
        ("uses", words.number(sum(programmes, |line| line.month.uses))),
    ];
    words.with("programmes-open", &values)
}

/// Each kind of money for itself: they are never added together.
fn figures(words: &Words<'_>, programmes: &Programmes) -> Vec<Figure> {
    let figure = |key: &str, value: i64| Figure {
        name: words.t(&format!("money-{key}")),
        value: words.money(value),
        note: words.t(&format!("money-{key}-note")),
    };
    vec![
        figure("forgone", sum(programmes, |line| line.month.forgone)),
        figure("funded", sum(programmes, |line| line.month.funded)),
        figure("aid", sum(programmes, |line| line.month.aid)),
        figure("spent", sum(programmes, |line| line.month.spent + line.month.cash)),
    ]
}

/// What a benefit's code has before the dot; the whole code where there is none.
pub fn programme_of(code: &str) -> &str {
    code.split_once('.').map_or(code, |(programme, _)| programme)
}

/// A programme's code with its benefits.
type Group<'a> = (&'a str, Vec<&'a BenefitLine>);

fn uses(lines: &[&BenefitLine]) -> i64 {
    lines.iter().map(|line| line.month.uses).sum()
}

/// Programmes, the most used first; the same within each.
fn groups(programmes: &Programmes) -> Vec<Group<'_>> {
    let mut groups: BTreeMap<&str, Vec<&BenefitLine>> = BTreeMap::new();
    for line in &programmes.lines {
        groups.entry(programme_of(line.definition.code.as_str())).or_default().push(line);
    }
    let mut groups: Vec<Group<'_>> = groups.into_iter().collect();
    groups.sort_by_key(|(programme, lines)| (std::cmp::Reverse(uses(lines)), *programme));
    for (_, lines) in &mut groups {
        lines.sort_by_key(|line| (std::cmp::Reverse(line.month.uses), line.definition.code));
    }
    groups
}

/// What programmes were used for, the longest bar first.
fn picture(words: &Words<'_>, programmes: &Programmes) -> Option<Html> {
    let groups = groups(programmes);
    let (first, lines) = groups.first().filter(|(_, lines)| uses(lines) > 0)?;
    let values = [("programme", programme_name(words, first)), ("uses", words.number(uses(lines)))];
    let bar = |(programme, lines): &Group<'_>| RankedBar {
        name: programme_name(words, programme),
        note: String::new(),
        value: uses(lines),
    };
    let chart = RankedBars {
        id: "g-program".into(),
        caption: words.with("programmes-picture", &values),
        name_column: words.t("programmes-column"),
        value_column: words.t("programme-unit"),
        bars: groups.iter().map(bar).collect(),
    };
    Some(chart.render(words.page.language))
}

fn sections(words: &Words<'_>, programmes: &Programmes) -> Vec<Section> {
    groups(programmes).into_iter().map(|group| section(words, group)).collect()
}

fn section(words: &Words<'_>, (programme, lines): Group<'_>) -> Section {
    let holders: i64 = lines.iter().map(|line| line.holders).sum();
    let values = [("holders", words.number(holders)), ("uses", words.number(uses(&lines)))];
    let mut rows: Vec<Row> = lines.into_iter().map(|line| row(words, line)).collect();
    let (gives, basis) = match rows.as_slice() {
        [first, others @ ..] if !others.is_empty() => (
            first.gives.clone().filter(|_| others.iter().all(|row| row.gives == first.gives)),
            first.basis.clone().filter(|_| others.iter().all(|row| row.basis == first.basis)),
        ),
        _ => (None, None),
    };
    for row in &mut rows {
        row.gives.take_if(|_| gives.is_some());
        row.basis.take_if(|_| basis.is_some());
    }
    Section {
        id: programme.to_owned(),
        title: programme_name(words, programme),
        note: words.with("programmes-section-note", &values),
        gives,
        basis,
        rows,
    }
}

/// The name of a programme; that of its only benefit where it has none of its own.
pub fn programme_name(words: &Words<'_>, programme: &str) -> String {
    let name = words.name(LabelKind::Programme, programme);
    if name == programme { words.name(LabelKind::Benefit, programme) } else { name }
}

fn row(words: &Words<'_>, line: &BenefitLine) -> Row {
    let plain = plain(&line.definition, words.labels, words.page.texts(), words.page.language, words.day);
    Row {
        code: line.definition.code.to_string(),
        name: plain.title,
        gives: Some(plain.gives),
        holders: words.number(line.holders),
        uses: words.number(line.month.uses),
        forgone: words.money(line.month.forgone),
        funded: words.money(line.month.funded),
        aid: words.money(line.month.aid),
        basis: Some(plain.basis),
    }
}
