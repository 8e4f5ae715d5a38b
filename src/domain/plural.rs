//! Counts with their nouns: the one place that knows how English forms a plural.

/// "1 comment", "2 comments", "3 entries", "4 addresses".
pub fn plural(n: u64, noun: &str) -> String {
    format!("{n} {}", noun_for(n, noun))
}

/// The noun alone, as `n` of it need it: "comment", "comments".
pub fn noun_for(n: u64, noun: &str) -> String {
    if n == 1 {
        return noun.to_owned();
    }
    let before_y = noun.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'i', 'o', 'u']));
    if let Some(stem) = before_y {
        return format!("{stem}ies");
    }
    let hisses = ["s", "x", "ch", "sh"].iter().any(|ending| noun.ends_with(ending));
    format!("{noun}{}", if hisses { "es" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_noun_takes_the_ending_that_its_count_needs() {
        for (n, noun, wanted) in [
            (0, "comment", "0 comments"),
            (1, "comment", "1 comment"),
            (2, "full text", "2 full texts"),
            (2, "entry", "2 entries"),
            (2, "reply", "2 replies"),
            (2, "day", "2 days"),
            (2, "address", "2 addresses"),
            (1, "address", "1 address"),
            (2, "match", "2 matches"),
        ] {
            assert_eq!(plural(n, noun), wanted);
        }
    }
}
