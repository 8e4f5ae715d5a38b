//! Positions of bar and floor: the one parser for the command line, the reader's commands and the config, and the notches
//! that a discussion has.

use std::fmt;
use std::str::FromStr;

use super::rank::{Hundredths, RankTable, Scale};

/// A position of the slider.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub enum Notch {
    #[default]
    Off,
    Stars(Hundredths),
    Points(i64),
    Likes(u32),
    /// The best so-many of the rated: 0.2 is the best fifth.
    Share(f64),
}

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
            Scale::Position => Err(ScaleError::NumberOfPosition(self)),
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

/// A notch to step to, and for a scale of shares the share of the rated that pass it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct NotchStep {
    pub notch: Notch,
    pub share: Option<f64>,
}

/// The shares whose nearest values are the notches of points, likes and places.
const SHARES: [f64; 6] = [0.75, 0.50, 0.25, 0.10, 0.05, 0.01];

impl RankTable {
    /// The value at or above which a comment passes; none for Off, and for a share where nothing is rated.
    pub(super) fn value_of(&self, notch: Notch, min_votes: u32) -> Option<f64> {
        match notch {
            Notch::Off => None,
            Notch::Stars(stars) => Some(f64::from(stars.0)),
            Notch::Points(points) => Some(points as f64),
            Notch::Likes(likes) => Some(f64::from(likes)),
            Notch::Share(share) => self.levels(min_votes).nearest(share).map(|(value, _)| value),
        }
    }

    /// The notch that stands for a value of this table. For a place scale, its share.
    fn notch_at(&self, (value, share): (f64, f64)) -> Notch {
        match self.scale() {
            Scale::Stars { .. } => Notch::Stars(Hundredths(value as u16)),
            Scale::Points => Notch::Points(value as i64),
            Scale::Likes => Notch::Likes(value as u32),
            Scale::Position => Notch::Share(share),
            Scale::None => Notch::Off,
        }
    }

    /// The slider's notches from Off upwards.
    pub fn notches(&self, min_votes: u32) -> Vec<NotchStep> {
        let mut steps = vec![NotchStep { notch: Notch::Off, share: None }];
        match self.scale() {
            Scale::None => {}
            Scale::Stars { max } => {
                steps.extend(
                    (50..=max.0).step_by(50).map(|value| NotchStep { notch: Notch::Stars(Hundredths(value)), share: None }),
                );
            }
            Scale::Points | Scale::Likes | Scale::Position => {
                let levels = self.levels(min_votes);
                for wanted in SHARES {
                    let Some((value, share)) = levels.nearest(wanted) else { continue };
                    let step = NotchStep { notch: self.notch_at((value, share)), share: Some(share) };
                    if share < 1.0 && steps.last() != Some(&step) {
                        steps.push(step);
                    }
                }
            }
        }
        steps
    }

    /// The next notch above (or below) a position, which need not be a notch itself; the outermost where there is none.
    pub fn step(&self, from: Notch, up: bool, min_votes: u32) -> Notch {
        let steps = self.notches(min_votes);
        let value = |notch| self.value_of(notch, min_votes).unwrap_or(f64::NEG_INFINITY);
        let here = value(from);
        let next = if up {
            steps.iter().find(|step| value(step.notch) > here).or(steps.last())
        } else {
            steps.iter().rev().find(|step| value(step.notch) < here).or(steps.first())
        };
        next.map_or(Notch::Off, |step| step.notch)
    }

    /// The share of the rated that stand at or above a notch; none for Off and where nothing is rated.
    pub fn share_of(&self, notch: Notch, min_votes: u32) -> Option<f64> {
        self.levels(min_votes).share_of(self.value_of(notch, min_votes)?)
    }

    /// A notch in the form that means the same in another discussion of this place: stars by value, others by share.
    pub fn portable(&self, notch: Notch, min_votes: u32) -> Notch {
        match notch {
            Notch::Points(_) | Notch::Likes(_) => self.share_of(notch, min_votes).map_or(Notch::Off, Notch::Share),
            other => other,
        }
    }

    /// A notch in this scale's own units: a share of points becomes the nearest value. Off where nothing is rated by shares.
    pub fn settled(&self, notch: Notch, min_votes: u32) -> Notch {
        match notch {
            Notch::Share(share) => self.levels(min_votes).nearest(share).map_or(Notch::Off, |found| self.notch_at(found)),
            other => other,
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
            ("20%", Scale::Position, Notch::Share(0.2)),
            ("20 %", Scale::Points, Notch::Share(0.2)),
            ("off", Scale::Position, Notch::Off),
            ("off", Scale::None, Notch::Off),
        ] {
            assert_eq!(on(text, scale), Ok(notch), "{text}");
        }
    }

    #[test]
    fn what_has_no_meaning_is_an_error_that_says_why() {
        for (text, scale, why) in [
            ("3", Scale::Position, "an order, not scores"),
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
