//! The names of sections in the stored session.

use std::collections::BTreeSet;

use crate::domain::text::{CleanText, clean_line};
use crate::store::{SearchId, Section, Session, SourceId};

/// The prefix of a folder's name in the session.
const FOLDER: &str = "folder:";
const TAG: &str = "tag:";

pub(super) fn folder_name(folder: &[CleanText]) -> String {
    folder.iter().map(CleanText::as_str).collect::<Vec<_>>().join("\n")
}

fn named_folder(name: &str) -> Vec<CleanText> {
    name.lines().map(clean_line).collect()
}

/// A section's name in the session.
pub(super) fn section_name(section: &Section) -> String {
    match section {
        Section::All => "all".to_owned(),
        Section::Unread => "unread".to_owned(),
        Section::Starred => "starred".to_owned(),
        Section::Watched => "watched".to_owned(),
        Section::Recommended => "recommended".to_owned(),
        Section::Source(id) => id.0.to_string(),
        Section::Tag(tag) => format!("{TAG}{tag}"),
        Section::Search(id) => format!("search {}", id.0),
        Section::Folder(folder) => format!("{FOLDER}{}", folder_name(folder)),
    }
}

/// The section that the session names.
pub(super) fn section_of(session: &Session) -> Section {
    match session.section.as_str() {
        "all" => Section::All,
        "starred" => Section::Starred,
        "watched" => Section::Watched,
        "recommended" => Section::Recommended,
        name if name.starts_with("search ") => Section::Search(SearchId(name["search ".len()..].parse().unwrap_or_default())),
        name if name.starts_with(TAG) => name[TAG.len()..].parse().map_or(Section::Unread, Section::Tag),
        name => match name.strip_prefix(FOLDER) {
            Some(folder) => Section::Folder(named_folder(folder)),
            None => name.parse().map_or(Section::Unread, |id| Section::Source(SourceId(id))),
        },
    }
}

/// The folders whose sources are not shown.
pub(super) fn folded_in(session: &Session) -> BTreeSet<Vec<CleanText>> {
    session.folded.iter().map(|name| named_folder(name)).collect()
}
