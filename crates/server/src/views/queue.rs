use db::Timestamp;
use serde::Serialize;

use crate::views::{
    samples::minutes_ago,
    shell::{Count, Place, Shell},
};

/// The jobs of one kind: those that wait, that failed, or that wait for a decision.
#[derive(Clone, Debug, Serialize)]
pub struct QueuePage {
    pub shell: Shell,
    /// `waiting`, `failed` or `stale`.
    pub show: &'static str,
    /// Due and not running.
    pub due: Count,
    pub failed: Count,
    pub stale: Count,
    pub jobs: Vec<Job>,
    /// Where the next page is.
    pub next: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Job {
    pub id: String,
    /// What it does, in words; none for a kind that has none.
    pub kind: String,
    /// The domain that a mail is for, or the name of other work.
    pub lane: String,
    /// `due`, `running`, `waiting`, `failed` or `stale`.
    pub state: &'static str,
    /// When it is due, when its lease ends, or when it was parked.
    pub at: Timestamp,
    pub queued_at: Timestamp,
    pub tries: i64,
    /// In the words of whoever refused it, for whoever may read them.
    pub reason: Option<String>,
    /// It failed, or waits for its next try.
    pub may_retry: bool,
}

impl QueuePage {
    pub fn samples() -> Vec<(&'static str, Self)> {
        let job = |n: u8, state: &'static str, reason: Option<&str>| Job {
            id: format!("01920000-0000-7000-8000-0000000006{n:02}"),
            kind: "Mail".into(),
            lane: "example.org".into(),
            state,
            at: minutes_ago(30),
            queued_at: minutes_ago(300),
            tries: 3,
            reason: reason.map(str::to_owned),
            may_retry: state != "running",
        };
        let failed = Self {
            shell: Shell::sample(Place::Queue),
            show: "failed",
            due: Count::new(2),
            failed: Count::new(1),
            stale: Count::new(0),
            jobs: vec![job(1, "failed", Some("550 5.1.1 no such mailbox"))],
            next: Some("/pigeon/admin/queue?show=failed&cursor=1.2".into()),
        };
        let waiting = Self {
            show: "waiting",
            jobs: vec![
                job(1, "running", None),
                job(2, "due", None),
                job(3, "waiting", Some("451 4.7.1 try again later")),
            ],
            next: None,
            ..failed.clone()
        };
        let stale = Self {
            shell: Shell::sample(Place::Queue).with_trouble(),
            show: "stale",
            stale: Count::new(2),
            jobs: vec![
                job(1, "stale", None),
                job(2, "stale", Some("connection refused")),
            ],
            next: None,
            ..failed.clone()
        };
        let empty = Self {
            show: "waiting",
            due: Count::new(0),
            failed: Count::new(0),
            jobs: Vec::new(),
            next: None,
            ..failed.clone()
        };
        vec![
            ("failed", failed),
            ("waiting", waiting),
            ("stale", stale),
            ("empty", empty),
        ]
    }
}
