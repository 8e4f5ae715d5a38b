//! The configuration file's own shape. A key that is not there is none, so that what the file says and what it leaves
//! open stay apart.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use toml::Spanned;

use super::key_word::KeyWord;
use super::mistakes::{ConfigError, or_rather, read, report};
use super::{commands, fetch, rules, site_bases, theme};
use crate::domain::notch::NotchInput;
use crate::domain::order::Order;
use crate::tui::geometry::Widths;
use crate::tui::images::Images;
use crate::tui::keymap::{ACTIONS, Action, Key, Keymap};
use crate::tui::{ListSettings, MarkRead, Settings};

#[derive(Deserialize, Serialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct File {
    display: Display,
    list: ListTable,
    comments: CommentsTable,
    keys: Keys,
    #[serde(skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    commands: commands::CommandTables,
    open: OpenTable,
    fetch: fetch::Fetch,
    watch: fetch::WatchTable,
    #[serde(alias = "places")]
    sites: site_bases::SiteTables,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sources: Vec<fetch::SourceTable>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    rules: Vec<rules::RuleTable>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ignore: Vec<Spanned<rules::Ignore>>,
    /// The text that was read, for showing a mistake in it.
    #[serde(skip)]
    text: String,
}

#[derive(Deserialize, Serialize, Default)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
struct Display {
    theme: Option<Spanned<String>>,
    ascii: Option<bool>,
    text_width: Option<TextWidth>,
    mouse: Option<bool>,
    hyperlinks: Option<bool>,
    images: Option<ImagesName>,
    recommendations: Option<bool>,
    screen_reader: Option<bool>,
}

#[derive(Deserialize, Serialize, Default)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
struct ListTable {
    rows: Option<Spanned<String>>,
    mark_read: Option<Spanned<String>>,
    mark_advances: Option<bool>,
    /// Columns; 0: as the screen has room.
    width: Option<u16>,
    sections_width: Option<u16>,
}

#[derive(Deserialize, Serialize, Default)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
struct CommentsTable {
    order: Option<OrderName>,
    flat: Option<bool>,
    bar: Option<Bar>,
    new_stay_open: Option<bool>,
}

#[derive(Deserialize, Default)]
#[serde(transparent)]
struct Keys(BTreeMap<ActionName, Spanned<Vec<KeyWord>>>);

/// Empty lists stand for what the system or the terminal offers.
#[derive(Deserialize, Serialize, Default)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
struct OpenTable {
    browser: Option<Vec<String>>,
    media: Option<Vec<String>>,
    documents: Option<Vec<String>>,
    in_place: Option<bool>,
    copy: Option<Vec<String>>,
    browser_in_terminal: Option<bool>,
}

impl File {
    pub(super) fn read(path: &Path) -> Result<File, ConfigError> {
        File::parse(&read(path)?, path)
    }

    pub(super) fn parse(text: &str, path: &Path) -> Result<File, ConfigError> {
        let file: File = toml::from_str(text).map_err(|error| ConfigError::toml(path, &error))?;
        Ok(File { text: text.to_owned(), ..file })
    }

