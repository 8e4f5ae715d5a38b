use super::*;
use crate::domain::rank::Hundredths;
use crate::domain::text::{Block, Link, LinkId, Span};
use crate::domain::thread::{AuthorRole, CommentIdx, Stub};
use crate::domain::time::Date;

const A: Parent = Parent::Of(CommentIdx(0));

/// The comments as `id<parent rank`, in order.
fn told(store: &Store, id: ArticleId) -> String {
    let stored = only_discussion(store, id);
    let comments = &stored.discussion.comments;
    let line = |(comment, state): (&Comment, &CommentState)| {
        let parent = match comment.parent {
            Parent::Root => String::new(),
            Parent::Of(idx) => format!("<{}", comments[idx.index()].id),
            Parent::Guessed(idx) => format!("~{}", comments[idx.index()].id),
            Parent::Missing => "<?".to_owned(),
        };
        let rank = if let Rank::Points { net, .. } = comment.rank { format!(" {net}") } else { String::new() };
        format!("{}{parent}{rank}{}", comment.id, if state.vanished { " gone" } else { "" })
    };
    comments.iter().zip(&stored.states).map(line).collect::<Vec<_>>().join(", ")
}

fn saved_twice(first: Discussion, second: Discussion) -> (Store, Saved, String) {
    let mut store = store();
    let id = store.save(&with_discussion("t", first), NOW).unwrap().id;
    let page = with_discussion("t", second);
    let saved = store.save(&page, LATER).unwrap();
    let before = writes(&store);
    let again = store.save(&page, LATER).unwrap();
    assert_eq!((again.new_comments, again.changed_ranks, again.edited_comments, writes(&store)), (0, 0, 0, before));
    let told = told(&store, id);
    assert_whole(&store);
    (store, saved, told)
}

#[test]
fn every_field_comes_back() {
    let rich = Document {
        blocks: vec![Block::Quote(vec![Block::Paragraph(vec![Span { link: Some(LinkId(0)), ..Span::plain("x") }])])],
        links: vec![Link::new("https://example.org/")],
    };
    let comment = Comment {
        role: AuthorRole::Moderator,
        awaits: None,
        id: "c1".into(),
        parent: Parent::Guessed(CommentIdx(1)),
        author: Some(clean("reader7")),
        posted: Date::new(2011, 6, 5).map(When::Day),
        edited: Some(When::Instant(NOW)),
        rank: Rank::Stars { mean: Hundredths(230), votes: 8 },
        url: Some(clean("https://example.org/c1")),
        body: rich.into(),
    };
    let orphan = Comment { id: "c0".into(), parent: Parent::Missing, awaits: Some("elsewhere".into()), ..Comment::default() };
    let wanted = Discussion {
        stubs: vec![Stub { below: Some("c1".into()), count: 2 }],
        place: clean("page"),
        url: Some(clean("https://example.org/t")),
        scale: Scale::Stars { max: Hundredths(500) },
        comments: vec![comment, orphan],
        complete: true,
    };
    let mut store = store();
    let id = store.save(&with_discussion("t", wanted.clone()), NOW).unwrap().id;
    let stored = only_discussion(&store, id);
    assert_eq!(stored.discussion, wanted);
    assert_eq!(stored.states, [CommentState::default(); 2]);
    assert_eq!(store.discussion(DiscussionId(9)).unwrap(), None);
}

#[test]
fn ranks_change_in_place_edits_are_taken_and_new_ones_added() {
    let first = discussion(true, vec![comment("a", Parent::Root, points(1)), comment("b", A, points(2))]);
    let mut second = first.clone();
    second.comments[0].rank = points(7);
    second.comments[1].body = Document::plain(["edited"]).into();
    second.comments.push(comment("c", Parent::Of(CommentIdx(1)), points(0)));
    let (store, saved, told) = saved_twice(first, second);
    assert_eq!((saved.new_comments, saved.changed_ranks, saved.edited_comments), (1, 1, 1));
    assert_eq!(told, "a 7, b<a 2, c<b 0");
    assert_eq!(first_seen(&store), [NOW, NOW, LATER]);
    assert_eq!(store.headline(saved.id).unwrap().unwrap().comments, 3);
}

