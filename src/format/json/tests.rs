use proptest::prelude::*;

use super::*;

/// The same value as the strict parser has it.
fn strict(value: Value<'_>) -> serde_json::Value {
    match value.kind() {
        JsonKind::Null => serde_json::Value::Null,
        JsonKind::Bool(b) => b.into(),
        JsonKind::Number(slice) => {
            let text = value.json.slice(slice);
            text.parse::<i64>().map_or_else(|_| text.parse::<f64>().unwrap().into(), Into::into)
        }
        JsonKind::String(slice) => value.json.slice(slice).into(),
        JsonKind::Array(_) => value.items().map(strict).collect(),
        JsonKind::Object(_) => serde_json::Value::Object(value.members().map(|(k, v)| (k.to_owned(), strict(v))).collect()),
    }
}

fn any_value() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        (-1e9..1e9_f64).prop_map(Into::into),
        any::<String>().prop_map(Into::into),
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            prop::collection::btree_map(any::<String>(), inner, 0..6)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn it_reads_what_the_strict_parser_reads(value in any_value(), pretty in any::<bool>()) {
        let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
        let json = Json::parse(&text);
        prop_assert_eq!(json.faults(), &[]);
        let roots: Vec<_> = json.roots().map(strict).collect();
        prop_assert_eq!(roots, [value]);
    }

    #[test]
    fn no_text_is_too_odd(text in r#"[\[\]{}",:\\u0-9a-z\n -]{0,60}"#) {
        let json = Json::parse(&text);
        let is_one = json.faults().is_empty() && json.roots().count() == 1;
        // Half pairs, control characters and huge numbers are the strict parser's own faults.
        if serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok() {
            prop_assert!(is_one);
        }
    }
}

#[test]
fn depth_costs_no_stack() {
    let deep = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
    assert_eq!(Json::parse(&deep(60_000)).faults(), []);
    assert_eq!(Json::parse(&deep(MAX_NESTING)).faults(), []);
    assert_eq!(Json::parse(&deep(MAX_NESTING + 1)).faults()[0].what, "nested too deeply");
}

#[test]
fn what_stands_before_a_fault_is_kept() {
    let cases = [
        (r#"{"a": [1, 2"#, "no comma or end of its list", r#"[{"a":[1,2]}]"#),
        (r#"{"a": "x"#, "a string without end", "[{}]"),
        ("{\"a\": \"cut\n{\"b\": 2}\n", "a string without end", r#"[{},{"b":2}]"#),
        (r#"{"a": 1,}"#, "no name of a member", r#"[{"a":1}]"#),
        ("[1, 01]", "no number", "[[1]]"),
        (r#"["\x"]"#, "an unknown escape", "[[]]"),
        ("{} what", "no value", "[{}]"),
    ];
    for (text, what, kept) in cases {
        let json = Json::parse(text);
        let found = serde_json::Value::Array(json.roots().map(strict).collect()).to_string();
        assert_eq!((json.faults()[0].what, found.as_str()), (what, kept), "{text}");
    }
}

#[test]
fn members_are_asked_for_by_name() {
    let json = Json::parse(r#"{"a": 1366044279.0, "b": "17", "c": "😀\ud83d", "a2": {"x": [true, null]}, "e": " "} {}"#);
    assert_eq!(json.roots().count(), 2);
    let root = json.roots().next().unwrap();
    assert_eq!(root.get("a").and_then(Value::i64), Some(1_366_044_279));
    assert_eq!((root.get("b").and_then(Value::i64), root.get("b").and_then(Value::id)), (Some(17), Some("17")));
    assert_eq!(root.text("c"), Some("😀\u{fffd}"));
    assert_eq!(root.text("e"), None);
    let items: Vec<_> = root.at(&["a2", "x"]).unwrap().items().collect();
    assert!(items[0].bool() == Some(true) && items[1].is_null());
}
