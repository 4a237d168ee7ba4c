//! What the dashboard tells of the last seven days.

use std::time::Duration;

use db::{Conn, Timestamp};
use jiff::{ToSpan as _, civil::Weekday};

use crate::{
    Result,
    app::Traffic,
    conversations::traffic,
    i18n::{t, t_with},
    views::dashboard::{Bar, Day, Week},
    web::Visit,
};

const DAYS: usize = 7;
/// The figures are so old at most: whoever opens the page often costs no more than that.
const AGE: Duration = Duration::from_mins(1);
const QUARTER: i64 = 900_000_000;

/// The chart's measures.
const LEFT: i64 = 18;
const STEP: i64 = 56;
const BAR: i64 = 20;
const FLOOR: i64 = 110;
const TALLEST: i64 = 90;

pub(super) async fn week(visit: &Visit, conn: &mut Conn) -> Result<Week> {
    let today = visit.zoned(visit.now).date();
    let dates: Vec<_> = (0..DAYS)
        .rev()
        .map(|ago| today.saturating_sub(i64::try_from(ago).unwrap_or_default().days()))
        .collect();
    let zone = visit.app.settings().time_zone.clone();
    let begins = dates[0].to_zoned(zone).map(|at| at.timestamp());
    let since = begins.map_or(visit.now, |at| Timestamp::from_micros(at.as_microsecond()));
    if let Some((known, left)) = visit.app.traffic.get(AGE, visit.now) {
        return Ok(Week {
            again: Some(left.as_secs() + 1),
            ..told(visit, &dates, &known)
        });
    }
    let found = traffic(conn, since).await?;
    let week = told(visit, &dates, &found);
    visit.app.traffic.keep(found, visit.now);
    Ok(week)
}

fn told(visit: &Visit, dates: &[jiff::civil::Date], traffic: &Traffic) -> Week {
    let mut sums = [(0, 0); DAYS];
    for (quarter, came, answered) in &traffic.quarters {
        let date = visit
            .zoned(Timestamp::from_micros(quarter * QUARTER))
            .date();
        if let Some(at) = dates.iter().position(|day| *day == date) {
            sums[at].0 += came;
            sums[at].1 += answered;
        }
    }
    let most = sums
        .iter()
        .map(|(came, answered)| *came.max(answered))
        .max();
    let most = most.unwrap_or_default().max(1);
    let days = (0..)
        .zip(dates)
        .zip(sums)
        .map(|((at, date), (came, answered))| {
            let left = LEFT + at * STEP;
            Day {
                name: short(date.weekday()),
                came: bar(left, came, most),
                answered: bar(left + BAR, answered, most),
                middle: left + BAR - 1,
            }
        });
    Week {
        came: sums.iter().map(|(came, _)| came).sum(),
        answered: sums.iter().map(|(_, answered)| answered).sum(),
        first_answer: traffic.median_wait.map(|wait| spoken(wait / 60_000_000)),
        days: days.collect(),
        again: None,
    }
}

fn bar(x: i64, n: i64, most: i64) -> Bar {
    // Whatever is there can be seen.
    let height = if n == 0 {
        0
    } else {
        (n * TALLEST / most).max(2)
    };
    Bar {
        n,
        x,
        y: FLOOR - height,
        height,
    }
}

fn short(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => t("Mon"),
        Weekday::Tuesday => t("Tue"),
        Weekday::Wednesday => t("Wed"),
        Weekday::Thursday => t("Thu"),
        Weekday::Friday => t("Fri"),
        Weekday::Saturday => t("Sat"),
        Weekday::Sunday => t("Sun"),
    }
}

/// A length of time, as exact as it matters.
fn spoken(minutes: i64) -> String {
    let (days, hours, minutes) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    let numbers = [days, hours, minutes].map(|n| n.to_string());
    let values = [
        ("d", numbers[0].as_str()),
        ("h", &numbers[1]),
        ("min", &numbers[2]),
    ];
    t_with(
        match (days, hours) {
            (1.., _) => t("{d} d {h} h"),
            (0, 1..) => t("{h} h {min} min"),
            _ => t("{min} min"),
        },
        &values,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_of_time_is_as_exact_as_it_matters() {
        assert_eq!(spoken(0), "0 min");
        assert_eq!(spoken(100), "1 h 40 min");
        assert_eq!(spoken(2 * 1440 + 61), "2 d 1 h");
    }

    #[test]
    fn the_tallest_bar_reaches_the_top_and_the_least_can_be_seen() {
        assert_eq!((bar(0, 900, 900).y, bar(0, 900, 900).height), (20, 90));
        assert_eq!(bar(0, 1, 900).height, 2);
        assert_eq!(bar(0, 0, 900).height, 0);
    }
}
