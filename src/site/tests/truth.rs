//! Real files of every format against what was counted in them apart from the readers, and what is left of them when they are
//! cut.

use std::collections::HashSet;

use super::{corpus, files_under};
use crate::domain::article::Page;
use crate::domain::rank::Rank;
use crate::domain::thread::Parent;
use crate::domain::time::Timestamp;
use crate::format::{Origin, Parsed, Unreadable};
use crate::site::read;

/// Counts of a file: comments, those with a parent among them, levels below the first, those with a rank, those
/// taken away.
struct CountedFile {
    path: &'static str,
    comments: usize,
    answers: usize,
    depth: usize,
    ranked: usize,
    removed: usize,
}

const fn counted(path: &'static str, [comments, answers, depth, ranked, removed]: [usize; 5]) -> CountedFile {
    CountedFile { path, comments, answers, depth, ranked, removed }
}

/// Opening posts are not comments: where the count of a format has them, they are taken off here.
const COUNTED: &[CountedFile] = &[
    counted("reddit-html-shreddit/GregHilston+toolbox/tests/fixtures/reddit/thread.excerpt.html", [7, 3, 2, 7, 0]),
    counted("reddit-html-redesign/postlight+parser/fixtures/www.reddit.com--title-only.html", [15, 7, 1, 12, 3]),
    counted("reddit-html-redesign/postlight+parser/fixtures/www.reddit.com.html", [197, 130, 1, 173, 13]),
    counted("reddit-html-redesign/adbar+trafilatura/tests/eval/reddit.com.init.html", [19, 9, 1, 19, 0]),
    counted("youtube/annomusa+Fluxcup-Player/commentThreads.json", [20, 0, 0, 20, 0]),
    counted("stackexchange-html/adbar+trafilatura/tests/eval/german.stackexchange.com.ausgeraubt.html", [20, 12, 1, 20, 0]),
    counted("stackexchange-dump/Igodlab+stackexchangeparser/data/Posts.xml", [260, 0, 0, 260, 0]),
    counted("github-html/kepano+defuddle/tests/fixtures/general--github.com-issue-56.html", [6, 0, 0, 6, 0]),
    counted("gitlab/chaoss+grimoirelab-perceval/tests/data/gitlab/notes_1", [1, 0, 0, 0, 0]),
    counted("wordpress-html/adbar+trafilatura/tests/cache/netzpolitik.org.abmahnungen.html", [74, 38, 4, 0, 0]),
    counted("wordpress-html/adbar+trafilatura/tests/cache/internet-law.de.pseudonymen.html", [35, 0, 0, 0, 0]),
    counted("wordpress-html/adbar+trafilatura/tests/cache/moritz-meyer.net.vreni.html", [36, 9, 3, 0, 0]),
    counted("wordpress-html/adbar+trafilatura/tests/eval/gormulus.wordpress.com.durfen.html", [45, 25, 2, 0, 0]),
    counted("wordpress-html/adbar+trafilatura/tests/eval/archive.org.the-pain.net.silkroad.html", [34, 0, 0, 0, 0]),
    counted("wordpress-html/adbar+trafilatura/tests/eval/californiaglobe.com.amazon.html", [20, 2, 1, 0, 0]),
    counted("wordpress-html/adbar+trafilatura/tests/eval/derpapierplanet.de.juni.html", [13, 9, 1, 0, 0]),
    counted("wordpress-html/postlight+parser/fixtures/blisterreview.com.html", [22, 10, 2, 0, 0]),
    counted("wordpress-wxr/TimothyFitz+timothyfitz.github.com/wordpress.xml", [357, 4, 1, 0, 0]),
    counted("wordpress-wxr/chrisjrob+chrisjrob.github.io/wordpress.xml", [136, 54, 6, 0, 0]),
    counted("disqus/dorukgezici+yesilmavihayat/disqus-export.xml", [51, 0, 0, 0, 2]),
    counted("disqus/umputun+remark42/backend/app/migrator/testdata/disqus.xml", [3, 0, 0, 0, 0]),
    counted("discourse-html/discourse+onebox/spec/fixtures/discourse_topic.response", [1, 0, 0, 1, 0]),
    counted("forum-html/TeamHG-Memex+Formasaurus/formasaurus/data/html/forums.oneplus.net-0.html", [19, 3, 2, 0, 0]),
    counted("forum-html/scrapinghub+autopager/autopager/data/html/1.html", [19, 6, 2, 0, 0]),
    counted("forum-html/scrapinghub+autopager/autopager/data/html/2.html", [20, 17, 5, 0, 0]),
    counted("forum-html/adbar+trafilatura/tests/eval/pocketpc.ch.auslieferung.html", [20, 3, 1, 0, 0]),
    counted("forum-html/scrapinghub+autopager/autopager/data/html/42.html", [2, 0, 0, 0, 0]),
    counted("forum-html/TeamHG-Memex+Formasaurus/formasaurus/data/html/forum.grasscity.com-2.html", [6, 1, 1, 0, 0]),
    counted("forum-html/adbar+trafilatura/tests/eval/foren.myoos.de.html", [0, 0, 0, 0, 0]),
    counted("forum-html/openenergymonitor+forum-archive/node/841.html", [300, 0, 0, 0, 0]),
];

