//! Times, from microseconds, in the site's time zone.

use jiff::{
    Timestamp, Zoned,
    civil::{Date, Weekday},
    tz::TimeZone,
};
use minijinja::{Environment, Error, ErrorKind, State};

use crate::{
    fragment::{self, hold_until},
    page::field,
    translate::translate,
};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

pub(crate) fn add_to(env: &mut Environment<'static>) {
    env.add_filter("iso", iso);
    env.add_filter("datetime", datetime);
    env.add_filter("ago", ago);
    env.add_filter("wait", wait);
}

/// RFC 3339, for `<time datetime>`.
fn iso(micros: i64) -> Result<String, Error> {
    let at = TimeZone::UTC.to_datetime(timestamp(micros)?);
    Ok(format!(
        "{}T{:02}:{:02}:{:02}Z",
        at.date(),
        at.hour(),
        at.minute(),
        at.second()
    ))
}

/// `full` (20 November 2026, 14:02), `time`, `second` (14:02:07), `date`, `day` (Friday 20 November), `short` (20 Nov,
/// 14:02), `near` (today 14:02), `today` (Today, Yesterday, or the day).
fn datetime(state: &mut State, micros: i64, style: Option<&str>) -> Result<String, Error> {
    until_midnight(state)?;
    let here = here(state)?;
    let (at, now) = (here.zoned(micros)?, &here.now);
    let time = format!("{:02}:{:02}", at.hour(), at.minute());
    Ok(match style.unwrap_or("full") {
        "full" => format!("{}, {time}", date(at.date())),
        "time" => time,
        "second" => format!("{time}:{:02}", at.second()),
        "date" => date(at.date()),
        "day" => day(at.date(), now.date()),
        "today" => match days_before(&at, now) {
            0 => translate("Today", &[]),
            1 => translate("Yesterday", &[]),
            _ => day(at.date(), now.date()),
        },
        "short" => format!("{}, {time}", short(at.date(), now.date())),
        "near" => match days_before(&at, now) {
            0 => translate("today {time}", &[("time", &time)]),
            1 => translate("yesterday {time}", &[("time", &time)]),
            _ => format!("{}, {time}", short(at.date(), now.date())),
        },
        other => {
            return Err(Error::new(
                ErrorKind::InvalidOperation,
                format!("no such style of time: {other}"),
            ));
        }
    })
}

/// As lists have it: 41 min, 3 h, Yesterday, Mon, 14 Nov, Nov 2025.
fn ago(state: &mut State, micros: i64) -> Result<String, Error> {
    until_midnight(state)?;
    until_span_grows(state, micros, 0)?;
    let here = here(state)?;
    let (at, now) = (here.zoned(micros)?, &here.now);
    let seconds = now.timestamp().as_second() - at.timestamp().as_second();
    Ok(match days_before(&at, now) {
        ..=0 => span(seconds),
        1 => translate("Yesterday", &[]),
        2..=6 => weekday(at.weekday()).1,
        _ if at.year() == now.year() => short(at.date(), now.date()),
        _ => format!("{} {}", month(at.month()).1, at.year()),
    })
}

/// How long somebody has been waiting, a minute at least: 41 min, 3 h, 2 d.
fn wait(state: &mut State, since: i64) -> Result<String, Error> {
    until_span_grows(state, since, MINUTE)?;
    let now = here(state)?.now.timestamp().as_second();
    Ok(span((now - timestamp(since)?.as_second()).max(MINUTE)))
}

fn span(seconds: i64) -> String {
    let (text, n) = match seconds {
        ..MINUTE => ("now", 0),
        MINUTE..HOUR => ("{n} min", seconds / MINUTE),
        HOUR..DAY => ("{n} h", seconds / HOUR),
        _ => ("{n} d", seconds / DAY),
    };
    translate(text, &[("n", &n.to_string())])
}

/// A fragment that names a day holds for as long as today is today.
fn until_midnight(state: &mut State) -> Result<(), Error> {
    if let Some(midnight) = here(state)?.midnight {
        hold_until(state, midnight);
    }
    Ok(())
}

/// A fragment that names a [`span`] holds until that is another one.
fn until_span_grows(state: &mut State, since: i64, least: i64) -> Result<(), Error> {
    let here = here(state)?;
    if here.midnight.is_none() {
        return Ok(());
    }
    let since = timestamp(since)?.as_second();
    let seconds = (here.now.timestamp().as_second() - since).max(least);
    let next = match seconds {
        ..MINUTE => MINUTE,
        MINUTE..HOUR => (seconds / MINUTE + 1) * MINUTE,
        HOUR..DAY => (seconds / HOUR + 1) * HOUR,
        _ => (seconds / DAY + 1) * DAY,
    };
    hold_until(state, (since + next) * 1_000_000);
    Ok(())
}

/// The page's time and zone, worked out once a page.
struct Here {
    zone: TimeZone,
    now: Zoned,
    /// When the day ends, in a fragment.
    midnight: Option<i64>,
}

impl Here {
    fn zoned(&self, micros: i64) -> Result<Zoned, Error> {
        Ok(timestamp(micros)?.to_zoned(self.zone.clone()))
    }
}

