//! Signing in, as pages and use cases, over a real database.

mod attacks;
mod desk;
mod grants;
mod sessions;
