//! Commands as they are typed, in words.

/// The words of a command, as a shell separates them; nothing else in them means anything. `~/` at the beginning of a word
/// is the home directory.
pub fn words(command: &str) -> Result<Vec<String>, String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    let mut chars = command.chars();
    while let Some(c) = chars.next() {
        match (c, quote) {
            (c, Some(open)) if c == open => quote = None,
            ('\'' | '"', None) => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            ('\\', None | Some('"')) => word.get_or_insert_default().extend(chars.next()),
            (c, None) if c.is_whitespace() => words.extend(word.take()),
            (c, _) => word.get_or_insert_default().push(c),
        }
    }
    if quote.is_some() {
        return Err("a quote is not closed".to_owned());
    }
    words.extend(word);
    if words.first().is_none_or(String::is_empty) {
        return Err("no program is named".to_owned());
    }
    Ok(words.iter().map(|word| in_home(word)).collect())
}

/// A path with `~/` as the home directory.
pub fn in_home(word: &str) -> String {
    let home = || directories::BaseDirs::new().map(|dirs| dirs.home_dir().to_string_lossy().into_owned());
    match word.strip_prefix("~/").zip(home()) {
        Some((rest, home)) => format!("{home}/{rest}"),
        None => word.to_owned(),
    }
}
