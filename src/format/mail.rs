//! Mail as bytes: a single message, or a mailbox (mbox) of many. Charsets, encodings and parts are decoded by `mail-parser`;
//! what a message names wrongly is read by trial. Not for threads: see `site/mail.rs`.

mod mbox;
mod plain_text;

use encoding_rs::Encoding;
use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;
use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders, PartType};

use self::plain_text::PlainMailText;
use super::document_builder::DocumentBuilder;
use super::encoding::{by_its_letters, decode};
use super::feed::date;
use super::html;
use crate::domain::text::{Block, CleanText, Document, Span, clean_line};
use crate::domain::time::When;

pub use self::mbox::{is_mbox, messages};

/// One message.
#[derive(Debug, Default)]
pub struct Mail {
    /// Its own id, without the brackets.
    pub id: Option<String>,
    /// The messages above it as it names them, the first of the thread first.
    pub references: Vec<String>,
    /// The messages that it says it answers.
    pub in_reply_to: Vec<String>,
    /// The ids, or the addresses of people, that stand in prose about the message that it answers.
    pub in_prose: Vec<String>,
    pub subject: CleanText,
    pub author: Option<CleanText>,
    pub date: Option<MailDate>,
    /// The name of the list or newsgroup that it went to, and its title where it has another.
    pub list: Option<(CleanText, CleanText)>,
    /// The address at which an archive has it.
    pub archived_at: Option<CleanText>,
    pub body: Document,
    pub attachments: usize,
}

/// The time of a message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MailDate {
    pub when: When,
    pub has_zone: bool,
}

/// The names of fields that only a message has, in lower case.
const FIELDS: &[&str] = &[
    "message-id",
    "date",
    "subject",
    "received",
    "return-path",
    "newsgroups",
    "mime-version",
    "in-reply-to",
    "references",
    "delivered-to",
    "path",
    "to",
];

/// True if bytes begin with the fields of a message: one that names its author, and another that only mail and news have.
pub fn is_mail(bytes: &[u8]) -> bool {
    const SEEN: usize = 64 << 10;
    let (mut has_author, mut known) = (false, 0);
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    for (n, line) in bytes[..bytes.len().min(SEEN)].split(|b| *b == b'\n').enumerate() {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            break;
        }
        if n > 0 && matches!(line[0], b' ' | b'\t') {
            continue;
        }
        let Some(name) = field_name(line) else {
            // A line may be broken, and the last one cut.
            return has_author && (known > 2 || (known > 1 && bytes.ends_with(line)));
        };
        let name = name.to_ascii_lowercase();
        has_author |= matches!(name.as_slice(), b"from" | b"sender");
        known += usize::from(FIELDS.iter().any(|field| field.as_bytes() == name));
    }
    has_author && known > 0
}

/// The name of the field that a line begins.
fn field_name(line: &[u8]) -> Option<&[u8]> {
    let end = line.iter().position(|b| *b == b':')?;
    let name = &line[..end];
    (!name.is_empty() && name.len() < 80 && name.iter().all(u8::is_ascii_graphic)).then_some(name)
}

impl Mail {
    /// Reads a message; `envelope` is the line that a mailbox has above it.
    pub fn read(bytes: &[u8], envelope: Option<&[u8]>) -> Mail {
        let bytes = with_readable_fields(bytes);
        let parser = MessageParser::default();
        let Some(message) = parser.parse(bytes.as_ref()) else { return Mail::default() };
        let field = |name: &str| raw_fields(&message, name).into_iter().next();
        let ids = |name: &str| raw_fields(&message, name).iter().flat_map(|field| ids_in(field)).collect::<Vec<_>>();
        let (body, attachments) = body(&message);
        let answers = raw_fields(&message, "In-Reply-To").concat();
        let (in_reply_to, in_prose) =
            if answers.starts_with('<') { (ids_in(&answers), Vec::new()) } else { (Vec::new(), ids_in(&answers)) };
        let archived = field("Archived-At").map(|at| at.trim().trim_matches(['<', '>']).to_owned());
        Mail {
            id: ids("Message-ID").into_iter().next().or_else(|| bare_id(&field("Message-ID")?)),
            references: ids("References"),
            in_reply_to,
            in_prose,
            subject: clean_line(message.subject().unwrap_or_default()),
            author: author(&message),
            date: date_of(&message, envelope),
            list: list(&message),
            archived_at: archived.filter(|at| at.starts_with("http")).map(|at| clean_line(&at)),
            body,
            attachments,
        }
    }
}

