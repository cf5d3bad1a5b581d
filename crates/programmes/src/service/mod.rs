//! What other slices may ask of programmes.

pub mod content;
pub mod labels;
pub mod plain;
pub mod stories;
