//! Requests for an article of a source that the reader put inside this machine or its network may go there, too: to
//! the same scheme, host and port. What other sources name there is not reached.

use super::fetch::FetchSettings;
use crate::source::http::PrivateOrigins;
use crate::store::{ArticleId, Store, StoreError};

/// The private place that may be reached for an article: that of its source. None, if it has several sources that do not all
/// stand there: any of them may have named what is asked for.
pub(super) fn private_origins(
    store: &Store,
    settings: &FetchSettings,
    article: ArticleId,
) -> Result<PrivateOrigins, StoreError> {
    let mut common: Option<PrivateOrigins> = None;
    for source in store.sources_of(article)? {
        let origins = store.subscription(source)?.map(|one| settings.private_origins(&one)).unwrap_or_default();
        if common.as_ref().is_some_and(|common| *common != origins) {
            return Ok(PrivateOrigins::default());
        }
        common = Some(origins);
    }
    Ok(common.unwrap_or_default())
}
