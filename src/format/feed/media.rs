//! The files of an entry: recordings, pictures, transcripts, chapters; and how many saw them.

use std::collections::HashSet;

use url::Url;

use super::element::FeedElement;
use super::parts::Links;
use super::text::address;
use crate::domain::article::{Audience, Chapter, Enclosure, EnclosureRole, StarRating};
use crate::domain::rank::Hundredths;
use crate::domain::text::{CleanText, clean_line};

/// A picture that is described, or that is all there is of an entry.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct MediaPicture {
    pub(super) address: CleanText,
    /// May be empty.
    pub(super) caption: CleanText,
}

/// An entry's files and other media.
#[derive(Default)]
pub(super) struct Media {
    pub(super) enclosures: Vec<Enclosure>,
    /// The notes on the files.
    pub(super) addresses: HashSet<CleanText>,
    pub(super) pictures: Vec<MediaPicture>,
    pub(super) chapters: Vec<Chapter>,
    pub(super) audience: Audience,
}

impl Media {
    /// All of it; relative addresses count from `base`.
    pub(super) fn of(entry: &FeedElement<'_>, links: &Links<'_>, base: Option<&Url>) -> Media {
        let mut media = Media::default();
        for element in entry.all("enclosure") {
            let raw = element.attribute("url").or_else(|| element.attribute("href"));
            media.add(file(element, raw, base, "length"));
        }
        for link in &links.enclosures {
            let title = link.attribute("title").map(clean_line).filter(|title| !title.is_empty());
            media.add(file(link, link.attribute("href"), base, "length").map(|file| Enclosure { title, ..file }));
        }
        media.add_contents(entry, base);
        for content in entry.all("content") {
            media.add(file(content, content.attribute("src"), base, "length"));
        }
        let length = entry.first(&["itunes:duration"]).and_then(|element| duration(element.words()?));
        if let Some(recording) = media.enclosures.iter_mut().find(|file| file.is_recording()) {
            recording.duration = recording.duration.or(length);
        }
        media.add_thumbnail(entry, base);
        media.add_spoken(entry, base);
        media.audience = audience(entry);
        media
    }

    fn add(&mut self, file: Option<Enclosure>) {
        let Some(file) = file.filter(|file| !is_noise(file)) else { return };
        if self.addresses.insert(file.address.clone()) {
            self.enclosures.push(file);
        }
    }

    fn add_contents(&mut self, entry: &FeedElement<'_>, base: Option<&Url>) {
        let groups = entry.all("media:group").map(|group| group.all("media:content").collect::<Vec<_>>());
        for group in entry.all("media:content").map(|content| vec![content]).chain(groups) {
            // The members of a group are one picture in several sizes.
            let largest = group.iter().filter(|content| is_image(content)).max_by_key(|content| size(content)).copied();
            for content in group {
                let Some(file) =
                    file(content, content.attribute("url"), base, "filesize").filter(|file| !is_noise(file) && !is_flash(file))
                else {
                    continue;
                };
                if largest.is_some_and(|largest| std::ptr::eq(largest, content)) {
                    let caption = content.first(&["media:description", "media:title"]).and_then(FeedElement::words);
                    let caption = clean_line(&super::title::strip(caption.unwrap_or("")));
                    self.pictures.push(MediaPicture { address: file.address.clone(), caption });
                }
                self.add(Some(file));
            }
        }
    }

    /// The picture that stands for the entry, where none of its files does.
    fn add_thumbnail(&mut self, entry: &FeedElement<'_>, base: Option<&Url>) {
        let within = ["media:group", "media:content"].into_iter().flat_map(|name| entry.all(name));
        let nested = entry.all("media:group").flat_map(|group| group.all("media:content"));
        let holders = std::iter::once(entry).chain(within).chain(nested);
        let largest = holders.flat_map(|holder| holder.all("media:thumbnail")).max_by_key(|thumbnail| size(thumbnail));
        let image = || entry.child("itunes:image").and_then(|image| image.attribute("href").or_else(|| image.attribute("url")));
        let raw = largest.and_then(|thumbnail| thumbnail.attribute("url").or_else(|| thumbnail.words())).or_else(image);
        let thumbnail = raw.and_then(|raw| address(raw, base));
        let role = EnclosureRole::Thumbnail;
        let file = thumbnail.map(|address| Enclosure { address, role, ..Enclosure::default() });
        self.add(file);
    }

    /// The transcript of a recording, with times.
    fn add_spoken(&mut self, entry: &FeedElement<'_>, base: Option<&Url>) {
        for (name, role) in [("podcast:transcript", EnclosureRole::Transcript), ("podcast:chapters", EnclosureRole::Chapters)] {
            for element in entry.all(name) {
                let language = element.attribute("language").map(clean_line).filter(|language| !language.is_empty());
                let file = file(element, element.attribute("url"), base, "length");
                self.add(file.map(|file| Enclosure { role, language, ..file }));
            }
        }
        let listed = entry.all("psc:chapters").flat_map(|list| list.all("psc:chapter"));
        let chapters = listed.filter_map(|chapter| {
            Some(Chapter {
                start: duration(chapter.attribute("start")?)?,
                title: clean_line(chapter.attribute("title").unwrap_or("")),
                url: chapter.attribute("href").and_then(|href| address(href, base)),
            })
        });
        self.chapters = chapters.collect();
    }
}

fn file(element: &FeedElement<'_>, raw: Option<&str>, base: Option<&Url>, length: &str) -> Option<Enclosure> {
    let media_type = element.attribute("type").map(clean_line).filter(|kind| !kind.is_empty());
    Some(Enclosure {
        address: address(raw?, base)?,
        media_type,
        length: element.attribute(length).and_then(|bytes| bytes.parse().ok()),
        duration: element.attribute("duration").and_then(duration),
        ..Enclosure::default()
    })
}

