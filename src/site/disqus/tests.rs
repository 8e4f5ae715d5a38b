use crate::domain::time::Timestamp;
use crate::format::Origin;
use crate::site::read;
use crate::site::tests::live::facts;

fn thread(id: u32, link: &str) -> String {
    format!(
        "<thread dsq:id='{id}'><id/><link>{link}</link><title>Page {id} &amp; more</title><isDeleted>false</isDeleted></thread>"
    )
}

fn post(id: u32, thread: u32, more: &str) -> String {
    format!(
        "<post dsq:id='{id}'><id/><message><![CDATA[<p>Text <b>{id}</b></p>]]></message><createdAt>2011-03-07T20:46:25Z</createdAt>
        <author><name>Ann</name><isAnonymous>true</isAnonymous></author><thread dsq:id='{thread}'/>{more}</post>"
    )
}

fn export(inside: &str) -> String {
    format!(
        "<?xml version='1.0' encoding='utf-8'?>\n<disqus xmlns='http://disqus.com' xmlns:dsq='http://disqus.com/disqus-internals'>{inside}</disqus>"
    )
}

fn whole() -> String {
    let parts = [
        thread(1, "https://owls.example/a"),
        // The same page under its other address.
        thread(2, "http://owls.example/a/"),
        thread(3, "https://owls.example/b"),
        post(11, 1, "<isDeleted>false</isDeleted><isSpam>false</isSpam>"),
        post(12, 2, "<parent dsq:id='11'/>"),
        post(13, 1, "<isDeleted>true</isDeleted><parent dsq:id='99'/>"),
        post(14, 1, "<isSpam>true</isSpam>"),
        post(15, 77, ""),
    ];
    export(&parts.concat())
}

#[test]
fn each_page_of_the_site_has_its_comments() {
    let parsed = read(whole().as_bytes(), &Origin { name: "export.xml", now: Timestamp(0) }).unwrap();
    assert_eq!((parsed.format.label(), parsed.pages.len()), ("Disqus export", 1));
    let page = &parsed.pages[0];
    assert_eq!((&*page.article.title, page.article.url.as_deref()), ("Page 1 & more", Some("https://owls.example/a")));
    let discussion = &page.discussions[0];
    assert_eq!((&*discussion.place, &*discussion.comments[0].body.text()), ("page", "Text 11"));
    assert_eq!(facts(discussion), "whole: 11<Root Unrated, 12<11 Unrated, 13<Missing Removed");
    let notes = ["1 value of another kind left out", "1 comment marked as spam left out", "1 page without comments left out"];
    assert_eq!(parsed.notes, notes);
}

#[test]
fn an_export_cut_off_is_read_up_to_there() {
    let whole = whole();
    let cut = &whole[..whole.find("<post dsq:id='13'").unwrap() + 30];
    let parsed = read(cut.as_bytes(), &Origin { name: "export.xml", now: Timestamp(0) }).unwrap();
    assert_eq!(parsed.pages[0].discussions[0].comments.len(), 2);
    assert!(!parsed.pages[0].discussions[0].complete);
    assert!(parsed.notes.contains(&crate::domain::text::clean_line("the XML breaks off; what stands before is read")));
}