/// The bytes, with fields in an encoding of old as UTF-8: they may only be ASCII, and programs write what they like.
fn with_readable_fields(bytes: &[u8]) -> std::borrow::Cow<'_, [u8]> {
    let end = mbox::end_of_fields(bytes);
    let fields = &bytes[..end];
    if std::str::from_utf8(fields).is_ok() {
        return bytes.into();
    }
    let (text, _) = by_its_letters(fields).decode_without_bom_handling(fields);
    [text.as_bytes(), &bytes[end..]].concat().into()
}

/// The values of the fields of this name, as they are written.
fn raw_fields(message: &Message<'_>, name: &str) -> Vec<String> {
    let headers = message.parts.first().map(|root| root.headers.as_slice()).unwrap_or_default();
    let of_name = headers.iter().filter(|header| header.name.as_str().eq_ignore_ascii_case(name));
    of_name
        .filter_map(|header| message.raw_message.get(header.offset_start as usize..header.offset_end as usize))
        .map(|value| String::from_utf8_lossy(value).trim().to_owned())
        .collect()
}

/// Every id in brackets.
fn ids_in(field: &str) -> Vec<String> {
    let mut ids = Vec::new();
    for part in field.split('<').skip(1) {
        let Some((id, _)) = part.split_once('>') else { continue };
        let id: String = id.split_whitespace().collect();
        if !id.is_empty() {
            ids.push(id);
        }
    }
    ids
}

/// An id without its brackets.
fn bare_id(field: &str) -> Option<String> {
    let id: String = field.split_whitespace().collect();
    (!id.is_empty() && !id.contains(['<', '>'])).then_some(id)
}

/// The name that a message bears, else the address; the form of Mailman, "ann at example.org (Ann)", too.
fn author(message: &Message<'_>) -> Option<CleanText> {
    let parsed = message.from().or_else(|| message.sender()).and_then(|from| from.first().cloned());
    let raw = raw_fields(message, "From").into_iter().next().unwrap_or_default();
    let comment = raw.trim_end().strip_suffix(')').and_then(|raw| raw.split_once('(')).map(|(_, name)| name);
    let named = parsed.as_ref().and_then(|one| one.name.as_deref()).map(clean_line);
    let in_comment = || {
        let field = format!("Subject: {}\n\n", comment?);
        let decoded = MessageParser::default().parse(field.as_bytes())?;
        decoded.subject().map(clean_line)
    };
    let address = || parsed.as_ref().and_then(|one| one.address.as_deref()).map(clean_line);
    let is_name = |name: &CleanText| !name.trim_matches(['"', '\'', ' ']).is_empty();
    let in_comment = if raw.contains('<') { None } else { in_comment() };
    in_comment
        .filter(is_name)
        .or(named)
        .filter(is_name)
        .or_else(address)
        .or_else(|| Some(clean_line(&raw)))
        .map(|name| clean_line(name.trim_matches(['"', '\'', ' '])))
        .filter(|name| !name.is_empty())
}

/// By its own field, by when the last server took it, or by the line above it.
fn date_of(message: &Message<'_>, envelope: Option<&[u8]>) -> Option<MailDate> {
    let read = |text: &str| {
        let text = text.split('(').next().unwrap_or(text).trim();
        Some(MailDate { when: date::read(text)?, has_zone: has_zone(text) })
    };
    let written = raw_fields(message, "Date").into_iter().next();
    let received = || raw_fields(message, "Received").into_iter().find_map(|field| read(field.rsplit_once(';')?.1));
    let above = || {
        let line = String::from_utf8_lossy(envelope?).into_owned();
        let words: Vec<&str> = line.split_whitespace().collect();
        // "From ann@example.org Fri Apr  1 09:00:00 2016": the last five words at most.
        (0..words.len()).filter(|from| words.len() - from <= 7).find_map(|from| read(&words[from..].join(" ")))
    };
    written.and_then(|field| read(&field)).or_else(received).or_else(above)
}

/// True if a date ends with its distance to Greenwich or the name of a zone.
fn has_zone(text: &str) -> bool {
    let last = text.split_whitespace().next_back().unwrap_or_default();
    let digits = last.strip_prefix(['+', '-']);
    digits.is_some_and(|digits| digits.len() >= 4 && digits.bytes().all(|b| b.is_ascii_digit() || b == b':'))
        || (last.len() < 6 && last.bytes().all(|b| b.is_ascii_alphabetic()))
        || last.contains('+')
}

