//! Who looked at a resident's data, in the resident's words: when, which office, what of it and why. Field: `sebelum`.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use base::{Code, HolderNumber};
use platform::agencies;
use platform::audit::AuditLine;
use platform::problems::{self, Problem};
use platform::web::{Fields, PageContext, render};

use super::Pages;

/// Looks on a page.
const LIST: u64 = 20;

struct Look {
    who: String,
    when: String,
    what: String,
    why: String,
}

#[derive(Template)]
#[template(path = "phone_looks.html")]
struct LooksPage {
    page: PageContext,
    number: String,
    opening: String,
    looks: Vec<Look>,
    older: Option<i64>,
}

/// `GET /phone/{number}/looks`
pub async fn page(
    State(pages): State<Pages>,
    page: PageContext,
    Path(number): Path<String>,
    Query(fields): Query<Fields>,
) -> Result<Response, Problem> {
    let page = page.for_residents();
    let number = HolderNumber::parse(&number).map_err(|_| Problem::new(problems::HOLDER_UNKNOWN))?;
    let before = fields.get("sebelum").and_then(|text| text.parse().ok());
    let mut lines = pages.service.looks_at(page.actor(), number, before, LIST + 1).await?;
    let more = lines.len() as u64 > LIST;
    lines.truncate(usize::try_from(LIST).unwrap_or(usize::MAX));
    let opening = match (lines.first(), before) {
        (None, _) => page.t("acceptance-looks-none"),
        (Some(newest), None) => page.t1("acceptance-looks-open", "time", page.format().moment(newest.at)),
        (Some(_), Some(_)) => page.t("acceptance-looks-title"),
    };
    let template = LooksPage {
        number: number.to_string(),
        opening,
        older: lines.last().filter(|_| more).map(|last| last.sequence),
        looks: looks(&page, &lines),
        page: page.clone(),
    };
    Ok(render(&template))
}

/// The looks, those of one office within a minute and on one ground as one: a page that was opened is several of them.
fn looks(page: &PageContext, lines: &[AuditLine]) -> Vec<Look> {
    let mut looks: Vec<Look> = Vec::new();
    for line in lines {
        let next = look(page, line);
        match looks.last_mut() {
            Some(last) if (&last.who, &last.when, &last.why) == (&next.who, &next.when, &next.why) => {
                if !last.what.contains(&next.what) {
                    last.what = format!("{}; {}", last.what, next.what);
                }
            }
            _ => looks.push(next),
        }
    }
    looks
}

/// An office is named, never the person who works there.
fn look(page: &PageContext, line: &AuditLine) -> Look {
    let role = page.t(&format!("platform-role-{}", line.role));
    let office = line.agency.as_deref().and_then(|code| Code::parse(code).ok());
    let office = office.map(|code| agencies::name(code, page.language, line.at.jakarta_date()));
    Look {
        who: office.map_or_else(|| role.clone(), |office| format!("{office} ({role})")),
        when: page.format().moment(line.at),
        what: page.t(&format!("platform-audit-{}", line.what)),
        why: line.basis.clone().unwrap_or_else(|| page.t("acceptance-looks-no-basis")),
    }
}
