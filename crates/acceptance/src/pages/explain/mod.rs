//! Any decision in words that somebody who complains understands: what happened, what the gate showed, which facts and
//! prices decided, what moved, what became of it since, and where it stands in the journal. `/explain` finds one by its
//! position, its id, or in the list of the newest. Fields: `cari` (position or id), `hasil` (`uses`, `refused`, `incident`),
//! `sebelum` (the list goes on before this position).

mod decided;
mod list;

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use base::CommandId;
use engine::Position;
use platform::problems::{self, Problem};
use platform::web::{Fields, PageContext, render};

use super::Pages;

/// `/explain`
pub async fn page(
    State(pages): State<Pages>,
    page: PageContext,
    Query(fields): Query<Fields>,
) -> Result<Response, Problem> {
    let page = page.at("/explain");
    let sought = fields.get("cari").unwrap_or_default().to_owned();
    let refused = match find(&pages, &page, &sought).await {
        Ok(Some(position)) => {
            let address = format!("/explain/{position}?bahasa={}", page.language.tag());
            return Ok(Redirect::to(&address).into_response());
        }
        Ok(None) => None,
        Err(problem) if problem.kind() == problems::RECORD_UNKNOWN => Some(problem),
        Err(problem) => return Err(problem),
    };
    let before = position(fields.get("sebelum"))?;
    Ok(render(&list::show(&pages, page, &fields, (sought, refused), before).await?))
}

/// `/explain/{position}`
pub async fn one(
    State(pages): State<Pages>,
    page: PageContext,
    Path(position): Path<String>,
) -> Result<Response, Problem> {
    let page = page.at("/explain");
    let position = parse(&position).ok_or_else(|| Problem::new(problems::RECORD_UNKNOWN))?;
    Ok(render(&decided::show(&pages, page, position).await?))
}

/// Where the decision looked for stands; none when nothing is looked for.
async fn find(pages: &Pages, page: &PageContext, sought: &str) -> Result<Option<Position>, Problem> {
    if sought.is_empty() {
        return Ok(None);
    }
    let unknown = || Problem::new(problems::RECORD_UNKNOWN);
    let position = match (parse(sought), CommandId::parse(sought)) {
        (Some(position), _) => Some(position),
        (None, Some(id)) => pages.service.decided_at(page.actor(), id).await?,
        (None, None) => None,
    };
    let position = position.ok_or_else(unknown)?;
    let is_decided = pages.service.is_decided(page.actor(), position).await?;
    is_decided.then_some(Some(position)).ok_or_else(unknown)
}

/// A position as addresses write it (`48210.3`) or as pages print it (`48.210/3`, `48,210/3`).
pub fn parse(text: &str) -> Option<Position> {
    let printed = text.split_once('/').and_then(|(entry, index)| {
        let seq = entry.replace(['.', ','], "").parse().ok()?;
        Some(Position { seq, index: index.parse().ok()? })
    });
    printed.or_else(|| text.parse().ok())
}

/// The position in a field, if the field was sent.
pub fn position(text: Option<&str>) -> Result<Option<Position>, Problem> {
    let wrong = || Problem::new(problems::CHOICE_UNKNOWN).cause("a position looks like 48210.3");
    text.map(|text| parse(text).ok_or_else(wrong)).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_read_as_addresses_and_as_pages_write_it() {
        let expected = Some(Position { seq: 48_210, index: 3 });
        for text in ["48210.3", "48.210/3", "48,210/3", "48210/3"] {
            assert_eq!(parse(text), expected, "{text}");
        }
        assert_eq!(parse("48210"), Some(Position { seq: 48_210, index: 0 }));
        for text in ["", "x", "48.210/x", "-1.0"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
