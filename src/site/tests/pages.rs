//! Real web pages, where the corpus is there: how much of each article is found, and how little beside it.

use std::collections::HashMap;

use super::{Path, corpus, files_under};
use crate::domain::text::{Block, Document};
use crate::domain::time::{Timestamp, When};
use crate::format::json::{Json, Value};
use crate::format::page::dated;
use crate::format::{Origin, discover, encoding, html, page};
use crate::site::read;

fn words(text: &str) -> Vec<&str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty()).collect()
}

/// How often each run of `n` words stands there.
fn runs<'a, 'b>(words: &'a [&'b str], n: usize) -> HashMap<&'a [&'b str], i64> {
    let mut counts = HashMap::new();
    for run in words.windows(n.min(words.len()).max(1)) {
        *counts.entry(run).or_default() += 1;
    }
    counts
}

/// Precision and recall of a text against the true one.
fn compare(found: &str, truth: &str, n: usize) -> (f64, f64) {
    let (found, truth) = (words(found), words(truth));
    let (found, truth) = (runs(&found, n), runs(&truth, n));
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

fn origin(address: &str) -> Origin<'_> {
    Origin { name: address, now: Timestamp(1_574_208_000) }
}

fn unpacked(path: &Path) -> Option<Vec<u8>> {
    let output = std::process::Command::new("gzip").arg("-dc").arg(path).output().ok()?;
    Some(output.stdout)
}

/// The text without what stands in for pictures, which the benchmark does not count as the article's.
fn prose(body: &Document) -> String {
    let blocks = body.blocks.iter().filter(|block| !matches!(block, Block::Image { .. })).cloned().collect();
    Document { blocks, links: Vec::new() }.text()
}

#[test]
fn the_article_of_a_page_is_found() {
    let Some(folder) = corpus("articles/article-extraction-benchmark") else { return };
    let truth = std::fs::read_to_string(folder.join("ground-truth.json")).unwrap();
    let truth = Json::parse(&truth);
    let truth = truth.roots().next().unwrap();
    let (mut shingles, mut by_word, mut whole) = (Vec::new(), Vec::new(), Vec::new());
    let mut took = std::time::Duration::ZERO;
    for path in files_under(&folder.join("html")) {
        let Some(bytes) = unpacked(&path) else { return };
        let name = path.file_name().unwrap().to_string_lossy().replace(".html.gz", "");
        let truth = truth.get(&name).unwrap();
        let body = truth.text("articleBody").unwrap_or("");
        let address = truth.text("url").unwrap_or("");
        let start = std::time::Instant::now();
        let article = read(&bytes, &origin(address)).unwrap().pages.remove(0).article;
        took += start.elapsed();
        let text = prose(&article.body);
        let score = compare(&text, body, 4);
        whole.push(compare(&article.body.text(), body, 4));
        if f1(score) < 0.95 {
            println!("{:.3} (precision {:.3}, recall {:.3}) {address}", f1(score), score.0, score.1);
        }
        shingles.push(score);
        by_word.push(compare(&text, body, 1));
    }
    let (by_shingles, by_words) = (f1(means(&shingles)), f1(means(&by_word)));
    println!(
        "articles of the benchmark: {} pages, F1 {by_shingles:.4} by runs of four words (precision {:.4}, recall {:.4}), {by_words:.4} by words, {:.4} with the words of pictures, in {:?}",
        shingles.len(),
        means(&shingles).0,
        means(&shingles).1,
        f1(means(&whole)),
        took
    );
    assert!(by_shingles >= 0.98, "it was 0.981");
}

fn told<'a>(metadata: Value<'a>, key: &str) -> Option<&'a str> {
    metadata.text(key).map(str::trim)
}

/// Names without what stands around them on a page.
fn name(text: Option<&str>) -> String {
    let text = text.unwrap_or("").split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    text.strip_prefix("written ").unwrap_or(&text).trim_start_matches("by ").to_owned()
}

