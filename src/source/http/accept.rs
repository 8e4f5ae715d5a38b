//! The answer that a request accepts: its `Accept` header, and the treatment of an answer that is too large.

/// The expected kind of answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Accept {
    #[default]
    Anything,
    Feed,
    Page,
    Json,
    Image,
}

/// The treatment of a body above the size limit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Excess {
    Refused,
    /// The beginning is kept, with one byte too many to tell that there is more.
    Cut,
}

impl Accept {
    /// The beginning of a feed is worth reading, also where it comes in place of a page.
    pub(super) fn excess(self) -> Excess {
        match self {
            Accept::Feed | Accept::Page => Excess::Cut,
            Accept::Anything | Accept::Json | Accept::Image => Excess::Refused,
        }
    }

    pub(super) fn header(self) -> &'static str {
        match self {
            Accept::Anything => "*/*",
            Accept::Feed => {
                "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml, \
                 application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, text/html;q=0.5, */*;q=0.1"
            }
            Accept::Page => "text/html, application/xhtml+xml, */*;q=0.5",
            Accept::Json => "application/json, */*;q=0.1",
            Accept::Image => "image/png, image/jpeg, image/webp, image/gif, */*;q=0.1",
        }
    }
}
