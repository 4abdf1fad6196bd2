//! The composition root of `eulb local`: binds, wires up, spawns, waits, drains.
