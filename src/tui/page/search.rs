//! Searching the page: where the words stand, and going from one to the next.

use super::{Element, PageView};
use crate::domain::text::Part;
use crate::domain::thread::CommentIdx;
use crate::store::DiscussionId;

/// A place where the words were found, in reading order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Hit {
    Element(usize),
    /// By discussion and seat, since rows come and go.
    Comment(usize, usize),
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PageSearch {
    /// What is looked for, in lower case, as it is shown.
    pub needle: String,
    pub part: Option<Part>,
    hits: Vec<Hit>,
    /// Which hit the reader stands on.
    at: Option<usize>,
}

impl PageSearch {
    /// `2 of 7`
    pub fn label(&self) -> String {
        match self.at {
            Some(at) => format!("{} of {}", at + 1, self.hits.len()),
            None => format!("{} found", self.hits.len()),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.hits.is_empty()
    }
}

impl PageView {
    /// Looks for words, or parts of them, in the whole page, open or folded, in any spelling.
    pub fn search(&mut self, words: &str) {
        let (needle, part) = (words.to_lowercase(), Part::new(words));
        let found = |text: &str| part.as_ref().is_some_and(|part| part.is_in(text));
        for loaded in self.discussions.iter_mut().filter_map(|view| view.loaded.as_mut()) {
            loaded.discussion.comments.iter_mut().for_each(|comment| comment.body.read());
        }
        let mut hits = Vec::new();
        let fixed = self.discussions.first().map_or(self.len(), |_| self.position(Element::Discussion(0)));
        for at in 0..fixed {
            if found(&self.text_of(at)) {
                hits.push(Hit::Element(at));
            }
        }
        for (n, view) in self.discussions.iter().enumerate() {
            let Some(loaded) = &view.loaded else { continue };
            let in_view = |(seat, _): &(usize, _)| loaded.is_in_view(*seat);
            for (seat, place) in loaded.thread.places().iter().enumerate().filter(in_view) {
                let comment = loaded.comment(place.comment);
                if comment.author.as_deref().is_some_and(found) || found(&comment.body.text()) {
                    hits.push(Hit::Comment(n, seat));
                }
            }
        }
        self.search = Some(PageSearch { needle, part, hits, at: None });
    }

    /// To the next (or previous) hit from the cursor, around the end. A hit in a closed comment opens it for as long
    /// as the search stands there. Whether there is a hit.
    pub fn go_to_hit(&mut self, forward: bool) -> bool {
        let Some(search) = &self.search else { return false };
        if search.hits.is_empty() {
            return false;
        }
        let total = search.hits.len();
        let next = match (search.at, forward) {
            (Some(at), true) => (at + 1) % total,
            (Some(at), false) => (at + total - 1) % total,
            (None, _) => {
                let here = match self.comment_at_cursor() {
                    Some((n, _, comment)) => {
                        let seat = self.discussions[n].loaded.as_ref().map_or(0, |loaded| loaded.thread.seat(comment));
                        Hit::Comment(n, seat)
                    }
                    None => match self.cursor() {
                        Element::Discussion(n) => Hit::Comment(n, 0),
                        _ => Hit::Element(self.cursor),
                    },
                };
                let after = search.hits.partition_point(|hit| *hit < here);
                if forward { after % total } else { (after + total - 1) % total }
            }
        };
        let hit = search.hits[next];
        self.conceal();
        if let Some(search) = &mut self.search {
            search.at = Some(next);
        }
        match hit {
            Hit::Element(at) => self.go_to(at),
            Hit::Comment(n, seat) => {
                let Some(comment) = self.seat_comment(n, seat) else { return false };
                self.change(n, |loaded| loaded.reveal(comment));
                let row = self.discussions[n].loaded.as_ref().and_then(|loaded| loaded.row_of(comment));
                if let Some(row) = row {
                    self.go_to(self.position(Element::Row(n, row)));
                }
            }
        }
        true
    }

    /// To a comment, open as long as the reader stays here. Whether it is on the page by now.
    pub fn go_to_comment(&mut self, discussion: DiscussionId, key: &str) -> bool {
        let Some(n) = self.discussions.iter().position(|view| view.head.id == discussion) else { return false };
        let Some(comment) = self.discussions[n].loaded.as_ref().and_then(|loaded| loaded.find(key)) else { return false };
        self.conceal();
        self.change(n, |loaded| loaded.reveal(comment));
        if let Some(row) = self.discussions[n].loaded.as_ref().and_then(|loaded| loaded.row_of(comment)) {
            self.go_to(self.position(Element::Row(n, row)));
        }
        true
    }

    fn seat_comment(&self, discussion: usize, seat: usize) -> Option<CommentIdx> {
        let loaded = self.discussions[discussion].loaded.as_ref()?;
        loaded.thread.places().get(seat).map(|place| place.comment)
    }

    /// Ends the search and closes what it had opened. Whether there was one.
    pub fn end_search(&mut self) -> bool {
        self.conceal();
        self.search.take().is_some()
    }

    /// The order or the threads changed: seats are others now.
    pub fn search_again(&mut self) {
        if let Some(search) = self.search.take() {
            self.search(&search.needle);
        }
    }

    fn conceal(&mut self) {
        for n in 0..self.discussions.len() {
            if self.discussions[n].loaded.as_ref().is_some_and(super::Loaded::is_revealing) {
                self.change(n, super::Loaded::conceal);
            }
        }
    }
}
