//! Pages that are kept by themselves: a discussion that was fetched by its address, and a web page without a feed.

use super::{Got, Trouble};
use crate::domain::article::Page;
use crate::domain::text::CleanText;
use crate::domain::time::Timestamp;
use crate::format::Origin;
use crate::site;
use crate::store::subscriptions::shown;
use crate::store::{ArticleId, Store};
use crate::work::fetch::FetchSettings;
use crate::work::host_limits;

/// Stores a discussion that was fetched by its address; its article's id and title.
pub fn keep_discussion(
    store: &mut Store,
    settings: &FetchSettings,
    page: &Page,
    now: Timestamp,
) -> Result<(ArticleId, CleanText), Trouble> {
    host_limits::share(store, &settings.limits.owed, now);
    let saved = store.save(page, now)?;
    Ok((saved.id, page.article.title.clone()))
}

/// Stores a page that has no feed; its id and title.
pub fn keep_page(
    store: &mut Store,
    (bytes, particulars): &Got,
    now: Timestamp,
) -> Result<Option<(ArticleId, CleanText)>, Trouble> {
    let origin = Origin { name: &particulars.address, now };
    let parsed = site::read_told(bytes, particulars.charset(), &origin)
        .map_err(|error| Trouble::new(format!("{} cannot be read: {error}", shown(&particulars.address)), ""))?;
    let saved = store.save_all(&parsed.pages, now)?;
    Ok(saved.first().zip(parsed.pages.first()).map(|(saved, page)| (saved.id, page.article.title.clone())))
}
