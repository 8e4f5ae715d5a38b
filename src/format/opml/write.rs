//! A [`List`] as OPML, and subscriptions as a list.

use std::collections::HashMap;
use std::fmt::Write;

use super::{List, ListedFeed, MAX_DEPTH, OutlineNode};
use crate::domain::text::{CleanText, clean_line};
use crate::domain::time::Timestamp;
use crate::format::feed::Kind;

/// Levels above the first folder: `opml` and `body`; and one for the feed.
const MAX_FOLDERS_DEEP: usize = MAX_DEPTH - 3;

/// An outline that is still to be put in its place.
enum OutlineItem<'s> {
    Folder(usize),
    Feed(&'s ListedFeed),
}

impl List {
    /// A list of these, in their order but for what lies in one folder, which stands together. Folders of one name in
    /// one place are one.
    pub fn new(title: &str, created: Timestamp, subscriptions: &[ListedFeed]) -> List {
        let text = |depth, name: &str, text: &str| OutlineNode {
            depth,
            name: name.into(),
            text: clean_line(text),
            ..OutlineNode::default()
        };
        let mut nodes = vec![
            OutlineNode { attributes: vec![("version".into(), clean_line("2.0"))], ..text(0, "opml", "") },
            text(1, "head", ""),
            text(2, "title", title),
        ];
        let date = jiff::Timestamp::from_second(created.0).ok();
        let date = date.and_then(|date| jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_string(&date).ok());
        nodes.extend(date.map(|date| text(2, "dateCreated", &date)));
        nodes.push(text(1, "body", ""));
        // The folders by parent and name; the first is the body. Names and what lies in them.
        let mut known: HashMap<(usize, &str), usize> = HashMap::new();
        let mut folders: Vec<(&str, Vec<OutlineItem<'_>>)> = vec![("", Vec::new())];
        for subscription in subscriptions.iter().filter(|one| !one.address.is_empty()) {
            let mut at = 0;
            for name in subscription.folder.iter().filter(|name| !name.is_empty()).take(MAX_FOLDERS_DEEP) {
                let next = folders.len();
                at = *known.entry((at, name.as_str())).or_insert_with(|| {
                    folders[at].1.push(OutlineItem::Folder(next));
                    folders.push((name, Vec::new()));
                    next
                });
            }
            folders[at].1.push(OutlineItem::Feed(subscription));
        }
        // In reading order, without recursion: what is still to come, the next one last.
        let mut coming: Vec<(usize, OutlineItem<'_>)> = take(&mut folders, 0, 2);
        while let Some((depth, item)) = coming.pop() {
            match item {
                OutlineItem::Feed(subscription) => nodes.push(outline(depth, subscription)),
                OutlineItem::Folder(at) => {
                    let name = clean_line(folders[at].0);
                    let attributes = vec![("text".into(), name.clone()), ("title".into(), name)];
                    nodes.push(OutlineNode { depth, name: "outline".into(), attributes, ..OutlineNode::default() });
                    coming.extend(take(&mut folders, at, depth + 1));
                }
            }
        }
        List { nodes, notes: Vec::new() }
    }

    /// The list as a file in UTF-8.
    pub fn write(&self) -> String {
        let mut out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned();
        let mut open: Vec<&OutlineNode> = Vec::new();
        for (at, node) in self.nodes.iter().enumerate() {
            while open.last().is_some_and(|above| above.depth >= node.depth) {
                close(&mut open, &mut out);
            }
            indent(node.depth, &mut out);
            out.push('<');
            out.push_str(&node.name);
            for (key, value) in &node.attributes {
                let _ = write!(out, " {key}=\"");
                escape(value, &mut out);
                out.push('"');
            }
            let has_children = self.nodes.get(at + 1).is_some_and(|next| next.depth > node.depth);
            if node.text.is_empty() && !has_children {
                out.push_str("/>\n");
                continue;
            }
            out.push('>');
            escape(&node.text, &mut out);
            if has_children {
                out.push('\n');
                open.push(node);
            } else {
                let _ = writeln!(out, "</{}>", node.name);
            }
        }
        while !open.is_empty() {
            close(&mut open, &mut out);
        }
        out
    }
}

/// The contents of a folder in reverse order.
fn take<'s>(folders: &mut [(&str, Vec<OutlineItem<'s>>)], at: usize, depth: usize) -> Vec<(usize, OutlineItem<'s>)> {
    std::mem::take(&mut folders[at].1).into_iter().rev().map(|item| (depth, item)).collect()
}

fn outline(depth: usize, subscription: &ListedFeed) -> OutlineNode {
    let ListedFeed { title, address, site, folder: _, kind, tags, description, language } = subscription;
    let title = if title.is_empty() { address } else { title };
    let kind = match kind {
        Kind::Rss => "rss",
        Kind::Atom => "atom",
        Kind::Json => "json",
    };
    // A comma cannot stand in a category, and a slash only in a path.
    let tags = tags.iter().map(|tag| tag.replace(',', " ")).filter(|tag| !tag.trim().is_empty());
    let tags = tags.map(|tag| if tag.contains('/') { format!("/{tag}") } else { tag }).collect::<Vec<_>>();
    let tags = Some(clean_line(&tags.join(","))).filter(|tags| !tags.is_empty());
    let all: [(&str, Option<&CleanText>); 8] = [
        ("text", Some(title)),
        ("title", Some(title)),
        ("type", Some(&clean_line(kind))),
        ("xmlUrl", Some(address)),
        ("htmlUrl", site.as_ref()),
        ("description", description.as_ref()),
        ("language", language.as_ref()),
        ("category", tags.as_ref()),
    ];
    let attributes = all.into_iter().filter_map(|(key, value)| Some((key.into(), value?.clone()))).collect();
    OutlineNode { depth, name: "outline".into(), attributes, ..OutlineNode::default() }
}

fn close(open: &mut Vec<&OutlineNode>, out: &mut String) {
    if let Some(node) = open.pop() {
        indent(node.depth, out);
        let _ = writeln!(out, "</{}>", node.name);
    }
}

/// Deep ones are not indented further: it would take more room than they do.
fn indent(depth: usize, out: &mut String) {
    (0..depth.min(16)).for_each(|_| out.push_str("  "));
}

/// Text as it stands in an attribute or an element. A line break in an attribute is lost to most readers unless it is
/// a reference.
fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            '\t' => out.push_str("&#9;"),
            c => out.push(c),
        }
    }
}
