//! Stack Exchange (Stack Overflow and its sister sites): a question is the article, its answers and all their comments are
//! the discussion. Live by the public interface without a key, which allows 300 requests a day, and from saved answers.

mod dump;
mod fetch;
mod front;
mod questions;
mod web;

use url::Url;

use super::fetch::{FetchPlan, Since, ThreadRef};
use super::front_page::FrontDetails;
use super::look_up::{Candidate, LookUpRequest, LookedUp};
use super::story::Story;
use super::{BaseSetting, SavedDiscussions, SavedPage, Site, SiteBases, ThreadAddress};
use crate::domain::article::Page;
use crate::domain::order::Order;
use crate::domain::site::SiteId;
use crate::domain::text::CleanText;
use crate::format::json::{JsonPieces, Value};
use crate::format::{Origin, Unreadable};
use crate::source::throttle::Window;

const ID: SiteId = SiteId::new("stack exchange");

/// Sites of the network that do not stand below stackexchange.com.
const DOMAINS: &[&str] =
    &["stackoverflow.com", "serverfault.com", "superuser.com", "askubuntu.com", "mathoverflow.net", "stackapps.com"];

/// 30 in a second and 300 in a day; some of these are left to others at the same address.
const WINDOWS: &[Window] = &[Window::new(20, 1), Window::new(290, 24 * 3600)];

pub(super) struct StackExchange;

impl Site for StackExchange {
    fn id(&self) -> SiteId {
        ID
    }

    fn name(&self) -> &'static str {
        "Stack Exchange"
    }

    fn file_label(&self) -> &'static str {
        "Stack Exchange question"
    }

    fn owns_json(&self, value: Value<'_>) -> bool {
        questions::is_answer_of_interface(value)
    }

    fn read_json(&self, json: JsonPieces<'_>, _: &Origin<'_>) -> (Vec<Page>, Vec<CleanText>) {
        questions::read_pages(json)
    }

    fn read_html(&self, text: &str, origin: &Origin<'_>) -> Option<Result<SavedPage, Unreadable>> {
        web::read(text, origin)
    }

    fn read_file(&self, bytes: &[u8], origin: &Origin<'_>) -> Option<Result<SavedDiscussions, Unreadable>> {
        dump::read(bytes, origin)
    }

    fn files_beside(&self, name: &str) -> &'static [&'static str] {
        if name == "Posts.xml" { dump::BESIDE } else { &[] }
    }

    fn thread_address(&self, url: &Url) -> Option<ThreadAddress> {
        let post = StackPost::at(url)?;
        let address = format!("{}/questions/{}", post.base, post.question?);
        Some(ThreadAddress { address, is_whole: post.answer.is_none() && !post.is_comment })
    }

    fn base_settings(&self) -> &'static [BaseSetting] {
        const SETTINGS: &[BaseSetting] =
            &[BaseSetting::one("api", &["https://api.stackexchange.com"]), BaseSetting::list("sites")];
        SETTINGS
    }

    fn windows(&self) -> &'static [Window] {
        WINDOWS
    }

    fn hosts(&self) -> &'static [&'static str] {
        &["api.stackexchange.com"]
    }

    /// The accepted answer, then the others by their score; the best order alone would not know of the first.
    fn default_order(&self) -> Option<Order> {
        Some(Order::Place)
    }

    fn thread_at(&self, url: &Url, _: &SiteBases) -> Option<ThreadRef> {
        let post = StackPost::at(url)?;
        let answer = || post.answer.map(|answer| format!("{ANSWER}{answer}"));
        let id = post.question.map(|question| question.to_string()).or_else(answer)?;
        Some(ThreadRef::new(&StackExchange, post.base, id))
    }

    fn page_of_thread(&self, thread: &ThreadRef, _: &SiteBases) -> String {
        match thread.id.strip_prefix(ANSWER) {
            Some(answer) => format!("{}/a/{answer}", thread.base),
            None => format!("{}/questions/{}", thread.base, thread.id),
        }
    }

    fn fetch_plan(&self, thread: &ThreadRef, bases: &SiteBases, _: Option<Since>) -> Box<dyn FetchPlan> {
        Box::new(fetch::QuestionFetch::new(bases.one(ID, "api"), host(&thread.base), &thread.id))
    }

    /// The question's id, also if the address of an answer was given.
    fn keeps_asked_address(&self, thread: &ThreadRef, _: Option<&str>) -> bool {
        !thread.id.starts_with(ANSWER)
    }

    /// Sites are asked only where the configuration names them: each look-up is one of 300 requests a day.
    fn look_ups(&self, article: &LookedUp, bases: &SiteBases) -> Vec<LookUpRequest> {
        let api = bases.one(ID, "api");
        let ask = |site: &String| {
            let search = format!("{api}/2.3/search/advanced?url=*{}*&site={}", article.words, host(site));
            LookUpRequest::new(site, format!("{search}&filter=withbody&pagesize=30"))
        };
        bases.list(ID, "sites").iter().map(ask).collect()
    }

    fn candidates(&self, request: &LookUpRequest, root: Value<'_>) -> Vec<Candidate> {
        questions::candidates(root, &request.base)
    }

    fn front_words(&self) -> &'static [&'static str] {
        &["stackexchange", "se"]
    }

    fn parse_front(&self, typed: &str) -> Result<String, String> {
        front::parse(typed)
    }

    fn front_at(&self, url: &Url, _: &SiteBases) -> Option<String> {
        front::at(url)
    }

    fn front(&self, written: &str, bases: &SiteBases) -> Option<FrontDetails> {
        front::details(written, bases)
    }

    fn stories(&self, root: Value<'_>, _: &str) -> Option<Vec<Story>> {
        root.get("items").map(|items| items.items().filter_map(questions::story).collect())
    }

    /// Both lead to the post on its page.
    fn comment_address(&self, thread: &str, id: &str) -> Option<String> {
        let (base, _) = thread.split_once("/questions/")?;
        Some(match id.strip_prefix(COMMENT) {
            Some(comment) => format!("{base}/posts/comments/{comment}"),
            None => format!("{base}/a/{id}"),
        })
    }
}

