//! A question takes three requests where it has up to a hundred answers and comments: the question, its answers, and the
//! comments on all of these together.

use std::time::Duration;

use super::ANSWER;
use super::questions::{id, posts};
use crate::domain::completeness::SiteCount;
use crate::format::json::{Json, Value};
use crate::site::SiteRequest;
use crate::site::fetch::FetchPlan;

/// The most that an answer of the interface holds, and the most posts that one request may name.
const PAGE: usize = 100;

/// Nobody without a key is given a page behind this one.
const LAST_PAGE: usize = 25;

pub(super) struct QuestionFetch {
    /// `https://api.stackexchange.com/2.3`
    api: String,
    /// The site's host.
    site: String,
    question: String,
    /// The answer whose question is not known yet.
    answer: Option<String>,
    /// The answers that the question is told to have, and all posts that have come.
    answers: Option<usize>,
    comments: usize,
    is_cut: bool,
    is_lacking: bool,
    pause: Option<Duration>,
}

impl QuestionFetch {
    pub(super) fn new(api: &str, site: &str, thread: &str) -> QuestionFetch {
        let answer = thread.strip_prefix(ANSWER).map(str::to_owned);
        QuestionFetch {
            api: format!("{api}/2.3"),
            site: site.to_owned(),
            question: if answer.is_some() { String::new() } else { thread.to_owned() },
            answer,
            answers: None,
            comments: 0,
            is_cut: false,
            is_lacking: false,
            pause: None,
        }
    }

    fn one(&self, path: &str) -> SiteRequest {
        SiteRequest::json(format!("{}/{path}?site={}&filter=withbody", self.api, self.site))
    }

    /// A page of a list.
    fn list(&self, path: &str, order: &str, page: usize) -> SiteRequest {
        let list = self.one(path).address;
        SiteRequest::json(format!("{list}&order={order}&pagesize={PAGE}&page={page}"))
    }

    fn answers(&self, page: usize) -> SiteRequest {
        self.list(&format!("questions/{}/answers", self.question), "desc&sort=votes", page)
    }

    fn begin_question(&self) -> Vec<SiteRequest> {
        vec![self.one(&format!("questions/{}", self.question)), self.answers(1)]
    }

    /// The comments on some posts.
    fn comments(&self, posts: &[&str], page: usize) -> SiteRequest {
        self.list(&format!("posts/{}/comments", posts.join(";")), "asc&sort=creation", page)
    }

    /// The page behind this one, where there is one that may be asked for.
    fn next(&mut self, ask: &SiteRequest, root: Value<'_>) -> Option<SiteRequest> {
        if !root.is("has_more") {
            return None;
        }
        let (list, page) = ask.address.rsplit_once('=')?;
        let page = page.parse::<usize>().ok()? + 1;
        if page > LAST_PAGE {
            self.is_cut = true;
            return None;
        }
        Some(SiteRequest::json(format!("{list}={page}")))
    }
}

impl FetchPlan for QuestionFetch {
    fn begin(&mut self) -> Vec<SiteRequest> {
        match &self.answer {
            Some(answer) => vec![self.one(&format!("answers/{answer}"))],
            None => self.begin_question(),
        }
    }

    fn take(&mut self, ask: &SiteRequest, json: &Json) -> Vec<SiteRequest> {
        let Some(root) = json.roots().next() else { return Vec::new() };
        self.pause = root.number("backoff").and_then(|seconds| u64::try_from(seconds).ok()).map(Duration::from_secs);
        if self.answer.take().is_some() {
            let Some(question) = posts(root).find_map(|post| id(post, "question_id")) else { return Vec::new() };
            question.clone_into(&mut self.question);
            return self.begin_question();
        }
        let mut requests: Vec<SiteRequest> = self.next(ask, root).into_iter().collect();
        if ask.address.contains("/comments?") {
            self.comments += posts(root).count();
        } else if ask.address.contains("/answers?") {
            let is_first = ask.address.ends_with("&page=1");
            let own = Some(self.question.as_str()).filter(|_| is_first);
            let named: Vec<&str> = own.into_iter().chain(posts(root).filter_map(|post| id(post, "answer_id"))).collect();
            requests.extend(named.chunks(PAGE).map(|posts| self.comments(posts, 1)));
        } else {
            let told = posts(root).find_map(|question| question.number("answer_count"));
            self.answers = told.and_then(|told| usize::try_from(told).ok());
            self.is_lacking |= self.answers.is_none();
        }
        requests
    }

    /// A list that has come to its end is whole; of what failed the fetch itself knows.
    fn told(&self) -> SiteCount {
        match self.answers {
            Some(answers) if !self.is_cut && !self.is_lacking => SiteCount::All(answers + self.comments),
            _ => SiteCount::Unknown,
        }
    }

    /// The first answer, of which only the question is of use, is given again among the others.
    fn is_piece(&self, ask: &SiteRequest, _: &Json) -> bool {
        !ask.address.starts_with(&format!("{}/answers/", self.api))
    }

    fn is_cut(&self) -> bool {
        self.is_cut
    }

    fn pause(&self) -> Option<Duration> {
        self.pause
    }
}
