//! Ages on saved pages of Hacker News, such as "2 days ago", as times. Pages of before 2015 tell nothing else, and a file's
//! own time is often that of a copy. Items are numbered as they come, so that a number bounds the time of its item.

use crate::domain::plural::plural;
use crate::domain::time::{Timestamp, When};
use crate::format::relative_time::{self, Age};

/// Items and when they were posted, one of about every two months.
#[rustfmt::skip]
const KNOWN: &[(u64, i64)] = &[
    (1, 1_160_418_111), (5_001, 1_174_317_918), (20_001, 1_178_484_565), (35_001, 1_184_771_785), (50_001, 1_188_919_305),
    (75_001, 1_193_909_530), (100_001, 1_200_607_743), (130_001, 1_204_750_917), (180_001, 1_209_769_086), (235_001,
    1_215_071_998), (295_001, 1_220_550_519), (355_001, 1_225_920_625), (420_001, 1_231_130_049), (500_001,
    1_235_996_012), (590_001, 1_241_283_171), (685_001, 1_246_563_338), (800_001, 1_251_895_992), (915_001,
    1_257_079_128), (1_030_001, 1_262_592_804), (1_160_001, 1_267_483_375), (1_310_001, 1_272_681_022), (1_480_001,
    1_278_039_133), (1_655_001, 1_283_392_693), (1_855_001, 1_288_575_018), (2_060_001, 1_293_975_978), (2_275_001,
    1_298_979_903), (2_505_001, 1_304_308_198), (2_720_001, 1_309_551_673), (2_950_001, 1_314_885_091), (3_180_001,
    1_320_109_435), (3_415_001, 1_325_484_976), (3_655_001, 1_330_652_933), (3_915_001, 1_335_888_489), (4_185_001,
    1_341_156_363), (4_465_001, 1_346_531_058), (4_730_001, 1_351_807_934), (4_995_001, 1_357_093_641), (5_305_001,
    1_362_154_105), (5_640_001, 1_367_434_131), (5_970_001, 1_372_679_851), (6_310_001, 1_378_036_435), (6_655_001,
    1_383_326_204), (6_995_001, 1_388_585_382), (7_325_001, 1_393_693_343), (7_680_001, 1_398_955_119), (7_970_001,
    1_404_212_021), (8_255_001, 1_409_611_891), (8_545_001, 1_414_884_462), (8_825_001, 1_420_159_762), (9_130_001,
    1_425_263_335), (9_470_001, 1_430_465_783), (9_810_001, 1_435_723_363), (10_150_001, 1_441_067_328), (10_485_001,
    1_446_340_556), (10_825_001, 1_451_707_968), (11_200_001, 1_456_793_054), (11_605_001, 1_462_080_584), (12_015_001,
    1_467_369_641), (12_405_001, 1_472_736_049), (12_845_001, 1_478_002_539), (13_295_001, 1_483_255_962), (13_760_001,
    1_488_330_393), (14_235_001, 1_493_603_460), (14_675_001, 1_498_876_092), (15_150_001, 1_504_283_588), (15_395_001, 1_507_056_823), (15_600_001, 1_509_532_244), (16_045_001, 1_514_788_258), (16_490_001,
    1_519_883_926), (16_965_001, 1_525_156_847), (17_435_001, 1_530_441_328), (17_890_001, 1_535_772_076), (18_355_001,
    1_541_086_834), (18_800_001, 1_546_347_239), (19_280_001, 1_551_444_061), (19_795_001, 1_556_692_075), (20_325_001,
    1_561_987_459), (20_850_001, 1_567_301_820), (21_420_001, 1_572_623_045), (21_930_001, 1_577_907_425), (22_455_001,
    1_583_034_537), (23_040_001, 1_588_319_716), (23_700_001, 1_593_600_038), (24_340_001, 1_598_953_359), (24_960_001,
    1_604_243_890), (25_600_001, 1_609_466_294), (26_300_001, 1_614_576_360), (27_005_001, 1_619_864_168), (27_695_001,
    1_625_098_262), (27_750_001, 1_625_585_974),
];

/// A page's data on one item.
pub(super) struct AgedItem {
    pub(super) id: u64,
    pub(super) age: Age,
}

/// The time that the ages on a page count from.
pub(super) struct PageClock {
    now: Timestamp,
    /// The file's time is not the page's: the days are as good as the numbers of its items tell.
    is_estimate: bool,
}

