//! The Query API on paper: shapes and codecs, both directions.

pub mod local;
