//! The web kit: page shell, portal context, static files, request limits and headers, JSON bodies, error answers.
//!
//! Owns what every page and endpoint shares. Never owns a route of a capability and never decides anything.

pub mod assets;
mod edge;
mod json;
mod mark;
mod page;

pub use edge::{BODY_BYTES_MAX, Edge, REQUEST_WAIT_MAX, RequestId};
pub use json::Json;
pub use mark::{Html, Icon, Outcome};
pub(crate) use page::render_with;
pub use page::{NavigationItem, NavigationLink, PageContext, Portal, render};
