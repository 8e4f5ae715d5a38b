//! Articles and comments in the forms that programs are given them in by the reader: those of `show` and `export`.

use super::output::OutputStyle;
use super::sheet::Sheet;
use super::thread_options::{ViewArgs, arranged};
use super::{export, json, show};
use crate::format::render;
use crate::store::Store;
use crate::tui::commands::{PipeForm, PipedItem, Rendered};

/// The columns of text.
const COLUMNS: usize = 80;

pub(super) fn render(store: &Store, item: &PipedItem, form: PipeForm) -> Result<Rendered, String> {
    let sheet = Sheet::stored(store, item.article).map_err(|error| error.to_string())?;
    match &item.comment {
        None => article(&sheet, form).map_err(|error| error.to_string()),
        Some((_, key)) => comment(&sheet, key, form).map_err(|error| error.to_string()),
    }
}

fn article(sheet: &Sheet, form: PipeForm) -> anyhow::Result<Rendered> {
    let text = match form {
        PipeForm::Nothing => String::new(),
        PipeForm::Text => {
            let mut out = Vec::new();
            show::writer::write_text(
                sheet,
                OutputStyle { paint: false, ascii: false, columns: Some(COLUMNS) },
                COLUMNS,
                &mut out,
            )?;
            String::from_utf8_lossy(&out).into_owned()
        }
        PipeForm::Markdown => export::page(sheet)?,
        PipeForm::Html => render::html(&export::page(sheet)?),
        PipeForm::Json => {
            let discussions = sheet.discussions.iter().map(|(discussion, states)| (discussion, &states[..]));
            let discussions = arranged(discussions, &ViewArgs::default())?;
            serde_json::to_string(&json::PageJson::new(sheet, &discussions))? + "\n"
        }
    };
    Ok(Rendered { text, address: sheet.article.url.as_ref().map(ToString::to_string) })
}

fn comment(sheet: &Sheet, key: &str, form: PipeForm) -> anyhow::Result<Rendered> {
    let all = sheet.discussions.iter().flat_map(|(discussion, _)| &discussion.comments);
    let comment = all.into_iter().find(|comment| &*comment.id == key);
    let comment = comment.ok_or_else(|| anyhow::anyhow!("the comment is no longer in the store"))?;
    let document = comment.body.document();
    let author = comment.author.as_deref().unwrap_or("somebody");
    let markdown = || format!("**{}**\n\n{}", render::escaped(author), render::markdown(&document));
    let text = match form {
        PipeForm::Nothing => String::new(),
        PipeForm::Text => format!("{}\n", document.text()),
        PipeForm::Markdown => markdown(),
        PipeForm::Html => render::html(&markdown()),
        PipeForm::Json => {
            let posted = comment.posted.map(|when| when.to_string());
            let fields = serde_json::json!({
                "id": &*comment.id, "author": comment.author.as_deref(), "posted": posted,
                "url": comment.url.as_deref(), "text": &*document.text(), "article": sheet.id.map(|id| id.0),
            });
            format!("{fields}\n")
        }
    };
    let url = comment.url.as_ref().or(sheet.article.url.as_ref());
    Ok(Rendered { text, address: url.map(ToString::to_string) })
}
