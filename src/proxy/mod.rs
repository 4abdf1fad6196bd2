//! The data plane: listeners, connections, health checks. Imports the model and nothing else of ours.

pub mod probe;
pub mod supervisor;
