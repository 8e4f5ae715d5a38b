//! What each part of the screen looks like.
