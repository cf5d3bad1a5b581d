//! Who looked at whom and who changed what: for the inspectorate, as a page and as a file. Fields: `tentang`, `oleh`, `dari`,
//! `sampai`, `sebelum`.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use base::{CivilDate, HolderNumber, Timestamp};
use platform::access::Action;
use platform::audit::{AuditFilter, AuditLine, Change, Subject};
use platform::problems::{self, Problem};
use platform::web::{Fields, PageContext, render};

use super::{Pages, permit};

/// Where this page is.
const HERE: &str = "/audit";

/// Lines of a page.
const SHOWN: u64 = 50;

/// Columns of a file.
const EXPORTED: [&str; 14] = [
    "number",
    "at",
    "actor_kind",
    "actor",
    "actor_name",
    "role",
    "agency",
    "action",
    "what",
    "subject",
    "basis",
    "digest",
    "before",
    "after",
];

/// Lines of a file: what a table program opens without complaint.
const EXPORTED_MAX: u64 = 100_000;

struct Row {
    at: String,
    who: String,
    role: String,
    what: String,
    subject: String,
    basis: String,
    number: String,
}

#[derive(Template)]
#[template(path = "audit.html")]
struct AuditPage {
    page: PageContext,
    opening: String,
    error: Option<[String; 3]>,
    subject: String,
    people: Vec<(String, String, bool)>,
    from: String,
    to: String,
    rows: Vec<Row>,
    older: Option<String>,
    export: String,
}

/// `GET /audit`
pub async fn page(
    State(pages): State<Pages>,
    page: PageContext,
    Query(fields): Query<Fields>,
) -> Result<Response, Problem> {
    let page = page.at(HERE);
    let permit = permit(&page, Action::ViewAudit)?;
    let filter = filter(&fields)?;
    let audit = pages.governance.audit();
    if let Some(subject) = filter.subject.as_ref().filter(|subject| subject.starts_with("holder/")) {
        // To read who looked at somebody is to look at them.
        audit.read_of(&permit, &Subject::of(subject), "audit_read").await.map_err(failed)?;
    }
    let mut lines = audit.lines(&permit, &filter, SHOWN + 1).await?;
    let more = lines.len() as u64 > SHOWN;
    lines.truncate(usize::try_from(SHOWN).unwrap_or(usize::MAX));
    let names = pages.governance.names().await?;
    let typed = |name: &str| fields.get(name).unwrap_or_default().to_owned();
    let older = lines.last().filter(|_| more).map(|last| {
        format!("{HERE}?{}", query(&page, &fields, Some(("sebelum", last.sequence.to_string()))))
    });
    let chosen = typed("oleh");
    let template = AuditPage {
        opening: match lines.first() {
            Some(newest) => page.t1("governance-audit-open", "time", page.format().moment(newest.at)),
            None => page.t("governance-audit-none"),
        },
        error: None,
        subject: typed("tentang"),
        people: names.iter().map(|(id, name)| (id.clone(), name.clone(), *id == chosen)).collect(),
        from: typed("dari"),
        to: typed("sampai"),
        rows: lines.iter().map(|line| row(&page, &names, line)).collect(),
        older,
        export: format!("/audit.csv?{}", query(&page, &fields, None)),
        page: page.clone(),
    };
    Ok(render(&template))
}

