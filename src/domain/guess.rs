//! Who answers whom in a place that keeps no parents: guessed from quotes, addresses and shared words.
