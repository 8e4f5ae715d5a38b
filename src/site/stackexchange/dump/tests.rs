use crate::domain::time::Timestamp;
use crate::format::{Origin, Parsed, Unreadable};
use crate::site::read;
use crate::site::tests::live::facts;

const POSTS: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<posts>
  <row Id="1" PostTypeId="1" AcceptedAnswerId="3" CreationDate="2021-04-27T15:18:16.923" Score="7" Body="&lt;p&gt;Why &amp;amp; how?&lt;/p&gt;" OwnerUserId="5" Title="Owls &amp;amp; mice" Tags="|birds|night|" AnswerCount="2" CommentCount="1" />
  <row Id="2" PostTypeId="2" ParentId="1" CreationDate="2021-04-27T16:00:00.000" Score="-1" Body="&lt;p&gt;No&lt;/p&gt;" OwnerDisplayName="gone" CommentCount="2" />
  <row Id="3" PostTypeId="2" ParentId="1" CreationDate="2021-04-27T17:00:00.000" Score="4" Body="&lt;p&gt;Yes&lt;/p&gt;" OwnerUserId="6" CommentCount="0" />
  <row Id="4" PostTypeId="5" CreationDate="2021-04-27T17:00:00.000" Score="0" Body="a tag" />
</posts>"#;
const COMMENTS: &str = r#"<?xml version="1.0" encoding="utf-8"?><comments>
  <row Id="8" PostId="1" Score="1" Text="Is *this* so?" CreationDate="2021-04-27T15:32:39.773" UserId="6" />
  <row Id="9" PostId="2" Score="0" Text="It is" CreationDate="2021-04-27T18:32:39.773" UserDisplayName="away" /></comments>"#;
const USERS: &str = r#"<?xml version="1.0" encoding="utf-8"?><users><row Id="6" DisplayName="Bob &amp;lt;3" /></users>"#;

fn parsed(text: &str) -> Parsed {
    read(text.as_bytes(), &Origin { name: "dumps/cardano.stackexchange.com/Posts.xml", now: Timestamp(0) }).unwrap()
}

#[test]
fn a_dump_is_read_with_the_files_beside_it() {
    let parsed = parsed(&format!("\u{feff}{POSTS}\n\u{feff}{COMMENTS}\n{USERS}"));
    assert_eq!((parsed.format.label(), parsed.pages.len()), ("Stack Exchange dump", 1));
    let (article, discussion) = (&parsed.pages[0].article, &parsed.pages[0].discussions[0]);
    assert_eq!(
        (&*article.title, article.byline.as_deref(), &*article.body.text()),
        ("Owls & mice", Some("user5"), "Why & how?")
    );
    assert_eq!(discussion.url.as_deref(), Some("https://cardano.stackexchange.com/questions/1"));
    assert_eq!(facts(discussion), "lacks 1: 3<Root 4, 2<Root -1, comment8<Root 1, comment9<2 0");
    let authors: Vec<_> = discussion.comments.iter().map(|comment| comment.author.as_deref().unwrap_or("-")).collect();
    assert_eq!(authors, ["Bob <3", "gone", "Bob <3", "away"]);
    let notes = ["1 more, not in this file", "1 post of other kinds (descriptions of tags, notices) left out"];
    assert_eq!(parsed.notes, notes);
}

#[test]
fn posts_alone_lack_their_comments_and_other_files_alone_are_named() {
    assert_eq!(facts(&parsed(POSTS).pages[0].discussions[0]), "lacks 3: 3<Root 4, 2<Root -1");
    for (text, found) in [(COMMENTS, "a Stack Exchange dump without its Posts.xml"), (USERS, "users of a Stack Exchange dump")]
    {
        assert_eq!(read(text.as_bytes(), &Origin { name: "a", now: Timestamp(0) }).err(), Some(Unreadable::Unknown { found }));
    }
}