#[test]
fn a_complete_file_gives_the_order_and_tells_what_vanished() {
    let first = discussion(
        true,
        vec![
            comment("a", Parent::Root, points(1)),
            comment("b", A, points(1)),
            comment("c", Parent::Of(CommentIdx(1)), points(1)),
        ],
    );
    let second = discussion(
        true,
        vec![
            comment("d", Parent::Root, points(1)),
            comment("c", Parent::Missing, points(1)),
            comment("a", Parent::Root, points(1)),
        ],
    );
    let (mut store, saved, told) = saved_twice(first.clone(), second);
    assert_eq!(told, "d 1, c<b 1, a 1, b<a 1 gone");
    store.save(&with_discussion("t", first), LATER).unwrap();
    assert_eq!(self::told(&store, saved.id), "d 1 gone, a 1, b<a 1, c<b 1");
}

#[test]
fn a_partial_file_takes_nothing_away() {
    let first = discussion(true, vec![comment("a", Parent::Root, points(3)), comment("b", A, points(2))]);
    let second =
        discussion(false, vec![comment("b", Parent::Missing, Rank::Unrated), comment("e", Parent::Missing, points(1))]);
    let (mut store, saved, told) = saved_twice(first, second);
    assert_eq!(told, "a 3, b<a 2, e<? 1");
    assert!(!only_discussion(&store, saved.id).discussion.complete);
    let third = discussion(false, vec![comment("x", Parent::Root, points(1)), comment("e", A, points(1))]);
    store.save(&with_discussion("t", third), LATER).unwrap();
    assert_eq!(self::told(&store, saved.id), "a 3, b<a 2, e<x 1, x 1");
}

#[test]
fn what_a_comment_no_longer_tells_stays() {
    let mut told = comment("a", Parent::Root, points(3));
    (told.author, told.posted) = (Some(clean("A")), Some(When::Instant(NOW)));
    let silent = Comment { id: "a".into(), rank: Rank::Removed, posted: Some(When::Instant(LATER)), ..Comment::default() };
    let (store, saved, _) = saved_twice(discussion(true, vec![told.clone()]), discussion(true, vec![silent]));
    assert_eq!((saved.changed_ranks, saved.edited_comments), (1, 0));
    assert_eq!(only_discussion(&store, saved.id).discussion.comments, [Comment { rank: Rank::Removed, ..told }]);
}

#[test]
fn an_order_fetched_apart_stays_when_the_tree_comes_again() {
    let ranked = |rank| Discussion { scale: Scale::Position, ..discussion(true, vec![comment("a", Parent::Root, rank)]) };
    let place = Rank::Position { nth: 1, of: 4 };
    let (store, saved, _) = saved_twice(ranked(place), ranked(Rank::Unrated));
    assert_eq!(only_discussion(&store, saved.id).discussion.comments[0].rank, place);
    // Where votes are told, unrated is what the place says.
    let starred = |rank| Discussion { scale: Scale::Points, ..discussion(true, vec![comment("a", Parent::Root, rank)]) };
    let (store, saved, _) = saved_twice(starred(points(1)), starred(Rank::Unrated));
    assert_eq!(only_discussion(&store, saved.id).discussion.comments[0].rank, Rank::Unrated);
}

#[test]
fn circles_out_of_several_files_are_broken_and_doubled_ids_lose_nothing() {
    let first =
        discussion(false, vec![comment("a", Parent::Of(CommentIdx(1)), points(1)), comment("b", Parent::Root, points(1))]);
    let second =
        discussion(false, vec![comment("b", Parent::Of(CommentIdx(1)), points(1)), comment("a", Parent::Missing, points(1))]);
    let (_, _, told) = saved_twice(first, second);
    assert_eq!(told, "a<b 1, b<? 1");
    let doubled = discussion(true, vec![comment("a", Parent::Root, points(1)), comment("a", A, points(2))]);
    let (_, saved, told) = saved_twice(doubled.clone(), doubled);
    assert_eq!((told.as_str(), saved.new_comments), ("a 1, a#2<a 2", 0));
}

