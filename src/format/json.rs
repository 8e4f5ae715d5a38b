//! JSON as a tree in one arena. Threads nest as deep as people answer each other, so neither reading nor dropping a
//! value recurses. Not for writing JSON, and not strict: what stands before a fault is kept, the fault is told.

use std::fmt;

/// Arrays and objects nested deeper than this are a fault.
pub const MAX_NESTING: usize = 65_536;

const NONE: u32 = u32::MAX;

/// One or more values, as in JSON lines.
#[derive(Debug, Default)]
pub struct Json {
    /// All strings and numbers, end to end.
    text: String,
    nodes: Vec<JsonNode>,
    roots: Vec<u32>,
    faults: Vec<Fault>,
}

/// The offset at which the text stops being JSON, and why.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fault {
    /// Bytes from the start.
    pub at: usize,
    pub what: &'static str,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.what, self.at)
    }
}

/// A part of [`Json::text`].
#[derive(Clone, Copy, Debug, Default)]
struct Slice {
    start: u32,
    end: u32,
}

#[derive(Clone, Copy, Debug)]
enum JsonKind {
    Null,
    Bool(bool),
    Number(Slice),
    String(Slice),
    /// The first item.
    Array(u32),
    /// The first member.
    Object(u32),
}

#[derive(Clone, Copy, Debug)]
struct JsonNode {
    kind: JsonKind,
    /// Its name in the object that it stands in.
    key: Slice,
    /// The next item or member.
    next: u32,
}

/// Several texts of JSON that are read as one: what a site answered to several requests.
#[derive(Clone, Copy)]
pub struct JsonPieces<'a>(pub &'a [&'a Json]);

impl<'a> JsonPieces<'a> {
    /// The values that stand beside each other.
    pub fn roots(self) -> impl Iterator<Item = Value<'a>> {
        self.0.iter().flat_map(|json| json.roots())
    }

    /// The same, with the items of arrays in their places.
    pub fn each(self) -> impl Iterator<Item = Value<'a>> {
        self.0.iter().flat_map(|json| json.each())
    }
}

/// A value in its tree.
#[derive(Clone, Copy)]
pub struct Value<'a> {
    json: &'a Json,
    at: u32,
}

impl Json {
    /// Reads every value; behind a fault it goes on with the next line that begins one.
    pub fn parse(text: &str) -> Json {
        let mut reader = JsonReader { source: text, at: 0, json: Json::default() };
        if u32::try_from(text.len()).is_err() {
            reader.json.faults.push(Fault { at: 0, what: "more text than can be read" });
            return reader.json;
        }
        loop {
            reader.space();
            if reader.at >= text.len() {
                return reader.json;
            }
            if let Err(fault) = reader.root() {
                reader.json.faults.push(fault);
                reader.skip_to_next_line_of_json();
            }
        }
    }

    /// The values that stand beside each other.
    pub fn roots(&self) -> impl Iterator<Item = Value<'_>> {
        self.roots.iter().map(|&at| Value { json: self, at })
    }

    /// The same, with the items of arrays in their places.
    pub fn each(&self) -> impl Iterator<Item = Value<'_>> {
        self.roots().flat_map(|root| (!root.is_array()).then_some(root).into_iter().chain(root.items()))
    }

    /// The parts that could not be read, in order.
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    fn slice(&self, slice: Slice) -> &str {
        &self.text[slice.start as usize..slice.end as usize]
    }
}

impl<'a> Value<'a> {
    fn kind(self) -> JsonKind {
        self.json.nodes[self.at as usize].kind
    }

