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
    /// What could not be sent, for those who look after it: how much, and the newest of it.
    pub failed: Option<Failed>,
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
    /// In the words of whoever refused it.
    pub reason: String,
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
            failed: None,
        };
        let quiet = Self {
            shell: Shell::sample_reader(Place::Home).with_catcher(),
            hour: 8,
            widget: Widget {
                count: Count::new(0),
                rows: Vec::new(),
            },
            failed: None,
        };
        let trouble = Self {
            shell: Shell::sample(Place::Home).with_unnamed_proxy(),
            failed: Some(Failed {
                count: Count::new(1),
                newest: vec![FailedJob {
                    at: samples::rows()[0].last_message_at,
                    lane: "example.org".into(),
                    reason: "550 5.1.1 no such mailbox".into(),
                }],
            }),
            ..busy.clone()
        };
        vec![("busy", busy), ("quiet", quiet), ("trouble", trouble)]
    }
}
