//! The pages of the registry: all codes, one code, and the page a person sees instead of what was asked.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{FromRef, Path};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::{ALL, PROBLEM_JSON, Problem, ProblemKind, ROUTE_UNKNOWN};
use crate::web::{PageContext, Portal, render};

/// The routes `/problems` and `/problems/{code}`.
pub fn routes<S>() -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    Arc<Portal>: FromRef<S>,
{
    Router::new().route("/problems", get(list)).route("/problems/{code}", get(one))
}

/// One code, ready for a page.
struct Entry {
    code: &'static str,
    status: u16,
    title: String,
    why: String,
    next: String,
}

impl Entry {
    fn new(kind: ProblemKind, page: &PageContext) -> Self {
        let [title, why, next] = kind.told(page.language);
        Self { code: kind.code, status: kind.status, title, why, next }
    }
}

#[derive(Template)]
#[template(path = "problems.html")]
struct ListPage {
    page: PageContext,
    entries: Vec<Entry>,
}

async fn list(page: PageContext) -> Response {
    let entries = ALL.iter().map(|kind| Entry::new(*kind, &page)).collect();
    render(&ListPage { page, entries })
}

#[derive(Template)]
#[template(path = "problem.html")]
struct OnePage {
    page: PageContext,
    entry: Entry,
}

async fn one(page: PageContext, Path(code): Path<String>) -> Response {
    let Some(kind) = ProblemKind::find(&code) else {
        return Problem::new(ROUTE_UNKNOWN).into_response();
    };
    let entry = Entry::new(kind, &page);
    render(&OnePage { page, entry })
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    page: PageContext,
    entry: Entry,
    technical: Option<&'a str>,
    /// Whom a demonstration suggests to sign in as.
    samples: String,
    /// Where one signs in as them, and comes back.
    sign_in: Option<String>,
}

/// The page a person sees when a request met a problem.
///
/// `back` is where whoever signs in as somebody else comes back to.
pub(crate) async fn error_page(page: PageContext, problem: &Problem, back: Option<&str>) -> Response {
    let page = if page.is_seen_by_resident() { page.for_residents() } else { page };
    let entry = Entry::new(problem.kind(), &page);
    let samples = match problem.denied_action() {
        Some(action) if !page.is_seen_by_resident() => page.samples_for(action).await,
        _ => String::new(),
    };
    let sign_in = page.sign_in_for(back.unwrap_or_default());
    let template = ErrorPage { page, entry, technical: problem.technical(), samples, sign_in };
    let mut response = crate::web::render_as(problem.status(), &template);
    // A page that cannot be rendered has answered as JSON with its own problem; it must not be rendered again.
    if response.headers().get("content-type").is_some_and(|kind| kind == PROBLEM_JSON) {
        response.extensions_mut().remove::<Problem>();
    }
    response
}
