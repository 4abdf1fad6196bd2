pub mod checker;
pub mod plan;