fn here<'s>(state: &'s mut State) -> Result<&'s Here, Error> {
    if state.get_extension::<Here>().is_none() {
        let name = field(state, "time_zone")?;
        let zone = TimeZone::get(name.as_str().unwrap_or_default()).unwrap_or(TimeZone::UTC);
        let kept_since = fragment::now(state);
        let now = kept_since.clone().map_or_else(|| field(state, "now"), Ok)?;
        let now = timestamp(i64::try_from(now)?)?.to_zoned(zone.clone());
        let midnight = kept_since.map(|_| midnight(&now)).transpose()?;
        state.get_or_insert_extension(Here {
            zone,
            now,
            midnight,
        });
    }
    Ok(state.get_extension().expect("it was put there just now"))
}

fn timestamp(micros: i64) -> Result<Timestamp, Error> {
    Timestamp::from_microsecond(micros)
        .map_err(|error| Error::new(ErrorKind::InvalidOperation, error.to_string()))
}

/// The next one.
fn midnight(now: &Zoned) -> Result<i64, Error> {
    now.tomorrow()
        .and_then(|tomorrow| tomorrow.start_of_day())
        .map(|midnight| midnight.timestamp().as_microsecond())
        .map_err(|error| Error::new(ErrorKind::InvalidOperation, error.to_string()))
}

/// Midnights between the two, in their zone.
fn days_before(at: &Zoned, now: &Zoned) -> i32 {
    at.date()
        .until(now.date())
        .map_or(i32::MAX, |span| span.get_days())
}

fn date(date: Date) -> String {
    format!("{} {} {}", date.day(), month(date.month()).0, date.year())
}

/// The year is named when it is not this one.
fn day(date: Date, today: Date) -> String {
    let text = format!(
        "{} {} {}",
        weekday(date.weekday()).0,
        date.day(),
        month(date.month()).0
    );
    if date.year() == today.year() {
        text
    } else {
        format!("{text} {}", date.year())
    }
}

fn short(date: Date, today: Date) -> String {
    let text = format!("{} {}", date.day(), month(date.month()).1);
    if date.year() == today.year() {
        text
    } else {
        format!("{text} {}", date.year())
    }
}

fn month(month: i8) -> (String, String) {
    let (long, short) = match month {
        1 => ("January", "Jan"),
        2 => ("February", "Feb"),
        3 => ("March", "Mar"),
        4 => ("April", "Apr"),
        5 => ("May", "May"),
        6 => ("June", "Jun"),
        7 => ("July", "Jul"),
        8 => ("August", "Aug"),
        9 => ("September", "Sep"),
        10 => ("October", "Oct"),
        11 => ("November", "Nov"),
        _ => ("December", "Dec"),
    };
    (translate(long, &[]), translate(short, &[]))
}

fn weekday(day: Weekday) -> (String, String) {
    let (long, short) = match day {
        Weekday::Monday => ("Monday", "Mon"),
        Weekday::Tuesday => ("Tuesday", "Tue"),
        Weekday::Wednesday => ("Wednesday", "Wed"),
        Weekday::Thursday => ("Thursday", "Thu"),
        Weekday::Friday => ("Friday", "Fri"),
        Weekday::Saturday => ("Saturday", "Sat"),
        Weekday::Sunday => ("Sunday", "Sun"),
    };
    (translate(long, &[]), translate(short, &[]))
}

#[cfg(test)]
mod tests {
    use minijinja::context;

    use super::*;
    use crate::Page;

    /// `filter` over a moment so many seconds before Friday 20 November 2026, 12:05 in London.
    fn shown(seconds_ago: i64, filter: &str) -> String {
        let mut env = Environment::new();
        add_to(&mut env);
        let page = Page::sample();
        let at = page.now - seconds_ago * 1_000_000;
        let source = format!("{{{{ at|{filter} }}}}");
        env.render_str(
            &source,
            context! { page => minijinja::value::Serde(page), at },
        )
        .unwrap()
    }

    #[test]
    fn lists_show_times_as_people_say_them() {
        for (seconds, said) in [
            (-5, "now"),
            (30, "now"),
            (41 * MINUTE, "41 min"),
            (3 * HOUR + 5, "3 h"),
            (13 * HOUR, "Yesterday"),
            (36 * HOUR, "Yesterday"),
            (4 * DAY, "Mon"),
            (6 * DAY, "Sat"),
            (7 * DAY, "13 Nov"),
            (365 * DAY, "Nov 2025"),
        ] {
            assert_eq!(shown(seconds, "ago"), said);
        }
        assert_eq!(shown(0, "wait"), "1 min");
        assert_eq!(shown(3 * DAY, "wait"), "3 d");
        assert_eq!(shown(13 * HOUR, "wait"), "13 h");
    }

    #[test]
    fn times_are_those_of_the_sites_zone() {
        let summer = 150 * DAY; // British Summer Time
        assert_eq!(shown(0, "datetime"), "20 November 2026, 12:05");
        assert_eq!(shown(summer, "datetime"), "23 June 2026, 13:05");
        assert_eq!(shown(summer, "iso"), "2026-06-23T12:05:00Z");
        assert_eq!(shown(0, "datetime('day')"), "Friday 20 November");
        assert_eq!(shown(0, "datetime('today')"), "Today");
        assert_eq!(shown(3 * DAY, "datetime('today')"), "Tuesday 17 November");
        assert_eq!(shown(HOUR, "datetime('near')"), "today 11:05");
        assert_eq!(shown(365 * DAY, "datetime('short')"), "20 Nov 2025, 12:05");
    }
}
