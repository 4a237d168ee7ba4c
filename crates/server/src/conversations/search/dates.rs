//! Days, months and years as people type them, as stretches of time.

use db::Timestamp;
use jiff::{
    ToSpan as _,
    civil::{Date, date},
    tz::TimeZone,
};

/// A day, a month or a year: from its first day to the day after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    first: Date,
    next: Date,
}

/// From a moment on, up to another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub from: Timestamp,
    pub to: Timestamp,
}

/// `2026-11-20`, `2026-11`, `2026`, `today`, `yesterday`.
pub(super) fn parse(text: &str, today: Date) -> Option<Stretch> {
    let text = text.to_ascii_lowercase();
    let day = |first: Date| {
        let next = first.tomorrow().ok()?;
        Some(Stretch { first, next })
    };
    match text.as_str() {
        "today" => return day(today),
        "yesterday" => return day(today.yesterday().ok()?),
        _ => {}
    }
    let numbers = text.split(['-', '.', '/']).map(|part| {
        let is_number = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| part.parse().ok()).flatten()
    });
    let numbers: Option<Vec<i16>> = numbers.collect();
    let in_range = |year: &i16| (1970..=9000).contains(year);
    match numbers?[..] {
        [year] if in_range(&year) => {
            let first = date(year, 1, 1);
            Some(Stretch {
                first,
                next: first.checked_add(1.year()).ok()?,
            })
        }
        [year, month] if in_range(&year) => {
            let first = Date::new(year, month.try_into().ok()?, 1).ok()?;
            Some(Stretch {
                first,
                next: first.checked_add(1.month()).ok()?,
            })
        }
        [year, month, of] if in_range(&year) => {
            day(Date::new(year, month.try_into().ok()?, of.try_into().ok()?).ok()?)
        }
        _ => None,
    }
}

impl Stretch {
    pub(super) fn before(self, zone: &TimeZone) -> Option<Span> {
        let from = Timestamp::from_micros(i64::MIN);
        Some(Span {
            from,
            to: begin(self.first, zone)?,
        })
    }

    pub(super) fn after(self, zone: &TimeZone) -> Option<Span> {
        let to = Timestamp::from_micros(i64::MAX);
        Some(Span {
            from: begin(self.next, zone)?,
            to,
        })
    }
}

impl Span {
    /// What lies in both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            from: self.from.max(other.from),
            to: self.to.min(other.to),
        }
    }

    pub fn has(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.to
    }
}

fn begin(day: Date, zone: &TimeZone) -> Option<Timestamp> {
    let begin = day.to_zoned(zone.clone()).ok()?;
    Some(Timestamp::from_micros(begin.timestamp().as_microsecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Date = date(2026, 3, 1);

    #[test]
    fn days_months_and_years_are_stretches_of_days() {
        for (text, first, next) in [
            ("2026-11-20", date(2026, 11, 20), date(2026, 11, 21)),
            ("2026/2", date(2026, 2, 1), date(2026, 3, 1)),
            ("2024", date(2024, 1, 1), date(2025, 1, 1)),
            ("Today", TODAY, date(2026, 3, 2)),
            ("yesterday", date(2026, 2, 28), TODAY),
        ] {
            assert_eq!(parse(text, TODAY), Some(Stretch { first, next }), "{text}");
        }
        for text in [
            "",
            "soon",
            "20-11-2026",
            "2026-13",
            "2026-02-30",
            "2026-1-1-1",
            "99999",
            "-5",
            "2026-",
        ] {
            assert_eq!(parse(text, TODAY), None, "{text}");
        }
    }

    #[test]
    fn before_and_after_leave_the_day_itself_out() {
        let zone = TimeZone::get("Europe/London").unwrap();
        let day = parse("2026-07-01", TODAY).unwrap();
        let at = |hour, minute| {
            let at = date(2026, 7, 1)
                .at(hour, minute, 0, 0)
                .to_zoned(zone.clone())
                .unwrap();
            Timestamp::from_micros(at.timestamp().as_microsecond())
        };
        let minute = std::time::Duration::from_mins(1);
        let (before, after) = (day.before(&zone).unwrap(), day.after(&zone).unwrap());
        assert!(before.has(at(0, 0) - minute) && !before.has(at(0, 0)));
        assert!(!after.has(at(23, 59)) && after.has(at(23, 59) + minute));
    }
}