#[test]
fn the_readable_part_of_a_page_is_found() {
    let Some(folder) = corpus("articles/readability/test-pages") else { return };
    let (mut texts, mut whole) = (Vec::new(), Vec::new());
    let mut right: HashMap<&str, (usize, usize)> = HashMap::new();
    let mut took = std::time::Duration::ZERO;
    for path in files_under(&folder).into_iter().filter(|path| path.ends_with("source.html")) {
        let folder = path.parent().unwrap();
        let test = folder.file_name().unwrap().to_string_lossy();
        let expected = std::fs::read(folder.join("expected.html")).unwrap();
        let expected = html::to_document(&encoding::decode(&expected, None).text, None);
        let source = encoding::decode(&std::fs::read(&path).unwrap(), None).text;
        let start = std::time::Instant::now();
        let (page, head, _) = page::read_with_head(&source, &origin("http://fakehost/test/page.html"));
        took += start.elapsed();
        let article = page.article;
        whole.push(compare(&article.body.text(), &expected.text(), 4));
        let (text, expected) = (prose(&article.body), prose(&expected));
        let score = compare(&text, &expected, 4);
        if f1(score) < 0.97 {
            println!("{:.3} (precision {:.3}, recall {:.3}) {test}", f1(score), score.0, score.1);
        }
        texts.push(score);

        let metadata = std::fs::read_to_string(folder.join("expected-metadata.json")).unwrap();
        let metadata = Json::parse(&metadata);
        let metadata = metadata.roots().next().unwrap();
        let date = |when: Option<When>| when.map(|when| when.to_string()).unwrap_or_default();
        let checks = [
            ("title", told(metadata, "title").unwrap_or("").to_owned(), article.title.to_string()),
            ("byline", name(told(metadata, "byline")), name(article.byline.as_deref())),
            ("date", date(told(metadata, "publishedTime").and_then(dated)), date(article.published)),
            ("language", told(metadata, "lang").unwrap_or("").to_owned(), head.language.as_deref().unwrap_or("").to_owned()),
            ("site", told(metadata, "siteName").unwrap_or("").to_owned(), head.site.as_deref().unwrap_or("").to_owned()),
        ];
        for (what, expected, found) in checks {
            let [expected, found] = [expected, found].map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "));
            // A field that the suite expects to be missing may be found all the same.
            if expected.is_empty() {
                continue;
            }
            let count = right.entry(what).or_default();
            count.0 += usize::from(expected == found);
            count.1 += 1;
            if expected != found {
                println!("  {what} of {test}: {found:?}, not {expected:?}");
            }
        }
    }
    let mean = |scores: &[(f64, f64)]| scores.iter().map(|score| f1(*score)).sum::<f64>() / scores.len().max(1) as f64;
    println!(
        "readable parts: {} pages, F1 {:.4} by runs of four words, {:.4} with the words of pictures, in {:?}",
        texts.len(),
        mean(&texts),
        mean(&whole),
        took
    );
    assert!(mean(&texts) >= 0.995, "it was 0.996");
    for (what, (right, of), floor) in ["title", "byline", "date", "language", "site"]
        .iter()
        .zip([65, 37, 13, 36, 32])
        .map(|(what, floor)| (what, right[what], floor))
    {
        println!("their {what}: {right} of {of}");
        assert!(right >= floor, "{what}");
    }
}

#[test]
fn pages_offer_the_feeds_that_they_name() {
    let folders = ["articles", "physorg", "discussions"].map(corpus);
    let (mut pages, mut offering, mut articles, mut comments, mut logins) = (0, 0, 0, 0, 0);
    let address = url::Url::parse("http://fakehost/test/page.html").unwrap();
    for path in folders.iter().flatten().flat_map(|folder| files_under(folder)) {
        let name = path.to_string_lossy();
        let bytes = match name.rsplit('.').next() {
            Some("html") if !name.ends_with("expected.html") => std::fs::read(&path).unwrap(),
            Some("gz") => unpacked(&path).unwrap_or_default(),
            _ => continue,
        };
        let offers = discover::offers(&bytes, None, &address);
        // Counted without reading its structure.
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        let links = text.split("<link").skip(1).filter_map(|rest| rest.split('>').next());
        let named = links.filter(|tag| ["application/rss+xml", "application/atom+xml"].iter().any(|kind| tag.contains(kind)));
        if named.clone().any(|tag| tag.contains("alternate") && tag.contains("href")) {
            assert!(!offers.is_empty(), "{name}");
        }
        pages += 1;
        offering += usize::from(!offers.is_empty());
        articles += offers.iter().filter(|offer| offer.subject == discover::Subject::Articles).count();
        comments += offers.iter().filter(|offer| offer.subject != discover::Subject::Articles).count();
        logins += usize::from(discover::what_it_is(&bytes, None) == discover::WhatItIs::LoginPage);
    }
    println!(
        "feeds of pages: {offering} of {pages} pages offer {articles} of articles, {comments} of comments; {logins} are taken for login pages"
    );
    assert_eq!(logins, 0, "none of them asks only for a password");
}
