//! `gleaner rules`: the reader's score rules, listed, added, edited, removed.

use std::io::{self, Write};

use clap::{Args, Subcommand};
use serde::Serialize;

use super::clock;
use super::error::{CliError, Exit};
use super::output::{show_note, stdout, write_json};
use super::setup::Setup;
use crate::config::nearest::nearest;
use crate::domain::rules::{self, IgnoreRule, Rule, Verdict, merged};
use crate::domain::text::{CleanText, clean_line};
use crate::store::Store;

#[derive(Subcommand, Debug)]
pub(super) enum RulesCommand {
    /// Make a rule
    Add {
        name: String,
        /// lift, shrink or mute
        #[arg(value_name = "DOES", value_parser = verdict)]
        does: Verdict,
        #[command(flatten)]
        conditions: ConditionArgs,
    },
    /// Change a rule: given options replace its own; an empty word or a 0 removes a condition
    Edit {
        name: String,
        /// lift, shrink or mute
        #[arg(long, value_name = "DOES", value_parser = verdict)]
        does: Option<Verdict>,
        #[command(flatten)]
        conditions: ConditionArgs,
    },
    /// Remove a rule
    Remove { name: String },
}

/// All given conditions must hold.
#[derive(Args, Debug)]
pub(super) struct ConditionArgs {
    /// The author's whole name, in any case
    #[arg(long, value_name = "NAME")]
    author: Option<String>,
    /// A word or phrase of the text; repeat the option to match any of several
    #[arg(long, value_name = "WORDS")]
    words: Vec<String>,
    /// A part of the site's name, such as `lobsters`
    #[arg(long, value_name = "SITE")]
    site: Option<String>,
    /// The name of `--site` in earlier versions
    #[arg(long, value_name = "SITE", hide = true, conflicts_with = "site")]
    place: Option<String>,
    /// More words than this
    #[arg(long, value_name = "N")]
    longer: Option<u32>,
    /// Fewer words than this
    #[arg(long, value_name = "N")]
    shorter: Option<u32>,
}

pub(super) const HELP: &str = "\
A rule overrides the rank of a comment: lift opens the matching comments, shrink turns them into lines, mute folds \
them. What you open or fold yourself overrides rules. The first matching rule wins; rules of the configuration \
([[rules]]) come before those added here. In the reader `w` names the rule that applies to a comment, and `M` mutes an \
author.

  gleaner rules add \"long reads\" lift --longer 300
  gleaner rules add \"no coins\" mute --words crypto --words \"to the moon\" --site \"hacker news\"

The rules for ignored articles ([[ignore]] in the configuration) are listed, too.

--json prints an object a line: name (null for ignored articles), does (also \"ignore\" and \"mark-read\"), author, \
words, place (for ignored articles: the source), longer, shorter, links (if any), from (\"config\" or \"store\").";

#[derive(Serialize)]
struct RuleJson<'a> {
    name: Option<&'a str>,
    does: &'a str,
    author: Option<&'a str>,
    words: Vec<&'a str>,
    place: Option<&'a str>,
    longer: Option<u32>,
    shorter: Option<u32>,
    /// "config" or "store".
    #[serde(skip_serializing_if = "Vec::is_empty")]
    links: Vec<&'a str>,
    from: &'a str,
}

pub(super) fn run(setup: &Setup, command: Option<&RulesCommand>, json: bool) -> anyhow::Result<Exit> {
    match command {
        None => list(setup, json),
        Some(RulesCommand::Add { name, does, conditions }) => change(setup, name, json, |found| match found {
            Some(_) => Err(CliError::failed(format!("there is a rule `{name}` already"))
                .hint(format!("`gleaner rules edit \"{name}\" …` changes it"))),
            None => Ok(conditions.over(Rule::new(clean_line(name), *does))),
        }),
        Some(RulesCommand::Edit { name, does, conditions }) => {
            let store = setup.store_to_ask()?;
            let missing = no_rule(setup, &store, name)?;
            store.close()?;
            change(setup, name, json, |found| {
                let found = found.ok_or(missing)?;
                Ok(conditions.over(Rule { verdict: does.unwrap_or(found.verdict), ..found }))
            })
        }
        Some(RulesCommand::Remove { name }) => remove(setup, name, json),
    }
}

/// The configuration's rules, then those of the store, but for one of the same name.
pub(super) fn in_force(setup: &Setup, store: &Store) -> anyhow::Result<Vec<Rule>> {
    Ok(merged(&setup.settings.rules, store.rules()?))
}

fn list(setup: &Setup, json: bool) -> anyhow::Result<Exit> {
    let store = setup.store_to_ask()?;
    let rules = in_force(setup, &store)?;
    store.close()?;
    let mut out = stdout();
    for (n, rule) in rules.iter().enumerate() {
        let from = if n < setup.settings.rules.len() { "config" } else { "store" };
        if json {
            write_json(&item(Some(&rule.name), rule.verdict.name(), &rule.conditions, from), &mut out)?;
        } else {
            tell(rule, from, &mut out)?;
        }
    }
    let ignored = &setup.settings.fetch.ignore;
    for IgnoreRule { conditions, links, marks_read } in ignored {
        let (does, shown) = if *marks_read { ("mark-read", "marked read") } else { ("ignore", "ignored") };
        if json {
            let links = links.iter().map(CleanText::as_str).collect();
            write_json(&RuleJson { links, ..item(None, does, conditions, "config") }, &mut out)?;
        } else {
            let of_links = links.iter().map(|link| format!("“{link}”")).collect::<Vec<_>>().join(" or ");
            let linked = if links.is_empty() { String::new() } else { format!("linked to {of_links}") };
            let told = [conditions.to_string(), linked].into_iter().filter(|part| !part.is_empty());
            writeln!(out, "{shown}: articles {} (config)", told.collect::<Vec<_>>().join(" and "))?;
        }
    }
    if rules.is_empty() && ignored.is_empty() && !json && setup.look.columns.is_some() {
        writeln!(out, "no rules yet; `gleaner rules add --help` tells how to make one")?;
    }
    out.flush()?;
    Ok(Exit::Done)
}

