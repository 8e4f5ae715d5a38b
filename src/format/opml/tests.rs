use std::fs;
use std::path::{Path, PathBuf};

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::*;
use crate::domain::text::LONGEST_LINE;
use crate::domain::time::Timestamp;
use crate::format::Unreadable;

/// Reads, writes and reads again: what was read, which must be what was written.
fn round(bytes: &[u8]) -> List {
    let list = read(bytes).unwrap();
    let again = read(list.write().as_bytes()).unwrap();
    assert_eq!(list.nodes, again.nodes, "{}", list.write());
    assert_eq!(again.notes, [] as [&str; 0], "{}", list.write());
    list
}

/// `folder/folder/title address +tag+tag`
fn told(list: &List) -> Vec<String> {
    let tell = |one: &ListedFeed| {
        let mut path = one.folder.clone();
        path.push(one.title.clone());
        let path: Vec<&str> = path.iter().map(CleanText::as_str).collect();
        let tags: Vec<&str> = one.tags.iter().flat_map(|tag| [" +", tag.as_str()]).collect();
        format!("{} {}{}", path.join("/"), one.address, tags.concat())
    };
    list.subscriptions().0.iter().map(tell).collect()
}

#[test]
fn lists_of_every_shape_are_read() {
    let table: &[(&str, &[&str])] = &[
        (
            "<opml version='1.0'><body><outline text='A'><outline title='B'><outline text='f' xmlUrl='u'/></outline>
             <outline text='g' xmlurl=' v '/></outline><outline text='h' xmlUrl='w'/></body></opml>",
            &["A/B/f u", "A/g v", "h w"],
        ),
        // The longer name, none, the address as name; tags.
        (
            "<opml><body><outline text='t' title='T' xmlUrl='u' category='/a/b, c,,d'/><outline xmlUrl='v'/>
             <outline text='w' xmlUrl='w'/></body></opml>",
            &["T u +a/b +c +d", " v", " w"],
        ),
        // Old lists call it url; without a feed's type that is a link.
        ("<opml><body><outline text='t' type='rss' url='u'/><outline text='l' type='link' url='v'/></body></opml>", &["t u"]),
        // A feed in a feed; a folder without a name.
        (
            "<opml><body><outline text='a' xmlUrl='u'><outline text='b' xmlUrl='v'/></outline>
             <outline><outline text='c' xmlUrl='w'/></outline></body></opml>",
            &["a u", "b v", "c w"],
        ),
        ("<OPML><BODY><Outline Text='t' XMLURL='u'></Outline></BODY></OPML>", &["t u"]),
        ("<opml version='2.0'>", &[]),
    ];
    for (text, expected) in table {
        assert_eq!(told(&round(text.as_bytes())), *expected, "{text}");
    }
}

#[test]
fn broken_lists_are_repaired_and_it_is_said() {
    let table: &[(&str, &[&str], &[&str])] = &[
        (
            "Warning: x\n<opml><body><outline text='Q & A &eacute; &bogus;' xmlUrl='u?a=1&b=2'/></body></opml>",
            &["Q & A é &bogus; u?a=1&b=2"],
            &["10 characters before the list passed over"],
        ),
        // Feeds without an end; a head without one; the end is missing.
        (
            "<opml><head><title>x<body><outline text='A'><outline text='f' xmlUrl='u'><outline text='g' xmlUrl='v'>
             </body></opml>",
            &["A/f u", "A/g v"],
            &["5 elements without an end closed"],
        ),
        (
            "<opml><body><outline text='A'><outline text='f' xmlUrl='u'/><outline text='g' xml",
            &["A/f u"],
            &["it breaks off; what stands before is read"],
        ),
        (
            "<opml><body></b><outline text='t' text='u' 1x='y' xmlUrl='u'/></body></opml>tail<outline/>",
            &["t u"],
            &[
                "1 end of nothing that was open passed over",
                "1 attribute given twice; the first is kept",
                "1 attribute that cannot be read passed over",
                "2 pieces outside the list passed over",
            ],
        ),
        (
            "<!DOCTYPE opml [<!ENTITY e 'boom'>]><opml><body><outline text='&e;' xmlUrl='u'/></body></opml>",
            &["&e; u"],
            &["it declares entities of its own, which are not expanded"],
        ),
    ];
    for (text, expected, notes) in table {
        let list = round(text.as_bytes());
        assert_eq!(
            (told(&list), &list.notes),
            (expected.iter().map(ToString::to_string).collect(), &clean_lines(notes)),
            "{text}"
        );
    }
    let latin: &[u8] =
        b"<?xml version='1.0' encoding='ISO-8859-1'?><opml><body><outline text='caf\xe9' xmlUrl='u'/></body></opml>";
    let list = round(latin);
    assert_eq!((told(&list), list.notes.len()), (vec!["café u".to_owned()], 1));
    for (bytes, found) in [(&b" \n"[..], Unreadable::Empty), (b"<html><opml>", Unreadable::Unknown { found: "XML" })] {
        assert_eq!(read(bytes), Err(found));
    }
}