/// `GET /audit.csv`: the same lines, newest first, with number and digest, so that they can be held against the journal. A file
/// that reaches [`EXPORTED_MAX`] ends with a line that says where the next begins.
pub async fn export(
    State(pages): State<Pages>,
    page: PageContext,
    Query(fields): Query<Fields>,
) -> Result<Response, Problem> {
    let permit = permit(&page, Action::ViewAudit)?;
    let audit = pages.governance.audit();
    let mut lines = audit.lines(&permit, &filter(&fields)?, EXPORTED_MAX + 1).await?;
    let more = lines.len() as u64 > EXPORTED_MAX;
    lines.truncate(usize::try_from(EXPORTED_MAX).unwrap_or(usize::MAX));
    // That the audit itself was taken out is part of the audit, with what was asked for.
    let asked = Change::new(&query(&page, &fields, fields.get("sebelum").map(|id| ("sebelum", id.into()))));
    audit.note(&permit, &Subject::new("audit", "lines"), "audit_exported", &asked).await.map_err(failed)?;
    let names = pages.governance.names().await?;
    let mut file = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    file.write_record(EXPORTED).map_err(|error| Problem::internal(&error))?;
    for line in &lines {
        let cells = [
            line.number.map(|number| number.to_string()).unwrap_or_default(),
            line.at.rfc3339(),
            line.actor_kind.clone(),
            line.actor.clone(),
            names.get(&line.actor).cloned().unwrap_or_default(),
            line.role.clone(),
            line.agency.clone().unwrap_or_default(),
            line.action.clone(),
            line.what.clone(),
            line.subject.clone(),
            line.basis.clone().unwrap_or_default(),
            hex::encode(&line.digest),
            digest(line.before.as_ref()),
            digest(line.after.as_ref()),
        ];
        file.write_record(cells.map(text)).map_err(|error| Problem::internal(&error))?;
    }
    if let (true, Some(last)) = (more, lines.last()) {
        let next = format!("sebelum={}", last.sequence);
        let mut cells = vec![String::new(); EXPORTED.len()];
        cells.splice(0..2, ["…".to_owned(), next]);
        file.write_record(cells).map_err(|error| Problem::internal(&error))?;
    }
    let file = file.into_inner().map_err(|error| Problem::internal(error.error()))?;
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"jejak-audit.csv\""),
    ];
    Ok((headers, file).into_response())
}

fn digest(of: Option<&Vec<u8>>) -> String {
    of.map(hex::encode).unwrap_or_default()
}

fn failed(error: platform::database::DatabaseError) -> Problem {
    Problem::internal(&error)
}

/// A cell that a table program would take for a formula is told as text.
fn text(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell }
}

fn filter(fields: &Fields) -> Result<AuditFilter, Problem> {
    let day = |name: &str, after: i32| -> Result<Option<Timestamp>, Problem> {
        let Some(text) = fields.get(name) else { return Ok(None) };
        let day = CivilDate::parse(text).ok_or_else(|| Problem::new(problems::DATE_INVALID))?;
        Ok(Some(day.plus_days(after).midnight()))
    };
    Ok(AuditFilter {
        subject: fields.get("tentang").map(subject),
        actor: fields.get("oleh").map(str::to_owned),
        from: day("dari", 0)?,
        until: day("sampai", 1)?,
        before: fields.get("sebelum").and_then(|text| text.parse().ok()),
    })
}

/// A holder's number as it is printed, or a subject as it stands in the table.
fn subject(text: &str) -> String {
    match text.parse::<HolderNumber>() {
        Ok(number) => Subject::new("holder", number).as_str().to_owned(),
        Err(_) => text.to_owned(),
    }
}

/// The address of the same question, with one thing more.
fn query(page: &PageContext, fields: &Fields, more: Option<(&str, String)>) -> String {
    let kept = ["tentang", "oleh", "dari", "sampai"];
    let kept = kept.into_iter().filter_map(|name| Some((name, fields.get(name)?.to_owned())));
    let language = ("bahasa", page.language.tag().to_owned());
    let pairs: Vec<(&str, String)> = kept.chain(more).chain([language]).collect();
    serde_urlencoded::to_string(&pairs).unwrap_or_default()
}

fn row(page: &PageContext, names: &BTreeMap<String, String>, line: &AuditLine) -> Row {
    Row {
        at: page.format().moment(line.at),
        who: names.get(&line.actor).cloned().unwrap_or_else(|| line.actor.clone()),
        role: page.t(&format!("platform-role-{}", line.role)),
        what: page.t(&format!("platform-audit-{}", line.what)),
        subject: told(names, &line.subject),
        basis: line.basis.clone().unwrap_or_default(),
        number: line.number.map(|number| number.to_string()).unwrap_or_default(),
    }
}

/// Whom or what a line is about: a person by name, everything else as it stands in the table.
fn told(names: &BTreeMap<String, String>, subject: &str) -> String {
    let user = subject.strip_prefix("user/").and_then(|id| names.get(id));
    user.map_or_else(|| subject.to_owned(), Clone::clone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_never_a_formula() {
        assert_eq!(text("=1+1".into()), "'=1+1");
        assert_eq!(text("plain".into()), "plain");
    }
}
