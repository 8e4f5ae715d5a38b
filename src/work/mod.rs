//! Jobs off the terminal thread.
