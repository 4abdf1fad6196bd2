//! The data plane: listeners, connections, health checks. Imports the model and nothing else of ours.

pub mod access_log;
pub mod probe;
pub mod supervisor;
