//! Messages into threads: by the ids that they name, else by their subject.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::MailingList;
use crate::domain::article::{Article, Page, Source};
use crate::domain::completeness::SiteCount;
use crate::domain::plural::plural;
use crate::domain::rank::Scale;
use crate::domain::text::{CleanText, clean_line};
use crate::domain::thread::Comment;
use crate::format::identity::comment_id;
use crate::format::mail::Mail;
use crate::site::page_builder::Gathered;

/// Counts for the notes.
#[derive(Default)]
struct MailTally {
    twice: usize,
    /// Messages that others answer.
    lacking: usize,
    by_subject: usize,
    undated: usize,
    without_zone: usize,
    attachments: usize,
}

/// Reads messages in any order as a page for each thread, in the order of their first messages.
pub(super) fn pages(mails: Vec<Mail>) -> (Vec<Page>, Vec<CleanText>) {
    let mut tally = MailTally::default();
    let mails = with_ids(mails, &mut tally);
    let mut groups = ThreadGroups::default();
    let by_id: HashMap<&str, usize> = mails.iter().enumerate().map(|(n, (id, _))| (id.as_str(), n)).collect();
    for (id, mail) in &mails {
        groups.number(id);
        for other in mail.references.iter().chain(answered(mail)) {
            groups.join(id, other);
        }
    }
    tally.by_subject = join_by_subject(&mails, &mut groups);
    let mut by_group: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (n, (id, _)) in mails.iter().enumerate() {
        let number = groups.number(id);
        by_group.entry(groups.first(number)).or_default().push(n);
    }
    let mut threads: Vec<Vec<usize>> = by_group.into_values().collect();
    threads.sort_by_key(|thread| thread[0]);
    let lists = source_of_all(&mails);
    let pages = threads.iter().map(|thread| page(&mails, thread, &by_id, lists.as_ref(), &mut tally)).collect();
    (pages, tally.notes())
}

/// Each message with an id of its own. The same message twice is one; two that share an id are two.
fn with_ids(mails: Vec<Mail>, tally: &mut MailTally) -> Vec<(String, Mail)> {
    let mut seen: HashMap<String, u64> = HashMap::new();
    let mut kept = Vec::with_capacity(mails.len());
    for mail in mails {
        let text = mail.body.text();
        let own = comment_id(mail.author.as_deref(), mail.date.map(|date| date.when), &text, 0);
        let id = mail.id.clone().unwrap_or_else(|| own.to_string());
        let mark = u64::from_str_radix(&own[..own.len().min(16)], 16).unwrap_or(0);
        let id = match seen.get(&id) {
            Some(other) if *other == mark => {
                tally.twice += 1;
                continue;
            }
            Some(_) => format!("{id} {own}"),
            None => id,
        };
        if seen.insert(id.clone(), mark).is_some() {
            tally.twice += 1;
            continue;
        }
        tally.undated += usize::from(mail.date.is_none());
        tally.without_zone += usize::from(mail.date.is_some_and(|date| !date.has_zone));
        tally.attachments += mail.attachments;
        kept.push((id, mail));
    }
    // An id in prose may be a person's address: it counts only if a message that is here has it.
    let known: HashSet<String> = seen.into_keys().collect();
    for (_, mail) in &mut kept {
        mail.in_reply_to.extend(std::mem::take(&mut mail.in_prose).into_iter().filter(|id| known.contains(id)));
    }
    kept
}

/// The messages that one says it answers, where it does not name those above it.
fn answered(mail: &Mail) -> impl Iterator<Item = &String> {
    mail.in_reply_to.iter().filter(|_| mail.references.is_empty()).chain(mail.in_reply_to.first()).take(1)
}

/// Groups messages by thread, by the numbers of their ids.
#[derive(Default)]
struct ThreadGroups {
    numbers: HashMap<String, usize>,
    /// By number: one that it belongs to, itself for the first.
    above: Vec<usize>,
}

impl ThreadGroups {
    fn number(&mut self, id: &str) -> usize {
        if let Some(number) = self.numbers.get(id) {
            return *number;
        }
        let number = self.above.len();
        self.numbers.insert(id.to_owned(), number);
        self.above.push(number);
        number
    }

    fn first(&mut self, mut number: usize) -> usize {
        while self.above[number] != number {
            self.above[number] = self.above[self.above[number]];
            number = self.above[number];
        }
        number
    }

    fn join(&mut self, one: &str, other: &str) {
        let (one, other) = (self.number(one), self.number(other));
        let (one, other) = (self.first(one), self.first(other));
        self.above[one.max(other)] = one.min(other);
    }
}

/// Messages that name none above them and whose subject says that they are answers belong to the thread of that subject.
/// Gives how many these are.
fn join_by_subject(mails: &[(String, Mail)], groups: &mut ThreadGroups) -> usize {
    let names_none = |mail: &Mail| mail.references.is_empty() && mail.in_reply_to.is_empty();
    let mut begun: HashMap<String, &str> = HashMap::new();
    for (id, mail) in mails {
        let (subject, is_answer) = bare_subject(&mail.subject);
        if !is_answer && names_none(mail) && !subject.is_empty() {
            begun.entry(subject).or_insert(id);
        }
    }
    let mut joined = 0;
    for (id, mail) in mails.iter().filter(|(_, mail)| names_none(mail)) {
        let (subject, is_answer) = bare_subject(&mail.subject);
        if let Some(first) = begun.get(&subject).filter(|_| is_answer) {
            groups.join(first, id);
            joined += 1;
        }
    }
    joined
}

