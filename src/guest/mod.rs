//! In-process web instances: what runs inside an instance that the local cloud starts.
