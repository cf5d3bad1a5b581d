//! The web kit: page shell, portal context, static files, request limits and headers, JSON bodies, error answers.
//!
//! Owns what every page and endpoint shares. Never owns a route of a capability and never decides anything.

pub mod assets;
mod edge;
mod fields;
mod json;
mod mark;
mod own_page;
mod page;
mod samples;

pub use edge::{BODY_BYTES_MAX, Edge, REQUEST_WAIT_MAX, RequestId};
pub use fields::Fields;
pub use json::Json;
pub use mark::{Html, Icon, Outcome};
pub use own_page::OwnForm;
pub use page::{NavigationItem, NavigationLink, PageContext, Portal, Visitor, render, render_as};
pub use samples::{SamplePerson, Samples};
