//! Tests of keys and their actions.

use super::*;
use crossterm::event::{KeyCode, KeyModifiers};

#[test]
fn every_default_key_is_a_key_of_one_action() {
    let keymap = Keymap::default();
    assert_eq!(keymap.bound.len(), ACTIONS.iter().map(|entry| entry.keys.len()).sum::<usize>());
    for (key, action) in &keymap.bound {
        let pane = Pane::ALL.into_iter().find(|pane| keymap.look_up(*key, *pane) == Some(*action));
        assert!(pane.is_some(), "{key} does not lead to {}", action.entry().name);
        assert_eq!(key.to_string().parse(), Ok(*key));
    }
    for entry in ACTIONS {
        assert_eq!(Action::from_name(entry.name).map(Action::entry).map(|e| e.name), Some(entry.name));
    }
}

#[test]
fn shift_is_the_letters_case() {
    let shifted = Key::new(KeyCode::Char('g'), KeyModifiers::SHIFT);
    assert_eq!(Keymap::default().look_up(shifted, Pane::List), Some(Action::Bottom));
    assert_eq!(Keymap::default().look_up(Key::new(KeyCode::Char('G'), KeyModifiers::SHIFT), Pane::List), Some(Action::Bottom));
    assert_eq!("ctrl--".parse::<Key>().unwrap().to_string(), "ctrl--");
    assert_eq!("-".parse::<Key>().unwrap().code, KeyCode::Char('-'));
}

#[test]
fn a_slider_key_is_another_in_the_lists() {
    let plus = "+".parse().unwrap();
    let spelled_out = [(Action::BarUp, vec![plus]), (Action::Subscribe, vec![plus])];
    for keymap in [Keymap::default(), Keymap::with(&spelled_out).unwrap()] {
        assert_eq!(keymap.look_up(plus, Pane::Page), Some(Action::BarUp));
        assert_eq!(keymap.look_up(plus, Pane::List), Some(Action::Subscribe));
        assert_eq!(keymap.look_up(plus, Pane::Sections), Some(Action::Subscribe));
    }
    let clash = Keymap::with(&[(Action::MoveDown, vec![plus])]).unwrap_err();
    assert_eq!(clash, "the key `+` is given to both `move-down` and `subscribe`");
}

#[test]
fn a_doubled_key_names_both_actions() {
    let key = |text: &str| vec![text.parse::<Key>().unwrap()];
    let error = Keymap::with(&[(Action::Why, key("j"))]).unwrap_err();
    assert_eq!(error, "the key `j` is given to both `why` and `move-down`");
    let swapped = Keymap::with(&[(Action::Why, key("j")), (Action::MoveDown, key("w"))]).unwrap();
    assert_eq!(swapped.look_up("j".parse().unwrap(), Pane::List), Some(Action::Why));
    assert!(Keymap::with(&[(Action::Quit, vec![]), (Action::BackOrQuit, vec![])]).is_err());
    assert!("hyper-x".parse::<Key>().is_err() && "F99".parse::<Key>().is_err() && "".parse::<Key>().is_err());
}

#[test]
fn the_keys_of_own_commands_are_theirs() {
    let key = |text: &str| text.parse::<Key>().unwrap();
    let with = |one: &str, other: &str| {
        let keys = [[key(one)], [key(other)]];
        Keymap::default().with_commands(["translate", "save"].into_iter().zip(keys.iter().map(|keys| &keys[..])))
    };
    let keymap = with("ctrl-t", "w").unwrap();
    assert_eq!(keymap.look_up(key("ctrl-t"), Pane::Page), Some(Action::Own(0)));
    assert_eq!(keymap.look_up(key("w"), Pane::Page), Some(Action::Own(1)));
    assert_eq!((keymap.hint(Action::Own(1)).as_str(), keymap.hint(Action::Why).as_str()), ("w", ":why"));
    assert_eq!(with("w", "w").unwrap_err(), "the key `w` is given to both `translate` and `save`");
    assert_eq!(with("q", "ctrl-c").unwrap_err(), "neither `quit` nor `quit-or-back` has a key: there would be no way out");
}
