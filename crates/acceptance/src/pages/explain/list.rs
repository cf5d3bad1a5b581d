//! The newest decisions, and the search that leads to one.

use askama::Template;
use engine::Position;
use platform::problems::{self, Problem};
use platform::web::{Fields, PageContext};

use crate::pages::Pages;
use crate::pages::lines::{self, DecisionLine};
use crate::pages::words::Refused;
use crate::store::queries::Filter;

/// Decisions on one page.
const LINES: u64 = 40;

/// A choice of what the list shows.
struct Choice {
    code: &'static str,
    name: String,
    is_chosen: bool,
}

#[derive(Template)]
#[template(path = "explain.html")]
pub struct ExplainPage {
    page: PageContext,
    sought: String,
    refused: Option<Refused>,
    choices: Vec<Choice>,
    lines: Vec<DecisionLine>,
    is_first: bool,
    /// Where the list goes on.
    next: Option<String>,
    shown: &'static str,
}

const FILTERS: [(&str, Filter); 3] =
    [("uses", Filter::Uses), ("refused", Filter::Refused), ("incident", Filter::Incidents)];

/// The list, with what was looked for in vain.
pub async fn show(
    pages: &Pages,
    page: PageContext,
    fields: &Fields,
    (sought, refused): (String, Option<Problem>),
    before: Option<Position>,
) -> Result<ExplainPage, Problem> {
    let asked = fields.get("hasil").unwrap_or("uses");
    let (shown, filter) = FILTERS
        .into_iter()
        .find(|(code, _)| *code == asked)
        .ok_or_else(|| Problem::new(problems::CHOICE_UNKNOWN).cause("hasil is uses, refused or incident"))?;
    let published = pages.service.published().await?;
    let mut rows = pages.service.decisions(page.actor(), filter, before, LINES + 1).await?;
    let limit = usize::try_from(LINES).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|line| line.row.position().to_string());
    let words = pages.words(&page, pages.service.clock().now().jakarta_date());
    let choice = |(code, _): (&'static str, Filter)| Choice {
        code,
        name: words.t(&format!("acceptance-explain-filter-{code}")),
        is_chosen: code == shown,
    };
    let refused = refused.map(|problem| words.refusal(problem.kind().code));
    let choices = FILTERS.map(choice).into();
    let lines = lines::of(&words, &rows, &published);
    Ok(ExplainPage { sought, refused, choices, lines, is_first: before.is_none(), next, shown, page })
}
