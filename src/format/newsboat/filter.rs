//! Filters of newsboat's query feeds as queries: `unread = "yes" and (tags # "news" or title =~ "rust")`.
//!
//! Language: newsboat's manual, "Filter Language". What has no counterpart is refused with its reason, never dropped.

/// A filter as a tree.
#[derive(Clone, Debug)]
enum Condition {
    Compare { attribute: String, operator: String, value: String },
    And(Vec<Condition>),
    Or(Vec<Condition>),
    Not(Box<Condition>),
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Token {
    Open,
    Close,
    Word(String),
    Operator(String),
    Text(String),
}

/// Conditions nested deeper are refused.
const MAX_DEPTH: usize = 32;
/// A query has at most so many alternatives.
const MAX_ALTERNATIVES: usize = 64;

/// The query that finds the same; else why there is none.
pub fn to_query(filter: &str) -> Result<String, String> {
    let tokens = tokens(filter)?;
    let mut parser = Parser { tokens: &tokens, at: 0 };
    let condition = parser.any(0)?;
    if parser.at < tokens.len() {
        return Err("the filter goes on after its end".to_owned());
    }
    let alternatives = alternatives(&condition, false)?;
    Ok(alternatives.iter().map(|clauses| clauses.join(" ")).collect::<Vec<_>>().join(" OR "))
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let end = match first {
            '(' | ')' => {
                tokens.push(if first == '(' { Token::Open } else { Token::Close });
                1
            }
            '"' => {
                let end = closing_quote(&rest[1..]).ok_or("a quote is not closed")? + 1;
                tokens.push(Token::Text(rest[1..end].replace("\\\"", "\"")));
                end + 1
            }
            c if is_of_operator(c) => {
                let end = rest.find(|c| !is_of_operator(c)).unwrap_or(rest.len());
                tokens.push(Token::Operator(rest[..end].to_owned()));
                end
            }
            _ => {
                let is_end = |c: char| c.is_whitespace() || is_of_operator(c) || matches!(c, '(' | ')' | '"');
                let end = rest.find(is_end).unwrap_or(rest.len());
                tokens.push(Token::Word(rest[..end].to_owned()));
                end
            }
        };
        rest = rest[end..].trim_start();
    }
    Ok(tokens)
}

fn is_of_operator(c: char) -> bool {
    matches!(c, '=' | '!' | '<' | '>' | '~' | '#')
}

fn closing_quote(text: &str) -> Option<usize> {
    let mut is_escaped = false;
    text.char_indices().find_map(|(at, c)| {
        let is_end = c == '"' && !is_escaped;
        is_escaped = c == '\\' && !is_escaped;
        is_end.then_some(at)
    })
}

struct Parser<'a> {
    tokens: &'a [Token],
    at: usize,
}

impl Parser<'_> {
    fn next(&mut self) -> Option<&Token> {
        self.at += 1;
        self.tokens.get(self.at - 1)
    }

    fn takes_word(&mut self, wanted: &str) -> bool {
        let is_it = matches!(self.tokens.get(self.at), Some(Token::Word(word)) if word.eq_ignore_ascii_case(wanted));
        self.at += usize::from(is_it);
        is_it
    }

    fn any(&mut self, depth: usize) -> Result<Condition, String> {
        let mut some = vec![self.all(depth)?];
        while self.takes_word("or") {
            some.push(self.all(depth)?);
        }
        Ok(if some.len() == 1 { some.remove(0) } else { Condition::Or(some) })
    }

    fn all(&mut self, depth: usize) -> Result<Condition, String> {
        let mut some = vec![self.one(depth)?];
        while self.takes_word("and") {
            some.push(self.one(depth)?);
        }
        Ok(if some.len() == 1 { some.remove(0) } else { Condition::And(some) })
    }

    fn one(&mut self, depth: usize) -> Result<Condition, String> {
        if depth > MAX_DEPTH {
            return Err("the filter is nested too deep".to_owned());
        }
        match self.next().cloned() {
            Some(Token::Operator(operator)) if operator == "!" => Ok(Condition::Not(Box::new(self.one(depth + 1)?))),
            Some(Token::Open) => {
                let inside = self.any(depth + 1)?;
                match self.next() {
                    Some(Token::Close) => Ok(inside),
                    _ => Err("a bracket is not closed".to_owned()),
                }
            }
            Some(Token::Word(attribute)) => self.comparison(&attribute),
            _ => Err("a condition is missing".to_owned()),
        }
    }

    fn comparison(&mut self, attribute: &str) -> Result<Condition, String> {
        let operator = match self.next() {
            Some(Token::Operator(operator)) => operator.clone(),
            Some(Token::Word(word)) if word == "between" => word.clone(),
            _ => return Err(format!("`{attribute}` has no comparison")),
        };
        let value = match self.next() {
            Some(Token::Text(value) | Token::Word(value)) => value.clone(),
            _ => return Err(format!("`{attribute} {operator}` has no value")),
        };
        Ok(Condition::Compare { attribute: attribute.to_ascii_lowercase(), operator, value })
    }
}

