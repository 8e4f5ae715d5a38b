//! Marks on one article: which article a key is for, and how its marks show at once; tags and notes as they are typed.

use crossterm::event::KeyCode;

use super::browsing::settle;
use super::mark;
use crate::domain::tag::{Tag, parse_tags};
use crate::domain::text::{CleanText, clean_line};
use crate::store::{ArticleId, Headline, Section, StoredArticle};
use crate::tui::geometry::Pane;
use crate::tui::input::Input;
use crate::tui::keymap::{Action, Key};
use crate::tui::message::{Effect, Mark};
use crate::tui::model::{Model, Overlay, Prompt};

/// The article that a mark is for: the open page's when the keys are there, else the selected one.
pub(super) fn marked(model: &Model) -> Option<ArticleId> {
    match model.focus {
        Pane::Page => model.page.as_ref().map(|page| page.article.id),
        _ => model.list.selected().map(|row| row.id),
    }
}

pub(super) fn toggle(model: &mut Model, action: Action) -> Vec<Effect> {
    let Some(id) = marked(model) else {
        model.show_status("there is no article here");
        return Vec::new();
    };
    let page = model.page.as_ref().filter(|page| page.article.id == id).map(|page| &page.article);
    let row = model.list.rows.iter().find(|row| row.id == id);
    let (read, starred, watched) = match (row, page) {
        (Some(row), _) => (row.read, row.starred, row.watched),
        (None, Some(article)) => (article.read, article.starred, article.watched),
        (None, None) => return Vec::new(),
    };
    let (now, before, said) = match action {
        Action::ToggleRead => (Mark::Read(!read), Mark::Read(read), if read { "unread again" } else { "read" }),
        Action::ToggleStar => {
            (Mark::Starred(!starred), Mark::Starred(starred), if starred { "no longer starred" } else { "starred" })
        }
        _ => (Mark::Watched(!watched), Mark::Watched(watched), if watched { "no longer watched" } else { "watched" }),
    };
    model.show_status(said);
    let mut effects = mark(model, vec![id], now, before);
    if action == Action::ToggleRead && model.settings.list.mark_advances && model.focus == Pane::List {
        model.list.move_by(1);
        effects.extend(settle(model));
    }
    effects
}

/// Shows a mark at once in the list and on the page.
pub(super) fn show_mark(model: &mut Model, ids: &[ArticleId], mark: &Mark) {
    if *mark == Mark::Read(true) {
        model.recommended.retain(|id| !ids.contains(id));
    }
    for id in ids {
        for row in model.list.rows_of(*id) {
            set_on_row(row, mark);
        }
        if let Some(page) = model.page.as_mut().filter(|page| page.article.id == *id) {
            page.changing_text(|page| set_on_page(&mut page.article, mark));
        }
    }
}

fn set_on_row(row: &mut Headline, mark: &Mark) {
    match mark {
        Mark::Read(read) => row.read = *read,
        Mark::Starred(starred) => row.starred = *starred,
        Mark::Watched(watched) => row.watched = *watched,
        Mark::Rated(rating) => row.own_rating = *rating,
        Mark::Tags(tags) => row.tags.clone_from(tags),
        Mark::Note(note) => row.note.clone_from(note),
    }
}

fn set_on_page(article: &mut StoredArticle, mark: &Mark) {
    match mark {
        Mark::Read(read) => article.read = *read,
        Mark::Starred(starred) => article.starred = *starred,
        Mark::Watched(watched) => article.watched = *watched,
        Mark::Rated(rating) => article.own_rating = *rating,
        Mark::Tags(tags) => article.tags.clone_from(tags),
        Mark::Note(note) => article.note.clone_from(note),
    }
}

/// The article that a mark is for, with its tags and note.
fn own_words(model: &mut Model) -> Option<(ArticleId, Vec<Tag>, Option<CleanText>)> {
    let found = marked(model).and_then(|id| {
        let page = model.page.as_ref().filter(|page| page.article.id == id).map(|page| &page.article);
        let row = model.list.rows.iter().find(|row| row.id == id);
        let of_page = page.map(|article| (id, article.tags.clone(), article.note.clone()));
        of_page.or_else(|| row.map(|row| (id, row.tags.clone(), row.note.clone())))
    });
    if found.is_none() {
        model.show_status("there is no article here");
    }
    found
}

