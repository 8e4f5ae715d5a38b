//! Tests of a fetch's changes on the screen.

use insta::assert_snapshot;

use super::play::{NOW, Play};
use crate::domain::article::{Article, Enclosure, Page, Source};
use crate::domain::text::{Document, clean_line};
use crate::domain::time::Timestamp;
use crate::source::queue::Progress;
use crate::store::entries::{Changed, FetchAttempt, FetchOutcome};
use crate::store::subscriptions::{NewSubscription, NextFetch};
use crate::store::{ArticleId, SourceId};
use crate::tui::message::{Effect, Msg};
use crate::tui::update::update;
use crate::work::background::{FetchTarget, Report};
use crate::work::fetch::{End, Event};

fn page(n: usize) -> String {
    format!("# Page {n}\n\nOctober {}, 2026\n\nText.\n", n + 1)
}

fn began(wanted: FetchTarget, sources: usize) -> Msg {
    Msg::Fetch(Report::Began { wanted, sources, ended: 0 })
}

fn ended(end: End, done: usize, waiting: usize) -> Msg {
    let progress = Progress { waiting, done, ..Progress::default() };
    Msg::Fetch(Report::Of(Event::Ended { source: SourceId(1), title: clean_line("One"), end, progress }))
}

fn fetched(new: i64) -> End {
    let changed = Changed { new: (0..new).map(ArticleId).collect(), ignored: 2, ..Changed::default() };
    End::Fetched { changed, notes: Vec::new() }
}

fn failed() -> End {
    End::Failed { failure: clean_line("no.example cannot be looked up"), hint: clean_line("check its spelling") }
}

fn press(play: &mut Play, key: &str) -> Vec<Effect> {
    update(&mut play.model, Msg::Key(key.parse().unwrap()))
}

#[test]
fn the_title_tells_how_far_a_fetch_is_and_what_it_brought() {
    for (width, wanted) in [
        (100, "fetching 0/3|fetching 1/3|fetching 2/3 · 1 failed|fetched 3 · 17 new · 2 ignored · 1 failed|"),
        (60, "fetching 0/3|fetching 1/3|fetching 2/3|17 new · 1 failed|"),
        (40, "0/3|1/3|2/3|17 new|"),
    ] {
        let mut play = Play::new((width, 12), &[&page(1)]);
        let label = |play: &Play| {
            let line = play.screen().lines().next().unwrap_or_default().to_owned();
            let at = ["fetch", "0/", "1/", "2/", "17 new"].iter().filter_map(|word| line.find(word)).min();
            at.map_or("", |at| line[at..].trim_end_matches("? help").trim_end()).to_owned()
        };
        let mut told = Vec::new();
        for message in [began(FetchTarget::All, 3), ended(fetched(17), 1, 2), ended(failed(), 2, 1)] {
            play.send(message);
            told.push(label(&play));
        }
        play.send(ended(End::Unchanged, 3, 0)).send(Msg::Fetch(Report::Of(Event::Idle)));
        told.push(label(&play));
        play.play("k");
        told.push(label(&play));
        assert_eq!(told.join("|"), wanted, "{width}");
    }
}

#[test]
fn the_whole_text_comes_to_the_page_that_is_open() {
    let mut play = Play::new((80, 12), &[&page(1)]);
    assert_eq!(press(&mut play, "x"), [Effect::Fetch(FetchTarget::Text(ArticleId(1)))]);
    let end = Err((clean_line("a.example refuses connections"), clean_line("it may answer later")));
    play.send(Msg::Fetch(Report::Of(Event::Text { article: ArticleId(1), end })));
    assert!(play.screen().contains("a.example refuses connections (it may answer later)"));
    play.play("enter");
    let whole = Article { body: Document::plain(["All that there is to say."]), ..Article::default() };
    assert!(play.store().set_full_text(ArticleId(1), &whole, NOW).unwrap());
    play.send(Msg::Fetch(Report::Of(Event::Text { article: ArticleId(1), end: Ok(()) })));
    assert!(play.screen().contains("All that there is to say."), "{}", play.screen());
}

