//! Questions, answers and comments as the interface gives them: in lists of one kind, or answers and comments inside of what
//! they belong to.

use std::collections::{BTreeMap, HashMap};

use url::Url;

use super::{COMMENT, ID, StackExchange, StackPost};
use crate::domain::article::{Article, Page, Source};
use crate::domain::completeness::SiteCount;
use crate::domain::rank::{Rank, Scale};
use crate::domain::text::{Block, CleanText, Document, Emphasis, Span, clean_line};
use crate::domain::thread::{Comment, VoteState};
use crate::format::fields::{instant, label};
use crate::format::json::{JsonPieces, Value};
use crate::format::{html, markdown};
use crate::site::fetch::ThreadRef;
use crate::site::look_up::{Candidate, CandidateAbout};
use crate::site::page_builder::{Gathered, NOT_TOLD, Tally, missing};
use crate::site::story::Story;

/// True if a value is a question, an answer, a comment, or the frame around a list of these.
pub(super) fn is_answer_of_interface(value: Value<'_>) -> bool {
    let is_frame = value.get("items").is_some_and(Value::is_array) && value.get("has_more").is_some();
    PostKind::of(value).is_some() || (is_frame && posts(value).next().is_none_or(|first| PostKind::of(first).is_some()))
}

#[derive(Clone, Copy, PartialEq)]
enum PostKind {
    Question,
    Answer,
    Comment,
}

impl PostKind {
    fn of(value: Value<'_>) -> Option<PostKind> {
        let has = |key: &str| value.get(key).is_some();
        let is_post = has("owner") || has("score") || has("body");
        match () {
            () if has("comment_id") && has("post_id") => Some(PostKind::Comment),
            () if has("answer_id") && is_post => Some(PostKind::Answer),
            () if has("question_id") && (has("title") || has("answer_count")) => Some(PostKind::Question),
            () => None,
        }
    }
}

/// The posts of an answer: those in its frame, else itself.
pub(super) fn posts(value: Value<'_>) -> impl Iterator<Item = Value<'_>> {
    let items = value.get("items").filter(|items| items.is_array());
    let own = Some(value).filter(|_| items.is_none());
    own.into_iter().chain(items.into_iter().flat_map(Value::items))
}

pub(super) fn id<'a>(value: Value<'a>, key: &str) -> Option<&'a str> {
    value.get(key)?.id()
}

/// The parts of one question.
#[derive(Default)]
struct QuestionParts<'a> {
    head: Option<Value<'a>>,
    answers: Vec<Value<'a>>,
    /// Each with the answer that it is about; none for the question, and [`NOT_TOLD`] where that cannot be known.
    comments: Vec<(Value<'a>, Option<&'a str>)>,
}

/// Reads every question, a page for each.
pub(super) fn read_pages(json: JsonPieces<'_>) -> (Vec<Page>, Vec<CleanText>) {
    let mut tally = Tally::default();
    let mut questions: BTreeMap<&str, QuestionParts<'_>> = BTreeMap::new();
    // Comments that stand in lists of their own name only their post.
    let mut apart: Vec<Value<'_>> = Vec::new();
    let mut by_answer: HashMap<&str, &str> = HashMap::new();
    for value in json.each().flat_map(posts) {
        match PostKind::of(value) {
            Some(PostKind::Comment) => apart.push(value),
            Some(_) => {
                let Some(question) = id(value, "question_id") else {
                    tally.nameless += 1;
                    continue;
                };
                let parts = questions.entry(question).or_default();
                for answer in parts.take(value) {
                    by_answer.extend(id(answer, "answer_id").map(|answer| (answer, question)));
                }
            }
            None => tally.foreign += 1,
        }
    }
    for comment in apart {
        let post = id(comment, "post_id").unwrap_or_default();
        let is_of_question = comment.text("post_type") == Some("question");
        match by_answer.get(post).filter(|_| !is_of_question) {
            Some(question) => questions.entry(question).or_default().comments.push((comment, Some(post))),
            None if questions.contains_key(post) => questions.entry(post).or_default().comments.push((comment, None)),
            // Its post is not here, so that its question is not known.
            None => questions.entry(post).or_default().comments.push((comment, Some(NOT_TOLD))),
        }
    }
    let pages: Vec<Page> = questions.into_iter().map(|(id, parts)| parts.into_page(id, &mut tally)).collect();
    tally.more = pages.iter().map(missing).sum();
    (pages, tally.notes())
}

