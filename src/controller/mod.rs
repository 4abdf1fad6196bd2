//! The load balancing service: HTTP, authentication, operations, state.