#[test]
fn a_fetch_that_began_by_itself_and_brings_nothing_leaves_no_word() {
    let mut play = Play::new((100, 12), &[&page(1)]);
    let before = play.screen();
    for message in [began(FetchTarget::Due, 1), ended(failed(), 0, 0), Msg::Fetch(Report::Of(Event::Idle))] {
        play.send(message);
        assert!(!play.screen().contains("failed"));
    }
    assert_eq!(play.screen(), before);
    play.send(began(FetchTarget::Due, 0));
    assert_eq!(play.screen(), before);
}

#[test]
fn a_fetch_that_only_failed_says_so_on_a_narrow_screen_too() {
    let mut play = Play::new((40, 12), &[&page(1)]);
    for message in [began(FetchTarget::All, 1), ended(failed(), 0, 0), Msg::Fetch(Report::Of(Event::Idle))] {
        play.send(message);
    }
    assert!(play.screen().contains("1 failed") && !play.screen().contains("nothing new"), "{}", play.screen());
}

#[test]
fn comments_that_came_to_what_is_watched_are_something_new() {
    let mut play = Play::new((100, 12), &[&page(1)]);
    for (before, after, wanted) in
        [(3, 0, "fetched 1 · 3 new comments"), (0, 0, "fetched 1 · nothing new"), (0, 1, "fetched 1 · 1 new comment")]
    {
        let watched = |comments| Msg::Fetch(Report::Watched(comments));
        let idle = Msg::Fetch(Report::Of(Event::Idle));
        play.play("g").send(began(FetchTarget::All, 1)).send(watched(before)).send(ended(End::Unchanged, 1, 0)).send(idle);
        play.send(watched(after));
        assert!(play.screen().contains(wanted), "{}", play.screen());
    }
    play.play("g").send(Msg::Fetch(Report::Watched(2)));
    assert!(play.screen().contains("2 new comments"), "what came by itself is told");
    play.play("g").send(began(FetchTarget::Watched, 0));
    assert_eq!(play.footer(), "refreshing what is watched");
    play.send(Msg::Fetch(Report::Watched(0)));
    assert!(play.screen().contains("nothing new"), "{}", play.screen());
}

#[test]
fn new_articles_move_nothing_and_come_when_the_reader_goes_up() {
    let pages: Vec<String> = (0..20).map(page).collect();
    let pages: Vec<&str> = pages.iter().map(String::as_str).collect();
    let mut play = Play::new((60, 24), &pages);
    play.play("jj");
    let list = |play: &Play| play.screen().lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
    let before = list(&play);
    // Newer than all, and among those on the screen.
    play.save("# Newest\n\nOctober 30, 2026\n\nText.\n").save("# Between\n\nOctober 19, 2026\n\nText.\n");
    play.send(Msg::StoreChanged);
    assert_eq!(list(&play), before);
    assert_eq!(play.screen().lines().next(), Some(" Gleaner   Unread 22 ▴ 2 new · newest first 3 of 20  ? help"));
    let mut upward = play;
    upward.play("kk");
    assert!(upward.screen().contains("▌●  Page 19") && !upward.screen().contains("Newest"));
    upward.play("k");
    assert!(upward.screen().contains("▌●  Page 19") && !upward.screen().contains("▴"), "{}", upward.screen());
    upward.play("k");
    assert!(upward.screen().contains("▌●  Newest") && upward.screen().contains("Between"), "{}", upward.screen());
}

#[test]
fn an_empty_list_fills_until_the_readers_first_key() {
    let mut play = Play::new((60, 12), &[]);
    assert!(play.screen().contains("no feeds and no articles yet"));
    for n in 0..3 {
        play.save(&page(n)).send(Msg::StoreChanged);
        assert!(play.screen().contains(&format!("▌●  Page {n}")), "{}", play.screen());
    }
    play.play("j").save(&page(3)).send(Msg::StoreChanged);
    assert!(play.screen().contains("▴ 1 new") && !play.screen().contains("Page 3"), "{}", play.screen());
    play.play("g");
    assert!(play.screen().contains("▌●  Page 3"));
}

