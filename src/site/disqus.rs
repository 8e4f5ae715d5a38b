//! Exports of Disqus: one file with all threads of a site. The comments stand on the site's own pages, which are the articles.

use std::collections::HashMap;

use super::identity::canonical_address;
use super::{SavedDiscussions, Site};
use crate::domain::article::{Article, Page, Source};
use crate::domain::completeness::SiteCount;
use crate::domain::plural::plural;
use crate::domain::rank::{Rank, Scale};
use crate::domain::site::SiteId;
use crate::domain::text::clean_line;
use crate::domain::thread::Comment;
use crate::format::fields::{iso, label};
use crate::format::xml_tree::{self, XmlElement};
use crate::format::{Origin, Unreadable, encoding, files, html, identity, sniff};
use crate::site::file_format;
use crate::site::page_builder::{Gathered, Tally};

pub(super) struct Disqus;

impl Site for Disqus {
    fn id(&self) -> SiteId {
        SiteId::new("disqus")
    }

    fn name(&self) -> &'static str {
        "Disqus"
    }

    fn file_label(&self) -> &'static str {
        "Disqus export"
    }

    /// They stand on the article's own page.
    fn thread_key(&self) -> SiteId {
        SiteId::PAGE
    }

    fn read_file(&self, bytes: &[u8], _: &Origin<'_>) -> Option<Result<SavedDiscussions, Unreadable>> {
        let head = String::from_utf8_lossy(&bytes[..bytes.len().min(1024)]);
        let root = sniff::first_tag(head.trim_start_matches(['\u{feff}', '`']))?;
        (root == "disqus").then(|| Ok(read(&encoding::decode(bytes, None).text)))
    }
}

const ID: &str = "dsq:id";

/// A page of the site, by the addresses of its threads.
struct DisqusThread<'a> {
    head: &'a XmlElement,
    gathered: Gathered,
    spam: usize,
}

fn read(text: &str) -> SavedDiscussions {
    let tree = xml_tree::parse(text);
    let mut tally = Tally::default();
    let mut threads: Vec<DisqusThread<'_>> = Vec::new();
    let mut by_address: HashMap<String, usize> = HashMap::new();
    let mut by_id: HashMap<&str, usize> = HashMap::new();
    for thread in tree.root.all("thread") {
        let Some(id) = thread.attr(ID) else { continue };
        let link = thread.text_of("link").unwrap_or_default();
        // A page has a thread for each address that it was shown under.
        let address = canonical_address(link).unwrap_or_else(|| format!("{link} {id}"));
        let at = *by_address.entry(address).or_insert_with(|| {
            threads.push(DisqusThread { head: thread, gathered: Gathered::new(article(thread)), spam: 0 });
            threads.len() - 1
        });
        by_id.insert(id, at);
    }
    for post in tree.root.all("post") {
        let (Some(id), Some(thread)) = (post.attr(ID), post.child("thread").and_then(|thread| thread.attr(ID))) else {
            tally.nameless += 1;
            continue;
        };
        let Some(thread) = by_id.get(thread).and_then(|at| threads.get_mut(*at)) else {
            tally.foreign += 1;
            continue;
        };
        if post.is("isSpam") {
            thread.spam += 1;
            continue;
        }
        let parent = post.child("parent").and_then(|parent| parent.attr(ID));
        tally.twice += usize::from(!thread.gathered.push(comment(post, id), parent.map(Into::into)));
    }
    let spam: usize = threads.iter().map(|thread| thread.spam).sum();
    let (with, without): (Vec<_>, Vec<_>) = threads.into_iter().partition(|thread| !thread.gathered.comments.is_empty());
    let pages = with.into_iter().map(|thread| thread.into_page(tree.is_cut)).collect();
    let mut notes = tally.notes();
    let mut tell = |n: usize, what: &str, rest: &str| {
        if n > 0 {
            notes.push(clean_line(&format!("{} {rest}", plural(n as u64, what))));
        }
    };
    tell(spam, "comment", "marked as spam left out");
    tell(without.len(), "page", "without comments left out");
    if tree.is_cut {
        notes.push(clean_line("the XML breaks off; what stands before is read"));
    }
    SavedDiscussions { format: file_format(&Disqus), pages, notes }
}

impl DisqusThread<'_> {
    fn into_page(self, is_cut: bool) -> Page {
        let url = self.head.text_of("link").unwrap_or_default();
        let source =
            identity::host_of(url).map_or_else(files, |host| Source { key: clean_line(&host), title: clean_line(&host) });
        let told = if is_cut { SiteCount::Unknown } else { SiteCount::All(self.gathered.comments.len()) };
        self.gathered.into_page(source, None, Scale::None, url, told)
    }
}

fn article(thread: &XmlElement) -> Article {
    let link = thread.text_of("link").filter(|link| link.starts_with("http"));
    Article {
        title: clean_line(thread.text_of("title").or_else(|| thread.text_of("id")).unwrap_or_default()),
        url: label(link),
        ..Article::default()
    }
}

fn comment(post: &XmlElement, id: &str) -> Comment {
    let author = post.child("author").and_then(|author| author.text_of("name").or_else(|| author.text_of("username")));
    Comment {
        id: id.into(),
        author: label(author),
        posted: iso(post.text_of("createdAt")),
        rank: if post.is("isDeleted") { Rank::Removed } else { Rank::Unrated },
        body: html::to_document(post.text_of("message").unwrap_or_default(), None).into(),
        ..Comment::default()
    }
}

#[cfg(test)]
mod tests;