fn origin(name: &str) -> Origin<'_> {
    Origin { name, now: Timestamp(1_700_000_000) }
}

fn comments(parsed: &Parsed) -> impl Iterator<Item = &crate::domain::thread::Comment> {
    parsed.pages.iter().flat_map(|page| &page.discussions).flat_map(|discussion| &discussion.comments)
}

fn depth(page: &Page) -> usize {
    let mut deepest = 0;
    for discussion in &page.discussions {
        for start in 0..discussion.comments.len() {
            let (mut at, mut levels) = (start, 0);
            while let Parent::Of(above) = discussion.comments[at].parent {
                (at, levels) = (above.index(), levels + 1);
            }
            deepest = deepest.max(levels);
        }
    }
    deepest
}

#[test]
fn files_hold_what_was_counted_in_them() {
    let Some(folder) = corpus("sites") else { return };
    let mut wrong = Vec::new();
    for CountedFile { path, comments: total, answers, depth: levels, ranked, removed } in COUNTED {
        let Ok(bytes) = std::fs::read(folder.join(path)) else { continue };
        let found = read(&bytes, &origin(path)).map(|parsed| {
            let is_answer = |parent: Parent| matches!(parent, Parent::Of(_) | Parent::Missing);
            let has_rank = |rank: Rank| !matches!(rank, Rank::Unrated | Rank::Removed | Rank::Withheld);
            [
                comments(&parsed).count(),
                comments(&parsed).filter(|comment| is_answer(comment.parent)).count(),
                parsed.pages.iter().map(depth).max().unwrap_or(0),
                comments(&parsed).filter(|comment| has_rank(comment.rank)).count(),
                comments(&parsed).filter(|comment| comment.rank == Rank::Removed).count(),
            ]
        });
        let wanted = [*total, *answers, *levels, *ranked, *removed];
        if found != Ok(wanted) {
            wrong.push(format!("{path}: wanted {wanted:?}, found {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_file_that_is_cut_holds_a_part_of_the_whole_and_claims_no_more() {
    const LARGEST: usize = 250_000;
    let Some(folder) = corpus("sites") else { return };
    for path in files_under(&folder) {
        let (bytes, name) = (std::fs::read(&path).unwrap(), path.to_string_lossy().into_owned());
        let Ok(whole) = read(&bytes, &origin(&name)) else { continue };
        if bytes.len() > LARGEST || comments(&whole).next().is_none() {
            continue;
        }
        let ids: HashSet<&str> = comments(&whole).map(|comment| &*comment.id).collect();
        for part in [3, 6, 9] {
            let Ok(cut) = read(&bytes[..bytes.len() * part / 10], &origin(&name)) else { continue };
            let here = comments(&cut).filter(|comment| ids.contains(&*comment.id)).count();
            // A comment that was cut in two may have another id where its site gives none.
            assert!(comments(&cut).count() <= here + 1, "{name} at {part}");
            let is_less = comments(&cut).count() < comments(&whole).count();
            let claims_all = cut.pages.iter().flat_map(|page| &page.discussions).any(|discussion| discussion.complete);
            // In a list of threads, those before the cut are whole.
            let is_list = whole.pages.len() > 1;
            assert!(!is_less || !claims_all || is_list || !cut.notes.is_empty(), "{name} at {part}");
        }
    }
}

#[test]
fn two_files_in_one_are_read_or_named() {
    let Some(folder) = corpus("sites") else { return };
    let small = |path: &&CountedFile| std::fs::metadata(folder.join(path.path)).is_ok_and(|facts| facts.len() < 120_000);
    let files: Vec<Vec<u8>> =
        COUNTED.iter().filter(small).filter_map(|file| std::fs::read(folder.join(file.path)).ok()).collect();
    for pair in files.windows(2) {
        for mixed in [pair.concat(), [pair[1].clone(), pair[0].clone()].concat()] {
            let read = read(&mixed, &origin("mixed"));
            assert!(read.is_ok() || matches!(read, Err(Unreadable::Unknown { .. } | Unreadable::Binary { .. })));
        }
    }
}

#[test]
fn names_of_files_do_not_matter() {
    let Some(folder) = corpus("sites") else { return };
    for CountedFile { path, comments: total, .. } in COUNTED {
        let Some(bytes) = std::fs::read(folder.join(path)).ok().filter(|bytes| bytes.len() < 600_000) else { continue };
        for name in ["renamed.txt", "renamed.md", "no-ending"] {
            let found = read(&bytes, &origin(name)).map(|parsed| comments(&parsed).count());
            assert!(found == Ok(*total) || matches!(found, Err(Unreadable::Unknown { .. })), "{path} as {name}: {found:?}");
        }
    }
}
