//! Mailboxes of many messages in one file, parted by lines that begin with `From `.

use super::{field_name, is_mail};

/// A message out of a mailbox, and the line above it.
pub struct BoxedMail {
    pub envelope: Vec<u8>,
    pub bytes: Vec<u8>,
}

/// True if bytes begin as a mailbox does: with a line `From …` and the fields of a message below.
pub fn is_mbox(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let from = bytes.iter().position(|b| !matches!(b, b'\n' | b'\r')).unwrap_or(bytes.len());
    begins_message(&bytes[from..], true)
}

/// True if a line `From …` stands here and a message follows. Where no empty line stands above, the line must tell a time;
/// where it tells none, the fields must be those of a message.
fn begins_message(bytes: &[u8], is_behind_blank: bool) -> bool {
    if !bytes.starts_with(b"From ") {
        return false;
    }
    let (line, rest) = split_line(bytes);
    let tells_year = line.split(|b| !b.is_ascii_digit()).any(|digits| digits.len() == 4);
    let tells_time = line.windows(5).any(|word| {
        let is_digit = |n: usize| word[n].is_ascii_digit();
        is_digit(0) && is_digit(1) && word[2] == b':' && is_digit(3) && is_digit(4)
    });
    let (next, _) = split_line(rest);
    let has_field = field_name(next).is_some() || next.starts_with(b">From ");
    has_field && ((tells_year && (tells_time || is_behind_blank)) || (is_behind_blank && is_mail(rest)))
}

fn split_line(bytes: &[u8]) -> (&[u8], &[u8]) {
    let end = bytes.iter().position(|b| *b == b'\n').unwrap_or(bytes.len());
    (&bytes[..end], bytes.get(end + 1..).unwrap_or_default())
}

/// The bytes at which the fields of a message end, with the empty line below them.
pub(super) fn end_of_fields(bytes: &[u8]) -> usize {
    let mut at = 0;
    while at < bytes.len() {
        let (line, _) = split_line(&bytes[at..]);
        at = (at + line.len() + 1).min(bytes.len());
        if line.is_empty() || line == b"\r" {
            break;
        }
    }
    at
}

/// The messages of a mailbox in their order.
pub fn messages(bytes: &[u8]) -> impl Iterator<Item = BoxedMail> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut at = bytes.iter().position(|b| !matches!(b, b'\n' | b'\r')).unwrap_or(bytes.len());
    std::iter::from_fn(move || {
        if at >= bytes.len() {
            return None;
        }
        let (envelope, _) = split_line(&bytes[at..]);
        let start = (at + envelope.len() + 1).min(bytes.len());
        let end = end_of_message(bytes, start);
        at = end;
        let is_counted = told_end(bytes, start) == Some(end);
        Some(BoxedMail { envelope: envelope.to_vec(), bytes: unquoted(&bytes[start..end], is_counted) })
    })
}

/// The beginning of the next message.
fn end_of_message(bytes: &[u8], start: usize) -> usize {
    if let Some(end) = told_end(bytes, start) {
        return end;
    }
    let mut at = start;
    let mut is_behind_blank = false;
    while at < bytes.len() {
        if at > start && begins_message(&bytes[at..], is_behind_blank) {
            return at;
        }
        let (line, _) = split_line(&bytes[at..]);
        is_behind_blank = line.is_empty() || line == b"\r";
        at += line.len() + 1;
    }
    bytes.len()
}

/// Where a message ends by its own count, if that leads to the end of the mailbox or the next message.
fn told_end(bytes: &[u8], start: usize) -> Option<usize> {
    let body = start + end_of_fields(&bytes[start..]);
    let length = bytes[start..body].split(|b| *b == b'\n').find_map(|line| {
        let name = field_name(line)?;
        let value = std::str::from_utf8(&line[name.len() + 1..]).ok()?;
        name.eq_ignore_ascii_case(b"content-length").then(|| value.trim().parse::<usize>().ok())?
    })?;
    let end = body.checked_add(length)?;
    let rest = bytes.get(end..)?;
    let blank = rest.iter().take_while(|b| matches!(b, b'\n' | b'\r')).count();
    let is_next = rest.len() == blank || (blank > 0 && begins_message(&rest[blank..], true));
    (is_next || begins_message(rest, true)).then_some(end + blank)
}

/// The lines `>From ` with one sign less: the mailbox put it there. One that tells the length of its messages does not.
fn unquoted(bytes: &[u8], is_counted: bool) -> Vec<u8> {
    let is_quoted = |line: &[u8]| {
        let signs = line.iter().take_while(|b| **b == b'>').count();
        signs > 0 && line[signs..].starts_with(b"From ")
    };
    let lines = bytes.split_inclusive(|b| *b == b'\n');
    lines.flat_map(|line| if !is_counted && is_quoted(line) { &line[1..] } else { line }).copied().collect()
}
