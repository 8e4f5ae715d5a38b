//! The page behind an address, read without being stored: what a link in the reader and `gleaner URL` open.
//!
//! Not for what is kept: sources are fetched by [`super::fetch`], discussions of stored articles by [`super::discussions`].

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Clock;
use super::Stop;
use super::address::AddressReader;
use super::fetch::FetchSettings;
use super::loading::{JudgedDiscussion, PreparedArticle};
use super::private::private_origins;
use super::subscribing::{Trouble, is_address};
use crate::domain::article::{Article, Page, Source};
use crate::domain::rules::Rule;
use crate::domain::text::{Block, CleanText, Document, Link, LinkId, clean_label, clean_line};
use crate::domain::time::Timestamp;
use crate::format::{Format, Origin, Parsed};
use crate::site;
use crate::source::http::{Accept, Auth, Client, PrivateOrigins, ResponseMeta};
use crate::store::subscriptions::shown;
use crate::store::{ArticleId, DiscussionId, Store, StoreError};

/// Ids of pages that are not stored are negative; each page has so many for its discussions.
const IDS: i64 = 1_000;

/// A link to follow.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VisitJob {
    pub address: String,
    /// The stored article that names it.
    pub of: Option<ArticleId>,
    /// Further origins inside this machine or its network that may be reached.
    pub private: PrivateOrigins,
    pub settings: Box<FetchSettings>,
    pub rules: Vec<Rule>,
    /// The store's file; none for one in memory.
    pub store: Option<PathBuf>,
    /// Tells this page from others that are not stored.
    pub number: i64,
    pub now: Clock,
    pub stop: Stop,
}

/// The outcome of following a link.
#[derive(Clone, PartialEq, Debug)]
pub enum Visited {
    Page(Box<VisitedPage>),
    /// The store has it already.
    Stored(ArticleId),
    /// Another program has to open it.
    Program(OtherProgram),
    Failed(Trouble),
}

/// The kind of program that opens what cannot be shown here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OtherProgram {
    /// For sound and film.
    Player,
    /// For PDF files.
    Documents,
    Browser,
}

/// A page that is shown without being stored.
#[derive(Clone, PartialEq, Debug)]
pub struct VisitedPage {
    /// With an id below zero, as its discussions have.
    pub article: PreparedArticle,
    pub discussions: Vec<JudgedDiscussion>,
    pub origin: Arc<VisitOrigin>,
    /// The file of an image that was opened itself.
    pub image: Option<(String, Arc<[u8]>)>,
}

/// A visited page as it was read, to store it and to follow its own links.
#[derive(PartialEq, Debug)]
pub struct VisitOrigin {
    pub page: Page,
    /// Origins inside this machine or its network that its links may reach.
    pub private: PrivateOrigins,
}

/// The content of an address.
enum Behind {
    Pages(Parsed),
    Image(Arc<[u8]>),
    Program(OtherProgram),
}

/// True for the id of a page that is not stored.
pub fn is_unstored(id: ArticleId) -> bool {
    id.0 < 0
}

pub(super) fn perform(job: &VisitJob) -> Visited {
    attempt(job).unwrap_or_else(Visited::Failed)
}

fn attempt(job: &VisitJob) -> Result<Visited, Trouble> {
    let store = job.store.as_deref().map(Store::join).transpose()?;
    if let Some(store) = &store
        && let Some(stored) = stored_whole(store, &job.address)?
    {
        return Ok(Visited::Stored(stored));
    }
    let own = match (&store, job.of) {
        (Some(store), Some(id)) => private_origins(store, &job.settings, id)?,
        _ => PrivateOrigins::default(),
    };
    let client = Client::new(job.settings.client.clone()).map_err(|failure| Trouble::from(&failure))?;
    let now = (job.now.0)();
    let reader = AddressReader {
        settings: &job.settings,
        client: &client,
        private: job.private.clone().and(own),
        now,
        stop: job.stop.flag(),
    };
    let (behind, meta) = read(&reader, &job.address, Auth::default())?;
    let private = if meta.is_private { reader.private.clone() } else { PrivateOrigins::default() };
    let (page, image) = match behind {
        Behind::Program(program) => return Ok(Visited::Program(program)),
        Behind::Image(bytes) => (page_of_image(&meta.address), Some((meta.address.clone(), bytes))),
        Behind::Pages(parsed) => (only_page(parsed, &job.address)?, None),
    };
    let page = prepared(page, image, private, (job.number, &job.rules), now)?;
    Ok(Visited::Page(Box::new(page)))
}

