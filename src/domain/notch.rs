//! A bar or floor in words: the one parser for the command line, the reader's commands and the config.

use std::fmt;
use std::str::FromStr;

use super::rank::{Hundredths, Scale};
use super::slider::Notch;

/// A bar or floor as it was written. What a number means depends on the scale of the discussion: see [`NotchInput::on`].
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub enum NotchInput {
    #[default]
    Off,
    Number {
        /// Points and likes are whole: a number between two of them is rounded up.
        ceiling: i64,
        /// None for a number below 0 or beyond any scale of stars.
        stars: Option<Hundredths>,
    },
    /// 0.2 is the best fifth.
    Share(f64),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NotchError {
    NotANotch,
    NotAShare,
}

impl fmt::Display for NotchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            NotchError::NotANotch => "not `off`, a number, or a share such as `20%`",
            NotchError::NotAShare => "a share must be above 0% and at most 100%",
        })
    }
}

impl std::error::Error for NotchError {}

/// Why a number has no meaning on a scale.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum ScaleError {
    BeyondStars { max: Hundredths, number: NotchInput },
    NegativeLikes(NotchInput),
    NumberOfPosition(NotchInput),
    NoRanks,
}

impl fmt::Display for ScaleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ScaleError::BeyondStars { max, number } => write!(f, "stars go from 0 to {max}, not {number}"),
            ScaleError::NegativeLikes(number) => write!(f, "likes start at 0, not {number}"),
            ScaleError::NumberOfPosition(number) => {
                write!(f, "this site tells an order, not scores, so {number} has no meaning here; use a share such as `20%`")
            }
            ScaleError::NoRanks => f.write_str("there are no ranks here"),
        }
    }
}

impl std::error::Error for ScaleError {}

impl FromStr for NotchInput {
    type Err = NotchError;

    fn from_str(text: &str) -> Result<NotchInput, NotchError> {
        let text = text.trim();
        if text.eq_ignore_ascii_case("off") {
            return Ok(NotchInput::Off);
        }
        if let Some(percent) = text.strip_suffix('%') {
            let percent = decimal(percent.trim_end()).ok_or(NotchError::NotANotch)?;
            return NotchInput::percent(percent).ok_or(NotchError::NotAShare);
        }
        let number = decimal(text).ok_or(NotchError::NotANotch)?;
        // Whole numbers are read as they are: a float would round those beyond 2^53.
        let ceiling = text.parse().unwrap_or(number.ceil() as i64);
        Ok(NotchInput::Number { ceiling, stars: Hundredths::parse(text) })
    }
}

/// `3`, `-3.7`; nothing else that the float parser takes, such as `inf` and `1e3`.
fn decimal(text: &str) -> Option<f64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_decimal = digits(whole.strip_prefix('-').unwrap_or(whole)) && digits(fraction);
    is_decimal.then(|| text.parse().ok()).flatten()
}

impl NotchInput {
    /// The best so many percent.
    pub fn percent(percent: f64) -> Option<NotchInput> {
        (percent > 0.0 && percent <= 100.0).then_some(NotchInput::Share(percent / 100.0))
    }

    /// In the units of a scale.
    pub fn on(self, scale: Scale) -> Result<Notch, ScaleError> {
        let (ceiling, stars) = match (self, scale) {
            (NotchInput::Off, _) => return Ok(Notch::Off),
            (_, Scale::None) => return Err(ScaleError::NoRanks),
            (NotchInput::Share(share), _) => return Ok(Notch::Share(share)),
            (NotchInput::Number { ceiling, stars }, _) => (ceiling, stars),
        };
        match scale {
            Scale::None => Err(ScaleError::NoRanks),
            Scale::Stars { max } => {
                stars.filter(|stars| *stars <= max).map(Notch::Stars).ok_or(ScaleError::BeyondStars { max, number: self })
            }
            Scale::Points => Ok(Notch::Points(ceiling)),
            Scale::Likes => {
                u32::try_from(ceiling.min(u32::MAX.into())).map(Notch::Likes).map_err(|_| ScaleError::NegativeLikes(self))
            }
            Scale::Place => Err(ScaleError::NumberOfPosition(self)),
        }
    }
}

/// As it is read back: `off`, `3.7`, `20%`.
impl fmt::Display for NotchInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NotchInput::Off => f.write_str("off"),
            NotchInput::Number { stars: Some(stars), .. } => stars.fmt(f),
            NotchInput::Number { ceiling, stars: None } => ceiling.fmt(f),
            NotchInput::Share(share) => write!(f, "{}%", (share * 1e6).round() / 1e4),
        }
    }
}

impl From<Notch> for NotchInput {
    fn from(notch: Notch) -> NotchInput {
        match notch {
            Notch::Off => NotchInput::Off,
            Notch::Stars(stars) => NotchInput::Number { ceiling: i64::from(stars.0).div_euclid(100), stars: Some(stars) },
            Notch::Points(points) => NotchInput::Number { ceiling: points, stars: None },
            Notch::Likes(likes) => NotchInput::Number { ceiling: likes.into(), stars: None },
            Notch::Share(share) => NotchInput::Share(share),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STARS: Scale = Scale::Stars { max: Hundredths(500) };

    fn on(text: &str, scale: Scale) -> Result<Notch, String> {
        text.parse::<NotchInput>().map_err(|error| error.to_string())?.on(scale).map_err(|error| error.to_string())
    }

    #[test]
    fn a_number_is_in_the_units_of_the_scale_and_rounded_up_between_them() {
        for (text, scale, notch) in [
            ("2.3", STARS, Notch::Stars(Hundredths(230))),
            ("3.7", Scale::Points, Notch::Points(4)),
            ("-3.7", Scale::Points, Notch::Points(-3)),
            ("-3", Scale::Points, Notch::Points(-3)),
            ("9007199254740993", Scale::Points, Notch::Points(9_007_199_254_740_993)),
            ("0.2", Scale::Likes, Notch::Likes(1)),
            ("20%", Scale::Place, Notch::Share(0.2)),
            ("20 %", Scale::Points, Notch::Share(0.2)),
            ("off", Scale::Place, Notch::Off),
            ("off", Scale::None, Notch::Off),
        ] {
            assert_eq!(on(text, scale), Ok(notch), "{text}");
        }
    }

    #[test]
    fn what_has_no_meaning_is_an_error_that_says_why() {
        for (text, scale, why) in [
            ("3", Scale::Place, "an order, not scores"),
            ("5.5", STARS, "from 0 to 5, not 5.5"),
            ("-1", STARS, "from 0 to 5"),
            ("-1", Scale::Likes, "start at 0"),
            ("1", Scale::None, "no ranks"),
            ("much", STARS, "not `off`"),
            ("1e3", Scale::Points, "not `off`"),
            ("inf", Scale::Points, "not `off`"),
            ("nan%", Scale::Points, "not `off`"),
            ("", Scale::Points, "not `off`"),
            ("120%", STARS, "at most 100%"),
            ("0%", STARS, "at most 100%"),
        ] {
            assert!(on(text, scale).unwrap_err().contains(why), "{text}: {:?}", on(text, scale));
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        for text in ["off", "3.7", "700", "-3", "20%", "0.5%", "33.3%"] {
            assert_eq!(text.parse::<NotchInput>().unwrap().to_string(), text);
        }
    }
}