#[test]
fn what_is_fetched_is_what_the_list_shows() {
    let mut play = Play::new((60, 12), &[&page(1)]);
    assert_eq!(press(&mut play, "R"), [Effect::Fetch(FetchTarget::All)]);
    assert_eq!(press(&mut play, "ctrl-r"), [Effect::Fetch(FetchTarget::Failed)]);
    assert_eq!(press(&mut play, "ctrl-x"), []);
    assert_eq!(play.footer(), "nothing is being fetched");
    play.send(began(FetchTarget::All, 2));
    assert_eq!(press(&mut play, "ctrl-x"), [Effect::CancelFetch]);
    play.send(Msg::Fetch(Report::Of(Event::Idle)));
    assert!(play.screen().contains("nothing new"), "{}", play.screen());
    play.play("hG");
    assert_eq!(press(&mut play, "R"), [Effect::Fetch(FetchTarget::Source(SourceId(1)))]);
    play.play("R");
    assert_eq!(play.footer(), "what was opened from files is not fetched");
}

/// A reader with a source that fails, in the sections pane.
fn with_failing(size: (u16, u16)) -> Play {
    let mut play = Play::new(size, &[]);
    let store = play.store();
    let new = NewSubscription {
        address: "https://user:secret@owls.example/feed".to_owned(),
        title: Some(clean_line("Owls weekly")),
        ..NewSubscription::default()
    };
    let (source, _) = store.subscribe(&new, Timestamp(NOW.0 - 90_000)).unwrap();
    let next = NextFetch { due_at: Some(Timestamp(NOW.0 + 3600)), due_reason: clean_line("it failed"), ..NextFetch::default() };
    let End::Failed { failure, hint } = failed() else { return play };
    let tried = |at| FetchAttempt {
        source,
        at,
        next: next.clone(),
        outcome: FetchOutcome::Failed { failure: failure.clone(), hint: hint.clone() },
    };
    let tries = [tried(Timestamp(NOW.0 - 7200)), tried(Timestamp(NOW.0 - 3600))];
    store.keep_tries(&tries).unwrap();
    play.send(Msg::StoreChanged);
    play.play("hG");
    play
}

