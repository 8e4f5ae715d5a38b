//! Themes: a style for every role of the screen, so that a theme is only a table.

mod adaptive;
mod contrast;

use ratatui::style::{Color, Modifier, Style};

pub use adaptive::background_by_variables;
pub use contrast::{LEGIBLE, Rgb};

/// A part of the screen with a look of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    Text,
    Dim,
    Title,
    Heading,
    Link,
    Code,
    Quote,
    Border,
    /// The border and title of the pane that has the keys.
    Focus,
    /// The row under the cursor.
    Cursor,
    /// The row under the cursor of a pane that has not the keys.
    CursorAway,
    Unread,
    Star,
    New,
    Author,
    Rank,
    Slider,
    Handle,
    Hit,
    Key,
    Good,
    Warning,
    Error,
    /// The names of authors who come back in a discussion.
    Voice1,
    Voice2,
    Voice3,
    Voice4,
    Voice5,
    Voice6,
}

impl Role {
    /// Every role with its name in a theme file, in the order of the enum.
    pub const ALL: [(Role, &'static str); 29] = [
        (Role::Text, "text"),
        (Role::Dim, "dim"),
        (Role::Title, "title"),
        (Role::Heading, "heading"),
        (Role::Link, "link"),
        (Role::Code, "code"),
        (Role::Quote, "quote"),
        (Role::Border, "border"),
        (Role::Focus, "focus"),
        (Role::Cursor, "cursor"),
        (Role::CursorAway, "cursor-away"),
        (Role::Unread, "unread"),
        (Role::Star, "star"),
        (Role::New, "new"),
        (Role::Author, "author"),
        (Role::Rank, "rank"),
        (Role::Slider, "slider"),
        (Role::Handle, "handle"),
        (Role::Hit, "hit"),
        (Role::Key, "key"),
        (Role::Good, "good"),
        (Role::Warning, "warning"),
        (Role::Error, "error"),
        (Role::Voice1, "voice-1"),
        (Role::Voice2, "voice-2"),
        (Role::Voice3, "voice-3"),
        (Role::Voice4, "voice-4"),
        (Role::Voice5, "voice-5"),
        (Role::Voice6, "voice-6"),
    ];

    /// The looks of authors who come back.
    pub const VOICES: [Role; 6] = [Role::Voice1, Role::Voice2, Role::Voice3, Role::Voice4, Role::Voice5, Role::Voice6];

    pub fn from_name(name: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|(_, known)| *known == name).map(|(role, _)| role)
    }
}

#[derive(Clone, PartialEq, Debug)]
pub struct Theme {
    styles: [Style; Role::ALL.len()],
    /// The roles that were set; the others follow the terminal's background.
    set: [bool; Role::ALL.len()],
    is_colourless: bool,
}

/// Legible on any background, since nothing is known of it yet: see [`Theme::on_background`].
impl Default for Theme {
    fn default() -> Theme {
        let styles = Role::ALL.map(|(role, _)| adaptive::without_hue(role));
        Theme { styles, set: [false; Role::ALL.len()], is_colourless: false }
    }
}

impl Theme {
    pub fn style(&self, role: Role) -> Style {
        self.styles[role as usize]
    }

    pub fn set(&mut self, role: Role, style: Style) {
        self.styles[role as usize] = style;
        self.set[role as usize] = true;
    }

    /// True if the theme changes once the terminal's background is known.
    pub fn follows_background(&self) -> bool {
        !self.is_colourless && self.set.contains(&false)
    }

    /// The same with colours that are legible on a background, for every role that was not set. `text` is the terminal's
    /// own colour for text, where it is known.
    #[must_use]
    pub fn on_background(mut self, background: Rgb, text: Option<Rgb>) -> Theme {
        if self.is_colourless {
            return self;
        }
        for (role, _) in Role::ALL {
            if !self.set[role as usize] {
                self.styles[role as usize] = adaptive::on_background(role, background, text);
            }
        }
        self
    }

    /// The same without any colour (`NO_COLOR`): what colour told is told by weight and reversal, which stay.
    #[must_use]
    pub fn without_colour(mut self) -> Theme {
        self.is_colourless = true;
        for style in &mut self.styles {
            *style = Style { fg: None, bg: None, underline_color: None, ..*style };
        }
        self
    }
}

/// Reads a style such as `bold yellow`, `underline #5588ff on black` or `default`.
///
/// Colours are the names of the 16 (`red`, `light-red`, …), a number of the 256, or `#rrggbb`. The error names the word.
pub fn parse_style(text: &str) -> Result<Style, String> {
    let mut style = Style::new();
    let mut background = false;
    for word in text.split_whitespace() {
        let modifier = match word {
            "on" => {
                background = true;
                continue;
            }
            "default" => continue,
            "bold" => Modifier::BOLD,
            "dim" => Modifier::DIM,
            "italic" => Modifier::ITALIC,
            "underline" => Modifier::UNDERLINED,
            "reverse" => Modifier::REVERSED,
            "strike" => Modifier::CROSSED_OUT,
            colour => {
                let colour: Color = colour.parse().map_err(|_| format!("`{word}` is neither a colour nor an attribute"))?;
                style = if background { style.bg(colour) } else { style.fg(colour) };
                continue;
            }
        };
        style = style.add_modifier(modifier);
    }
    Ok(style)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_stand_in_the_order_of_their_table() {
        for (n, (role, name)) in Role::ALL.into_iter().enumerate() {
            assert_eq!((role as usize, Role::from_name(name)), (n, Some(role)));
        }
    }

    #[test]
    fn styles_are_words() {
        assert_eq!(
            parse_style("bold light-red on #000000").unwrap(),
            Style::new().fg(Color::LightRed).bg(Color::Rgb(0, 0, 0)).add_modifier(Modifier::BOLD)
        );
        assert_eq!(parse_style("default").unwrap(), Style::new());
        assert!(parse_style("bold blurple").unwrap_err().contains("blurple"));
    }

    #[test]
    fn without_colour_keeps_the_weight() {
        let plain = Theme::default().without_colour();
        assert_eq!(plain.style(Role::Focus), Style::new().add_modifier(Modifier::BOLD));
        assert_ne!(plain.style(Role::Cursor), plain.style(Role::Text));
        assert!(!plain.follows_background());
        assert_eq!(plain.clone().on_background(Rgb::BLACK, None), plain);
    }

    #[test]
    fn what_a_theme_sets_stays_on_any_background() {
        let mut theme = Theme::default();
        theme.set(Role::Link, Style::new().fg(Color::Blue));
        let dark = theme.clone().on_background(Rgb::BLACK, None);
        assert_eq!(dark.style(Role::Link), theme.style(Role::Link));
        assert_ne!(dark.style(Role::Code), theme.style(Role::Code));
        assert_ne!(dark.style(Role::Code), theme.on_background(Rgb::WHITE, None).style(Role::Code));
    }
}