    /// A warning for each name of an earlier version in the file.
    pub(super) fn old_names(&self) -> Vec<&'static str> {
        if !self.text.contains("place") {
            return Vec::new();
        }
        let table: toml::Table = self.text.parse().unwrap_or_default();
        let mut rules = table.get("rules").and_then(toml::Value::as_array).into_iter().flatten();
        let order = table.get("comments").and_then(|comments| comments.get("order")).and_then(toml::Value::as_str);
        let names = [
            (table.contains_key("places"), "`[places]` is now called `[sites]`"),
            (rules.any(|rule| rule.get("place").is_some()), "`place` of a rule is now called `site`"),
            (order == Some("place"), "the order `place` is now called `site`"),
        ];
        names.into_iter().filter(|(is_old, _)| *is_old).map(|(_, warning)| warning).collect()
    }

    /// The settings that this file gives. `path` is where it stands: themes are looked for beside it.
    pub(super) fn settings(&self, path: &Path, base: Settings) -> Result<Settings, ConfigError> {
        let wrong = |span, message: &str| ConfigError::wrong(path, &report(&self.text, span, message));
        let keymap =
            if self.keys.0.is_empty() { base.keymap } else { self.keys.keymap().map_err(|(span, e)| wrong(span, &e))? };
        let own = commands::commands(&self.commands).map_err(|(span, e)| wrong(span, &e))?;
        let of_own = own.iter().map(|one| (one.name.as_str(), one.keys.as_slice()));
        let span = self.commands.values().map(Spanned::span).next().unwrap_or_default();
        let keymap = keymap.with_commands(of_own).map_err(|e| wrong(span, &e))?;
        let theme = match &self.display.theme {
            None => base.theme,
            Some(name) => theme::find(name.get_ref(), path)?.map_err(|message| wrong(name.span(), &message))?,
        };
        let fetch = fetch::settings(&self.fetch, &self.sources, path, base.fetch).map_err(|(span, e)| wrong(span, &e))?;
        let watch = self.watch.command.clone().unwrap_or_else(|| fetch.watch.clone());
        let places = site_bases::settings(&self.sites, fetch.places.clone());
        let ignore = match self.ignore.as_slice() {
            [] => fetch.ignore.clone(),
            tables => rules::ignored(tables).map_err(|(span, e)| wrong(span, &e))?,
        };
        let (list, widths) = self.list.settings(base.list, base.widths).map_err(|(span, e)| wrong(span, &e))?;
        let screen_reader = self.display.screen_reader.unwrap_or(base.screen_reader);
        Ok(Settings {
            list,
            widths: Widths { one_pane: screen_reader, ..widths },
            theme,
            keymap,
            ascii: self.display.ascii.unwrap_or(base.ascii),
            ascii_text: base.ascii_text,
            text_width: self.display.text_width.as_ref().map_or(base.text_width, |width| width.0),
            mouse: self.display.mouse.unwrap_or(base.mouse),
            hyperlinks: self.display.hyperlinks.unwrap_or(base.hyperlinks),
            images: self.display.images.as_ref().map_or(base.images, |images| images.0),
            images_unasked: self.fetch.images.unwrap_or(base.images_unasked),
            recommendations: self.display.recommendations.unwrap_or(base.recommendations),
            screen_reader,
            order: self.comments.order.as_ref().map_or(base.order, |order| order.0),
            flat: self.comments.flat.unwrap_or(base.flat),
            bar: self.comments.bar.as_ref().map_or(base.bar, |bar| bar.0),
            new_stay_open: self.comments.new_stay_open.unwrap_or(base.new_stay_open),
            browser: argv(self.open.browser.as_ref(), base.browser),
            media: argv(self.open.media.as_ref(), base.media),
            documents: argv(self.open.documents.as_ref(), base.documents),
            opens_in_place: self.open.in_place.unwrap_or(base.opens_in_place),
            copy: argv(self.open.copy.as_ref(), base.copy),
            browser_in_terminal: self.open.browser_in_terminal.unwrap_or(base.browser_in_terminal),
            commands: own,
            renderer: base.renderer,
            pager: base.pager,
            fetch: crate::work::fetch::FetchSettings { places, watch, ignore, ..fetch },
            rules: if self.rules.is_empty() {
                base.rules
            } else {
                rules::rules(&self.rules).map_err(|(span, e)| wrong(span, &e))?
            },
        })
    }

    /// The same with every key, as it is in force under `settings`.
    pub(super) fn filled(&self, settings: &Settings) -> File {
        let keys = ACTIONS.iter().enumerate().map(|(at, entry)| {
            let keys = settings.keymap.keys(entry.action).map(KeyWord).collect();
            (ActionName(at), Spanned::new(0..0, keys))
        });
        let theme = || Spanned::new(0..0, theme::BUNDLED[0].0.to_owned());
        File {
            display: Display {
                theme: Some(self.display.theme.clone().unwrap_or_else(theme)),
                ascii: Some(settings.ascii),
                text_width: Some(TextWidth(settings.text_width)),
                mouse: Some(settings.mouse),
                hyperlinks: Some(settings.hyperlinks),
                images: Some(ImagesName(settings.images)),
                recommendations: Some(settings.recommendations),
                screen_reader: Some(settings.screen_reader),
            },
            list: ListTable {
                rows: Some(Spanned::new(0..0, if settings.list.is_compact { "compact" } else { "full" }.to_owned())),
                mark_read: MarkRead::ALL
                    .into_iter()
                    .find(|(when, _)| *when == settings.list.mark_read)
                    .map(|(_, name)| Spanned::new(0..0, name.to_owned())),
                mark_advances: Some(settings.list.mark_advances),
                width: Some(settings.widths.list.unwrap_or(0)),
                sections_width: Some(settings.widths.sections.unwrap_or(0)),
            },
            comments: CommentsTable {
                order: Some(OrderName(settings.order)),
                flat: Some(settings.flat),
                bar: Some(Bar(settings.bar)),
                new_stay_open: Some(settings.new_stay_open),
            },
            keys: Keys(keys.collect()),
            commands: self.commands.clone(),
            open: OpenTable {
                browser: Some(settings.browser.clone().unwrap_or_default()),
                media: Some(settings.media.clone().unwrap_or_default()),
                documents: Some(settings.documents.clone().unwrap_or_default()),
                in_place: Some(settings.opens_in_place),
                copy: Some(settings.copy.clone().unwrap_or_default()),
                browser_in_terminal: Some(settings.browser_in_terminal),
            },
            fetch: fetch::filled(&settings.fetch, settings.images_unasked),
            watch: fetch::WatchTable { command: Some(settings.fetch.watch.clone()) },
            sites: site_bases::filled(&settings.fetch.places),
            sources: self.sources.clone(),
            rules: self.rules.clone(),
            ignore: self.ignore.clone(),
            text: String::new(),
        }
    }
}

