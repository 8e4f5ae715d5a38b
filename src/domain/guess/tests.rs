use super::*;
use crate::domain::text::{Document, clean_line};
use proptest::prelude::*;

fn comment(author: &str, text: &str) -> Comment {
    let mut body = Document::default();
    for line in text.lines() {
        let paragraph = Document::plain([line.trim_start_matches('>')]).blocks;
        body.blocks.extend(if line.starts_with('>') { vec![Block::Quote(paragraph)] } else { paragraph });
    }
    Comment { author: Some(clean_line(author)).filter(|name| !name.is_empty()), body: body.into(), ..Comment::default() }
}

/// The guessed parent of each comment.
fn guessed(told: &[(&str, &str)]) -> Vec<Option<usize>> {
    let mut comments: Vec<Comment> = told.iter().map(|(author, text)| comment(author, text)).collect();
    guess_parents(&mut comments);
    let parent = |comment: &Comment| match comment.parent {
        Parent::Guessed(parent) => Some(parent.index()),
        _ => None,
    };
    comments.iter().map(parent).collect()
}

#[test]
fn a_quote_leads_to_whom_it_quotes() {
    let first = ("", "The tide turns twice a day, whatever the harbour master says.");
    let second = ("", "Salt water corrodes every pump that was ever sold here.");
    assert_eq!(guessed(&[first, second, ("", ">the tide turns twice a day\nNot everywhere.")]), [None, None, Some(0)]);
    assert_eq!(guessed(&[first, second, ("", "[q]Every pump[/q] Mine does not.")]), [None, None, Some(1)]);
    // Whoever quotes has not said it.
    let quoting = ("", ">whatever the harbour master says\nHe says a lot.");
    assert_eq!(guessed(&[first, quoting, ("", ">whatever the harbour master says\nTrue.")]), [None, Some(0), Some(0)]);
    assert_eq!(guessed(&[first, ("", ">words that nobody wrote\nWell.")]), [None, None]);
}

#[test]
fn an_address_leads_to_the_latest_of_that_author() {
    let said = [("Night_Reader", "One."), ("sceptic", "Two."), ("night_reader", "Three.")];
    let with = |text| guessed(&[said[0], said[1], said[2], ("", text)])[3];
    assert_eq!(with("@Night_Reader: no."), Some(2));
    assert_eq!(with("I say, @SCEPTIC, no."), Some(1));
    assert_eq!(with("#sceptic no"), Some(1));
    assert_eq!(with("#NR, no"), Some(2));
    assert_eq!(with("Re: sceptic"), Some(1));
    assert_eq!(with("mail@sceptic or #1 or @nobody"), None);
    // Two authors fit.
    assert_eq!(guessed(&[("Night_Reader", "a"), ("NewReader", "b"), ("", "#NR, c")])[2], None);
}

#[test]
fn a_reference_leads_to_its_words() {
    let said = [("", "The lighthouse was sold in spring."), ("", "The ferry runs in spring.")];
    let with = |text| guessed(&[said[0], said[1], ("", text)])[2];
    assert_eq!(with("Re: The lighthouse was, and I saw it."), Some(0));
    assert_eq!(with("re: ferry"), Some(1));
    assert_eq!(with("Re: spring"), None);
}

#[test]
fn shared_words_lead_to_the_only_one_who_has_them() {
    let said = ("", "It may be so, but this is no laughing matter.");
    let other = ("", "At the end of the day it may be what it is, and that is that for all of us.");
    assert_eq!(guessed(&[other, said, ("", "I agree this is no laughing matter, yet I laugh.")]), [None, None, Some(1)]);
    // Five common words say nothing, eight do.
    let common = ("", "it may be what it");
    assert_eq!(guessed(&[other, common, common, common])[3], None);
    assert_eq!(guessed(&[other, ("", "well, it may be what it is and that is it")])[1], Some(0));
    // Two have them.
    assert_eq!(
        guessed(&[said, ("", "To say this is no laughing matter helps."), ("", "Oh, this is no laughing matter.")])[2],
        None
    );
    assert_eq!(guessed(&[("", "Don’t mind the gulls over there."), ("", "I don't mind the gulls over rooftops")])[1], Some(0));
}

#[test]
fn removed_comments_answer_nobody() {
    let mut comments = vec![comment("", "This comment has been removed by a moderator."); 3];
    for comment in &mut comments {
        comment.rank = Rank::Removed;
    }
    guess_parents(&mut comments);
    assert!(comments.iter().all(|comment| comment.parent == Parent::Root));
}

/// Were it quadratic, this would not end.
#[test]
fn ten_thousand_comments_are_guessed() {
    let text = |n: usize| (0..60).map(|k| format!("w{}", (n * 7919 + k * k * 31 + n * k) % 5003)).collect::<Vec<_>>().join(" ");
    let mut comments: Vec<Comment> = (0..10_000).map(|n| comment("", &text(n))).collect();
    comments.push(comment("", &format!(">{}", text(5_000))));
    guess_parents(&mut comments);
    assert_eq!(comments[10_000].parent, Parent::Guessed(CommentIdx(5_000)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn a_guessed_parent_is_earlier(told in prop::collection::vec(("[ab]?", "(>|@a |#b |Re: |\\[q\\]|\\[/q\\])?([a-d]{1,2}[ ',]){0,14}(\n>[a-d ]{0,9})?"), 0..30), bound in any::<bool>()) {
        let mut comments: Vec<Comment> = told.iter().map(|(author, text)| comment(author, text)).collect();
        if let Some(last) = comments.last_mut().filter(|_| bound) {
            last.parent = Parent::Missing;
        }
        guess_parents(&mut comments);
        for (n, comment) in comments.iter().enumerate() {
            match comment.parent {
                Parent::Guessed(parent) => prop_assert!(parent.index() < n),
                Parent::Missing => prop_assert!(bound && n + 1 == comments.len()),
                other => prop_assert_eq!(other, Parent::Root),
            }
        }
    }
}
