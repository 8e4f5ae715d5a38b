//! Mailing lists and newsgroups: mailboxes, folders of mail and single messages. Each thread is an article, the first message,
//! with the others as its comments; nobody ranks them.

mod threads;

use super::{SavedDiscussions, Site};
use crate::domain::site::SiteId;
use crate::format::mail::{Mail, is_mail, is_mbox, messages};
use crate::format::{Format, Origin, Unreadable};

pub(super) struct MailingList;

const KEY: &str = "mail";

impl Site for MailingList {
    fn id(&self) -> SiteId {
        SiteId::new(KEY)
    }

    fn name(&self) -> &'static str {
        "Mailing list"
    }

    fn file_label(&self) -> &'static str {
        "mailbox"
    }

    fn read_file(&self, bytes: &[u8], _: &Origin<'_>) -> Option<Result<SavedDiscussions, Unreadable>> {
        let (label, mails) = if is_mbox(bytes) {
            (self.file_label(), messages(bytes).map(|one| Mail::read(&one.bytes, Some(&one.envelope))).collect())
        } else if is_mail(bytes) {
            ("mail", vec![Mail::read(bytes, None)])
        } else {
            return None;
        };
        let (pages, notes) = threads::pages(mails);
        Some(Ok(SavedDiscussions { format: Format::Saved { site: self.id(), label }, pages, notes }))
    }
}

#[cfg(test)]
mod tests;
