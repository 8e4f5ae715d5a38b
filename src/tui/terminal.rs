//! The terminal: its modes, its events, its end.