/// Answers and comments count apart, so that the ids of comments have a mark before them.
const COMMENT: &str = "comment";

/// Stands before the id in a [`ThreadRef`] that names an answer: the question is not known yet.
const ANSWER: &str = "answer";

fn is_site(host: &str) -> bool {
    let is_below = |domain: &str| host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    let is_own_page = matches!(host, "stackexchange.com" | "api.stackexchange.com" | "chat.stackexchange.com");
    !is_own_page && (is_below("stackexchange.com") || DOMAINS.iter().any(|domain| is_below(domain)))
}

fn host(base: &str) -> &str {
    base.split_once("://").map_or(base, |(_, host)| host)
}

/// The target of an address at a site of the network.
struct StackPost {
    base: String,
    question: Option<u64>,
    answer: Option<u64>,
    is_comment: bool,
}

impl StackPost {
    fn at(url: &Url) -> Option<StackPost> {
        let host = url.host_str()?;
        let host = host.strip_prefix("www.").unwrap_or(host);
        if !is_site(host) {
            return None;
        }
        let number = |part: &str| part.parse::<u64>().ok();
        let parts: Vec<&str> = url.path_segments()?.filter(|part| !part.is_empty()).collect();
        let fragment = url.fragment().unwrap_or_default();
        let (question, answer) = match parts[..] {
            ["questions" | "q", question, ..] => {
                let last = parts.last().and_then(|last| number(last)).filter(|_| parts.len() > 3);
                (Some(number(question)?), number(fragment).or(last))
            }
            ["a", answer, ..] => (None, Some(number(answer)?)),
            _ => return None,
        };
        let answer = answer.filter(|answer| Some(*answer) != question);
        Some(StackPost { base: format!("https://{host}"), question, answer, is_comment: fragment.starts_with(COMMENT) })
    }
}

#[cfg(test)]
mod tests;