impl<'a> QuestionParts<'a> {
    /// Takes a question or an answer with all that is in it; gives the answers.
    fn take(&mut self, post: Value<'a>) -> Vec<Value<'a>> {
        let inside = |value: Value<'a>, key: &'static str| value.get(key).into_iter().flat_map(Value::items);
        let answers: Vec<Value<'a>> = if PostKind::of(post) == Some(PostKind::Answer) {
            vec![post]
        } else {
            self.head = self.head.or(Some(post));
            self.comments.extend(inside(post, "comments").map(|comment| (comment, None)));
            inside(post, "answers").collect()
        };
        for answer in &answers {
            let own = id(*answer, "answer_id").unwrap_or(NOT_TOLD);
            self.comments.extend(inside(*answer, "comments").map(|comment| (comment, Some(own))));
        }
        self.answers.extend(&answers);
        answers
    }

    fn into_page(self, question: &str, tally: &mut Tally) -> Page {
        let base = self.answers.iter().chain(&self.head).find_map(|post| base_of(*post));
        let url = base.as_ref().map(|base| format!("{base}/questions/{question}")).unwrap_or_default();
        let mut gathered = Gathered::new(self.head.map(|head| article(head, &url)).unwrap_or_default());
        if self.head.is_none() {
            gathered.article.title = clean_line("Answers to a question that is not here");
            gathered.article.url = label(Some(&url));
        }
        let mut answers = self.answers;
        answers.sort_by_key(|answer| (!answer.is("is_accepted"), std::cmp::Reverse(answer.number("score"))));
        let mut commented = Commented::default();
        for answer in answers {
            let Some(own) = id(answer, "answer_id") else {
                tally.nameless += 1;
                continue;
            };
            let is_new = gathered.push(comment(answer, own, base.as_deref()), None);
            tally.twice += usize::from(!is_new);
            if is_new {
                commented.expect(answer, Some(own));
            }
        }
        let answers_here = gathered.comments.len();
        if let Some(head) = self.head {
            commented.expect(head, None);
        }
        let mut comments = self.comments;
        comments.sort_by_key(|(comment, _)| (comment.number("creation_date"), comment.number("comment_id")));
        for (value, above) in comments {
            let Some(own) = id(value, "comment_id") else {
                tally.nameless += 1;
                continue;
            };
            let read = comment(value, &format!("{COMMENT}{own}"), base.as_deref());
            if gathered.push(read, above.map(Into::into)) {
                commented.came(above);
            } else {
                tally.twice += 1;
            }
        }
        let told = self.head.and_then(|head| head.number("answer_count")).and_then(|told| usize::try_from(told).ok());
        let lacking = told.map(|told| told.saturating_sub(answers_here));
        let total = gathered.comments.len() + lacking.unwrap_or(0) + commented.missing();
        for (post, count) in commented.lacking {
            gathered.lacks(post, count);
        }
        let is_told = lacking.is_some() && commented.is_told;
        gathered.lacks(None, lacking.unwrap_or(0));
        let count = if is_told { SiteCount::All(total) } else { SiteCount::Unknown };
        gathered.into_page(source(base.as_deref()), Some(&StackExchange), Scale::Points, &url, count)
    }
}

/// Comments that posts are told to have, less those that are here. Only some requests bring these numbers.
struct Commented<'a> {
    lacking: BTreeMap<Option<&'a str>, usize>,
    is_told: bool,
}

impl Default for Commented<'_> {
    fn default() -> Self {
        Commented { lacking: BTreeMap::new(), is_told: true }
    }
}

impl<'a> Commented<'a> {
    fn expect(&mut self, post: Value<'a>, id: Option<&'a str>) {
        match post.number("comment_count").and_then(|count| usize::try_from(count).ok()) {
            Some(count) => drop(self.lacking.insert(id, count)),
            None => self.is_told = false,
        }
    }