impl ListTable {
    fn settings(&self, base: ListSettings, widths: Widths) -> Result<(ListSettings, Widths), (Range<usize>, String)> {
        let is_compact = match &self.rows {
            None => base.is_compact,
            Some(rows) if rows.get_ref() == "compact" => true,
            Some(rows) if rows.get_ref() == "full" => false,
            Some(rows) => return Err((rows.span(), or_rather(rows.get_ref(), ["full", "compact"]))),
        };
        let mark_read = match &self.mark_read {
            None => base.mark_read,
            Some(name) => {
                let known = MarkRead::ALL.into_iter().find(|(_, known)| known == name.get_ref());
                let wrong = || (name.span(), or_rather(name.get_ref(), MarkRead::ALL.map(|(_, known)| known)));
                known.ok_or_else(wrong)?.0
            }
        };
        let width = |given: Option<u16>, base| given.map_or(base, |width| (width > 0).then_some(width));
        let widths =
            Widths { sections: width(self.sections_width, widths.sections), list: width(self.width, widths.list), ..widths };
        Ok((ListSettings { is_compact, mark_read, mark_advances: self.mark_advances.unwrap_or(base.mark_advances) }, widths))
    }
}

impl Keys {
    /// The default keys with these changes; where one is wrong, its place in the file.
    fn keymap(&self) -> Result<Keymap, (Range<usize>, String)> {
        let changes = |without: Option<&ActionName>| -> Vec<(Action, Vec<Key>)> {
            let entries = self.0.iter().filter(|(name, _)| Some(*name) != without);
            entries.map(|(name, keys)| (ACTIONS[name.0].action, keys.get_ref().iter().map(|key| key.0).collect())).collect()
        };
        Keymap::with(&changes(None)).map_err(|message| {
            // The entry to blame is one without which all is well; of two as guilty, the later one.
            let guilty = self.0.iter().filter(|(name, _)| Keymap::with(&changes(Some(name))).is_ok());
            let span = guilty.map(|(_, keys)| keys.span()).max_by_key(|span| span.start);
            (span.unwrap_or_default(), message)
        })
    }
}