/// Puts the article among those to read later, or takes it out.
pub(super) fn toggle_later(model: &mut Model) -> Vec<Effect> {
    let Some((id, before, _)) = own_words(model) else { return Vec::new() };
    let later = Tag::later();
    let mut tags: Vec<Tag> = before.iter().filter(|tag| **tag != later).cloned().collect();
    if tags.len() == before.len() {
        tags.push(later);
        tags.sort();
        model.show_status("to be read later");
    } else {
        model.show_status("no longer to be read later");
    }
    mark(model, vec![id], Mark::Tags(tags), Mark::Tags(before))
}

pub(super) fn ask_tags(model: &mut Model) -> Vec<Effect> {
    let Some((id, tags, _)) = own_words(model) else { return Vec::new() };
    let text: String = tags.iter().flat_map(|tag| [&**tag, " "]).collect();
    model.overlay = Overlay::Prompt { prompt: Prompt::Tags(id), input: Input::of(&text) };
    Vec::new()
}

pub(super) fn ask_note(model: &mut Model) -> Vec<Effect> {
    let Some((id, _, note)) = own_words(model) else { return Vec::new() };
    let input = Input::of(note.as_deref().unwrap_or_default());
    model.overlay = Overlay::Prompt { prompt: Prompt::Note(id), input };
    Vec::new()
}

/// A key while tags or a note are typed. Tab completes a tag.
pub(super) fn press(model: &mut Model, prompt: Prompt, mut input: Input, key: Key) -> Vec<Effect> {
    match (key.code, prompt) {
        (KeyCode::Esc, _) => {}
        (KeyCode::Enter, Prompt::Tags(id)) => return set_tags(model, id, &input.text),
        (KeyCode::Enter, Prompt::Note(id)) => return set_note(model, id, &input.text),
        (KeyCode::Tab, Prompt::Tags(_)) => {
            complete(model, &mut input);
            model.overlay = Overlay::Prompt { prompt, input };
        }
        _ => {
            input.edit(key);
            model.overlay = Overlay::Prompt { prompt, input };
        }
    }
    Vec::new()
}

/// Completes the word before the caret to the first tag in use that begins so.
fn complete(model: &Model, input: &mut Input) {
    let before = &input.text[..input.caret];
    let start = before.rfind([' ', ',']).map_or(0, |at| at + 1);
    let begun = before[start..].trim_start_matches('#').to_lowercase();
    let in_use = model.all_sections.iter().filter_map(|row| match &row.section {
        Section::Tag(tag) => Some(tag),
        _ => None,
    });
    let found = in_use.filter(|tag| !begun.is_empty() && tag.starts_with(&begun)).min();
    if let Some(tag) = found {
        let text = format!("{tag} ");
        input.text.replace_range(start..input.caret, &text);
        input.caret = start + text.len();
    }
}

fn set_tags(model: &mut Model, id: ArticleId, text: &str) -> Vec<Effect> {
    let tags = match parse_tags(text) {
        Ok(tags) => tags,
        Err(error) => {
            model.show_error(error);
            return Vec::new();
        }
    };
    let Some((now, before, _)) = own_words(model) else { return Vec::new() };
    if now != id || before == tags {
        return Vec::new();
    }
    model.show_status(match tags.as_slice() {
        [] => "no tags".to_owned(),
        tags => crate::domain::tag::shown_tags(tags),
    });
    mark(model, vec![id], Mark::Tags(tags), Mark::Tags(before))
}

fn set_note(model: &mut Model, id: ArticleId, text: &str) -> Vec<Effect> {
    let note = Some(clean_line(text.trim())).filter(|note| !note.is_empty());
    let Some((now, _, before)) = own_words(model) else { return Vec::new() };
    if now != id || before == note {
        return Vec::new();
    }
    model.show_status(if note.is_some() { "noted" } else { "the note is removed" });
    mark(model, vec![id], Mark::Note(note), Mark::Note(before))
}

pub(super) fn ask_deletion(model: &mut Model) -> Vec<Effect> {
    match marked(model) {
        Some(id) => model.overlay = Overlay::Deleting(id),
        None => model.show_status("there is no article here"),
    }
    Vec::new()
}

/// The answer to that.
pub(super) fn delete(model: &mut Model, id: ArticleId, key: Key) -> Vec<Effect> {
    if key.typed() != Some('y') {
        model.show_status("nothing deleted");
        return Vec::new();
    }
    if model.focus == Pane::Page {
        model.set_focus(Pane::List);
    }
    model.show_status("deleted; fetches do not bring it back");
    let mut effects = vec![Effect::DeleteArticle(id)];
    effects.extend(super::browsing::remove(model, id));
    effects.push(Effect::LoadSections);
    effects
}