/// True if a `media:content` is a picture.
pub(super) fn is_image(content: &FeedElement<'_>) -> bool {
    const ENDINGS: &[&str] = &[".avif", ".gif", ".jpeg", ".jpg", ".png", ".webp"];
    match (content.attribute("medium"), content.attribute("type")) {
        (Some(medium), _) => medium.eq_ignore_ascii_case("image"),
        (None, Some(kind)) => kind.starts_with("image/"),
        (None, None) => content.attribute("url").is_some_and(|url| {
            let path = url.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
            ENDINGS.iter().any(|ending| path.ends_with(ending))
        }),
    }
}

/// Width times height, as far as it is told.
fn size(element: &FeedElement<'_>) -> u64 {
    let side = |name: &str| element.attribute(name).and_then(|side| side.parse::<u32>().ok()).unwrap_or(1);
    u64::from(side("width")) * u64::from(side("height"))
}

/// True if a file that a feed lists is nothing to the reader: the author's face, and the player of videos that is gone.
fn is_noise(file: &Enclosure) -> bool {
    let url = Url::parse(&file.address).ok();
    let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
    let is_face = host == "gravatar.com" || host.ends_with(".gravatar.com");
    let is_old_player =
        host.trim_start_matches("www.") == "youtube.com" && url.is_some_and(|url| url.path().starts_with("/v/"));
    is_face || is_old_player
}

/// True if it is a player that nothing runs any more.
fn is_flash(file: &Enclosure) -> bool {
    let path = file.address.split(['?', '#']).next().unwrap_or_default();
    file.media_type.as_deref() == Some("application/x-shockwave-flash") || path.to_ascii_lowercase().ends_with(".swf")
}

/// Seconds of a time such as `1:02:03`, `62:03`, `3723`, `3723.5` or `1h 2m 3s`.
pub(super) fn duration(text: &str) -> Option<u32> {
    let text = text.trim();
    if text.contains(':') {
        let mut seconds: u32 = 0;
        for part in text.split(':') {
            let whole = part.split('.').next().unwrap_or("").trim();
            let part: u32 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
            seconds = seconds.checked_mul(60)?.checked_add(part)?;
        }
        return Some(seconds);
    }
    if let Ok(seconds) = text.split('.').next().unwrap_or("").parse() {
        return Some(seconds);
    }
    let lower = text.to_ascii_lowercase();
    let mut rest = lower.strip_prefix("pt").unwrap_or(&lower);
    let mut seconds: u32 = 0;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let number: u32 = rest[..digits].parse().ok()?;
        let unit = rest[digits..].trim_start();
        let word = unit.bytes().take_while(u8::is_ascii_alphabetic).count();
        let each = match unit.chars().next()? {
            'h' => 3600,
            'm' => 60,
            's' => 1,
            _ => return None,
        };
        seconds = seconds.checked_add(number.checked_mul(each)?)?;
        rest = unit[word..].trim_start();
    }
    (!lower.is_empty()).then_some(seconds)
}

fn audience(entry: &FeedElement<'_>) -> Audience {
    let groups = ["media:group", "media:content"].into_iter().flat_map(|name| entry.all(name));
    let nested = entry.all("media:group").flat_map(|group| group.all("media:content"));
    let mut holders = std::iter::once(entry).chain(groups).chain(nested);
    let Some(community) = holders.find_map(|holder| holder.child("media:community")) else { return Audience::default() };
    let statistics = community.child("media:statistics");
    let number = |name: &str| statistics?.attribute(name)?.parse().ok();
    Audience {
        views: number("views"),
        favorites: number("favorites"),
        stars: community.child("media:starrating").and_then(stars),
    }
}

fn stars(rating: &FeedElement<'_>) -> Option<StarRating> {
    const FIVE: Hundredths = Hundredths(500);
    let mean = Hundredths::parse(rating.attribute("average")?)?;
    let votes = rating.attribute("count")?.parse().ok().filter(|votes| *votes > 0)?;
    Some(StarRating { mean, max: rating.attribute("max").and_then(Hundredths::parse).unwrap_or(FIVE), votes })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_in_every_form() {
        let table = [
            ("1:02:03", Some(3723)),
            ("62:03", Some(3723)),
            ("00:00:12.500", Some(12)),
            ("3723", Some(3723)),
            (" 3723.9 ", Some(3723)),
            ("1h 2m 3s", Some(3723)),
            ("PT1H2M3S", Some(3723)),
            ("45 min", Some(2700)),
            ("", None),
            ("long", None),
            ("99999999:99:99", None),
        ];
        for (text, seconds) in table {
            assert_eq!(duration(text), seconds, "{text}");
        }
    }

    #[test]
    fn faces_and_dead_players_are_no_files() {
        let file = |address: &str, kind: Option<&str>| Enclosure {
            address: clean_line(address),
            media_type: kind.map(clean_line),
            ..Enclosure::default()
        };
        for (address, kind, noise) in [
            ("https://secure.gravatar.com/avatar/0a?s=96", None, true),
            ("http://1.gravatar.com/avatar/0a", Some("image/jpeg"), true),
            ("https://www.youtube.com/v/abc?version=3", Some("application/x-shockwave-flash"), true),
            ("http://a.example/player.swf", None, true),
            ("http://a.example/x", Some("application/x-shockwave-flash"), true),
            ("https://a.example/gravatar.png", None, false),
            ("https://www.youtube.com/watch?v=abc", None, false),
        ] {
            let file = file(address, kind);
            assert_eq!(is_noise(&file) || is_flash(&file), noise, "{address}");
        }
    }
}
