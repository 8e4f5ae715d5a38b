//! The discussions of an article, fetched: asked for by a key, or since it is opened for the first time.

use super::reading;
use crate::domain::article::{Article, Replies};
use crate::store::{ArticleId, DiscussionHead};
use crate::tui::geometry::Pane;
use crate::tui::message::Effect;
use crate::tui::model::Model;
use crate::tui::page::PageView;
use crate::work::discussions::{DiscussionReport, Kept, known};

/// `D`: all that can be found.
pub(super) fn find(model: &mut Model) -> Vec<Effect> {
    let Some(article) = super::marks::marked(model) else {
        model.show_status("there is no article here");
        return Vec::new();
    };
    if model.discussing.contains(&article) {
        model.show_status("its discussions are being fetched");
        return Vec::new();
    }
    let is_nowhere = |page: &PageView| {
        let Article { url, replies, .. } = &page.article.article;
        page.article.id == article && url.is_none() && *replies == Replies::default() && page.discussions.is_empty()
    };
    if model.page.as_ref().is_some_and(is_nowhere) {
        model.show_status("this article has no address that could be looked for");
        return Vec::new();
    }
    model.discussing.push(article);
    tell_page(model);
    model.show_status("looking for where this is discussed");
    vec![Effect::Discuss { article, find: true }]
}

/// The page says whether its discussions are being fetched.
fn tell_page(model: &mut Model) {
    if let Some(page) = &mut model.page {
        page.set_coming(model.discussing.contains(&page.article.id));
    }
}

/// An article was opened: what is known to be discussed and not here yet is fetched, once.
pub(super) fn opened(model: &mut Model) -> Vec<Effect> {
    let effects = fetch_known(model);
    tell_page(model);
    effects
}

fn fetch_known(model: &mut Model) -> Vec<Effect> {
    let Some(page) = model.page.as_ref().filter(|page| page.origin.is_none()) else { return Vec::new() };
    let article = page.article.id;
    let is_wanted = page.discussions.iter().all(|view| view.head.comments == 0) && !model.discussed.contains(&article);
    if !is_wanted || known(&page.article, &model.settings.fetch.places).is_empty() {
        return Vec::new();
    }
    model.discussed.insert(article);
    model.discussing.push(article);
    vec![Effect::Discuss { article, find: false }]
}

pub(super) fn told(model: &mut Model, article: ArticleId, told: DiscussionReport) -> Vec<Effect> {
    match told {
        DiscussionReport::Found(0) => model.show_status("no discussion of this was found"),
        DiscussionReport::Found(1) => model.show_status("fetching 1 discussion"),
        DiscussionReport::Found(n) => model.show_status(format!("fetching {n} discussions")),
        DiscussionReport::Failed { place, failure, .. } => model.show_error(format!("{place}: {failure}")),
        DiscussionReport::Kept(Kept { place, comments, over, .. }) => {
            if over {
                model.show_status(format!("{place}: {comments} comments"));
            }
            return came(model, article);
        }
    }
    Vec::new()
}

/// Comments of an article came.
pub(super) fn came(model: &Model, article: ArticleId) -> Vec<Effect> {
    let is_shown = model.page.as_ref().is_some_and(|page| page.article.id == article);
    let heads = is_shown.then_some(Effect::LoadHeads(article));
    [Effect::LoadHeadline(article)].into_iter().chain(heads).collect()
}

pub(super) fn over(model: &mut Model, article: ArticleId, error: Option<String>) {
    model.discussing.retain(|other| *other != article);
    tell_page(model);
    if let Some(error) = error {
        model.show_error(format!("its discussions cannot be fetched: {error}"));
    }
}

/// The order of answers that is not known yet is asked for in the background, once for each.
pub(super) fn unordered(model: &mut Model) -> Vec<Effect> {
    let is_read = model.focus == Pane::Page;
    let Some(page) = model.page.as_mut().filter(|page| page.opened && is_read && page.origin.is_none()) else {
        return Vec::new();
    };
    let article = page.article.id;
    if model.discussing.contains(&article) {
        return Vec::new();
    }
    let mut effects = Vec::new();
    for (discussion, mut comments) in page.unordered() {
        comments.retain(|comment| model.ordered.insert((discussion, comment.clone())));
        if !comments.is_empty() {
            effects.push(Effect::FindOrder { article, discussion, comments });
        }
    }
    effects
}

pub(super) fn heads_arrived(model: &mut Model, article: ArticleId, heads: &[DiscussionHead]) -> Vec<Effect> {
    let Some(page) = model.page.as_mut().filter(|page| page.article.id == article) else { return Vec::new() };
    let wanted = page.take_heads(heads);
    model.measure();
    reading::load(model, &wanted)
}