/// The list or newsgroup: key and title.
fn list(message: &Message<'_>) -> Option<(CleanText, CleanText)> {
    let field = |name: &str| raw_fields(message, name).into_iter().next().filter(|field| !field.is_empty());
    if let Some(told) = field("List-Id") {
        let (title, rest) = told.split_once('<').unwrap_or(("", &told));
        let key = clean_line(rest.split('>').next().unwrap_or(rest));
        let title = clean_line(title.trim().trim_matches('"'));
        return (!key.is_empty()).then(|| (key.clone(), if title.is_empty() { key } else { title }));
    }
    let named = field("X-Mailing-List").or_else(|| field("Newsgroups"));
    let key = clean_line(named?.split([',', ' ']).next().unwrap_or_default().trim_matches(['<', '>']));
    (!key.is_empty()).then(|| (key.clone(), key))
}

/// The words of a message with the names of its attachments below, and how many these are.
fn body(message: &Message<'_>) -> (Document, usize) {
    let mut document = DocumentBuilder::new();
    let mut attached = Vec::new();
    for id in &message.text_body {
        let Some(part) = message.parts.get(*id as usize) else { continue };
        match &part.body {
            PartType::Text(text) => {
                let text = text_of(message, part, text);
                let read = PlainMailText::read(&text, flowed(part));
                document.append(read.document);
                attached.extend(read.files);
            }
            PartType::Html(text) => document.append(html::to_document(&text_of(message, part, text), None)),
            _ => attached.push(attachment(part)),
        }
    }
    attached.extend(message.attachments.iter().filter_map(|id| message.parts.get(*id as usize)).map(attachment));
    let mut document = document.finish();
    if !attached.is_empty() {
        let count = attached.len();
        let words = |name: &String| vec![Block::Paragraph(vec![Span { text: clean_line(name), ..Span::default() }])];
        document.blocks.push(Block::List { start: None, items: attached.iter().map(words).collect() });
        return (document, count);
    }
    (document, 0)
}

/// The text of a part, read by trial where its charset is not told, is not known, or does not fit.
fn text_of(message: &Message<'_>, part: &MessagePart<'_>, parsed: &str) -> String {
    let charset = part.content_type().and_then(|kind| kind.attribute("charset"));
    let is_known = charset.is_some_and(|label| {
        let encoding = Encoding::for_label(label.trim().as_bytes());
        encoding.is_some() && !label.to_ascii_lowercase().contains("ascii")
    });
    let is_ascii = parsed.is_ascii();
    if is_ascii || (is_known && !parsed.contains('\u{fffd}')) {
        return parsed.replace("\r\n", "\n");
    }
    let raw = message.raw_message.get(part.offset_body as usize..part.offset_end as usize).unwrap_or_default();
    let bytes = match part.encoding {
        mail_parser::Encoding::None => Some(raw.to_vec()),
        mail_parser::Encoding::QuotedPrintable => quoted_printable_decode(raw),
        mail_parser::Encoding::Base64 => base64_decode(raw),
    };
    bytes.map_or_else(|| parsed.to_owned(), |bytes| decode(&bytes, charset).text)
}

/// True if line ends of a part are soft where a blank stands before them; and if that blank is only their mark.
fn flowed(part: &MessagePart<'_>) -> Option<bool> {
    let kind = part.content_type()?;
    let has = |name: &str, value: &str| kind.attribute(name).is_some_and(|told| told.eq_ignore_ascii_case(value));
    has("format", "flowed").then(|| has("delsp", "yes"))
}

/// "attachment: owl.png (image/png, 12,345 bytes)"
fn attachment(part: &MessagePart<'_>) -> String {
    let kind = part.content_type().map(|kind| match kind.subtype() {
        Some(subtype) => format!("{}/{subtype}", kind.ctype()),
        None => kind.ctype().to_owned(),
    });
    let subject = match &part.body {
        PartType::Message(inner) => inner.subject().map(str::to_owned),
        _ => None,
    };
    let name = part.attachment_name().map(str::to_owned).or(subject).unwrap_or_else(|| "without a name".to_owned());
    let size = format!("{} bytes", part.contents().len());
    let facts: Vec<String> = kind.into_iter().chain([size]).collect();
    format!("attachment: {name} ({})", facts.join(", "))
}

#[cfg(test)]
mod tests;
