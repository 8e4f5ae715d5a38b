//! The default theme's colours, chosen for the background that the terminal has.
//!
//! The 16 colours of a terminal's palette are not used: on some palettes each of them cannot be read (xterm's blue on
//! black, Tango's yellow on white, Solarized's bright ones, which are greys). Numbers from 16 on mean the same colour
//! everywhere, and of these the first is taken that is legible on the background.

use ratatui::style::{Color, Modifier, Style};

use super::{Rgb, Role};

/// Colours of one hue, for a dark background and for a light one.
#[derive(Clone, Copy)]
struct Hue {
    on_dark: u8,
    on_light: u8,
}

const CYAN: Hue = Hue { on_dark: 80, on_light: 23 };
const BLUE: Hue = Hue { on_dark: 111, on_light: 25 };
const GREEN: Hue = Hue { on_dark: 114, on_light: 22 };
const YELLOW: Hue = Hue { on_dark: 221, on_light: 94 };
const ORANGE: Hue = Hue { on_dark: 215, on_light: 88 };
const RED: Hue = Hue { on_dark: 210, on_light: 124 };
const MAGENTA: Hue = Hue { on_dark: 177, on_light: 90 };
const GREY: Hue = Hue { on_dark: 248, on_light: 240 };
/// In place of the terminal's own colour for text, where that is too faint.
const INK: Hue = Hue { on_dark: 253, on_light: 235 };

const BLACK: u8 = 16;
const WHITE: u8 = 231;

impl Hue {
    /// The colour of this hue that is legible on a background; black or white where neither is.
    fn on(self, background: Rgb) -> Color {
        let contrast = |index: u8| Rgb::of_index(index).map_or(0.0, |color| color.contrast(background));
        let is_dark = contrast(WHITE) >= contrast(BLACK);
        let [first, last] = if is_dark { [self.on_dark, WHITE] } else { [self.on_light, BLACK] };
        Color::Indexed(if contrast(first) >= super::LEGIBLE { first } else { last })
    }

    fn is_fainter_than(self, text: Rgb, background: Rgb) -> bool {
        Rgb::of(self.on(background)).is_some_and(|color| color.contrast(background) < text.contrast(background))
    }
}

fn hue(role: Role) -> Option<Hue> {
    Some(match role {
        Role::Heading | Role::Focus | Role::Author | Role::Voice1 => CYAN,
        Role::Link | Role::Voice5 => BLUE,
        Role::Code | Role::New | Role::Good | Role::Voice2 => GREEN,
        Role::Star | Role::Rank | Role::Slider | Role::Handle | Role::Voice4 => YELLOW,
        Role::Warning => ORANGE,
        Role::Error | Role::Voice6 => RED,
        Role::Voice3 => MAGENTA,
        Role::Dim | Role::Border => GREY,
        Role::Text | Role::Title | Role::Quote | Role::Cursor | Role::CursorAway | Role::Unread | Role::Hit | Role::Key => {
            return None;
        }
    })
}

/// How a role looks where nothing is known of the background: by weight and lines alone, in the terminal's own colour
/// for text.
pub(super) fn without_hue(role: Role) -> Style {
    let modifier = match role {
        Role::Title | Role::Heading | Role::Focus | Role::New | Role::Unread | Role::Handle | Role::Key | Role::Error => {
            Modifier::BOLD
        }
        Role::Link => Modifier::UNDERLINED,
        Role::Quote => Modifier::ITALIC,
        Role::Cursor | Role::Hit => Modifier::REVERSED,
        Role::CursorAway => Modifier::BOLD | Modifier::UNDERLINED,
        _ => Modifier::empty(),
    };
    Style::new().add_modifier(modifier)
}

/// How a role looks on a background; `text` is the terminal's own colour for text, where it is known.
pub(super) fn on_background(role: Role, background: Rgb, text: Option<Rgb>) -> Style {
    let style = without_hue(role);
    let ink = text.filter(|text| text.is_legible_on(background)).or_else(|| Rgb::of(INK.on(background)));
    match role {
        Role::Text if text.is_some_and(|text| !text.is_legible_on(background)) => style.fg(INK.on(background)),
        // Both sides are its own.
        Role::Hit => Style::new().fg(Color::Indexed(BLACK)).bg(Color::Indexed(YELLOW.on_dark)),
        // On a palette whose own text is faint, as Solarized's, a grey would stand out from it.
        Role::Dim | Role::Border if ink.is_some_and(|ink| !GREY.is_fainter_than(ink, background)) => style,
        _ => hue(role).map_or(style, |hue| style.fg(hue.on(background))),
    }
}

