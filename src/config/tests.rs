use std::path::Path;

use ratatui::style::Color;

use super::file::File;
use super::theme::{BUNDLED, parse};
use super::*;
use crate::domain::notch::NotchInput;
use crate::domain::order::Order;
use crate::tui::images::Images;
use crate::tui::keymap::{ACTIONS, Action};
use crate::tui::theme::{Rgb, Role, Theme};
use crate::work::pictures::Way;

fn settings(text: &str) -> Result<Settings, String> {
    let path = Path::new("config.toml");
    let file = File::parse(text, path).and_then(|file| file.settings(path, Settings::default()));
    file.map_err(|error| error.to_string())
}

/// The default file with the `#` taken from each key.
fn uncommented() -> String {
    let line = |line: &str| {
        line.strip_prefix('#').filter(|rest| !rest.is_empty() && !rest.starts_with(' ')).unwrap_or(line).to_owned()
    };
    DEFAULT_FILE.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_default_file_holds_every_key_with_its_default() {
    assert_eq!(settings(DEFAULT_FILE).unwrap(), Settings::default());
    let text = uncommented();
    assert_eq!(settings(&text).unwrap(), Settings::default());
    let listed: toml::Table = text.parse().unwrap();
    let every: toml::Table = Effective::of(None, Settings::default()).unwrap().to_toml().parse().unwrap();
    assert_eq!(listed, every);
    assert_eq!(every["keys"].as_table().unwrap().len(), ACTIONS.len());
}

#[test]
fn what_the_file_says_is_in_force() {
    let text = r#"
[display]
theme = "dark"
ascii = true
text-width = 66
mouse = false
images = "halfblocks"
[comments]
order = "best"
flat = true
bar = 2.5
new-stay-open = true
[keys]
why = ["F6"]
fold = []
[open]
browser = ["lynx", "-accept_all_cookies"]
"#;
    let settings = settings(text).unwrap();
    assert_eq!(
        (settings.ascii, settings.text_width, settings.mouse, settings.order, settings.flat, settings.new_stay_open),
        (true, 66, false, Some(Order::Best), true, true)
    );
    assert_eq!(settings.bar, Some("2.5".parse().unwrap()));
    assert_eq!(settings.images, Images::As(Way::Halfblocks));
    assert_ne!(settings.theme, Theme::default());
    assert_eq!(settings.keymap.look_up("F6".parse().unwrap(), crate::tui::geometry::Pane::Page), Some(Action::Why));
    assert_eq!((settings.keymap.hint(Action::Fold), settings.keymap.hint(Action::Why)), (":fold".to_owned(), "F6".to_owned()));
    assert_eq!(settings.browser.unwrap().len(), 2);
    assert_eq!(settings.copy, None);
}

#[test]
fn a_bar_is_a_number_a_share_or_a_word() {
    for (words, bar) in [
        ("\"auto\"", None),
        ("\"off\"", Some(NotchInput::Off)),
        ("3", "3".parse().ok()),
        ("3.7", "3.7".parse().ok()),
        ("-1", "-1".parse().ok()),
        ("\"20%\"", Some(NotchInput::Share(0.2))),
    ] {
        assert_eq!(settings(&format!("[comments]\nbar = {words}")).unwrap().bar, bar, "{words}");
    }
    for words in ["\"high\"", "\"0%\"", "\"120%\"", "true", "nan"] {
        assert!(settings(&format!("[comments]\nbar = {words}")).unwrap_err().contains("such as 2.5"), "{words}");
    }
}

#[test]
fn more_commands_than_there_can_be_are_refused() {
    let tables: Vec<String> = (0..201).map(|n| format!("[commands.c{n:03}]\nrun = [\"true\"]\n")).collect();
    let error = settings(&tables.concat()).unwrap_err();
    assert!(error.contains("there are more than 200 commands"), "{error}");
}

#[test]
fn what_is_in_force_reads_back() {
    let text = "[comments]\nbar = \"12.5%\"\n[keys]\nwhy = [\"ctrl-w\", \"F7\"]\n[display]\ntheme = \"light\"";
    let path = Path::new("config.toml");
    let written = |text: &str| {
        let file = File::parse(text, path).unwrap();
        let settings = file.settings(path, Settings::default()).unwrap();
        Effective(file.filled(&settings)).to_toml()
    };
    assert_eq!(written(&written(text)), written(text));
    assert!(written(text).contains("bar = \"12.5%\"") && written(text).contains("theme = \"light\""));
}

#[test]
fn a_mistake_is_shown_where_it_stands() {
    let mistakes = [
        "[display]\nthem = \"dark\"\n",
        "[keys]\nwhy = [\"hyper-x\"]\n",
        "[keys]\nwhi = [\"x\"]\n",
        "[keys]\nwhy = [\"j\"]\n",
        "[keys]\nwhy = [\"ctrl-q\"]\nhelp = [\"F1\"]\nback = [\"ctrl-q\"]\n",
        "[display]\nmouse = \"yes\"\n",
        "[display]\ntext-width = 4\n",
        "[display]\ntheme = \"drak\"\n",
        "[comments]\norder = \"bets\"\n",
        "[comments]\nbar = \"high\"\n",
    ];
    let errors: Vec<String> = mistakes.iter().map(|text| settings(text).unwrap_err()).collect();
    insta::assert_snapshot!(errors.join("\n\n"), @r#"
    config.toml: TOML parse error at line 2, column 1
      |
    2 | them = "dark"
      | ^^^^
    unknown field `them`, expected one of `theme`, `ascii`, `text-width`, `mouse`, `hyperlinks`, `images`, `recommendations`, `screen-reader`
    did you mean `theme`?

    config.toml: TOML parse error at line 2, column 7
      |
    2 | why = ["hyper-x"]
      |       ^^^^^^^^^^^
    `hyper-x` is not a key: `hyper` is none of ctrl, alt, shift

    config.toml: TOML parse error at line 2, column 1
      |
    2 | whi = ["x"]
      | ^^^
    there is no action `whi`; did you mean `why`?

    config.toml: wrong value at line 2, column 7
      |
    2 | why = ["j"]
      |       ^^^^^
    the key `j` is given to both `why` and `move-down`

    config.toml: wrong value at line 4, column 8
      |
    4 | back = ["ctrl-q"]
      |        ^^^^^^^^^^
    the key `ctrl-q` is given to both `why` and `back`

    config.toml: TOML parse error at line 2, column 9
      |
    2 | mouse = "yes"
      |         ^^^^^
    invalid type: string "yes", expected a boolean

    config.toml: TOML parse error at line 2, column 14
      |
    2 | text-width = 4
      |              ^
    the text can be 20 to 1000 columns wide, not 4

    config.toml: wrong value at line 2, column 9
      |
    2 | theme = "drak"
      |         ^^^^^^
    there is no theme `drak`; did you mean `dark`?

    config.toml: TOML parse error at line 2, column 9
      |
    2 | order = "bets"
      |         ^^^^^^
    there is no order `bets`; did you mean `best`?

    config.toml: TOML parse error at line 2, column 7
      |
    2 | bar = "high"
      |       ^^^^^^
    invalid value: string "high", expected "auto", "off", a number such as 2.5, or a share such as "20%"
    "#);
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.toml");
    assert!(load(&path).unwrap_err().to_string().contains("config.toml: "));
    std::fs::write(&path, "[display]\ntheme = \"mine\"\n").unwrap();
    assert!(load(&path).unwrap_err().to_string().contains("there is no theme `mine`"));
    std::fs::create_dir(folder.path().join("themes")).unwrap();
    std::fs::write(folder.path().join("themes/mine.toml"), "link = \"bold\"\n").unwrap();
    let mine = load(&path).unwrap().theme;
    assert_eq!((mine.style(Role::Link), mine.style(Role::Star)), ("bold".parse_style(), Theme::default().style(Role::Star)));
}

trait ParseStyle {
    fn parse_style(self) -> ratatui::style::Style;
}

impl ParseStyle for &str {
    fn parse_style(self) -> ratatui::style::Style {
        crate::tui::theme::parse_style(self).unwrap()
    }
}

#[test]
fn a_wrong_theme_is_shown_where_it_stands() {
    let wrong = |text: &str| parse(text, Path::new("mine.toml")).unwrap_err().to_string();
    let errors = [wrong("link = \"blurple\"\n"), wrong("lnik = \"blue\"\n")];
    insta::assert_snapshot!(errors.join("\n\n"), @r#"
    mine.toml: TOML parse error at line 1, column 8
      |
    1 | link = "blurple"
      |        ^^^^^^^^^
    `blurple` is neither a colour nor an attribute

    mine.toml: TOML parse error at line 1, column 1
      |
    1 | lnik = "blue"
      | ^^^^
    there is no role `lnik`; did you mean `link`?
    "#);
}

#[test]
fn every_theme_but_the_default_names_every_role() {
    for (name, text) in BUNDLED {
        let table: toml::Table = text.parse().unwrap();
        for (_, role) in Role::ALL {
            assert_eq!(table.contains_key(role), name != "default", "{name}: {role}");
        }
        let theme = parse(text, Path::new(name)).unwrap();
        assert_eq!(theme == Theme::default(), name == "default", "{name}");
        assert_eq!(theme.follows_background(), name == "default", "{name}");
    }
}

/// Contrast by WCAG 2.2, 1 to 21.
fn contrast(one: Color, other: Color) -> f64 {
    let [one, other] = [one, other].map(|color| Rgb::of(color).unwrap_or_else(|| panic!("{color} depends on the palette")));
    one.contrast(other)
}

#[test]
fn every_colour_of_a_theme_is_readable() {
    let (black, white) = (Color::Rgb(0, 0, 0), Color::Rgb(255, 255, 255));
    for (name, grounds, wanted) in [
        ("dark", [black, Color::Rgb(0x1e, 0x1e, 0x1e)], 4.5),
        ("light", [white, Color::Rgb(0xf4, 0xf1, 0xea)], 4.5),
        ("high-contrast", [black, black], 6.0),
    ] {
        let text = BUNDLED.iter().find(|(known, _)| *known == name).unwrap().1;
        let theme = parse(text, Path::new(name)).unwrap();
        for (role, word) in Role::ALL {
            let style = theme.style(role);
            for ground in grounds {
                let found = contrast(style.fg.unwrap(), style.bg.unwrap_or(ground));
                assert!(found >= wanted, "{name}: {word} has a contrast of {found:.2}");
            }
        }
    }
}

#[cfg(unix)]
#[test]
fn no_report_shows_a_password() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.toml");
    for wrong in [
        "[[sources]]\nof = \"a\"\nuser = \"b\"\npassword = \"hunter2\"\n",
        "[[sources]]\nof = \"a\"\ntoken = \"hunter2\"\n",
        "sources = [{ of = \"a\", user = \"b\", password = \"hunter2\" }]\n",
        "[[sources]]\nof = \"a\"\npasswrod = \"hunter2\"\n",
        "[[sources]]\nof = \"a\"\npassword = \"hunter2\n",
        "[[sources]]\nof = \"a\"\npassword = [\"hunter2\"]\n",
        "[[sources]]\nof = \"a\"\ntoken = \"hunter2\" x\n",
    ] {
        std::fs::write(&path, wrong).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        let error = load(&path).unwrap_err().to_string();
        assert!(!error.contains("hunter2"), "{error}");
    }
}

#[test]
fn names_of_earlier_versions_work_and_are_told() {
    let old = "[places.lobsters]\nbase = \"https://l.example\"\n[comments]\norder = \"place\"\n\
               [[rules]]\nname = \"a\"\ndoes = \"mute\"\nplace = \"lobsters\"\n";
    let new = old.replace("places", "sites").replace("place", "site");
    assert_eq!(settings(old).unwrap(), settings(&new).unwrap());
    let told = |text: &str| File::parse(text, Path::new("config.toml")).unwrap().old_names();
    assert_eq!(told(&new), [""; 0]);
    assert_eq!(
        told(old),
        [
            "`[places]` is now called `[sites]`",
            "`place` of a rule is now called `site`",
            "the order `place` is now called `site`",
        ]
    );
}
