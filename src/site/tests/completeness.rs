//! Told count = comments here + missing, in every discussion of the corpus. The told count is dug out of the file apart from
//! the readers, and a score is printed.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{PathBuf, corpus, files_under};
use crate::domain::rank::Rank;
use crate::domain::thread::Discussion;
use crate::domain::time::Timestamp;
use crate::format::{Format, Origin};
use crate::site::read;

/// The site's key; empty where the file is no site's.
fn key_of(format: Format) -> &'static str {
    if let Format::Saved { site, .. } = format { site.key() } else { "" }
}

/// By the id in a discussion's address: comments that the file says there are.
fn told_counts(format: Format, text: &str) -> BTreeMap<String, i64> {
    let mut told = BTreeMap::new();
    let values = serde_json::Deserializer::from_str(text).into_iter::<Value>().map_while(Result::ok);
    let mut ahead: Vec<Value> = values.collect();
    while let Some(value) = ahead.pop() {
        let id = |key: &str| match value.get(key) {
            Some(Value::String(id)) => Some(id.clone()),
            Some(Value::Number(id)) => Some(id.to_string()),
            _ => None,
        };
        let number = |key: &str| value.get(key).and_then(Value::as_i64);
        let found = match key_of(format) {
            "reddit" => id("id").zip(number("num_comments")).filter(|_| value.get("title").is_some()),
            "hacker news" => id("id").zip(number("descendants")),
            "lobsters" => id("short_id").zip(number("comment_count")),
            "discourse" if value.get("post_stream").is_some() => id("id").zip(number("posts_count")).map(|(id, n)| (id, n - 1)),
            _ => None,
        };
        told.extend(found);
        match value {
            Value::Array(items) => ahead.extend(items),
            Value::Object(members) => ahead.extend(members.into_iter().map(|(_, member)| member)),
            _ => {}
        }
    }
    told
}

fn counted(format: Format, discussion: &Discussion) -> i64 {
    let living = discussion.comments.iter().filter(|comment| comment.rank != Rank::Removed).count();
    let is_living = matches!(key_of(format), "hacker news" | "lobsters" | "lemmy" | "remark42");
    (if is_living { living } else { discussion.comments.len() }) as i64
}

#[derive(Default)]
struct CompletenessScore {
    discussions: usize,
    told: usize,
    exact: usize,
    out_of_date: usize,
    complete: usize,
    small: usize,
}

#[test]
fn told_counts_are_here_or_missing_in_the_whole_corpus() {
    let folders: Vec<PathBuf> = ["discussions", "sites"].iter().filter_map(|folder| corpus(folder)).collect();
    let mut scores: BTreeMap<&str, CompletenessScore> = BTreeMap::new();
    for path in folders.iter().flat_map(|folder| files_under(folder)) {
        let bytes = std::fs::read(&path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy();
        let Ok(parsed) = read(&bytes, &Origin { name: &name, now: Timestamp(1_574_208_000) }) else { continue };
        let told = told_counts(parsed.format, &String::from_utf8_lossy(&bytes));
        let small: i64 = parsed.notes.iter().filter(|note| note.contains("of the place itself")).count() as i64;
        for discussion in parsed.pages.iter().flat_map(|page| &page.discussions) {
            let score = scores.entry(parsed.format.label()).or_default();
            score.discussions += 1;
            score.complete += usize::from(discussion.complete);
            let id = discussion.url.as_deref().and_then(|url| url.rsplit(['/', '=']).next()).unwrap_or_default();
            let Some(&told) = told.get(id) else { continue };
            score.told += 1;
            let (here, missing) = (counted(parsed.format, discussion), discussion.missing() as i64);
            if told < here || (told as usize) < discussion.comments.len() {
                score.out_of_date += 1;
                assert!(!discussion.complete, "{name}: {told} told, {here} here");
            } else if small > 0 && here + missing < told {
                score.small += 1;
            } else {
                score.exact += 1;
                assert_eq!(here + missing, told, "{name}: {here} here, {missing} missing");
                assert_eq!(discussion.complete, discussion.stubs.is_empty(), "{name}");
            }
        }
    }
    for (label, CompletenessScore { discussions, told, exact, out_of_date, complete, small }) in scores {
        println!(
            "{label}: {discussions} discussions, {told} told: {exact} add up, {out_of_date} have more than told, {small} with notes of the forum; {complete} complete"
        );
    }
}