fn item<'a>(name: Option<&'a str>, does: &'a str, conditions: &'a rules::Conditions, from: &'a str) -> RuleJson<'a> {
    RuleJson {
        name,
        does,
        author: conditions.author.as_deref(),
        words: conditions.words.iter().map(CleanText::as_str).collect(),
        place: conditions.place.as_deref(),
        longer: conditions.longer,
        shorter: conditions.shorter,
        links: Vec::new(),
        from,
    }
}

fn stored(rule: &Rule) -> RuleJson<'_> {
    item(Some(&rule.name), rule.verdict.name(), &rule.conditions, "store")
}

/// `long ones: lift if of more than 300 words (config)`
fn tell(rule: &Rule, from: &str, out: &mut impl Write) -> io::Result<()> {
    let from = if from == "config" { " (config)" } else { "" };
    writeln!(out, "{}: {rule}{from}", rule.name)
}

/// Stores what becomes of the rule of this name.
fn change(
    setup: &Setup,
    name: &str,
    json: bool,
    become_: impl FnOnce(Option<Rule>) -> Result<Rule, CliError>,
) -> anyhow::Result<Exit> {
    if setup.settings.rules.iter().any(|rule| *rule.name == *name) {
        return Err(of_the_config(setup, name).into());
    }
    let mut store = setup.store()?;
    let found = store.rules()?.into_iter().find(|rule| *rule.name == *name);
    let rule = become_(found)?;
    if rule.name.is_empty() || rule.conditions.is_empty() {
        let wrong = if rule.name.is_empty() { "a rule needs a name" } else { "this rule matches nothing" };
        return Err(CliError::usage(wrong).hint("give --author, --words, --site, --longer or --shorter").into());
    }
    store.set_rule(&rule, clock::now())?;
    store.close()?;
    let mut out = stdout();
    if json {
        write_json(&stored(&rule), &mut out)?;
    } else {
        tell(&rule, "store", &mut out)?;
    }
    out.flush()?;
    Ok(Exit::Done)
}

fn remove(setup: &Setup, name: &str, json: bool) -> anyhow::Result<Exit> {
    let mut store = setup.store_to_ask()?;
    let Some(rule) = store.rules()?.into_iter().find(|rule| *rule.name == *name) else {
        return Err(no_rule(setup, &store, name)?.into());
    };
    store.remove_rule(name)?;
    store.close()?;
    let mut out = stdout();
    if json {
        write_json(&stored(&rule), &mut out)?;
    } else {
        writeln!(out, "removed the rule {}", rule.name)?;
    }
    out.flush()?;
    Ok(Exit::Done)
}

fn of_the_config(setup: &Setup, name: &str) -> CliError {
    let path = super::dirs::named(&setup.places.config);
    CliError::failed(format!("the rule `{name}` stands in the configuration")).hint(format!("change it in {path}"))
}

fn no_rule(setup: &Setup, store: &Store, name: &str) -> anyhow::Result<CliError> {
    if setup.settings.rules.iter().any(|rule| *rule.name == *name) {
        return Ok(of_the_config(setup, name));
    }
    let stored = store.rules()?;
    let names = stored.iter().map(|rule| rule.name.as_str());
    let hint = match nearest(name, names) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => "`gleaner rules` lists them".to_owned(),
    };
    Ok(CliError::failed(format!("there is no rule `{name}`")).hint(hint))
}

impl ConditionArgs {
    fn site(&self) -> Option<&String> {
        if self.place.is_some() {
            show_note("warning: `--place` is now called `--site`");
        }
        self.site.as_ref().or(self.place.as_ref())
    }

    /// The rule with what was given in place of what it had; a blank word takes a condition away.
    fn over(&self, rule: Rule) -> Rule {
        let some = |given: Option<&String>, had| match given.map(|text| clean_line(text)) {
            None => had,
            Some(text) => Some(text).filter(|text| !text.is_empty()),
        };
        let number = |given: Option<u32>, had: Option<u32>| given.or(had).filter(|words| *words > 0);
        let words: Vec<_> = self.words.iter().map(|words| clean_line(words)).collect();
        let conditions = rules::Conditions {
            author: some(self.author.as_ref(), rule.conditions.author),
            words: if words.is_empty() {
                rule.conditions.words
            } else {
                words.into_iter().filter(|words| !words.is_empty()).collect()
            },
            place: some(self.site(), rule.conditions.place),
            longer: number(self.longer, rule.conditions.longer),
            shorter: number(self.shorter, rule.conditions.shorter),
        };
        Rule { conditions, ..rule }
    }
}

/// As clap reads it.
pub(super) fn verdict(name: &str) -> Result<Verdict, String> {
    Verdict::from_name(name).ok_or_else(|| format!("known: {}", Verdict::ALL.map(Verdict::name).join(", ")))
}
