use super::*;

fn url(address: &str) -> Url {
    Url::parse(address).unwrap()
}

fn shown(offers: &[Offer]) -> Vec<String> {
    offers.iter().map(|offer| format!("{:?} {:?} {} | {}", offer.subject, offer.kind, offer.address, offer.title)).collect()
}

#[test]
fn a_page_offers_its_feeds_best_first() {
    let html = br#"<title>A post</title><meta property="og:site_name" content="The site"><base href="/blog/">
        <link rel=alternate type=application/rss+xml title="The site &raquo; Comments Feed" href=/comments/feed/>
        <link rel=alternate type=application/rss+xml title="The site &raquo; A post Comments Feed" href=/blog/a-post/feed/>
        <link rel=alternate type=application/atom+xml title="The site - Atom" href=atom.xml>
        <link rel=alternate type="application/rss+xml; charset=utf-8" title="The site - RSS" href=rss.xml>
        <LINK REL="Alternate Home" TYPE=application/feed+json HREF=https://other.example/feed.json>
        <link rel=alternate type=application/json+oembed href=/oembed?url=x>
        <link rel=alternate type=application/json href=/wp-json/posts/1>
        <link rel=alternate hreflang=de href=/de/>
        <link rel=stylesheet type=text/css href=/feed.css>
        <a href="feed://example.org/links.rss">Links</a> <a href=/podcast>RSS</a> <a href="javascript:rss()">RSS</a>
        <a href="https://feedly.com/i/subscription/feed">Feedly</a> <a href="https://elsewhere.example/rss-explained">what RSS is</a>
        <a href=/blog/rss.xml#top>the same feed</a> <a href=/about>About</a>"#;
    assert_eq!(
        shown(&offers(html, None, &url("https://example.org/blog/a-post/"))),
        [
            "Articles Some(Atom) https://example.org/blog/atom.xml | The site - Atom",
            "Articles Some(Json) https://other.example/feed.json | The site",
            "Articles None https://example.org/links.rss | The site",
            "Articles None https://example.org/podcast | The site",
            "Discussion Some(Rss) https://example.org/blog/a-post/feed/ | The site » A post Comments Feed",
            "AllComments Some(Rss) https://example.org/comments/feed/ | The site » Comments Feed",
        ]
    );
    assert_eq!(offers(b"<p>Nothing here", None, &url("https://example.org/")), []);
    // On Blogger the number of the post tells its comments from those of the whole blog.
    let blogger =
        br#"<link rel=alternate type=application/atom+xml title="B - Atom" href="/feeds/932306423056216142/comments/default">
        <link rel=alternate type=application/atom+xml title="B - Atom" href="/feeds/comments/default">"#;
    let subjects: Vec<Subject> =
        offers(blogger, None, &url("https://b.example/2016/01/p.html")).iter().map(|offer| offer.subject).collect();
    assert_eq!(subjects, [Subject::Discussion, Subject::AllComments]);
}