    /// The member of this name; the last where it occurs twice.
    pub fn get(self, key: &str) -> Option<Value<'a>> {
        self.members().filter(|(name, _)| *name == key).last().map(|(_, value)| value)
    }

    /// The member at the end of a path of names.
    pub fn at(self, path: &[&str]) -> Option<Value<'a>> {
        path.iter().try_fold(self, |value, key| value.get(key))
    }

    /// The text of a string member that is not blank.
    pub fn text(self, key: &str) -> Option<&'a str> {
        self.get(key)?.str().filter(|text| !text.trim().is_empty())
    }

    /// The whole number that a member is.
    pub fn number(self, key: &str) -> Option<i64> {
        self.get(key)?.i64()
    }

    /// True if a member is true.
    pub fn is(self, key: &str) -> bool {
        self.get(key).and_then(Value::bool) == Some(true)
    }

    pub fn str(self) -> Option<&'a str> {
        match self.kind() {
            JsonKind::String(slice) => Some(self.json.slice(slice)),
            _ => None,
        }
    }

    /// A whole number, also one written as a string; decimals are cut off.
    pub fn i64(self) -> Option<i64> {
        let (JsonKind::Number(slice) | JsonKind::String(slice)) = self.kind() else { return None };
        let text = self.json.slice(slice);
        text.parse().ok().or_else(|| {
            let number: f64 = text.parse().ok()?;
            (number.abs() < 9e18).then_some(number as i64)
        })
    }

    /// A string or a number as it is written: places write ids either way.
    pub fn id(self) -> Option<&'a str> {
        match self.kind() {
            JsonKind::String(slice) | JsonKind::Number(slice) => Some(self.json.slice(slice)).filter(|id| !id.is_empty()),
            _ => None,
        }
    }

    pub fn bool(self) -> Option<bool> {
        match self.kind() {
            JsonKind::Bool(value) => Some(value),
            _ => None,
        }
    }

    pub fn is_null(self) -> bool {
        matches!(self.kind(), JsonKind::Null)
    }

    pub fn is_object(self) -> bool {
        matches!(self.kind(), JsonKind::Object(_))
    }

    pub fn is_array(self) -> bool {
        matches!(self.kind(), JsonKind::Array(_))
    }

    /// The items of an array; none for anything else.
    pub fn items(self) -> impl Iterator<Item = Value<'a>> {
        let first = if let JsonKind::Array(first) = self.kind() { first } else { NONE };
        self.siblings(first)
    }

    /// The members of an object with their names; none for anything else.
    pub fn members(self) -> impl Iterator<Item = (&'a str, Value<'a>)> {
        let first = if let JsonKind::Object(first) = self.kind() { first } else { NONE };
        self.siblings(first).map(|value| (value.json.slice(value.json.nodes[value.at as usize].key), value))
    }

    fn siblings(self, first: u32) -> impl Iterator<Item = Value<'a>> {
        let json = self.json;
        let value = move |at: u32| (at != NONE).then_some(Value { json, at });
        std::iter::successors(value(first), move |last| value(json.nodes[last.at as usize].next))
    }
}

struct JsonReader<'a> {
    source: &'a str,
    at: usize,
    json: Json,
}

/// An array or object whose end has not come yet.
struct OpenValue {
    node: u32,
    last: u32,
}