#[derive(Deserialize, Serialize)]
#[serde(try_from = "i64")]
struct TextWidth(u16);

impl TryFrom<i64> for TextWidth {
    type Error = String;

    fn try_from(columns: i64) -> Result<TextWidth, String> {
        let fits = u16::try_from(columns).ok().filter(|columns| (20..=1000).contains(columns));
        fits.map(TextWidth).ok_or_else(|| format!("the text can be 20 to 1000 columns wide, not {columns}"))
    }
}

#[derive(Deserialize)]
#[serde(try_from = "String")]
struct OrderName(Option<Order>);

impl TryFrom<String> for OrderName {
    type Error = String;

    fn try_from(name: String) -> Result<OrderName, String> {
        if name == "auto" {
            return Ok(OrderName(None));
        }
        let known = Order::ALL.map(Order::name);
        Order::from_name(&name)
            .map(|order| OrderName(Some(order)))
            .ok_or_else(|| format!("there is no order `{name}`; {}", or_rather(&name, known)))
    }
}

impl Serialize for OrderName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.map_or("auto", Order::name))
    }
}

#[derive(Deserialize)]
#[serde(try_from = "String")]
struct ImagesName(Images);

impl TryFrom<String> for ImagesName {
    type Error = String;

    fn try_from(name: String) -> Result<ImagesName, String> {
        let known = Images::NAMED.map(|(name, _)| name);
        let found = Images::NAMED.into_iter().find(|(known, _)| *known == name);
        found
            .map(|(_, images)| ImagesName(images))
            .ok_or_else(|| format!("images cannot be shown as `{name}`; {}", or_rather(&name, known)))
    }
}

impl Serialize for ImagesName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.name())
    }
}

/// The bar's first position; none is "auto".
struct Bar(Option<NotchInput>);

impl<'de> Deserialize<'de> for Bar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Bar, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Bar;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("\"auto\", \"off\", a number such as 2.5, or a share such as \"20%\"")
            }
            fn visit_str<E: de::Error>(self, words: &str) -> Result<Bar, E> {
                if words == "auto" {
                    return Ok(Bar(None));
                }
                let notch = words.parse().map_err(|_| E::invalid_value(de::Unexpected::Str(words), &self))?;
                Ok(Bar(Some(notch)))
            }
            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Bar, E> {
                self.visit_str(&number.to_string())
            }
            fn visit_f64<E: de::Error>(self, number: f64) -> Result<Bar, E> {
                self.visit_str(&number.to_string())
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

impl Serialize for Bar {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            None => serializer.serialize_str("auto"),
            Some(NotchInput::Number { stars: Some(number), .. }) => serializer.serialize_f64(number.value()),
            Some(NotchInput::Number { ceiling, stars: None }) => serializer.serialize_i64(ceiling),
            Some(notch) => serializer.collect_str(&notch),
        }
    }
}

/// An index into [`ACTIONS`], which orders as the table does.
#[derive(Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(try_from = "String")]
struct ActionName(usize);

impl TryFrom<String> for ActionName {
    type Error = String;

    fn try_from(name: String) -> Result<ActionName, String> {
        let known = ACTIONS.iter().map(|entry| entry.name);
        let at = known.clone().position(|known| known == name);
        at.map(ActionName).ok_or_else(|| format!("there is no action `{name}`; {}", or_rather(&name, known)))
    }
}

impl Serialize for Keys {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, keys) in &self.0 {
            map.serialize_entry(ACTIONS[name.0].name, keys)?;
        }
        map.end()
    }
}

/// The program that a list of words names; an empty list goes back to the default program.
fn argv(list: Option<&Vec<String>>, base: Option<Vec<String>>) -> Option<Vec<String>> {
    match list {
        None => base,
        Some(words) => Some(words.clone()).filter(|words| !words.is_empty()),
    }
}
