//! The reader's own commands: programs that are given an article or a comment, and what is done with their output.

use std::fmt;

use super::key::Key;
use crate::store::{ArticleId, DiscussionId, Store};

/// A program that an action of the reader's runs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OwnCommand {
    pub name: String,
    /// `{url}` and `{id}` stand for the address and the number of the article.
    pub argv: Vec<String>,
    pub keys: Vec<Key>,
    pub input: PipeForm,
    pub output: CommandOutput,
    /// It is given the article, even where the cursor is on a comment.
    pub wants_article: bool,
    pub seconds: u32,
}

/// The form in which a program gets an article or comment on its standard input.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum PipeForm {
    #[default]
    Nothing,
    Text,
    Markdown,
    Html,
    Json,
}

impl PipeForm {
    pub const ALL: [(PipeForm, &'static str); 5] = [
        (PipeForm::Nothing, "none"),
        (PipeForm::Text, "text"),
        (PipeForm::Markdown, "markdown"),
        (PipeForm::Html, "html"),
        (PipeForm::Json, "json"),
    ];
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum CommandOutput {
    /// Shown.
    #[default]
    Page,
    Ignored,
    /// The program has the terminal until it ends.
    Terminal,
}

impl CommandOutput {
    pub const ALL: [(CommandOutput, &'static str); 3] =
        [(CommandOutput::Page, "page"), (CommandOutput::Ignored, "ignore"), (CommandOutput::Terminal, "terminal")];
}

/// The subject of a command.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PipedItem {
    pub article: ArticleId,
    pub comment: Option<(DiscussionId, Box<str>)>,
}

/// An article or comment in some form, with its address.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Rendered {
    pub text: String,
    pub address: Option<String>,
}

type Render = fn(&Store, &PipedItem, PipeForm) -> Result<Rendered, String>;

/// Writes articles and comments in the forms of the command line. There is one in a program, so that all are equal.
#[derive(Clone, Copy)]
pub struct Renderer(pub Render);

impl fmt::Debug for Renderer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Renderer")
    }
}

impl PartialEq for Renderer {
    fn eq(&self, _: &Renderer) -> bool {
        true
    }
}

impl OwnCommand {
    /// Gives an article or comment to a program that was typed: `wc -w`, or in another form `json: jq .title`.
    pub(super) fn typed(text: &str) -> Result<OwnCommand, String> {
        let form = text.split_once(':').and_then(|(name, rest)| {
            let (form, _) = PipeForm::ALL.into_iter().find(|(_, known)| *known == name.trim())?;
            Some((form, rest))
        });
        let (input, command) = form.unwrap_or((PipeForm::Markdown, text));
        let argv = crate::os::program::words(command)?;
        Ok(OwnCommand {
            name: argv[0].clone(),
            argv,
            keys: Vec::new(),
            input,
            output: CommandOutput::Page,
            wants_article: false,
            seconds: 30,
        })
    }

    /// The words of the program for an article; why there are none, otherwise. Only an address of the web is put in: it
    /// cannot be an option.
    pub(super) fn argv_for(&self, item: &PipedItem, address: Option<&str>) -> Result<Vec<String>, String> {
        let is_web = |address: &&str| address.starts_with("http://") || address.starts_with("https://");
        let address = address.filter(is_web);
        let with = |word: &String| {
            if word.contains("{url}") && address.is_none() {
                return Err(format!("{}: there is no web address to give it", self.name));
            }
            Ok(word.replace("{id}", &item.article.0.to_string()).replace("{url}", address.unwrap_or_default()))
        };
        self.argv.iter().map(with).collect()
    }
}

/// Begins a sequence that acts on a terminal.
const ESCAPE: char = 27 as char;

/// A program's output, as lines without the sequences that colour a terminal.
pub(super) fn lines_of(output: &[u8]) -> Vec<crate::domain::text::CleanText> {
    let text = String::from_utf8_lossy(output);
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            (ESCAPE, Some('[')) => {
                chars.next();
                let _ = chars.find(|c| ('@'..='~').contains(c));
            }
            (ESCAPE, Some(']')) => {
                let _ = chars.find(|c| matches!(c, '\u{7}' | '\u{9c}'));
            }
            _ => plain.push(c),
        }
    }
    plain.trim_end().lines().map(crate::domain::text::clean_code).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item() -> PipedItem {
        PipedItem { article: ArticleId(7), comment: None }
    }

    #[test]
    fn an_address_is_one_argument_and_never_an_option() {
        let command = OwnCommand::typed("json: save --tag 'to read' {url} n{id}").unwrap();
        assert_eq!((command.name.as_str(), command.input), ("save", PipeForm::Json));
        let argv = command.argv_for(&item(), Some("https://a.example/?a b&c")).unwrap();
        assert_eq!(argv, ["save", "--tag", "to read", "https://a.example/?a b&c", "n7"]);
        for address in [None, Some("--output=/etc/x"), Some("file:///etc/passwd")] {
            assert!(command.argv_for(&item(), address).unwrap_err().contains("no web address"));
        }
        assert_eq!(OwnCommand::typed("wc -w").unwrap().input, PipeForm::Markdown);
        assert!(OwnCommand::typed("  ").is_err() && OwnCommand::typed("x 'y").is_err());
    }

    #[test]
    fn what_colours_a_terminal_is_taken_out() {
        let lines = lines_of(b"\x1b[1;31mred\x1b[0m\n\x1b]0;title\x07plain\ttab\n\n");
        assert_eq!(lines.iter().map(crate::domain::text::CleanText::as_str).collect::<Vec<_>>(), ["red", "plain\ttab"]);
    }
}
