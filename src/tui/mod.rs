//! The reader: the loop and the shell around model, update and view.

pub mod layout;
pub mod terminal;
pub mod theme;