#[test]
fn one_article_has_several_discussions_by_place_and_address() {
    let at = |place: &str, url: &str| Discussion {
        place: clean(place),
        url: (!url.is_empty()).then(|| clean(url)),
        ..discussion(true, vec![comment("a", Parent::Root, points(1))])
    };
    let mut store = store();
    let mut page = page("t", 0);
    page.discussions = vec![at("page", ""), at("lemmy", "https://a.example/1"), at("lemmy", "https://b.example/1")];
    let id = store.save(&page, NOW).unwrap().id;
    // The page's own address became known: it is still the page's discussion.
    page.discussions =
        vec![at("page", "https://example.org/1"), at("lemmy", "https://b.example/1"), at("hacker news", "https://c.example/1")];
    store.save(&page, NOW).unwrap();
    let heads = store.article(id).unwrap().unwrap().discussions;
    let told: Vec<String> =
        heads.iter().map(|head| format!("{} {}", head.place, head.url.clone().unwrap_or_default())).collect();
    assert_eq!(
        told,
        [
            "page https://example.org/1",
            "lemmy https://a.example/1",
            "lemmy https://b.example/1",
            "hacker news https://c.example/1"
        ]
    );
    assert_eq!(store.headline(id).unwrap().unwrap().comments, 4);
    assert_whole(&store);
}

#[test]
fn what_is_stored_while_a_page_is_open_is_still_new_when_it_is_left() {
    let mut store = store();
    let mut discussion = discussion(true, vec![comment("a", Parent::Root, points(1))]);
    let id = store.save(&with_discussion("t", discussion.clone()), NOW).unwrap().id;
    let thread = only_discussion(&store, id);
    store.mark_seen(thread.id, Seen::Loaded(thread.last), NOW).unwrap();
    // Loaded with one comment; another process stores two.
    let open = only_discussion(&store, id);
    discussion.comments.extend([comment("b", A, points(1)), comment("c", A, points(1))]);
    store.save(&with_discussion("t", discussion), LATER).unwrap();
    assert_eq!(store.mark_seen(open.id, Seen::Loaded(open.last), LATER).unwrap(), 0);
    assert_eq!(store.headline(id).unwrap().unwrap().new_comments, 2);
    let now = only_discussion(&store, id);
    assert_eq!(store.mark_seen(now.id, Seen::Loaded(now.last), LATER).unwrap(), 2);
    assert_eq!(store.headline(id).unwrap().unwrap().new_comments, 0);
    assert_whole(&store);
}

#[test]
fn comments_are_new_once_the_page_was_left() {
    let mut store = store();
    let mut discussion = discussion(true, vec![comment("a", Parent::Root, points(1)), comment("b", A, points(1))]);
    let id = store.save(&with_discussion("t", discussion.clone()), NOW).unwrap().id;
    let thread = only_discussion(&store, id).id;
    let new = |store: &Store| {
        (store.headline(id).unwrap().unwrap().new_comments, store.article(id).unwrap().unwrap().discussions[0].new_comments)
    };
    assert_eq!(new(&store), (0, 0));
    assert_eq!(store.mark_seen(thread, Seen::Some(&[CommentIdx(1), CommentIdx(1), CommentIdx(7)]), NOW).unwrap(), 1);
    assert_eq!(new(&store), (0, 0));
    assert_eq!(store.mark_seen(thread, Seen::All, NOW).unwrap(), 1);
    discussion.comments.push(comment("c", A, points(1)));
    store.save(&with_discussion("t", discussion), LATER).unwrap();
    assert_eq!(new(&store), (1, 1));
    assert_eq!(only_discussion(&store, id).states.iter().map(|state| state.seen).collect::<Vec<_>>(), [true, true, false]);
    assert_eq!(store.mark_seen(thread, Seen::All, LATER).unwrap(), 1);
    assert_eq!(new(&store), (0, 0));
    assert_eq!(store.mark_seen(DiscussionId(99), Seen::All, LATER).unwrap(), 0);
    assert_whole(&store);
}

