use db::Timestamp;
use serde::Serialize;

use crate::views::{
    inbox::Row,
    samples,
    shell::{Count, Place, Shell},
};

/// Staff's home, with the *Pigeon inbox* widget.
#[derive(Clone, Debug, Serialize)]
pub struct Dashboard {
    pub shell: Shell,
    /// The hour of day in the site's time zone, for the greeting.
    pub hour: i8,
    pub widget: Widget,
    /// What is assigned to whoever looks, and not closed.
    pub yours: Vec<Row>,
    pub who: Vec<Load>,
    pub week: Week,
    /// What could not be sent, for those who look after it: how much, and the newest of it.
    pub failed: Option<Failed>,
}

/// How much somebody has.
#[derive(Clone, Debug, Serialize)]
pub struct Load {
    /// None: nobody's.
    pub name: Option<String>,
    pub me: bool,
    pub has: Count,
    pub pending: Count,
}

/// The last seven days.
#[derive(Clone, Debug, Serialize)]
pub struct Week {
    /// Messages of customers.
    pub came: i64,
    /// Messages of the team.
    pub answered: i64,
    /// The median wait for a first answer, in words.
    pub first_answer: Option<String>,
    pub days: Vec<Day>,
    /// In how many seconds there may be newer figures, where these are not of this moment.
    pub again: Option<u64>,
}

/// A day of the chart, with where its bars stand.
#[derive(Clone, Debug, Serialize)]
pub struct Day {
    pub name: &'static str,
    pub came: Bar,
    pub answered: Bar,
    /// Where its name stands.
    pub middle: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Bar {
    pub n: i64,
    pub x: i64,
    pub y: i64,
    pub height: i64,
}

/// The widget by itself.
#[derive(Clone, Debug, Serialize)]
pub struct WidgetPage {
    pub widget: Widget,
}

impl WidgetPage {
    pub fn samples() -> Vec<(&'static str, Self)> {
        let pages = Dashboard::samples();
        let of = |page: Dashboard| Self {
            widget: page.widget,
        };
        pages
            .into_iter()
            .map(|(name, page)| (name, of(page)))
            .collect()
    }
}

impl Week {
    /// A busy week, or one without any message.
    fn sample(busy: i64) -> Self {
        let days = ["Sat", "Sun", "Mon", "Tue", "Wed", "Thu", "Fri"];
        let came = [2, 3, 14, 18, 11, 16, 12].map(|n| n * busy);
        let answered = [1, 0, 12, 17, 13, 15, 7].map(|n| n * busy);
        let bar = |x, n| Bar {
            n,
            x,
            y: 110 - n * 5,
            height: n * 5,
        };
        let day = |at: usize, left| Day {
            name: days[at],
            came: bar(left, came[at]),
            answered: bar(left + 20, answered[at]),
            middle: left + 19,
        };
        Self {
            came: came.iter().sum(),
            answered: answered.iter().sum(),
            first_answer: (busy > 0).then(|| "1 h 40 min".into()),
            days: (0..7)
                .map(|at| day(at, 18 + 56 * i64::try_from(at).unwrap_or(0)))
                .collect(),
            again: (busy > 0).then_some(40),
        }
    }
}

impl Load {
    fn sample() -> Vec<Self> {
        let load = |name: Option<&str>, me, has, pending| Self {
            name: name.map(str::to_owned),
            me,
            has: Count::new(has),
            pending: Count::new(pending),
        };
        vec![
            load(Some("Maya Lindqvist"), true, 5, 2),
            load(Some("Priya Raman"), false, 2, 1),
            load(Some("Tom Adeyemi"), false, 0, 0),
            load(None, false, 3, 3),
        ]
    }
}

/// Jobs that failed for good.
#[derive(Clone, Debug, Serialize)]
pub struct Failed {
    pub count: Count,
    pub newest: Vec<FailedJob>,
}

#[derive(Clone, Debug, Serialize)]
pub struct FailedJob {
    pub at: Timestamp,
    /// The domain that a mail was for, or the name of other work.
    pub lane: String,
    /// In the words of whoever refused it, for whoever may read them.
    pub reason: Option<String>,
}

/// How many threads need a reply, and the newest of them.
#[derive(Clone, Debug, Serialize)]
pub struct Widget {
    pub count: Count,
    #[serde(serialize_with = "templates::lazily")]
    pub rows: Vec<Row>,
}

impl Dashboard {
    pub fn samples() -> Vec<(&'static str, Self)> {
        let busy = Self {
            shell: Shell::sample(Place::Home),
            hour: 14,
            widget: Widget {
                count: Count::new(7),
                rows: samples::rows().into_iter().take(5).collect(),
            },
            yours: samples::rows().into_iter().take(2).collect(),
            who: Load::sample(),
            week: Week::sample(1),
            failed: None,
        };
        let quiet = Self {
            shell: Shell::sample_reader(Place::Home).with_catcher(),
            hour: 8,
            widget: Widget {
                count: Count::new(0),
                rows: Vec::new(),
            },
            yours: Vec::new(),
            who: Load::sample(),
            week: Week::sample(0),
            failed: None,
        };
        let trouble = Self {
            shell: Shell::sample(Place::Home).with_unnamed_proxy(),
            failed: Some(Failed {
                count: Count::new(1),
                newest: vec![FailedJob {
                    at: samples::rows()[0].last_message_at,
                    lane: "example.org".into(),
                    reason: Some("550 5.1.1 no such mailbox".into()),
                }],
            }),
            ..busy.clone()
        };
        vec![("busy", busy), ("quiet", quiet), ("trouble", trouble)]
    }
}