/// The content of an address that was typed.
pub struct TypedPages {
    pub parsed: Parsed,
    /// Origins inside this machine or its network that the links on them may reach.
    pub private: PrivateOrigins,
    pub image: Option<(String, Arc<[u8]>)>,
}

/// The pages at an address that the reader typed, in any format that files may have.
pub fn read_typed(settings: &FetchSettings, address: &str, auth: Auth, now: Timestamp) -> Result<TypedPages, Trouble> {
    let stop = Stop::default();
    let client = Client::new(settings.client.clone()).map_err(|failure| Trouble::from(&failure))?;
    let private = PrivateOrigins::of(address);
    let reader = AddressReader { settings, client: &client, private, now, stop: stop.flag() };
    let (behind, meta) = read(&reader, address, auth)?;
    let private = if meta.is_private { reader.private.clone() } else { PrivateOrigins::default() };
    match behind {
        Behind::Pages(parsed) => Ok(TypedPages { parsed, private, image: None }),
        Behind::Image(bytes) => {
            let parsed = Parsed::of_pages(Format::Html, vec![page_of_image(&meta.address)], Vec::new());
            Ok(TypedPages { parsed, private, image: Some((meta.address, bytes)) })
        }
        Behind::Program(program) => {
            let what = match program {
                OtherProgram::Player => "sound or film",
                OtherProgram::Documents => "a PDF file",
                OtherProgram::Browser => "not text",
            };
            Err(Trouble::new(format!("{} is {what}, not a page", shown(address)), "open it with another program"))
        }
    }
}

/// A page as the reading pane takes it.
pub fn prepared(
    page: Page,
    image: Option<(String, Arc<[u8]>)>,
    private: PrivateOrigins,
    (number, rules): (i64, &[Rule]),
    now: Timestamp,
) -> Result<VisitedPage, Trouble> {
    // Through a store in memory, so that it looks as it will when it is stored.
    let mut store = Store::shown()?;
    let id = store.save(&page, now)?.id;
    let Some(mut stored) = store.article(id)? else { return Err(Trouble::new("this page cannot be shown", "")) };
    stored.id = ArticleId(-number);
    stored.read = true;
    let mut discussions = Vec::new();
    for (head, n) in stored.discussions.iter_mut().zip(1..) {
        let unstored = DiscussionId(-number * IDS - n);
        if let Some(mut discussion) = store.discussion(head.id)? {
            discussion.id = unstored;
            discussions.push(JudgedDiscussion::new(discussion, rules));
        }
        head.id = unstored;
        head.new_comments = 0;
    }
    let origin = Arc::new(VisitOrigin { page, private });
    Ok(VisitedPage { article: stored.into(), discussions, origin, image })
}

/// The stored article at an address, where more than a teaser of it is here.
fn stored_whole(store: &Store, address: &str) -> Result<Option<ArticleId>, StoreError> {
    /// A text of fewer words may be a teaser.
    const WHOLE: usize = 150;
    let Some(id) = store.article_at(address)? else { return Ok(None) };
    let Some(stored) = store.article(id)? else { return Ok(None) };
    let has_comments = stored.discussions.iter().any(|head| head.comments > 0);
    let is_whole = stored.article.is_full || has_comments || stored.article.body.words() >= WHOLE;
    Ok(is_whole.then_some(id))
}

/// One article of several makes no page: a feed is subscribed to.
fn only_page(parsed: Parsed, address: &str) -> Result<Page, Trouble> {
    let is_feed = matches!(parsed.format, Format::Rss | Format::Atom | Format::JsonFeed);
    let is_list = matches!(parsed.format, Format::Opml | Format::Urls);
    if is_list || (is_feed && parsed.pages.len() != 1) {
        let what = if is_list { "a list of subscriptions" } else { "a feed" };
        let hint = "copy the address and subscribe to it with + in the list";
        return Err(Trouble::new(format!("{} is {what}, not a page", shown(address)), hint));
    }
    let page = parsed.pages.into_iter().next();
    let has_text = |page: &Page| !page.article.body.is_blank() || page.discussions.iter().any(|one| !one.comments.is_empty());
    page.filter(has_text)
        .ok_or_else(|| Trouble::new(format!("no text was found at {}", shown(address)), "see it in the browser"))
}

