//! Time as a value: UTC milliseconds, never read from a clock here.

use core::fmt;
use core::str::FromStr;
use core::time::Duration;

use crate::display::pad;

/// An instant: milliseconds since 1970-01-01T00:00:00Z, up to the end of the year 9999.
///
/// Text form, for ever: RFC 3339 in UTC with three decimals, `2026-11-23T18:30:00.250Z`.
///
/// ```
/// use keys_core::Timestamp;
///
/// let instant: Timestamp = "2016-04-02T10:11:12.000Z".parse()?;
/// assert_eq!(instant.as_millis(), 1_459_591_872_000);
/// assert_eq!(instant.to_string(), "2016-04-02T10:11:12.000Z");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The first instant that can be written down: 1970-01-01T00:00:00.000Z.
    pub const MIN: Self = Self(0);
    /// The last instant that can be written down: 9999-12-31T23:59:59.999Z.
    pub const MAX: Self = Self(253_402_300_799_999);

    /// The instant this many milliseconds after 1970; `None` outside [`MIN`](Self::MIN)..=[`MAX`](Self::MAX).
    #[must_use]
    pub const fn from_millis(millis: i64) -> Option<Self> {
        if millis < Self::MIN.0 || millis > Self::MAX.0 { None } else { Some(Self(millis)) }
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// The instant this much later; `None` past [`MAX`](Self::MAX). Parts below a millisecond are dropped.
    #[must_use]
    pub fn checked_add(self, span: Duration) -> Option<Self> {
        let millis = i64::try_from(span.as_millis()).ok()?;
        self.0.checked_add(millis).and_then(Self::from_millis)
    }

    /// How much later `self` is than `earlier`; zero if it is not.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// The date and time of day in UTC.
    const fn civil(self) -> Civil {
        let days = self.0.div_euclid(MILLIS_PER_DAY);
        let of_day = self.0.rem_euclid(MILLIS_PER_DAY);
        let (year, month, day) = date_of(days);
        Civil {
            year,
            month,
            day,
            hour: of_day / 3_600_000,
            minute: of_day / 60_000 % 60,
            second: of_day / 1_000 % 60,
            millis: of_day % 1_000,
        }
    }
}

const MILLIS_PER_DAY: i64 = 86_400_000;

struct Civil {
    year: i64,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
    millis: i64,
}

/// The proleptic Gregorian date of a day number, counted from 1970-01-01 (eras of 400 years, years from March).
const fn date_of(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
    (year, month, day)
}

/// The day number of a date; the inverse of [`date_of`].
const fn day_number(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let shifted_month = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * shifted_month + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Civil { year, month, day, hour, minute, second, millis } = self.civil();
        pad(f, format_args!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z"))
    }
}

/// Why a text is no [`Timestamp`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a timestamp: expected UTC in the form 2026-11-23T18:30:00Z or 2026-11-23T18:30:00.250Z, from 1970 on"
)]
#[non_exhaustive]
pub struct ParseTimestampError;

impl FromStr for Timestamp {
    type Err = ParseTimestampError;

    /// Reads RFC 3339 in UTC (`Z` only), with no decimals or exactly three.
    fn from_str(text: &str) -> Result<Self, ParseTimestampError> {
        parse(text).ok_or(ParseTimestampError)
    }
}

fn parse(text: &str) -> Option<Timestamp> {
    let (whole, millis) = match text.strip_suffix('Z')?.split_once('.') {
        Some((whole, decimals)) => (whole, digits(decimals, 3)?),
        None => (text.strip_suffix('Z')?, 0),
    };
    let (date, time) = whole.split_once('T')?;
    let mut date = date.split('-');
    let (year, month, day) = (digits(date.next()?, 4)?, digits(date.next()?, 2)?, digits(date.next()?, 2)?);
    let mut time = time.split(':');
    let (hour, minute, second) =
        (digits(time.next()?, 2)?, digits(time.next()?, 2)?, digits(time.next()?, 2)?);
    if date.next().is_some() || time.next().is_some() || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let days = day_number(year, month, day);
    // A date that does not exist (30 February, month 13) does not come back as itself.
    if date_of(days) != (year, month, day) {
        return None;
    }
    let of_day = ((hour * 60 + minute) * 60 + second) * 1_000 + millis;
    Timestamp::from_millis(days.checked_mul(MILLIS_PER_DAY)?.checked_add(of_day)?)
}

/// Exactly `count` ASCII digits as a number.
fn digits(text: &str, count: usize) -> Option<i64> {
    if text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit()) {
        text.parse().ok()
    } else {
        None
    }
}
