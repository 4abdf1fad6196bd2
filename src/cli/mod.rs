//! The tools: what a person types and what comes back.
