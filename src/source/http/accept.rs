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
    /// The target of a link: text and images. The body of anything else is not read.
    Linked,
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
            Accept::Feed | Accept::Page | Accept::Linked => Excess::Cut,
            Accept::Anything | Accept::Json | Accept::Image => Excess::Refused,
        }
    }

    /// True if the body of an answer of this type is of no use: films and archives are large.
    pub(super) fn leaves_body(self, content_type: Option<&str>) -> bool {
        let kind = content_type.unwrap_or_default().trim().to_ascii_lowercase();
        let large = ["audio/", "video/", "application/pdf", "application/zip"];
        self == Accept::Linked && large.iter().any(|begins| kind.starts_with(begins))
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
            Accept::Linked => "text/html, application/xhtml+xml, image/png, image/jpeg, image/webp, image/gif, */*;q=0.5",
            Accept::Image => "image/png, image/jpeg, image/webp, image/gif, */*;q=0.1",
        }
    }
}
