//! Themes: a style for every role of the screen, so that a theme is only a table.

use ratatui::style::{Color, Modifier, Style};

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
}

/// The terminal's own 16 colours, so that it fits any palette, dark or light.
impl Default for Theme {
    fn default() -> Theme {
        let mut theme = Theme { styles: [Style::new(); Role::ALL.len()] };
        for (role, style) in [
            // Not a dark grey, which is the background's own colour in some palettes.
            (Role::Dim, Style::new().add_modifier(Modifier::DIM)),
            (Role::Title, Style::new().add_modifier(Modifier::BOLD)),
            (Role::Heading, Style::new().fg(Color::Cyan).add_modifier(Modifier::BOLD)),
            (Role::Link, Style::new().fg(Color::Blue).add_modifier(Modifier::UNDERLINED)),
            (Role::Code, Style::new().fg(Color::Green)),
            (Role::Quote, Style::new().add_modifier(Modifier::ITALIC)),
            (Role::Border, Style::new().add_modifier(Modifier::DIM)),
            (Role::Focus, Style::new().fg(Color::Cyan).add_modifier(Modifier::BOLD)),
            (Role::Cursor, Style::new().add_modifier(Modifier::REVERSED)),
            (Role::CursorAway, Style::new().add_modifier(Modifier::BOLD | Modifier::UNDERLINED)),
            (Role::Unread, Style::new().add_modifier(Modifier::BOLD)),
            (Role::Star, Style::new().fg(Color::Yellow)),
            (Role::New, Style::new().fg(Color::Green).add_modifier(Modifier::BOLD)),
            (Role::Author, Style::new().fg(Color::Cyan)),
            (Role::Rank, Style::new().fg(Color::Yellow)),
            (Role::Slider, Style::new().fg(Color::Yellow)),
            (Role::Handle, Style::new().fg(Color::Yellow).add_modifier(Modifier::BOLD)),
            (Role::Hit, Style::new().add_modifier(Modifier::REVERSED)),
            (Role::Key, Style::new().add_modifier(Modifier::BOLD)),
            (Role::Good, Style::new().fg(Color::Green)),
            (Role::Warning, Style::new().fg(Color::Yellow)),
            (Role::Error, Style::new().fg(Color::Red).add_modifier(Modifier::BOLD)),
            (Role::Voice1, Style::new().fg(Color::Cyan)),
            (Role::Voice2, Style::new().fg(Color::Green)),
            (Role::Voice3, Style::new().fg(Color::Magenta)),
            (Role::Voice4, Style::new().fg(Color::Yellow)),
            (Role::Voice5, Style::new().fg(Color::Blue)),
            (Role::Voice6, Style::new().fg(Color::Red)),
        ] {
            theme.set(role, style);
        }
        theme
    }
}

impl Theme {
    pub fn style(&self, role: Role) -> Style {
        self.styles[role as usize]
    }

    pub fn set(&mut self, role: Role, style: Style) {
        self.styles[role as usize] = style;
    }

    /// The same without any colour (`NO_COLOR`): what colour told is told by weight and reversal, which stay.
    #[must_use]
    pub fn without_colour(mut self) -> Theme {
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
    }
}