/// A subject without the marks of answers and lists, in small letters, and if it had such a mark.
fn bare_subject(subject: &str) -> (String, bool) {
    let mut rest = subject.trim();
    let mut is_answer = false;
    loop {
        let lower = rest.to_ascii_lowercase();
        if let Some(mark) = ["re:", "aw:", "sv:", "antw:", "re :"].iter().find(|mark| lower.starts_with(**mark)) {
            rest = rest[mark.len()..].trim_start();
            is_answer = true;
        } else if let Some((_, behind)) = rest.strip_prefix('[').and_then(|inside| inside.split_once(']')) {
            rest = behind.trim_start();
        } else {
            return (lower, is_answer);
        }
    }
}

/// A subject without the marks of answers, as a title.
fn title(subject: &str) -> CleanText {
    let mut rest = subject.trim();
    while let Some(start) = rest.get(..3)
        && start.eq_ignore_ascii_case("re:")
    {
        rest = rest[3..].trim_start();
    }
    clean_line(rest)
}

/// By message: the list that it went to. One that names none went where most of the file did.
fn source_of_all(mails: &[(String, Mail)]) -> Option<(CleanText, CleanText)> {
    let mut counts: BTreeMap<&(CleanText, CleanText), usize> = BTreeMap::new();
    for list in mails.iter().filter_map(|(_, mail)| mail.list.as_ref()) {
        *counts.entry(list).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map(|(list, _)| list.clone())
}

/// The page of a thread: its first message is the article.
fn page(
    mails: &[(String, Mail)],
    thread: &[usize],
    by_id: &HashMap<&str, usize>,
    lists: Option<&(CleanText, CleanText)>,
    tally: &mut MailTally,
) -> Page {
    let names_none = |n: &&usize| mails[**n].1.references.is_empty() && mails[**n].1.in_reply_to.is_empty();
    let age = |n: &&usize| (mails[**n].1.date.is_none(), mails[**n].1.date.map(|date| date.when.sort_key()), **n);
    let is_answer = |n: &usize| bare_subject(&mails[*n].1.subject).1;
    let begins = thread.iter().filter(names_none).min_by_key(|n| (is_answer(n), age(n))).copied();
    // The ids that messages name and that are not here; the first of them began the thread if no message here did.
    let named = |n: &usize| mails[*n].1.references.iter().chain(answered(&mails[*n].1)).map(String::as_str).collect::<Vec<_>>();
    let mut lacking: HashSet<&str> = thread.iter().flat_map(named).filter(|id| !by_id.contains_key(id)).collect();
    let top = begins.map(|n| mails[n].0.as_str()).or_else(|| named(&thread[0]).into_iter().find(|id| !by_id.contains_key(id)));
    let first = begins.or(if top.is_none() { thread.iter().min_by_key(age).copied() } else { None });
    let top = top.or(first.map(|n| mails[n].0.as_str())).unwrap_or_default();
    lacking.remove(top);
    tally.lacking += lacking.len() + usize::from(first.is_none());
    let mut gathered = Gathered::new(match first {
        Some(n) => article(top, &mails[n].1),
        None => Article { title: title(&mails[thread[0]].1.subject), id: Some(id_of(top)), ..Article::default() },
    });
    for n in thread.iter().filter(|n| Some(**n) != first) {
        let (id, mail) = &mails[*n];
        let above = named(n);
        let known = above.iter().rev().find(|other| *other == &top || (by_id.contains_key(**other) && *other != id));
        let parent = known.copied().or_else(|| above.last().copied()).filter(|parent| *parent != top);
        gathered.push(comment(id, mail), parent.map(Into::into));
    }
    gathered.lacks(None, lacking.len());
    let list = thread.iter().find_map(|n| mails[*n].1.list.clone()).or_else(|| lists.cloned());
    let source = match list {
        Some((key, title)) => Source { key: clean_line(&format!("{}:{key}", super::KEY)), title },
        None => Source { key: clean_line(super::KEY), title: clean_line("Mail") },
    };
    let url = gathered.article.url.clone().unwrap_or_default();
    gathered.into_page(source, Some(&MailingList), Scale::None, &url, SiteCount::Unknown)
}

/// The name of a message as an address of its own kind has it (RFC 2392).
fn id_of(id: &str) -> CleanText {
    clean_line(&format!("mid:{id}"))
}

fn article(id: &str, mail: &Mail) -> Article {
    let title = title(&mail.subject);
    Article {
        id: Some(id_of(id)),
        title: if title.is_empty() { mail.body.first_words() } else { title },
        byline: mail.author.clone(),
        published: mail.date.map(|date| date.when),
        url: mail.archived_at.clone(),
        body: mail.body.clone(),
        ..Article::default()
    }
}

fn comment(id: &str, mail: &Mail) -> Comment {
    Comment {
        id: id.into(),
        author: mail.author.clone(),
        posted: mail.date.map(|date| date.when),
        url: mail.archived_at.clone(),
        body: mail.body.clone().into(),
        ..Comment::default()
    }
}

impl MailTally {
    fn notes(&self) -> Vec<CleanText> {
        let told = [
            (self.lacking, "message", "that others answer not in this file"),
            (self.by_subject, "message", "placed by the subject alone"),
            (self.twice, "message", "stood there twice; the first is kept"),
            (self.undated, "message", "without a date that can be read"),
            (self.without_zone, "time", "without a zone, read as UTC"),
            (self.attachments, "attachment", "named and left out"),
        ];
        let told = told.iter().filter(|(n, ..)| *n > 0);
        told.map(|(n, what, rest)| clean_line(&format!("{} {rest}", plural(*n as u64, what)))).collect()
    }
}
