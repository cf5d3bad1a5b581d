//! Static files: the two sheets, the icon, and what the build embedded. Served with an entity tag and a long life.

use axum::Router;
use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::problems::{NOT_FOUND, Problem};

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// One embedded file.
#[derive(Debug, Clone, Copy)]
struct Asset {
    path: &'static str,
    kind: &'static str,
    embedded: Option<(&'static [u8], &'static str)>,
}

const ASSETS: [Asset; 6] = [
    Asset { path: "tokens.css", kind: "text/css; charset=utf-8", embedded: TOKENS_CSS },
    Asset { path: "base.css", kind: "text/css; charset=utf-8", embedded: BASE_CSS },
    Asset { path: "icon.svg", kind: "image/svg+xml", embedded: ICON },
    Asset { path: "cut.js", kind: "text/javascript; charset=utf-8", embedded: CUT_JS },
    Asset { path: "htmx.min.js", kind: "text/javascript; charset=utf-8", embedded: HTMX },
    Asset { path: "fonts/plus-jakarta-sans-latin-wght-normal.woff2", kind: "font/woff2", embedded: TYPEFACE },
];

/// A year: the address changes with the content.
const CACHE_VERSIONED: &str = "public, max-age=31536000, immutable";

/// Without a version in the address (the typeface, named by a sheet): an hour, then ask by tag.
const CACHE_PLAIN: &str = "public, max-age=3600";

/// The address of an embedded file with its version, or `None` when the build did not find the file.
#[must_use]
pub fn address(path: &str) -> Option<String> {
    let asset = ASSETS.iter().find(|asset| asset.path == path)?;
    asset.embedded.map(|(_, tag)| format!("/assets/{path}?v={tag}"))
}

/// The route `/assets/…`.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/assets/{*path}", get(serve))
}

async fn serve(Path(path): Path<String>, uri: axum::http::Uri, headers: HeaderMap) -> Response {
    let found = ASSETS.iter().find(|asset| asset.path == path);
    let Some((asset, (bytes, tag))) = found.and_then(|asset| Some((asset, asset.embedded?))) else {
        return Problem::new(NOT_FOUND).into_response();
    };
    let entity_tag = format!("\"{tag}\"");
    let versioned = uri.query().is_some_and(|query| query.contains(tag));
    let cache = HeaderValue::from_static(if versioned { CACHE_VERSIONED } else { CACHE_PLAIN });
    let known = headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok()) == Some(entity_tag.as_str());
    let mut response = if known { StatusCode::NOT_MODIFIED.into_response() } else { bytes.into_response() };
    let answer = response.headers_mut();
    answer.insert(CACHE_CONTROL, cache);
    answer.insert(CONTENT_TYPE, HeaderValue::from_static(asset.kind));
    if let Ok(value) = HeaderValue::from_str(&entity_tag) {
        answer.insert(ETAG, value);
    }
    response
}
