//! The OpenAPI document, and a page to read it without a program.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::FromRef;
use axum::response::Response;
use axum::routing::get;
use platform::web::{Json, PageContext, Portal, render};
use serde_json::Value;
use utoipa::Modify;
use utoipa::openapi::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};

/// Adds the two ways of being known.
pub struct Security;

impl Modify for Security {
    fn modify(&self, document: &mut OpenApi) {
        let components = document.components.get_or_insert_with(Default::default);
        let client =
            HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("A client's token")).build();
        components.add_security_scheme("client", SecurityScheme::Http(client));
        let device =
            ApiKeyValue::with_description("Device-Signature", "Ed25519 over the body's bytes, base 64");
        components.add_security_scheme("device", SecurityScheme::ApiKey(ApiKey::Header(device)));
    }
}

/// The document of the routes.
#[must_use]
pub fn document() -> OpenApi {
    super::routes().to_openapi()
}

struct Operation {
    method: String,
    path: String,
    summary: String,
    known_by: &'static str,
    tables: Vec<Table>,
}

struct Table {
    key: &'static str,
    fields: Vec<Field>,
}

struct Field {
    name: String,
    kind: String,
    required: bool,
    what: String,
}

#[derive(Template)]
#[template(path = "api.html")]
struct ApiPage {
    page: PageContext,
    operations: Vec<Operation>,
}

/// `/openapi.json` and `/api`.
pub fn reading_routes<S>() -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    Arc<Portal>: FromRef<S>,
{
    Router::new().route("/openapi.json", get(async || Json(document()))).route("/api", get(page))
}

async fn page(page: PageContext) -> Response {
    let document = serde_json::to_value(document()).unwrap_or_default();
    let operations = operations(&document);
    render(&ApiPage { page: page.at("/api"), operations })
}

fn operations(document: &Value) -> Vec<Operation> {
    let mut found = Vec::new();
    for (path, item) in at(document, "/paths").as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            let body = at(operation, "/requestBody/content/application~1json/schema");
            let answer = at(operation, "/responses/200/content/application~1json/schema");
            let parameters =
                at(operation, "/parameters").as_array().into_iter().flatten().map(parameter).collect();
            let tables = [
                Table { key: "acceptance-api-parameters", fields: parameters },
                Table { key: "acceptance-api-body", fields: fields(document, body) },
                Table { key: "acceptance-api-answer", fields: fields(document, answer) },
            ];
            found.push(Operation {
                method: method.to_uppercase(),
                path: path.clone(),
                summary: text(at(operation, "/summary")),
                known_by: known_by(at(operation, "/security/0")),
                tables: tables.into_iter().filter(|table| !table.fields.is_empty()).collect(),
            });
        }
    }
    found
}

fn known_by(security: &Value) -> &'static str {
    if security.get("client").is_some() {
        "acceptance-api-by-client"
    } else if security.get("device").is_some() {
        "acceptance-api-by-device"
    } else {
        "acceptance-api-by-nobody"
    }
}

/// The part of a document that a JSON pointer names; nothing where there is none.
fn at<'v>(value: &'v Value, pointer: &str) -> &'v Value {
    value.pointer(pointer).unwrap_or(&Value::Null)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn parameter(parameter: &Value) -> Field {
    Field {
        name: text(at(parameter, "/name")),
        kind: text(at(parameter, "/in")),
        required: at(parameter, "/required").as_bool().unwrap_or(false),
        what: text(at(parameter, "/description")),
    }
}

fn resolve<'d>(document: &'d Value, schema: &'d Value) -> &'d Value {
    let name = at(schema, "/$ref").as_str().and_then(|reference| reference.rsplit('/').next());
    name.map_or(schema, |name| at(document, &format!("/components/schemas/{name}")))
}

fn fields(document: &Value, schema: &Value) -> Vec<Field> {
    let schema = resolve(document, schema);
    let parts = at(schema, "/allOf").as_array().map_or_else(|| vec![schema], |parts| parts.iter().collect());
    let mut found = Vec::new();
    for part in parts.into_iter().map(|part| resolve(document, part)) {
        let required: Vec<&str> =
            at(part, "/required").as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        for (name, property) in at(part, "/properties").as_object().into_iter().flatten() {
            found.push(Field {
                name: name.clone(),
                kind: kind(property),
                required: required.contains(&name.as_str()),
                what: text(at(property, "/description")),
            });
        }
    }
    found
}

fn kind(property: &Value) -> String {
    match at(property, "/type") {
        Value::String(kind) => kind.clone(),
        Value::Array(kinds) => {
            let named: Vec<&str> =
                kinds.iter().filter_map(Value::as_str).filter(|kind| *kind != "null").collect();
            named.join(" | ")
        }
        _ => "object".into(),
    }
}
