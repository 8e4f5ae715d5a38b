//! The rows of the sections pane: their order, and which of them are shown.

use std::cmp::Reverse;

use crate::domain::text::fold;
use crate::store::{Section, SectionRow};

/// In what order sources and folders are shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum SourcesOrder {
    /// The reader's own, at first that of the imported list.
    #[default]
    Own,
    Name,
    Unread,
}

impl SourcesOrder {
    pub(super) fn name(self) -> &'static str {
        match self {
            SourcesOrder::Own => "own",
            SourcesOrder::Name => "name",
            SourcesOrder::Unread => "unread",
        }
    }

    pub(super) fn from_name(name: &str) -> SourcesOrder {
        [SourcesOrder::Name, SourcesOrder::Unread].into_iter().find(|order| order.name() == name).unwrap_or_default()
    }

    pub(super) fn next(self) -> SourcesOrder {
        match self {
            SourcesOrder::Own => SourcesOrder::Name,
            SourcesOrder::Name => SourcesOrder::Unread,
            SourcesOrder::Unread => SourcesOrder::Own,
        }
    }

    /// On the screen.
    pub(super) fn label(self) -> &'static str {
        match self {
            SourcesOrder::Own => "your own order",
            SourcesOrder::Name => "by name",
            SourcesOrder::Unread => "most unread first",
        }
    }
}

fn is_source_or_folder(row: &SectionRow) -> bool {
    matches!(row.section, Section::Source(_) | Section::Folder(_))
}

/// The rows in an order, each folder with what is in it.
pub(super) fn ordered(rows: &[SectionRow], order: SourcesOrder) -> Vec<SectionRow> {
    if order == SourcesOrder::Own {
        return rows.to_vec();
    }
    let first = rows.iter().position(is_source_or_folder).unwrap_or(rows.len());
    let mut sorted = rows[..first].to_vec();
    sort_level(&rows[first..], order, &mut sorted);
    sorted
}

/// Sorts the rows of one depth, folders before sources; what is deeper stays with its folder.
fn sort_level(rows: &[SectionRow], order: SourcesOrder, sorted: &mut Vec<SectionRow>) {
    let Some(depth) = rows.first().map(|row| row.depth) else { return };
    let mut starts: Vec<usize> = rows.iter().enumerate().filter(|(_, row)| row.depth <= depth).map(|(at, _)| at).collect();
    starts.push(rows.len());
    let mut blocks: Vec<&[SectionRow]> = starts.windows(2).map(|ends| &rows[ends[0]..ends[1]]).collect();
    blocks.sort_by_cached_key(|block| {
        let row = &block[0];
        let is_source = matches!(row.section, Section::Source(_));
        let unread = if order == SourcesOrder::Unread { row.unread } else { 0 };
        (is_source, Reverse(unread), fold(&row.title))
    });
    for block in blocks {
        sorted.push(block[0].clone());
        sort_level(&block[1..], order, sorted);
    }
}

/// True if a source or folder has nothing to read; failing sources are always shown.
pub(super) fn is_all_read(row: &SectionRow) -> bool {
    is_source_or_folder(row) && row.unread == 0 && !row.is_failing
}

/// The sources, folders and searches that a folded text is part of the name of: what begins with it first.
pub(super) fn named(rows: &[SectionRow], wanted: &str) -> Vec<SectionRow> {
    let mut found: Vec<(bool, SectionRow)> = rows
        .iter()
        .filter_map(|row| {
            let title = fold(&row.title);
            title.contains(wanted).then(|| (!title.starts_with(wanted), SectionRow { depth: 0, ..row.clone() }))
        })
        .collect();
    found.sort_by_key(|(is_inside, _)| *is_inside);
    found.into_iter().map(|(_, row)| row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::clean;
    use crate::store::SourceId;

    fn row(title: &str, depth: usize, unread: u64, id: Option<i64>) -> SectionRow {
        let section = id.map_or_else(|| Section::Folder(vec![clean(title)]), |id| Section::Source(SourceId(id)));
        SectionRow { unread, depth, ..SectionRow::new(section, clean(title)) }
    }

    #[test]
    fn folders_take_what_is_in_them_along() {
        let rows = [
            row("Zoo", 0, 3, None),
            row("Yak", 1, 1, Some(1)),
            row("Ape", 1, 2, Some(2)),
            row("Birds", 0, 9, None),
            row("Owl", 1, 9, Some(3)),
            row("mole", 0, 1, Some(4)),
            row("Ant", 0, 0, Some(5)),
        ];
        let titles = |order| ordered(&rows, order).iter().map(|row| row.title.to_string()).collect::<Vec<_>>().join(" ");
        assert_eq!(titles(SourcesOrder::Own), "Zoo Yak Ape Birds Owl mole Ant");
        assert_eq!(titles(SourcesOrder::Name), "Birds Owl Zoo Ape Yak Ant mole");
        assert_eq!(titles(SourcesOrder::Unread), "Birds Owl Zoo Ape Yak mole Ant");
    }

    #[test]
    fn what_begins_with_the_text_is_found_first() {
        let rows = [row("My owls", 1, 0, Some(1)), row("Owl", 0, 0, Some(2)), row("Ant", 0, 0, Some(3))];
        let found: Vec<String> = named(&rows, "owl").iter().map(|row| row.title.to_string()).collect();
        assert_eq!(found, ["Owl", "My owls"]);
    }
}
