//! How images are shown, if they are.

use crate::work::pictures::Way;

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Images {
    /// As the terminal can, by what it calls itself: it is never asked, since its answers would come between the keys.
    #[default]
    Auto,
    /// By their captions only.
    Off,
    As(Way),
}

impl Images {
    pub const NAMED: [(&str, Images); 6] = [
        ("auto", Images::Auto),
        ("kitty", Images::As(Way::Kitty)),
        ("iterm2", Images::As(Way::Iterm2)),
        ("sixel", Images::As(Way::Sixel)),
        ("halfblocks", Images::As(Way::Halfblocks)),
        ("off", Images::Off),
    ];

    pub fn name(self) -> &'static str {
        Images::NAMED.iter().find(|(_, images)| *images == self).map_or("auto", |(name, _)| name)
    }

    /// The protocol for `auto` in a terminal with these variables. Inside a multiplexer pictures are made of letters, which it
    /// can move about.
    #[must_use]
    pub fn settled(self, variable: impl Fn(&str) -> Option<String>) -> Images {
        let is = |name: &str, words: &[&str]| {
            let value = variable(name).unwrap_or_default().to_lowercase();
            words.iter().any(|word| value.contains(word))
        };
        let is_set = |name: &str| variable(name).is_some_and(|value| !value.is_empty());
        if self != Images::Auto {
            return self;
        }
        Images::As(if is_set("TMUX") || is_set("STY") || is_set("ZELLIJ") || is("TERM", &["tmux", "screen"]) {
            Way::Halfblocks
        } else if is("TERM_PROGRAM", &["iterm", "wezterm", "mintty", "vscode", "tabby", "rio", "warp"])
            || is("LC_TERMINAL", &["iterm"])
        {
            Way::Iterm2
        } else if is("TERM", &["kitty", "ghostty"]) || is_set("KITTY_WINDOW_ID") {
            Way::Kitty
        } else if is("TERM", &["foot", "mlterm", "contour", "sixel"]) {
            Way::Sixel
        } else {
            Way::Halfblocks
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_terminal_is_known_by_its_variables() {
        for (set, way) in [
            (&[("TERM", "xterm-256color")][..], Way::Halfblocks),
            (&[("TERM", "xterm-kitty"), ("KITTY_WINDOW_ID", "1")], Way::Kitty),
            (&[("TERM", "xterm-ghostty"), ("TERM_PROGRAM", "ghostty")], Way::Kitty),
            (&[("TERM", "xterm-256color"), ("TERM_PROGRAM", "iTerm.app")], Way::Iterm2),
            (&[("TERM", "xterm-256color"), ("LC_TERMINAL", "iTerm2")], Way::Iterm2),
            (&[("TERM", "foot")], Way::Sixel),
            (&[("TERM", "tmux-256color"), ("KITTY_WINDOW_ID", "1"), ("TMUX", "/tmp/tmux,1,0")], Way::Halfblocks),
            (&[("TERM", "screen"), ("TERM_PROGRAM", "iTerm.app")], Way::Halfblocks),
        ] {
            let variable = |name: &str| set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
            assert_eq!(Images::Auto.settled(variable), Images::As(way), "{set:?}");
            assert_eq!(Images::Off.settled(variable), Images::Off);
        }
    }
}
