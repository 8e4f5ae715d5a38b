//! Pages of our own for the tests, in the form of phys.org's text dumps.

/// The ranks of [`page`]'s comments in tenths of stars, with votes; none is "not rated yet".
pub(crate) const RANKS: [Option<(u32, u32)>; 12] = [
    None,
    Some((45, 8)),
    Some((10, 4)),
    Some((23, 3)),
    Some((50, 1)),
    Some((37, 6)),
    None,
    Some((25, 2)),
    Some((10, 9)),
    Some((30, 5)),
    Some((40, 12)),
    Some((17, 7)),
];

pub(crate) const TITLE: &str = "Dry fields keep more seed than was thought";

/// A word in the first comment and twice in the body, nowhere else.
pub(crate) const RARE_WORD: &str = "threshing";

/// A page with every part that such a dump can have.
pub(crate) fn page() -> String {
    const CROPS: [&str; 12] =
        ["oats", "rye", "barley", "millet", "spelt", "flax", "hemp", "lentils", "vetch", "clover", "beans", "maize"];
    let heads: Vec<String> = RANKS.into_iter().enumerate().map(|(n, rank)| head_line(rank, 4 + n / 6)).collect();
    // No two share a run of words, so that none is taken for a reply.
    page_of(TITLE, &heads, &|n| match n {
        0 => format!("What became of the {RARE_WORD} floor in this account?"),
        _ => format!(
            "Opinion {n} prefers {} to {}.\n\nOpinion {n} has nothing against {}.",
            CROPS[n],
            CROPS[n - 1],
            CROPS[(n + 5) % 12]
        ),
    })
}

/// A page of `count` comments with ranks from 1 to 5 going round, each with a paragraph of its own.
pub(crate) fn long_page(count: usize) -> String {
    let rank = |n: usize| if n.is_multiple_of(7) { None } else { Some((10 + (n % 41) as u32, 1 + (n % 13) as u32)) };
    let heads: Vec<String> = (0..count).map(|n| head_line(rank(n), 4 + n * 20 / count)).collect();
    page_of("A long argument about grain", &heads, &|n| {
        let sentence = format!("Remark {n} turns over one more handful of husks to see what the wind has left. ");
        sentence.repeat(1 + n % 4).trim_end().to_owned()
    })
}

/// A page whose every part tries to act on a terminal.
pub(crate) fn nasty_page() -> String {
    let attack = "\x1b[2J\x1b]0;owned\x07\x1b[?1000h\u{9b}31m\u{202e}drow\u{202c}\x07\x08\x7f\u{200b}\x1b]52;c;b3duZWQ=\x1b\\";
    let heads = [head_line(Some((45, 8)), 4), head_line(None, 5)];
    page_of(&format!("Calm {attack}headline"), &heads, &|n| {
        format!("Calm {attack}comment {n} e\u{301}{}", "\u{301}".repeat(40))
    })
}

/// How many comments of [`page`] are open at a bar in tenths of stars, as the slider counts.
pub(crate) fn open_at(bar: u32) -> usize {
    RANKS.iter().filter(|rank| rank.is_none_or(|(mean, _)| mean >= bar)).count()
}

fn head_line(rank: Option<(u32, u32)>, day: usize) -> String {
    let date = format!("Mar {day:02}, 2014");
    match rank {
        None => format!("not rated yet {date}"),
        Some((mean, votes)) if mean.is_multiple_of(10) => format!("{} / 5 ({votes}) {date}", mean / 10),
        Some((mean, votes)) => format!("{}.{} / 5 ({votes}) {date}", mean / 10, mean % 10),
    }
}

fn page_of(title: &str, heads: &[impl AsRef<str>], comment: &dyn Fn(usize) -> String) -> String {
    let body: Vec<String> = (1..=12)
        .map(|n| match n {
            2 | 9 => format!("Paragraph {n} walks past the {RARE_WORD} floor and says nothing of what was left on it."),
            _ => format!("Paragraph {n} goes on about fields, rows, sheaves and the people who come after the harvest."),
        })
        .collect();
    let comments: Vec<String> =
        heads.iter().enumerate().map(|(n, head)| format!("{}\n{}\n", head.as_ref(), comment(n))).collect();
    format!(
        "{title}\n\nMarch 3, 2014 by Field Desk, Institute of Stubble\n\n{}\n\nExplore further: Hedges shelter the late grain\n\n\
         Related Stories\n\nMice read the rows before we do\n\nJanuary 9, 2013\n\nA field seen from below is another field.\n\n\
         Recommended for you\n\nThe ledger of a single acre\n\nJune 21, 2015\n\nSomeone counted everything that grew ...\n\n\n\
         Adjust slider to filter visible comments by rank\n\nDisplay comments: newest first\n\n{}\n\
         Please sign in to add a comment. Registration is free, and takes less than a minute. Read more\n",
        body.join("\n\n"),
        comments.concat(),
    )
}