/// The condition, or its opposite, as alternatives of clauses that must all be true.
fn alternatives(condition: &Condition, is_negated: bool) -> Result<Vec<Vec<String>>, String> {
    match condition {
        Condition::Not(inside) => alternatives(inside, !is_negated),
        Condition::Compare { attribute, operator, value } => comparison(attribute, operator, value, is_negated),
        Condition::Or(some) if !is_negated => one_of(some, is_negated),
        Condition::And(some) if is_negated => one_of(some, is_negated),
        Condition::And(some) | Condition::Or(some) => {
            let mut product = vec![Vec::new()];
            for one in some {
                let each = alternatives(one, is_negated)?;
                let pairs = |left: &Vec<String>| each.iter().map(|right| [&left[..], right].concat()).collect::<Vec<_>>();
                product = product.iter().flat_map(pairs).collect();
                bounded(&product)?;
            }
            Ok(product)
        }
    }
}

fn one_of(some: &[Condition], is_negated: bool) -> Result<Vec<Vec<String>>, String> {
    let mut all = Vec::new();
    for one in some {
        all.extend(alternatives(one, is_negated)?);
        bounded(&all)?;
    }
    Ok(all)
}

fn bounded(alternatives: &[Vec<String>]) -> Result<(), String> {
    if alternatives.len() > MAX_ALTERNATIVES { Err("the filter has too many alternatives".to_owned()) } else { Ok(()) }
}

fn comparison(attribute: &str, operator: &str, value: &str, is_negated: bool) -> Result<Vec<Vec<String>>, String> {
    let refused = || Err(format!("`{attribute} {operator}` has no counterpart here"));
    let (is_opposite, operator) = match operator {
        "!=" => (true, "="),
        "!~" => (true, "=~"),
        "!#" => (true, "#"),
        "==" => (false, "="),
        operator => (false, operator),
    };
    let is_negated = is_negated != is_opposite;
    if attribute == "unread" && operator == "=" {
        let is_unread = matches!(value, "yes" | "true" | "1");
        return Ok(vec![vec![if is_unread == is_negated { "is:read" } else { "is:unread" }.to_owned()]]);
    }
    let key = match (attribute, operator) {
        ("title", "=" | "=~") => "title:",
        ("author", "=" | "=~") => "author:",
        ("content", "=~") => "",
        ("feedtitle" | "rssurl" | "feedlink", "=" | "=~") => "source:",
        ("tags", "=" | "#") => "folder:",
        ("flags", "#" | "=") if value.chars().count() == 1 => {
            let sign = if is_negated { "-" } else { "" };
            return Ok(vec![vec![format!("{sign}tag:flag-{}", value.to_lowercase())]]);
        }
        _ => return refused(),
    };
    let wanted: Vec<&str> = if operator == "=~" { regex_words(value)? } else { vec![value] };
    if wanted.iter().any(|words| words.trim().is_empty() || words.contains('"')) {
        return refused();
    }
    let sign = if is_negated { "-" } else { "" };
    let clauses = wanted.iter().map(|words| format!("{sign}{key}\"{}\"", words.trim()));
    // None of several, or one of several.
    Ok(if is_negated { vec![clauses.collect()] } else { clauses.map(|clause| vec![clause]).collect() })
}

/// The words between the bars of a regular expression that has nothing else.
fn regex_words(pattern: &str) -> Result<Vec<&str>, String> {
    let inner = pattern.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(pattern);
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '\'' | '/' | ':' | '|');
    if inner.chars().all(is_plain) && !inner.is_empty() {
        Ok(inner.split('|').collect())
    } else {
        Err(format!("the pattern `{pattern}` is more than words"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_become_queries() {
        for (filter, query) in [
            (r#"unread = "yes""#, "is:unread"),
            (r#"unread != "yes""#, "is:read"),
            (r#"unread = "yes" and tags # "news""#, r#"is:unread folder:"news""#),
            (r#"tags # "a" or tags # "b c""#, r#"folder:"a" OR folder:"b c""#),
            (
                r#"unread = "yes" and (title =~ "rust|cargo" or author = "Lim")"#,
                r#"is:unread title:"rust" OR is:unread title:"cargo" OR is:unread author:"Lim""#,
            ),
            (r#"!(unread = "yes" or title =~ "x|y")"#, r#"is:read -title:"x" -title:"y""#),
            (r#"flags # "A" and content =~ "owls at""#, r#"tag:flag-a "owls at""#),
            (r#"feedtitle =~ "planet" and tags !# "dull""#, r#"source:"planet" -folder:"dull""#),
        ] {
            assert_eq!(to_query(filter).as_deref(), Ok(query), "{filter}");
            crate::domain::query::parse(query).unwrap();
        }
    }

    #[test]
    fn what_has_no_counterpart_is_refused_with_its_reason() {
        for (filter, why) in [
            ("age between 0:7", "`age between` has no counterpart here"),
            (r#"title =~ "^Rust.*""#, "the pattern `^Rust.*` is more than words"),
            (r#"(unread = "yes""#, "a bracket is not closed"),
            (r#"unread = "yes"#, "a quote is not closed"),
            (r#"unread = "yes" title"#, "the filter goes on after its end"),
            ("", "a condition is missing"),
            (&"(".repeat(100), "the filter is nested too deep"),
        ] {
            assert_eq!(to_query(filter), Err(why.to_owned()), "{filter}");
        }
    }
}
