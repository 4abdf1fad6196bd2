pub mod directory;
pub mod log;