impl PageClock {
    /// The clock of a page with these items, and what is to be told of it. `saved` is when the page says that it was saved,
    /// `file` the file's own time.
    pub(super) fn of(items: &[AgedItem], saved: Option<Timestamp>, file: Timestamp) -> (PageClock, Option<String>) {
        let now = saved.unwrap_or(file);
        // The most exact age of the newest item tells best when the page was made.
        let Some(best) = items.iter().min_by_key(|item| (item.age.unit, item.age.seconds)) else {
            return (PageClock { now, is_estimate: false }, None);
        };
        let what = plural(items.len() as u64, "time");
        let date = now.date(0);
        if items.iter().all(|item| item.may_be_seen_at(now)) {
            let whose = if saved.is_some() { "when the page was saved" } else { "the file's own time" };
            let note = format!("{what} told as ages only, counted from {whose}, {date}");
            return (PageClock { now, is_estimate: false }, Some(note));
        }
        let made = Timestamp(estimate(best.id).saturating_add(best.age.seconds));
        let note = format!(
            "{what} told as ages only; the file is of {date} and the page older, so that they are estimated by the numbers of its items"
        );
        (PageClock { now: made, is_estimate: true }, Some(note))
    }

    /// The time that a text tells.
    pub(super) fn when(&self, text: &str) -> Option<When> {
        let when = relative_time::when(text, self.now)?;
        Some(match when {
            When::Instant(at) if self.is_estimate => When::Day(at.date(0)),
            told => told,
        })
    }
}

impl AgedItem {
    /// True if an item of this number can have had this age then.
    fn may_be_seen_at(&self, now: Timestamp) -> bool {
        let posted = now.0.saturating_sub(self.age.seconds);
        let next = KNOWN.partition_point(|(id, _)| *id <= self.id);
        let earliest = next.checked_sub(1).map_or(i64::MIN, |at| KNOWN[at].1);
        let latest = KNOWN.get(next).map_or(i64::MAX, |(_, at)| *at);
        // "2 days ago" may be nearly three, "1 year ago" nearly two.
        posted >= earliest && posted.saturating_sub(self.age.unit) <= latest
    }
}

/// When about an item was posted.
fn estimate(id: u64) -> i64 {
    let next = KNOWN.partition_point(|(known, _)| *known <= id).clamp(1, KNOWN.len() - 1);
    let ((from, begin), (to, end)) = (KNOWN[next - 1], KNOWN[next]);
    let part = (id as f64 - from as f64) / (to as f64 - from as f64);
    begin + ((end - begin) as f64 * part) as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::{DAY, Date, HOUR};

    fn at(year: i32, month: u32, day: u32) -> Timestamp {
        Date::new(year, month, day).unwrap().start()
    }

    fn clock(saved: Option<Timestamp>, file: Timestamp) -> (PageClock, Option<String>) {
        let item = |id, seconds, unit| AgedItem { id, age: Age { seconds, unit } };
        // From July 29th, 2013.
        PageClock::of(&[item(6_115_341, 5 * DAY, DAY), item(6_120_000, 3 * HOUR, HOUR)], saved, file)
    }

    #[test]
    fn numbers_and_times_go_up() {
        assert!(KNOWN.is_sorted_by(|one, other| one.0 < other.0 && one.1 < other.1));
        for (id, posted) in [(8_863, 1_175_714_200), (2_921_983, 1_314_211_127), (10_000_000, 1_438_637_523)] {
            assert!((estimate(id) - posted).abs() < 7 * DAY, "{id}");
        }
    }

    #[test]
    fn ages_count_from_the_file_where_that_can_be() {
        let (clock, note) = clock(None, at(2013, 7, 30));
        assert_eq!(note.as_deref(), Some("2 times told as ages only, counted from the file's own time, 2013-07-30"));
        assert_eq!(clock.when("3 hours ago").map(|when| when.to_string()).as_deref(), Some("2013-07-29T21:00:00Z"));
    }

    #[test]
    fn ages_of_a_copied_file_are_estimated_by_the_items() {
        let (by_items, note) = clock(None, at(2026, 11, 27));
        assert!(note.is_some_and(|note| note.contains("the file is of 2026-11-27 and the page older")));
        let day = by_items.when("3 hours ago").unwrap();
        assert!(matches!(day, When::Day(day) if (2013, 7) == (day.year(), day.month())), "{day}");
        let (by_page, note) = clock(Some(at(2013, 7, 30)), at(2026, 11, 27));
        assert!(note.is_some_and(|note| note.ends_with("counted from when the page was saved, 2013-07-30")));
        assert_eq!(by_page.when("3 hours ago").map(|when| when.to_string()).as_deref(), Some("2013-07-29T21:00:00Z"));
    }

    #[test]
    fn a_page_without_ages_needs_no_word() {
        assert_eq!(PageClock::of(&[], None, Timestamp(0)).1, None);
    }
}