#[test]
fn a_known_site_tells_its_feeds_by_its_address() {
    let table = [
        ("https://www.youtube.com/channel/UCabc/videos", "https://www.youtube.com/feeds/videos.xml?channel_id=UCabc"),
        ("https://m.youtube.com/playlist?list=PLabc", "https://www.youtube.com/feeds/videos.xml?playlist_id=PLabc"),
        ("https://www.youtube.com/playlist?list=PL%26a%3D1", "https://www.youtube.com/feeds/videos.xml?playlist_id=PLa=1"),
        ("https://old.reddit.com/r/rust/", "https://www.reddit.com/r/rust/.rss"),
        ("https://reddit.com/r/rust/top?t=week", "https://www.reddit.com/r/rust/top/.rss"),
        ("https://www.reddit.com/r/rust/comments/1abc/title/", "https://www.reddit.com/r/rust/comments/1abc/.rss"),
        ("https://www.reddit.com/user/reader7/", "https://www.reddit.com/user/reader7/.rss"),
        ("https://github.com/o/r", "https://github.com/o/r/releases.atom"),
        ("https://github.com/o/r/issues/3", "https://github.com/o/r/releases.atom"),
        ("https://github.com/o/r/commits/main", "https://github.com/o/r/commits/main.atom"),
        ("https://github.com/o", "https://github.com/o.atom"),
        ("https://gitlab.com/g/p", "https://gitlab.com/g/p/-/releases.atom"),
        ("https://medium.com/@reader7/a-story-123", "https://medium.com/feed/@reader7"),
        ("https://reader7.medium.com/a-story", "https://reader7.medium.com/feed"),
        ("https://b.blogspot.com/2016/01/p.html", "https://b.blogspot.com/feeds/posts/default"),
        ("https://b.wordpress.com/tag/x/", "https://b.wordpress.com/tag/x/feed/"),
        ("https://n.substack.com/p/one", "https://n.substack.com/feed"),
        ("https://t.tumblr.com/post/1/x", "https://t.tumblr.com/rss"),
        ("https://phys.org/space-news/astronomy/", "https://phys.org/rss-feed/space-news/astronomy/"),
        ("https://phys.org/physics-news/", "https://phys.org/rss-feed/physics-news/"),
        ("https://phys.org/news/2019-11-hibernating.html", "https://phys.org/rss-feed/"),
        ("https://lobste.rs/s/abc/a_tale", "https://lobste.rs/s/abc.rss"),
        ("https://unix.stackexchange.com/questions/tagged/sed", "https://unix.stackexchange.com/feeds/tag/sed"),
    ];
    for (address, feed) in table {
        let first = known(&url(address)).first().map(|offer| offer.address.to_string());
        assert_eq!(first.as_deref(), Some(feed), "{address}");
    }
    assert_eq!(known(&url("https://github.com/o/r")).len(), 3);
    for address in
        ["https://example.org/", "https://github.com/topics/rust", "https://notgithub.com/o/r", "https://www.youtube.com/"]
    {
        assert_eq!(known(&url(address)), [], "{address}");
    }
}

#[test]
fn feeds_are_guessed_near_the_page_and_at_the_root() {
    let guesses = |address: &str| super::guesses(&url(address)).iter().map(Url::to_string).collect::<Vec<_>>();
    let near = guesses("https://example.org/blog/2020/post.html?x=1#y");
    assert_eq!(&near[..2], ["https://example.org/blog/2020/feed", "https://example.org/blog/2020/rss"]);
    assert!(
        near.contains(&"https://example.org/atom.xml".to_owned())
            && near.contains(&"https://example.org/?feed=rss2".to_owned())
    );
    assert_eq!(guesses("https://example.org")[0], "https://example.org/feed");
    assert_eq!(guesses("https://example.org/blog")[0], "https://example.org/blog/feed");
    assert_eq!(guesses("https://social.example/@reader7")[0], "https://social.example/@reader7.rss");
    assert_eq!(guesses("https://lemmy.example/c/food")[0], "https://lemmy.example/feeds/c/food.xml?sort=New");
    assert!(guesses("https://example.org/a/b/c").len() <= 24);
}

#[test]
fn an_answer_is_a_feed_a_page_or_a_login() {
    let form = "<form><input name=user><input TYPE='Password' name=p></form>";
    let prose = format!("<p>{}", "Words of an article. ".repeat(200));
    let cases = [
        ("<?xml version='1.0'?><rss version='2.0'><channel/></rss>".to_owned(), WhatItIs::Feed),
        (r#"{"version": "https://jsonfeed.org/version/1.1", "title": "t", "items": []}"#.to_owned(), WhatItIs::Feed),
        (format!("<!doctype html><title>Sign in</title>{form}"), WhatItIs::LoginPage),
        (format!("<html><body>{form}{prose}"), WhatItIs::Page),
        ("<!doctype html><title>A site</title><p>password".to_owned(), WhatItIs::Page),
        ("{\"a\": 1}".to_owned(), WhatItIs::Other),
        ("plain words".to_owned(), WhatItIs::Other),
        ("%PDF-1.7".to_owned(), WhatItIs::Other),
        (String::new(), WhatItIs::Other),
    ];
    for (text, answer) in cases {
        assert_eq!(what_it_is(text.as_bytes(), None), answer, "{}", &text[..text.len().min(40)]);
    }
}