#[test]
fn a_list_that_was_never_escaped_loses_no_subscription() {
    let outline =
        |n: usize, name: &str| format!("<outline text=\"{name}\" type=\"rss\" xmlUrl=\"https://f{n}.example/?a=1&b=2\" />\n");
    let names = [
        "A",
        "The \"Owl\" post",
        "5\" nails",
        "Cats & dogs",
        "a < b",
        "<b>Bold</b>",
        "\"Quoted\"",
        "Say \"hi",
        "x > y",
        "It's",
    ];
    let outlines: String = names.iter().enumerate().map(|(n, name)| outline(n, name)).collect();
    let list =
        round(format!("<opml version=\"2.0\"><body><outline text=\"F \"g\"\">{outlines}</outline></body></opml>").as_bytes());
    let expected: Vec<String> =
        names.iter().enumerate().map(|(n, name)| format!("F \"g\"/{name} https://f{n}.example/?a=1&b=2")).collect();
    assert_eq!(told(&list), expected);
    assert_eq!(list.notes, clean_lines(&["7 outlines with bare quotation marks or brackets read as they were meant"]));
}

#[test]
fn a_feed_listed_in_two_folders_is_taken_once_and_it_is_said() {
    let text =
        "<opml><body><outline text='A'><outline text='f' xmlUrl='u'/></outline><outline text='B'><outline text='f' xmlUrl='u'/>
        <outline text='g' xmlUrl='v'/></outline></body></opml>";
    let list = round(text.as_bytes());
    assert_eq!(told(&list), ["A/f u", "B/g v"]);
    assert_eq!(
        list.subscriptions().1,
        clean_lines(&["1 subscription listed again, such as u; the first place of each is kept"])
    );
}

fn clean_lines(lines: &[&str]) -> Vec<CleanText> {
    lines.iter().map(|line| clean_line(line)).collect()
}