#[test]
fn what_failed_is_listed_with_what_to_do() {
    let mut play = with_failing((64, 12));
    play.play("!");
    assert_snapshot!(play.screen(), @r#"
     Gleaner   Owls weekly 0 · newest first                  ? help
     All
     Unread
    ┏ Failing 1: ctrl-r all again ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┓
    ┃ ▌ Owls weekly                                                ┃
    ┃ ▌   ! no.example cannot be looked up (2 in a row)            ┃
    ┃ ▌   check its spelling                                       ┃
    ┃ enter all about it  R again  esc closes                      ┃
    ┗━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┛


     j k move  l articles  q back  + add feed  R fetch  / find
    "#);
}

#[test]
fn a_sources_health_is_told() {
    let mut play = with_failing((64, 18));
    play.play("i");
    assert_snapshot!(play.screen(), @r#"
     Gleaner   Owls weekly 0 · newest first                  ? help
     All
    ┏ Owls weekly ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┓
    ┃ address  https://owls.example/feed                           ┃
    ┃ articles 0, 0 unread                                         ┃
    ┃ answered never                                               ┃
    ┃ asked    1 hour ago                                          ┃
    ┃ next     in 1 h, it failed                                   ┃
    ┃ failing  no.example cannot be looked up (2 in a row)         ┃
    ┃ hint     check its spelling                                  ┃
    ┃                                                              ┃
    ┃ The last tries that failed or brought something:             ┃
    ┃ 1 hour ago  no.example cannot be looked up                   ┃
    ┃ 2 hours ago no.example cannot be looked up                   ┃
    ┃ R fetches it  any other key closes                           ┃
    ┗━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┛

     j k move  l articles  q back  + add feed  R fetch  / find
    "#);
    play.play("q");
    assert!(!play.screen().contains("answered"));
}

#[test]
fn folders_fold_and_stay_so() {
    let mut play = Play::new((30, 12), &[]);
    for (n, folder) in ["", "Science", "Science\nPhysics"].into_iter().enumerate() {
        let folder = folder.lines().map(clean_line).collect();
        let (address, title) = (format!("https://{n}.example/"), Some(clean_line(&format!("Source {n}"))));
        play.store().subscribe(&NewSubscription { address, title, folder, ..NewSubscription::default() }, NOW).unwrap();
    }
    let failed = FetchOutcome::Failed { failure: clean_line("gone"), hint: clean_line("remove it") };
    let tried = FetchAttempt { source: SourceId(3), at: NOW, next: NextFetch::default(), outcome: failed };
    play.store().keep_tries(&[tried]).unwrap();
    play.send(Msg::StoreChanged);
    play.play("hjjj");
    let folders = |play: &Play| play.pane(crate::tui::geometry::Pane::Sections).lines().skip(4).collect::<Vec<_>>().join("\n");
    assert_snapshot!(folders(&play), @r#"
    ▌▾ Science
      ▾ Physics
        Source 2                !
       Source 1
      Source 0
    "#);
    play.play("<enter>");
    let folded = folders(&play);
    assert_snapshot!(folded, @r#"
    ▌▸ Science                  !
      Source 0
    "#);
    let mut play = play.restart();
    assert_eq!(folders(&play), folded);
    play.play("z");
    assert_eq!(
        update(&mut play.model, Msg::Key("R".parse().unwrap())),
        [Effect::Fetch(FetchTarget::Folder(vec![clean_line("Science")]))]
    );
    assert!(folders(&play).contains("Physics"));
}

#[test]
fn enclosures_stand_below_the_text_and_open_by_number() {
    let mut play = Play::new((60, 12), &[]);
    let file = |address: &str, kind: &str, length| Enclosure {
        address: clean_line(address),
        media_type: Some(clean_line(kind)),
        length,
        ..Enclosure::default()
    };
    let (sound, notes) = ("https://owls.example/one.mp3?from=feed", "https://owls.example/notes.pdf");
    let article = Article {
        title: clean_line("A recording"),
        body: Document::plain(["Words about it."]),
        enclosures: vec![file(sound, "audio/mpeg", Some(12_000_000)), file(notes, "application/pdf", None)],
        ..Article::default()
    };
    let source = Source { key: clean_line("owls"), title: clean_line("Owls") };
    play.store().save(&Page { article, source, discussions: Vec::new() }, NOW).unwrap();
    play.send(Msg::StoreChanged);
    play.play("<enter>");
    assert_snapshot!(play.pane(crate::tui::geometry::Pane::Page), @r#"
    ▌ A recording
    ▌ Owls · 1 min

      Words about it.

      Enclosures

      • one.mp3[1] (audio/mpeg, 12 MB)
      • notes.pdf[2] (application/pdf)
    "#);
    let press = |play: &mut Play, key: &str| update(&mut play.model, Msg::Key(key.parse().unwrap()));
    assert_eq!(press(&mut play, "1"), [Effect::OpenRecording(sound.to_owned())]);
    assert!(matches!(&press(&mut play, "2")[..], [Effect::Visit { address, .. }] if address == notes));
    play.play("f");
    assert!(play.screen().contains(notes));
}

#[test]
fn what_has_ended_is_left_out_with_a_word() {
    let mut play = Play::new((80, 12), &[&page(1)]);
    for (sources, ended, told) in [
        (0, 1, "1 source has ended and is not asked: ! tells which, R there asks"),
        (3, 2, "2 sources have ended and are not asked: ! tells which, R there asks"),
    ] {
        play.send(Msg::Fetch(Report::Began { wanted: FetchTarget::Failed, sources, ended }));
        assert_eq!((play.footer(), play.model.fetching.is_under_way()), (told.to_owned(), sources > 0));
    }
}
