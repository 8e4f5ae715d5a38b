//! physorg