/// The background that the environment tells of, for a terminal that does not answer: Linux's own console is black, and
/// rxvt and Konsole set `COLORFGBG` (`15;0`, `0;default;15`), of which only dark or light is known.
pub fn background_by_variables(variable: impl Fn(&str) -> Option<String>) -> Option<Rgb> {
    if variable("TERM").is_some_and(|term| term == "linux") {
        return Some(Rgb::BLACK);
    }
    match variable("COLORFGBG")?.rsplit(';').next()?.parse().ok()? {
        0..=6 | 8 => Some(Rgb::BLACK),
        7 | 9..=15_u8 => Some(Rgb::WHITE),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{LEGIBLE, Theme};
    use super::*;

    /// Text and background of common palettes.
    const PALETTES: [(&str, &str, &str); 15] = [
        ("xterm, dark", "#ffffff", "#000000"),
        ("xterm, light", "#000000", "#ffffff"),
        ("xterm's own grey on black", "#e5e5e5", "#000000"),
        ("Solarized, dark", "#839496", "#002b36"),
        ("Solarized, light", "#657b83", "#fdf6e3"),
        ("Tango, dark", "#d3d7cf", "#2e3436"),
        ("Tango, light", "#2e3436", "#eeeeec"),
        ("Tango, white", "#2e3436", "#ffffff"),
        ("Catppuccin Mocha", "#cdd6f4", "#1e1e2e"),
        ("Catppuccin Frappé", "#c6d0f5", "#303446"),
        ("Catppuccin Latte", "#4c4f69", "#eff1f5"),
        ("Gruvbox, dark", "#ebdbb2", "#282828"),
        ("Gruvbox, dark, soft", "#ebdbb2", "#32302f"),
        ("Gruvbox, light", "#3c3836", "#fbf1c7"),
        ("Gruvbox, light, soft", "#3c3836", "#f2e5bc"),
    ];

    /// The colours of a role's letters and background on a palette.
    fn seen(theme: &Theme, role: Role, text: Rgb, background: Rgb) -> (Rgb, Rgb) {
        let screen = theme.style(Role::Text);
        let style = screen.patch(theme.style(role));
        assert!(!style.add_modifier.contains(Modifier::DIM), "{role:?}: how faint that is differs by terminal");
        let of = |color: Option<Color>, own: Rgb| color.map_or(own, |color| Rgb::of(color).expect("no colour of the palette"));
        let (letters, behind) = (of(style.fg, text), of(style.bg, background));
        if style.add_modifier.contains(Modifier::REVERSED) { (behind, letters) } else { (letters, behind) }
    }

    #[test]
    fn every_role_is_legible_on_every_common_palette() {
        for (palette, text, background) in PALETTES {
            let [text, background] = [text, background].map(|color| Rgb::parse(color).unwrap());
            let theme = Theme::default().on_background(background, Some(text));
            for (role, name) in Role::ALL {
                let (letters, behind) = seen(&theme, role, text, background);
                let contrast = letters.contrast(behind);
                assert!(contrast >= LEGIBLE, "{palette}: {name} has {contrast:.2}");
            }
        }
    }

    #[test]
    fn what_is_dim_is_never_brighter_than_text() {
        for (palette, text, background) in PALETTES {
            let [text, background] = [text, background].map(|color| Rgb::parse(color).unwrap());
            let theme = Theme::default().on_background(background, Some(text));
            let [dim, plain] = [Role::Dim, Role::Text].map(|role| seen(&theme, role, text, background).0.contrast(background));
            assert!(dim <= plain, "{palette}: {dim:.2} beside {plain:.2}");
        }
    }

    #[test]
    fn an_unknown_background_gets_no_colours() {
        let theme = Theme::default();
        for (role, name) in Role::ALL {
            let style = theme.style(role);
            assert_eq!((style.fg, style.bg), (None, None), "{name}");
            assert!(!style.add_modifier.contains(Modifier::DIM), "{name}");
        }
    }

    #[test]
    fn variables_tell_dark_from_light() {
        for (term, colors, background) in [
            ("rxvt", "15;0", Some(Rgb::BLACK)),
            ("konsole", "0;15", Some(Rgb::WHITE)),
            ("rxvt", "0;default;15", Some(Rgb::WHITE)),
            ("rxvt", "15;default", None),
            ("xterm", "", None),
            ("xterm", "0;99", None),
            ("linux", "", Some(Rgb::BLACK)),
        ] {
            let variable = |name: &str| Some(if name == "TERM" { term } else { colors }.to_owned());
            assert_eq!(background_by_variables(variable), background, "{term} {colors:?}");
        }
    }

    proptest! {
        #[test]
        fn every_role_is_legible_on_any_background(background: [u8; 3], text: [u8; 3]) {
            let [text, background] = [text, background].map(|[red, green, blue]| Rgb(red, green, blue));
            let theme = Theme::default().on_background(background, Some(text));
            for (role, name) in Role::ALL {
                let (letters, behind) = seen(&theme, role, text, background);
                prop_assert!(letters.contrast(behind) >= LEGIBLE, "{name}");
            }
        }
    }
}