#[test]
fn what_is_no_subscription_is_kept() {
    let text = "<opml version='2.0' xmlns:x='urn:x'><head><title>Mine &amp; yours</title><x:y z='1'>k</x:y></head><body>
        pre<outline text='Script' isComment='true' _note='two&#10;lines&#9;tab'>a &lt;b&gt; <![CDATA[<c>]]><b>bold</b> rest</outline>
        <outline text='More' type='include' url='https://a.example/x'/></body></opml>";
    let list = round(text.as_bytes());
    assert_eq!(list.head("title").map(CleanText::as_str), Some("Mine & yours"));
    assert_eq!((list.head("ownerName"), list.head("outline")), (None, None));
    assert_eq!(list.subscriptions(), (vec![], clean_lines(&["1 linked list not followed"])));
    insta::assert_snapshot!(list.write(), @r#"
    <?xml version="1.0" encoding="UTF-8"?>
    <opml version="2.0" xmlns:x="urn:x">
      <head>
        <title>Mine &amp; yours</title>
        <x:y z="1">k</x:y>
      </head>
      <body>pre
        <outline text="Script" isComment="true" _note="two&#10;lines&#9;tab">a &lt;b&gt; &lt;c&gt;&#10; rest
          <b>bold</b>
        </outline>
        <outline text="More" type="include" url="https://a.example/x"/>
      </body>
    </opml>
    "#);
}

#[test]
fn nesting_beyond_the_cap_is_kept_at_it_and_takes_linear_time() {
    let deep = |n: usize| {
        let folders = "<outline text='a'>".repeat(n);
        format!("<opml><body>{folders}<outline text='f' xmlUrl='u'/>{}</body></opml>", "</outline>".repeat(n))
    };
    let list = round(deep(250).as_bytes());
    assert_eq!((list.subscriptions().0[0].folder.len(), list.notes.len()), (250, 0));
    let list = round(deep(100_000).as_bytes());
    assert_eq!(list.nodes.len(), 100_003);
    assert_eq!(list.subscriptions().0[0].folder.len(), MAX_DEPTH - 3);
    assert_eq!(list.notes, ["99747 elements nested deeper than 256, kept at that depth"]);
}

#[test]
fn folders_that_multiply_are_left_out_and_it_is_said() {
    let name = "n".repeat(LONGEST_LINE);
    let (open, close) = (format!("<outline text='{name}'>").repeat(64), "</outline>".repeat(64));
    let feeds: Vec<String> = (0..100).map(|n| format!("<outline xmlUrl='u{n}'/>")).collect();
    let feeds = feeds.concat();
    let list = read(format!("<opml><body>{open}{feeds}{close}</body></opml>").as_bytes()).unwrap();
    let (found, notes) = list.subscriptions();
    assert_eq!(found.iter().filter(|one| one.folder.is_empty()).count(), 37);
    assert_eq!(notes, ["37 subscriptions without the folders, whose names are too long together"]);
}

#[test]
fn a_list_of_subscriptions_is_written_by_folder() {
    let feed = |address: &str, folder: &[&str]| ListedFeed { folder: clean_lines(folder), ..ListedFeed::new(address) };
    let mut named = feed("https://c.example/", &["A", "B"]);
    named.title = clean_line("<C> & \"co\"");
    named.tags = clean_lines(&["a,b", "c/d"]);
    named.kind = Kind::Atom;
    named.site = Some(clean_line("https://c.example/site"));
    let all = [feed("u", &["A"]), feed("v", &[]), named, feed("w", &["A"]), feed("", &["B"])];
    insta::assert_snapshot!(List::new("Mine", Timestamp(0), &all).write(), @r#"
    <?xml version="1.0" encoding="UTF-8"?>
    <opml version="2.0">
      <head>
        <title>Mine</title>
        <dateCreated>Thu, 1 Jan 1970 00:00:00 -0000</dateCreated>
      </head>
      <body>
        <outline text="A" title="A">
          <outline text="u" title="u" type="rss" xmlUrl="u"/>
          <outline text="B" title="B">
            <outline text="&lt;C&gt; &amp; &quot;co&quot;" title="&lt;C&gt; &amp; &quot;co&quot;" type="atom" xmlUrl="https://c.example/" htmlUrl="https://c.example/site" category="a b,/c/d"/>
          </outline>
          <outline text="w" title="w" type="rss" xmlUrl="w"/>
        </outline>
        <outline text="v" title="v" type="rss" xmlUrl="v"/>
      </body>
    </opml>
    "#);
    assert_eq!(summary(&all[..4]), "4 subscriptions in 2 folders");
    assert_eq!(summary(&all[1..2]), "1 subscription");
}

fn words() -> impl Strategy<Value = CleanText> {
    prop_oneof!["\\PC{0,12}", "[&<>\"'; \n\t#xé👩‍👩‍👧a-c]{0,16}", any::<String>()].prop_map(|raw| clean_line(&raw))
}

prop_compose! {
    fn subscription()(
        address in "https://[a-z]{1,3}\\.example/[a-z&?=<\"]{0,8}",
        title in words(),
        site in option::of(words()),
        folder in vec("[ab&\"]{1,2}", 0..4),
        kind in prop_oneof![Just(Kind::Rss), Just(Kind::Atom), Just(Kind::Json)],
        tags in vec("[a-c!&é👩]{1,4}(/[a-c]{1,2})?", 0..3),
        description in option::of(words()),
    ) -> ListedFeed {
        let some = |text: Option<CleanText>| text.filter(|text| !text.is_empty());
        let clean = |texts: &[String]| texts.iter().map(|text| clean_line(text)).collect::<Vec<_>>();
        ListedFeed {
            title, kind, site: some(site), description: some(description), folder: clean(&folder), tags: clean(&tags),
            ..ListedFeed::new(&address)
        }
    }
}

proptest! {
    #[test]
    fn subscriptions_come_back(mut all in vec(subscription(), 0..12), title in words()) {
        // The first of two subscriptions with one address is kept.
        let mut seen = std::collections::HashSet::new();
        all.retain(|one: &ListedFeed| seen.insert(one.address.clone()));
        let list = round(List::new(&title, Timestamp(1_800_000_000), &all).write().as_bytes());
        let (mut found, notes) = list.subscriptions();
        prop_assert_eq!(notes.len(), 0);
        prop_assert_eq!(list.head("title"), Some(&title).filter(|title| !title.is_empty()));
        // A list in its own order keeps it.
        let again = List::new(&title, Timestamp(1_800_000_000), &found);
        prop_assert_eq!(&again.nodes, &list.nodes);
        all.sort();
        found.sort();
        prop_assert_eq!(found, all);
    }

    #[test]
    fn any_text_is_read_as_it_is_written(pieces in vec(prop_oneof![
        "<outline text=\"\\PC{0,6}\" xmlUrl='[a-z&;]{1,4}'/?>", Just("</outline>".to_owned()), "<[/!a-c?]{0,2}[ a-c=\"']{0,6}>?",
        "&[a-z#0-9]{0,5};?", Just("<![CDATA[".to_owned()), Just("]]>".to_owned()), any::<String>(),
    ], 0..16)) {
        round(format!("<opml><body>{}", pieces.concat()).as_bytes());
    }
}

/// The corpus: every list comes back whole. Its outlines and addresses are counted in the bytes too.
#[test]
fn the_lists_of_the_corpus_come_back_whole() {
    let named = std::env::var_os("GLEANER_CORPUS").map(PathBuf::from);
    let root = named.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus")).join("opml");
    let (mut folders, mut lists, mut feeds, mut in_folders, mut outlines) = (vec![root], 0, 0, 0, 0);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "opml") {
                let bytes = fs::read(&path).unwrap();
                let list = round(&bytes);
                let text = String::from_utf8_lossy(&bytes);
                let nodes = || list.nodes.iter();
                let here = nodes().filter(|node| node.is("outline")).count();
                assert_eq!(here, text.matches("<outline").count(), "{}", path.display());
                for name in ATTRIBUTES {
                    let values = nodes().flat_map(|node| &node.attributes).filter(|(key, _)| **key == *name).count();
                    assert_eq!(values, text.matches(&format!(" {name}=")).count(), "{name} in {}", path.display());
                }
                let (found, _) = list.subscriptions();
                let addresses = || nodes().filter_map(OutlineNode::address);
                assert_eq!(addresses().count(), text.matches("xmlUrl=").count(), "{}", path.display());
                assert_eq!(found.len(), addresses().collect::<std::collections::HashSet<_>>().len(), "{}", path.display());
                lists += 1;
                outlines += here;
                in_folders += found.iter().filter(|one| !one.folder.is_empty()).count();
                feeds += found.len();
            }
        }
    }
    println!(
        "opml: {lists} lists read and come back whole, {outlines} outlines, {feeds} subscriptions, {in_folders} in folders"
    );
}

/// The attributes that its lists have.
const ATTRIBUTES: [&str; 13] = [
    "text",
    "title",
    "xmlUrl",
    "type",
    "htmlUrl",
    "description",
    "language",
    "created",
    "url",
    "isComment",
    "scanDelay",
    "isBreakpoint",
    "category",
];