    fn came(&mut self, post: Option<&'a str>) {
        if let Some(count) = self.lacking.get_mut(&post) {
            *count = count.saturating_sub(1);
        }
    }

    fn missing(&self) -> usize {
        self.lacking.values().sum()
    }
}

/// The site that a post stands on, by its own link.
fn base_of(post: Value<'_>) -> Option<String> {
    let url = Url::parse(post.text("link")?).ok()?;
    StackPost::at(&url).map(|post| post.base)
}

fn source(base: Option<&str>) -> Source {
    let host = base.map_or("", super::host);
    let key = if host.is_empty() { "stackexchange".to_owned() } else { format!("stackexchange:{host}") };
    Source { key: clean_line(&key), title: clean_line(if host.is_empty() { "Stack Exchange" } else { host }) }
}

/// Names and titles come with the references of HTML.
fn unescaped(text: &str) -> CleanText {
    if text.contains('&') { clean_line(&html::to_document(text, None).text()) } else { clean_line(text) }
}

fn author(post: Value<'_>) -> Option<CleanText> {
    post.at(&["owner", "display_name"]).and_then(Value::str).map(unescaped).filter(|name| !name.is_empty())
}

fn body(post: Value<'_>, base: Option<&str>) -> Document {
    let base = base.and_then(|base| Url::parse(base).ok());
    let written = || post.text("body_markdown").map(markdown::to_document);
    post.text("body").map(|body| html::to_document(body, base.as_ref())).or_else(written).unwrap_or_default()
}

fn article(head: Value<'_>, url: &str) -> Article {
    Article {
        title: unescaped(head.text("title").unwrap_or_default()),
        byline: author(head),
        published: instant(head.get("creation_date")),
        url: label(Some(url)),
        body: body(head, Some(url)),
        categories: head.get("tags").into_iter().flat_map(Value::items).filter_map(|tag| label(tag.str())).collect(),
        ..Article::default()
    }
}

fn comment(post: Value<'_>, id: &str, base: Option<&str>) -> Comment {
    let mut body = body(post, base);
    if post.is("is_accepted") {
        let strong = Emphasis { strong: true, ..Emphasis::NONE };
        let mark = Span { text: clean_line("Accepted answer"), emphasis: strong, link: None };
        body.blocks.insert(0, Block::Paragraph(vec![mark]));
    }
    Comment {
        id: id.into(),
        author: author(post),
        posted: instant(post.get("creation_date")),
        edited: instant(post.get("last_edit_date")),
        rank: rank(post),
        body: body.into(),
        ..Comment::default()
    }
}

fn rank(post: Value<'_>) -> Rank {
    let votes = |key: &str| post.number(key).and_then(|votes| u32::try_from(votes).ok());
    let split = votes("up_vote_count").zip(votes("down_vote_count"));
    post.number("score").map_or(Rank::Unrated, |net| {
        let split = split.filter(|(up, down)| i64::from(*up) - i64::from(*down) == net && up + down > 0);
        Rank::Points { net, split }
    })
}

/// A question of a list.
pub(super) fn story(question: Value<'_>) -> Option<Story> {
    let id = id(question, "question_id")?;
    let url = format!("{}/questions/{id}", base_of(question)?);
    let standing = VoteState {
        place: clean_line(ID.key()),
        url: clean_line(&url),
        scale: Scale::Points,
        points: question.number("score"),
        comments: question.number("answer_count").and_then(|count| u32::try_from(count).ok()),
    };
    Some(Story { id: id.into(), article: article(question, &url), standing })
}

/// The questions that a search found, with the links in their texts.
pub(super) fn candidates(root: Value<'_>, base: &str) -> Vec<Candidate> {
    let candidate = |question: Value<'_>| {
        let id = id(question, "question_id")?;
        let links = body(question, Some(base)).links;
        let links: Vec<&str> = links.iter().map(|link| link.address.as_str()).collect();
        let thread = ThreadRef::new(&StackExchange, base, id);
        (question.number("answer_count") != Some(0))
            .then(|| Candidate { found: thread.into(), about: CandidateAbout::Words(links.join(" ")) })
    };
    posts(root).filter_map(candidate).collect()
}
