//! The edge around every route: limits of body and time, request number, headers, measurement, and problems answered
//! in the reader's language, as a page to people and as JSON to programs.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::header::{self, HeaderName};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use tracing::Instrument;

use super::page::{PageContext, Portal, Visitor};
use crate::i18n::{LANGUAGE_COOKIE, Language};
use crate::problems::{METHOD_NOT_ALLOWED, Problem, ROUTE_UNKNOWN, SIGN_IN_NEEDED, TIMEOUT, pages};

/// Largest body of a request: 2 MiB, twice what a batch of a thousand taps needs.
pub const BODY_BYTES_MAX: usize = 2 * 1024 * 1024;

/// How long a request may take.
pub const REQUEST_WAIT_MAX: Duration = Duration::from_secs(15);

/// Only what we serve ourselves; no script or style in the page, no framing, no plug-ins.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; \
     img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 7] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    // Heard where TLS stands before the listener; plain HTTP on the machine itself ignores it.
    (header::STRICT_TRANSPORT_SECURITY, "max-age=31536000"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
];

/// Where a resident signs in, who comes to a page of their own.
const RESIDENT_SIGN_IN: &str = "/resident";

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// A number for one request, for logs and for the person who asks about it. Counts from the start of the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestId(u64);

impl RequestId {
    fn next() -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(1);
        Self(COUNT.fetch_add(1, Ordering::Relaxed))
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "r-{:08x}", self.0)
    }
}

/// What the edge needs to know; [`Edge::around`] puts it around the finished router.
#[derive(Debug, Clone)]
pub struct Edge {
    portal: Arc<Portal>,
    wait_max: Duration,
}

impl Edge {
    /// The edge of a portal, with the usual limits.
    #[must_use]
    pub const fn new(portal: Arc<Portal>) -> Self {
        Self { portal, wait_max: REQUEST_WAIT_MAX }
    }

    /// Another limit of time.
    #[must_use]
    pub const fn wait_max(mut self, wait_max: Duration) -> Self {
        self.wait_max = wait_max;
        self
    }

    /// Puts limits, headers, measurement and error answers around all routes. The last thing done to a router.
    pub fn around<S: Clone + Send + Sync + 'static>(self, router: Router<S>) -> Router<S> {
        let wait_max = self.wait_max;
        router
            .fallback(async || Problem::new(ROUTE_UNKNOWN))
            .method_not_allowed_fallback(async || Problem::new(METHOD_NOT_ALLOWED))
            .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
            .layer(from_fn(move |request: Request, next: Next| limit_time(wait_max, request, next)))
            .layer(from_fn_with_state(self.portal, answer))
            .layer(from_fn(measure))
    }
}

async fn limit_time(wait_max: Duration, request: Request, next: Next) -> Response {
    match tokio::time::timeout(wait_max, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::new(TIMEOUT).retry_after(1).into_response(),
    }
}

/// Renders problems for their reader, keeps a chosen language and adds the headers.
async fn answer(State(portal): State<Arc<Portal>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let reader = Reader::of(&parts);
    let mut response = next.run(Request::from_parts(parts, body)).await;
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        response = reader.tell(portal, problem, response.headers()).await;
    }
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if let Some(cookie) = reader.cookie() {
        headers.append(header::SET_COOKIE, cookie);
    }
    response
}

/// Who reads the answer to a request: which language, and a person's browser or a program.
struct Reader {
    language: Language,
    chosen: Option<Language>,
    wants_page: bool,
    is_get: bool,
    path: String,
    query: String,
    visitor: Option<Visitor>,
}

impl Reader {
    fn of(parts: &Parts) -> Self {
        let (path, query) = (parts.uri.path().to_owned(), parts.uri.query().unwrap_or_default().to_owned());
        let wants_page = !path.starts_with("/api/") && accepts_html(&parts.headers);
        let (language, chosen) = (Language::of_request(parts), Language::of_query(&query));
        let visitor = parts.extensions.get::<Visitor>().cloned();
        let is_get = parts.method == Method::GET;
        Self { language, chosen, wants_page, is_get, path, query, visitor }
    }

    async fn tell(&self, portal: Arc<Portal>, problem: Problem, first: &HeaderMap) -> Response {
        if let Some(response) = self.to_sign_in(&portal, &problem) {
            return response;
        }
        let mut response = if self.wants_page {
            let page = PageContext::new(portal, self.language, &self.path, &self.query)
                .seen_by(self.visitor.clone());
            // A form that was refused is not sent once more by coming back.
            let back = self.is_get.then(|| self.asked());
            pages::error_page(page, &problem, back.as_deref()).await
        } else {
            problem.into_response_in(self.language)
        };
        // What the first form carried beside its body: allowed methods, the wait, the challenge.
        for name in [header::ALLOW, header::RETRY_AFTER, header::WWW_AUTHENTICATE] {
            if let Some(value) = first.get(&name) {
                response.headers_mut().insert(name, value.clone());
            }
        }
        response
    }

    /// The address that was asked for.
    fn asked(&self) -> String {
        if self.query.is_empty() { self.path.clone() } else { format!("{}?{}", self.path, self.query) }
    }

    /// Whoever opens a page for people who have signed in goes where one signs in, and comes back from there.
    fn to_sign_in(&self, portal: &Portal, problem: &Problem) -> Option<Response> {
        let account = portal.account?;
        if !self.wants_page || !self.is_get || problem.kind() != SIGN_IN_NEEDED {
            return None;
        }
        let asked = self.asked();
        let pairs = [("bahasa", self.language.tag()), ("kembali", asked.as_str())];
        let place = if self.path.starts_with("/phone/") { RESIDENT_SIGN_IN } else { account.href };
        let address = format!("{place}?{}", serde_urlencoded::to_string(pairs).ok()?);
        let address = HeaderValue::from_str(&address).ok()?;
        Some((StatusCode::SEE_OTHER, [(header::LOCATION, address)]).into_response())
    }

    fn cookie(&self) -> Option<HeaderValue> {
        let tag = self.chosen.filter(|_| self.wants_page)?.tag();
        let cookie =
            format!("{LANGUAGE_COOKIE}={tag}; Path=/; Max-Age=31536000; SameSite=Lax; Secure; HttpOnly");
        HeaderValue::from_str(&cookie).ok()
    }
}

fn accepts_html(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}

/// Numbers the request, opens its span (route, never the address: addresses hold holder numbers), counts and times it.
async fn measure(mut request: Request, next: Next) -> Response {
    let id = RequestId::next();
    request.extensions_mut().insert(id);
    let method = method_name(request.method());
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let span = tracing::info_span!("request", request.id = %id, http.method = method, http.route = %route);
    let start = Instant::now();
    let mut response = next.run(request).instrument(span).await;
    let (elapsed, status) = (start.elapsed(), response.status());
    metrics::counter!("http_requests_total", "route" => route.clone(), "method" => method,
        "status" => status.as_str().to_owned())
    .increment(1);
    metrics::histogram!("http_request_seconds", "route" => route).record(elapsed.as_secs_f64());
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// The method as a label of bounded variety.
fn method_name(method: &axum::http::Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "POST" => "POST",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        "PATCH" => "PATCH",
        "HEAD" => "HEAD",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}
