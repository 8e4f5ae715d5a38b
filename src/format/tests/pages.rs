//! Real web pages, where the corpus is there: how much of each article is found, and how little beside it.

use std::collections::HashMap;
use std::path::PathBuf;

use super::{Path, corpus, files_under};
use crate::domain::article::Article;
use crate::domain::time::Timestamp;
use crate::format::json::{Json, Value};
use crate::format::page::{Head, dated};
use crate::format::{Origin, encoding, html, page};

/// Of a text: how often each run of `n` words stands there.
fn runs(text: &str, n: usize) -> HashMap<Vec<String>, i64> {
    let words: Vec<String> = text
        .split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    let mut counts = HashMap::new();
    for run in words.windows(n.min(words.len()).max(1)) {
        *counts.entry(run.to_vec()).or_default() += 1;
    }
    counts
}

/// Precision and recall of a text against the true one.
fn compare(found: &str, truth: &str, n: usize) -> (f64, f64) {
    let (found, truth) = (runs(found, n), runs(truth, n));
    let right: i64 = truth.iter().map(|(run, count)| *count.min(found.get(run).unwrap_or(&0))).sum();
    let share = |all: &HashMap<_, i64>| if all.is_empty() { 1.0 } else { right as f64 / all.values().sum::<i64>() as f64 };
    (share(&found), share(&truth))
}

fn f1((precision, recall): (f64, f64)) -> f64 {
    if precision + recall > 0.0 { 2.0 * precision * recall / (precision + recall) } else { 0.0 }
}

/// The means of precision and of recall, as the benchmark takes them before its F1.
fn means(scores: &[(f64, f64)]) -> (f64, f64) {
    let mean = |of: fn(&(f64, f64)) -> f64| scores.iter().map(of).sum::<f64>() / scores.len().max(1) as f64;
    (mean(|score| score.0), mean(|score| score.1))
}

struct Extracted {
    article: Article,
    head: Head,
}

fn extract(bytes: &[u8], address: &str) -> Extracted {
    let text = encoding::decode(bytes).text;
    let origin = Origin { name: address, now: Timestamp(1_574_208_000) };
    let (page, head, _) = page::read_with_head(&text, &origin);
    Extracted { article: page.article, head }
}

fn unpacked(path: &Path) -> Option<Vec<u8>> {
    let output = std::process::Command::new("gzip").arg("-dc").arg(path).output().ok()?;
    Some(output.stdout)
}

#[test]
fn the_article_of_a_page_is_found() {
    let Some(folder) = corpus("articles/article-extraction-benchmark") else { return };
    let truth = std::fs::read_to_string(folder.join("ground-truth.json")).unwrap();
    let truth = Json::parse(&truth);
    let truth = truth.roots().next().unwrap();
    let (mut shingles, mut words) = (Vec::new(), Vec::new());
    let start = std::time::Instant::now();
    for path in files_under(&folder.join("html")) {
        let Some(bytes) = unpacked(&path) else { return };
        let name = path.file_name().unwrap().to_string_lossy().replace(".html.gz", "");
        let truth = truth.get(&name).unwrap();
        let body = truth.text("articleBody").unwrap_or("");
        let address = truth.text("url").unwrap_or("");
        let article = extract(&bytes, address).article;
        let text = article.body.text();
        let score = compare(&text, body, 4);
        if let Some(folder) = std::env::var_os("DUMP") {
            std::fs::write(PathBuf::from(&folder).join(format!("{name}.got")), &text).unwrap();
            std::fs::write(PathBuf::from(&folder).join(format!("{name}.want")), body).unwrap();
        }
        println!("{:.3} p {:.3} r {:.3} {} {address}", f1(score), score.0, score.1, &name[..8]);
        shingles.push(score);
        words.push(compare(&text, body, 1));
    }
    let (by_shingles, by_words) = (f1(means(&shingles)), f1(means(&words)));
    println!(
        "articles of the benchmark: {} pages, F1 {by_shingles:.4} by runs of four words (precision {:.4}, recall {:.4}), {by_words:.4} by words, in {:?}",
        shingles.len(),
        means(&shingles).0,
        means(&shingles).1,
        start.elapsed()
    );
}

fn told<'a>(metadata: Value<'a>, key: &str) -> Option<&'a str> {
    metadata.text(key).map(str::trim)
}

/// Names without what stands around them on a page.
fn name(text: Option<&str>) -> String {
    let text = text.unwrap_or("").split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    text.strip_prefix("by ").unwrap_or(&text).to_owned()
}

#[test]
fn the_readable_part_of_a_page_is_found() {
    let Some(folder) = corpus("articles/readability/test-pages") else { return };
    let mut texts = Vec::new();
    let mut right: HashMap<&str, (usize, usize)> = HashMap::new();
    let start = std::time::Instant::now();
    for path in files_under(&folder).into_iter().filter(|path| path.ends_with("source.html")) {
        let folder = path.parent().unwrap();
        let test = folder.file_name().unwrap().to_string_lossy();
        let expected = std::fs::read(folder.join("expected.html")).unwrap();
        let expected = html::to_document(&encoding::decode(&expected).text, None).text();
        let Extracted { article, head } = extract(&std::fs::read(&path).unwrap(), "http://fakehost/test/page.html");
        let text = article.body.text();
        let score = compare(&text, &expected, 4);
        if let Some(folder) = std::env::var_os("DUMP") {
            std::fs::write(PathBuf::from(&folder).join(format!("{test}.got")), &text).unwrap();
            std::fs::write(PathBuf::from(&folder).join(format!("{test}.want")), &expected).unwrap();
        }
        println!("{:.3} p {:.3} r {:.3} {test}", f1(score), score.0, score.1);
        texts.push(score);

        let metadata = std::fs::read_to_string(folder.join("expected-metadata.json")).unwrap();
        let metadata = Json::parse(&metadata);
        let metadata = metadata.roots().next().unwrap();
        let date = |text: Option<&str>| text.and_then(dated);
        let checks = [
            ("title", told(metadata, "title").unwrap_or("").to_owned(), article.title.to_string()),
            ("byline", name(told(metadata, "byline")), name(article.byline.as_deref())),
            (
                "date",
                format!("{:?}", date(told(metadata, "publishedTime"))),
                format!("{:?}", article.published),
            ),
            ("language", told(metadata, "lang").unwrap_or("").to_owned(), head.language.as_deref().unwrap_or("").to_owned()),
            ("site", told(metadata, "siteName").unwrap_or("").to_owned(), head.site.as_deref().unwrap_or("").to_owned()),
        ];
        for (what, expected, found) in checks {
            let count = right.entry(what).or_default();
            count.0 += usize::from(expected == found);
            count.1 += 1;
            if expected != found {
                println!("  {what} of {test}: {found:?}, not {expected:?}");
            }
        }
    }
    let mean = texts.iter().map(|score| f1(*score)).sum::<f64>() / texts.len().max(1) as f64;
    println!("readable parts: {} pages, F1 {mean:.4} by runs of four words, in {:?}", texts.len(), start.elapsed());
    println!("their metadata: {right:?}");
}