fn page_of_image(address: &str) -> Page {
    let name = address.split(['?', '#']).next().unwrap_or(address).rsplit('/').next().unwrap_or_default();
    let links = vec![Link::new(address)];
    let alt = clean_line(name);
    let body = Document { blocks: vec![Block::Image { alt: alt.clone(), link: LinkId(0) }], links };
    let host = url::Url::parse(address).ok().and_then(|url| url.host_str().map(clean_line)).unwrap_or_default();
    Page {
        article: Article { title: alt, url: Some(clean_label(address)), body, ..Article::default() },
        source: Source { key: host.clone(), title: host },
        discussions: Vec::new(),
    }
}

fn read(reader: &AddressReader<'_>, address: &str, auth: Auth) -> Result<(Behind, ResponseMeta), Trouble> {
    if !is_address(address) {
        return Err(Trouble::new(format!("{} is not a web address", clean_line(address)), ""));
    }
    if let Some(program) = program_for_name(address) {
        return Ok((Behind::Program(program), ResponseMeta::default()));
    }
    if let Some(page) = reader.discussion(address) {
        let page = page.map_err(|failure| Trouble::from(&failure))?;
        let meta = ResponseMeta { address: address.to_owned(), ..ResponseMeta::default() };
        return Ok((Behind::Pages(Parsed::of_pages(Format::Html, vec![page], Vec::new())), meta));
    }
    let (bytes, meta) = reader.body(address, auth, Accept::Linked).map_err(|failure| Trouble::from(&failure))?;
    Ok((behind(bytes, &meta, reader.now)?, meta))
}

fn behind(bytes: Vec<u8>, meta: &ResponseMeta, now: Timestamp) -> Result<Behind, Trouble> {
    if let Some(program) = meta.content_type.as_deref().and_then(program_for_type) {
        return Ok(Behind::Program(program));
    }
    if image::guess_format(&bytes).is_ok() {
        return Ok(Behind::Image(bytes.into()));
    }
    let parsed = site::read_told(&bytes, meta.charset(), &Origin { name: &meta.address, now });
    let name = shown(&meta.address);
    parsed.map(Behind::Pages).map_err(|error| Trouble::new(format!("{name} cannot be read: {error}"), "see it in the browser"))
}

/// The program for a file whose name tells what it is.
fn program_for_name(address: &str) -> Option<OtherProgram> {
    let url = url::Url::parse(address).ok()?;
    let ending = Path::new(url.path()).extension()?.to_str()?.to_ascii_lowercase();
    match ending.as_str() {
        "pdf" => Some(OtherProgram::Documents),
        "mp3" | "m4a" | "m4b" | "aac" | "ogg" | "oga" | "opus" | "flac" | "wav" | "mp4" | "m4v" | "webm" | "mkv" | "mov"
        | "avi" | "ogv" | "m3u8" => Some(OtherProgram::Player),
        _ => None,
    }
}

/// The program for what is shown neither as text nor as an image.
pub(super) fn program_for_type(content_type: &str) -> Option<OtherProgram> {
    let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match kind.as_str() {
        "application/pdf" => Some(OtherProgram::Documents),
        _ if kind.starts_with("audio/") || kind.starts_with("video/") => Some(OtherProgram::Player),
        "image/svg+xml" | "image/avif" | "image/heic" | "image/tiff" | "application/zip" => Some(OtherProgram::Browser),
        _ => None,
    }
}

impl Visited {
    /// Told of where a link leads that another program opens.
    pub fn label(program: OtherProgram) -> CleanText {
        clean_line(match program {
            OtherProgram::Player => "opening it in the player",
            OtherProgram::Documents => "opening the PDF file",
            OtherProgram::Browser => "opening it in the browser",
        })
    }
}