impl JsonReader<'_> {
    fn root(&mut self) -> Result<(), Fault> {
        let mut open: Vec<OpenValue> = Vec::new();
        let mut key = Slice::default();
        loop {
            let kind = self.beginning()?;
            let node = self.attach(open.last_mut(), kind, key);
            if matches!(kind, JsonKind::Array(_) | JsonKind::Object(_)) {
                if open.len() >= MAX_NESTING {
                    return Err(self.fault("nested too deeply"));
                }
                open.push(OpenValue { node, last: NONE });
                self.space();
                if self.eat(self.close(node)) {
                    open.pop();
                } else {
                    key = self.key(node)?;
                    continue;
                }
            }
            loop {
                let Some(top) = open.last() else { return Ok(()) };
                self.space();
                if self.eat(b',') {
                    key = self.key(top.node)?;
                    break;
                }
                if !self.eat(self.close(top.node)) {
                    return Err(self.fault("no comma or end of its list"));
                }
                open.pop();
            }
        }
    }

    /// A whole simple value, or the beginning of an array or object.
    fn beginning(&mut self) -> Result<JsonKind, Fault> {
        self.space();
        let rest = &self.source[self.at..];
        for (word, kind) in [("null", JsonKind::Null), ("true", JsonKind::Bool(true)), ("false", JsonKind::Bool(false))] {
            if rest.starts_with(word) {
                self.at += word.len();
                return Ok(kind);
            }
        }
        match self.peek() {
            Some(b'[') => self.at += 1,
            Some(b'{') => {
                self.at += 1;
                return Ok(JsonKind::Object(NONE));
            }
            Some(b'"') => return self.string().map(JsonKind::String),
            Some(b'-' | b'0'..=b'9') => return self.number().map(JsonKind::Number),
            Some(_) => return Err(self.fault("no value")),
            None => return Err(self.fault("it breaks off")),
        }
        Ok(JsonKind::Array(NONE))
    }

    fn attach(&mut self, above: Option<&mut OpenValue>, kind: JsonKind, key: Slice) -> u32 {
        let node = self.json.nodes.len() as u32;
        self.json.nodes.push(JsonNode { kind, key, next: NONE });
        let Some(above) = above else {
            self.json.roots.push(node);
            return node;
        };
        if above.last == NONE {
            let above = &mut self.json.nodes[above.node as usize];
            above.kind = if matches!(above.kind, JsonKind::Object(_)) { JsonKind::Object(node) } else { JsonKind::Array(node) };
        } else {
            self.json.nodes[above.last as usize].next = node;
        }
        above.last = node;
        node
    }

    fn close(&self, node: u32) -> u8 {
        if self.is_object(node) { b'}' } else { b']' }
    }

    fn is_object(&self, node: u32) -> bool {
        matches!(self.json.nodes[node as usize].kind, JsonKind::Object(_))
    }

    /// The name before an object's member; nothing in an array.
    fn key(&mut self, node: u32) -> Result<Slice, Fault> {
        if !self.is_object(node) {
            return Ok(Slice::default());
        }
        self.space();
        if self.peek() != Some(b'"') {
            return Err(self.fault("no name of a member"));
        }
        let key = self.string()?;
        self.space();
        if self.eat(b':') { Ok(key) } else { Err(self.fault("no colon")) }
    }

    fn string(&mut self) -> Result<Slice, Fault> {
        self.at += 1;
        let start = self.json.text.len() as u32;
        loop {
            let rest = &self.source[self.at..];
            // A line break can only be a line that was cut off within its string.
            let Some(run) = rest.bytes().position(|b| matches!(b, b'"' | b'\\' | b'\n')) else {
                return Err(self.fault("a string without end"));
            };
            self.json.text.push_str(&rest[..run]);
            self.at += run;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(Slice { start, end: self.json.text.len() as u32 });
                }
                Some(b'\\') => self.escape()?,
                _ => return Err(self.fault("a string without end")),
            }
        }
    }

    fn escape(&mut self) -> Result<(), Fault> {
        let letter = self.source.as_bytes().get(self.at + 1);
        let plain = match letter {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode_escape(),
            _ => return Err(self.fault("an unknown escape")),
        };
        self.json.text.push(plain);
        self.at += 2;
        Ok(())
    }

    fn unicode_escape(&mut self) -> Result<(), Fault> {
        let first = self.unit(self.at).ok_or_else(|| self.fault("an unknown escape"))?;
        self.at += 6;
        let low = if (0xd800..0xdc00).contains(&first) { self.unit(self.at) } else { None };
        let pair = low.filter(|low| (0xdc00..0xe000).contains(low));
        let code = match pair {
            Some(low) => {
                self.at += 6;
                0x1_0000 + ((first - 0xd800) << 10) + (low - 0xdc00)
            }
            None => first,
        };
        // Half of a pair is no character.
        self.json.text.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
        Ok(())
    }

    /// The four digits of an escaped UTF-16 unit at `at`.
    fn unit(&self, at: usize) -> Option<u32> {
        let escape = self.source.as_bytes().get(at..at + 6)?;
        let digits = escape.strip_prefix(b"\\u")?;
        digits.iter().try_fold(0, |code, &digit| Some(code * 16 + char::from(digit).to_digit(16)?))
    }

    fn number(&mut self) -> Result<Slice, Fault> {
        let from = self.at;
        self.eat(b'-');
        let whole = self.at;
        if !self.digits() || (self.at - whole > 1 && self.source.as_bytes()[whole] == b'0') {
            return Err(self.fault("no number"));
        }
        if self.eat(b'.') && !self.digits() {
            return Err(self.fault("no number"));
        }
        if self.eat(b'e') || self.eat(b'E') {
            let _ = self.eat(b'+') || self.eat(b'-');
            if !self.digits() {
                return Err(self.fault("no number"));
            }
        }
        let start = self.json.text.len() as u32;
        self.json.text.push_str(&self.source[from..self.at]);
        Ok(Slice { start, end: self.json.text.len() as u32 })
    }

    fn digits(&mut self) -> bool {
        let count = self.source.as_bytes()[self.at..].iter().take_while(|b| b.is_ascii_digit()).count();
        self.at += count;
        count > 0
    }

    fn space(&mut self) {
        let rest = &self.source.as_bytes()[self.at..];
        self.at += rest.iter().take_while(|b| matches!(b, b' ' | b'\n' | b'\r' | b'\t')).count();
    }

    fn peek(&self) -> Option<u8> {
        self.source.as_bytes().get(self.at).copied()
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn fault(&self, what: &'static str) -> Fault {
        Fault { at: self.at, what }
    }

    fn skip_to_next_line_of_json(&mut self) {
        let rest = &self.source.as_bytes()[self.at..];
        let next = rest.windows(2).position(|pair| pair[0] == b'\n' && matches!(pair[1], b'{' | b'['));
        self.at = next.map_or(self.source.len(), |next| self.at + next + 1);
    }
}

#[cfg(test)]
mod tests;