#[test]
fn comments_on_an_article_that_was_read_before_it_had_any_are_new() {
    let mut store = store();
    let id = store.save(&page("t", 0), NOW).unwrap().id;
    store.set_read(&[id], true, NOW).unwrap();
    store.save(&with_discussion("t", discussion(true, vec![comment("a", Parent::Root, points(1))])), LATER).unwrap();
    assert_eq!(store.headline(id).unwrap().unwrap().new_comments, 1);
}

#[test]
fn a_comment_is_rated_by_its_id() {
    let mut store = store();
    let id = store.save(&with_discussion("t", discussion(true, vec![comment("a", Parent::Root, points(1))])), NOW).unwrap().id;
    let thread = only_discussion(&store, id).id;
    assert!(store.rate_comment(thread, "a", 9, NOW).unwrap());
    assert!(!store.rate_comment(thread, "b", 1, NOW).unwrap());
    assert_eq!(only_discussion(&store, id).states[0].own_rating, 5);
}

#[test]
fn a_dump_that_was_cut_off_takes_no_comment_away() {
    const TAIL: &str = "\nPlease sign in to add a comment.\n";
    let head = "Headline\n\nJune 4, 2011\n\nBody.\n\nDisplay comments: newest first\n\n1 / 5 (2) Jun 04, 2011\nOne.\n";
    let rest = "5 / 5 (1) Jun 04, 2011\nTwo.\nnot rated yet Jun 05, 2011\nThree.\n";
    let mut store = store();
    let mut import = |text: &str| {
        let origin = crate::format::Origin { name: "page.txt", now: NOW };
        let page = crate::site::read(text.as_bytes(), &origin).unwrap().pages.remove(0);
        let id = store.save(&page, NOW).unwrap().id;
        let states = only_discussion(&store, id).states;
        (states.len(), states.iter().filter(|state| state.vanished).count())
    };
    assert_eq!(import(&format!("{head}{rest}{TAIL}")), (3, 0));
    assert_eq!(import(head), (3, 0));
    assert_eq!(import(&format!("{head}5 / 5 (")), (3, 0));
    assert_eq!(import(&format!("{head}{TAIL}")), (3, 2), "a whole page without them tells that they vanished");
    assert_eq!(import(&format!("{head}{rest}")), (3, 0), "and come back");
}

#[test]
fn a_long_discussion_is_read_in_halves_and_is_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(&folder.path().join("store.db")).unwrap();
    let one = |n: u32| {
        comment(&n.to_string(), if n.is_multiple_of(3) { Parent::Root } else { Parent::Of(CommentIdx(n - 1)) }, points(1))
    };
    let wanted = discussion(true, (0..8_001).map(one).collect());
    let id = store.save(&with_discussion("t", wanted.clone()), NOW).unwrap().id;
    let stored = only_discussion(&store, id);
    assert!(stored.discussion == wanted);
    assert_eq!(stored.states.len(), 8_001);
}

#[test]
fn what_was_told_to_lack_before_any_comment_came_goes_when_all_is_here() {
    let part = Discussion { stubs: vec![Stub { below: None, count: 2 }], ..Discussion::default() };
    let whole = Discussion {
        comments: vec![Comment { id: "a".into(), ..Comment::default() }],
        complete: true,
        ..Discussion::default()
    };
    let mut store = store();
    let id = store.save(&with_discussion("t", part), NOW).unwrap().id;
    store.save(&with_discussion("t", whole), LATER).unwrap();
    assert_eq!(only_discussion(&store, id).discussion.stubs, []);
}
