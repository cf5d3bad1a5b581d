//! The list of holders, and the search that leads to one. Fields: `cari` (holder number or number of a card), `setelah` (index
//! after which the list goes on).

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use base::{Code, HolderNumber, MediumSerial, RegionCode};
use platform::access::{Action, Actor};
use platform::problems::{self, Problem};
use platform::web::{Fields, Html, Icon, PageContext, render};
use programmes::service::content::LabelKind;

use super::Pages;
use super::people::region;
use super::words::{Refused, Words};
use crate::service::HolderLine;

/// Holders on one page.
const LINES: u64 = 50;

struct Line {
    number: String,
    name: String,
    home: String,
    category: String,
}

#[derive(Template)]
#[template(path = "holders.html")]
struct HoldersPage {
    page: PageContext,
    sought: String,
    refused: Option<Refused>,
    lines: Vec<Line>,
    is_first: bool,
    next: Option<i64>,
    /// Shapes: of what can be searched for, and of what cannot.
    /// Whether whoever looks may see who holders are.
    sees: bool,
    check: Html,
    bar: Html,
}

/// `/holders`
pub async fn page(
    State(pages): State<Pages>,
    page: PageContext,
    Query(fields): Query<Fields>,
) -> Result<Response, Problem> {
    let page = page.at("/holders");
    let sought = fields.get("cari").unwrap_or_default();
    let words = pages.words(&page, pages.service.clock().now().jakarta_date());
    let refused = match found(&pages, page.actor(), sought).await {
        Ok(Some(holder)) => {
            let address = format!("/holders/{holder}?bahasa={}", page.language.tag());
            return Ok(Redirect::to(&address).into_response());
        }
        Ok(None) => None,
        Err(problem) if problem.status().is_client_error() && problem.kind() != problems::ACCESS_DENIED => {
            Some(refusal(&words, &problem, sought))
        }
        Err(problem) => return Err(problem),
    };
    let after = fields.get("setelah").and_then(|index| index.parse().ok()).unwrap_or(-1);
    let mut holders = pages.service.holders(page.actor(), after, LINES + 1).await?;
    let more = holders.len() > usize::try_from(LINES).unwrap_or(usize::MAX);
    holders.truncate(usize::try_from(LINES).unwrap_or(usize::MAX));
    let template = HoldersPage {
        sought: sought.to_owned(),
        refused,
        is_first: after < 0,
        next: holders.last().filter(|_| more).map(|last| last.index),
        lines: lines(&pages, &words, &holders).await?,
        sees: page.may(Action::ViewIndividual),
        check: Icon::Check.svg(),
        bar: Icon::Bar.svg(),
        page: page.clone(),
    };
    Ok(render(&template))
}

/// Whom a search means; none when nothing was searched for.
pub async fn found(pages: &Pages, actor: &Actor, sought: &str) -> Result<Option<HolderNumber>, Problem> {
    if sought.is_empty() {
        return Ok(None);
    }
    if let Some(serial) = medium(sought) {
        return pages.service.holder_of(actor, serial).await.map(Some);
    }
    let number = HolderNumber::parse(sought).map_err(|_| Problem::new(problems::HOLDER_UNKNOWN))?;
    pages.service.holder_known(actor, number).await?;
    Ok(Some(number))
}

/// Why nobody was found. Whoever typed a name is told that names cannot be searched.
fn refusal(words: &Words<'_>, problem: &Problem, sought: &str) -> Refused {
    let refused = words.refusal(problem.kind().code);
    if sought.chars().any(|c| c.is_ascii_digit()) {
        return refused;
    }
    Refused { why: words.t("acceptance-holders-how-name"), ..refused }
}

/// The number of a card, if the text is one.
pub fn medium(text: &str) -> Option<MediumSerial> {
    let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok().map(MediumSerial)).flatten()
}

async fn lines(pages: &Pages, words: &Words<'_>, holders: &[HolderLine]) -> Result<Vec<Line>, Problem> {
    let numbers: Vec<HolderNumber> = holders.iter().map(|line| line.number).collect();
    let names = pages.names(words.page.actor(), &numbers).await?;
    let home =
        |code: &String| RegionCode::parse(code).map_or_else(|_| code.clone(), |code| region(words, code));
    let sees = words.page.may(Action::ViewIndividual);
    let nameless = words.t(if sees { "acceptance-holders-nameless" } else { "acceptance-holders-hidden" });
    let line = |line: &HolderLine| Line {
        number: line.number.to_string(),
        name: names.get(&line.number).cloned().unwrap_or_else(|| nameless.clone()),
        // Where somebody lives and what kind of rider they are says who they are.
        home: line.home.as_ref().filter(|_| sees).map(home).unwrap_or_default(),
        category: if sees { category(words, &line.category) } else { String::new() },
    };
    Ok(holders.iter().map(line).collect())
}

/// The word for a rider category.
pub fn category(words: &Words<'_>, code: &str) -> String {
    if Code::parse(code).is_ok() { words.name(LabelKind::RiderCategory, code) } else { code.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_a_card_and_everything_else_is_a_holder() {
        assert_eq!(medium("000 042"), Some(MediumSerial(42)));
        assert_eq!(medium("P-7F3K-2209"), None);
        assert_eq!(medium(""), None);
        assert_eq!(medium("99999999999999"), None);
    }
}
