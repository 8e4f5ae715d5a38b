use crate::domain::time::Timestamp;
use crate::format::Origin;
use crate::site::read;
use crate::site::tests::live::facts;

fn comment(id: u32, parent: u32, more: &str) -> String {
    format!(
        "<wp:comment><wp:comment_id>{id}</wp:comment_id><wp:comment_author><![CDATA[Ann]]></wp:comment_author><wp:comment_date>2011-03-23 20:51:16</wp:comment_date>
        <wp:comment_content><![CDATA[One & <b>two</b>\n\nthree]]></wp:comment_content><wp:comment_parent>{parent}</wp:comment_parent>{more}</wp:comment>"
    )
}

fn export() -> String {
    let approved = "<wp:comment_approved>1</wp:comment_approved><wp:comment_type></wp:comment_type><wp:comment_date_gmt>2011-03-23 19:51:16</wp:comment_date_gmt>";
    let comments = [
        comment(28, 27, approved),
        comment(27, 0, approved),
        comment(29, 0, "<wp:comment_approved>spam</wp:comment_approved>"),
        comment(
            30,
            29,
            "<wp:comment_approved>1</wp:comment_approved><wp:comment_type>pingback</wp:comment_type><wp:comment_date_gmt>0000-00-00 00:00:00</wp:comment_date_gmt>",
        ),
    ];
    format!(
        "<?xml version='1.0' encoding='UTF-8' ?>\n<!-- generator=\"WordPress\" -->\n<rss version='2.0' xmlns:wp='http://wordpress.org/export/1.2/'><channel><title>Owls</title><link>https://blog.example</link>
        <wp:wxr_version>1.2</wp:wxr_version><item><title>At night</title><link>https://blog.example/night/</link><dc:creator>bob</dc:creator><content:encoded><![CDATA[First.\n\nSecond.]]></content:encoded>
        <wp:post_date_gmt>2011-03-01 10:00:00</wp:post_date_gmt><wp:status>publish</wp:status><wp:post_type>post</wp:post_type><category domain='post_tag' nicename='x'><![CDATA[Birds]]></category>{}</item>
        <item><title>By day</title><link>https://blog.example/day/</link><wp:post_type>page</wp:post_type></item>
        <item><title>owl.jpg</title><wp:post_type>attachment</wp:post_type></item></channel></rss>",
        comments.concat()
    )
}

#[test]
fn posts_have_their_published_comments() {
    let parsed = read(export().as_bytes(), &Origin { name: "blog.xml", now: Timestamp(0) }).unwrap();
    assert_eq!((parsed.format.label(), parsed.pages.len()), ("WordPress export", 2));
    let page = &parsed.pages[0];
    assert_eq!((&*page.article.title, &*page.source.key, page.article.body.blocks.len()), ("At night", "blog.example", 2));
    assert_eq!(page.article.published.unwrap().to_string(), "2011-03-01T10:00:00Z");
    let discussion = &page.discussions[0];
    assert_eq!(facts(discussion), "whole: 28<27 Unrated, 27<Root Unrated, 30<Missing Unrated");
    assert_eq!((&*discussion.comments[0].body.text(), &*discussion.place), ("One & two\nthree", "page"));
    assert_eq!(discussion.comments[0].posted.unwrap().to_string(), "2011-03-23T19:51:16Z");
    assert!(parsed.pages[1].discussions.is_empty());
    let notes = [
        "1 comment not published (waiting, spam or deleted) left out",
        "1 comment made by links from other pages",
        "1 time without a zone, read as UTC",
        "1 entry of other kinds left out",
    ];
    assert_eq!(parsed.notes, notes);
}

#[test]
fn an_export_cut_off_claims_nothing_whole() {
    let whole = export();
    let parsed =
        read(&whole.as_bytes()[..whole.find("spam").unwrap()], &Origin { name: "blog.xml", now: Timestamp(0) }).unwrap();
    assert!(!parsed.pages[0].discussions[0].complete);
    assert!(parsed.notes.iter().any(|note| note.starts_with("the XML breaks off")));
}
