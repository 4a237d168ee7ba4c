use std::time::Duration;

use db::Timestamp;
use templates::Page;

use super::{
    Added, Answer, AssignedThread, Assignment, Assignments, AuthorKnown, Mention, NewLink,
    NewLinks, Password, Quote, Received, StaffAlert, StaffNotification,
};

const DAY: u64 = 24 * 60 * 60;
const LINK: &str =
    "https://post.fernhill.example/pigeon/t/4Ql0yVYh2m0a7V1kq0Z8rJxw3H5n9bTfUe6cXsDgOiA";
const THREAD: &str =
    "https://post.fernhill.example/pigeon/admin/threads/0199b2f4-7a10-7c3e-8b1d-2f6e5a4c3b21";
const UNSUBSCRIBE: &str =
    "https://post.fernhill.example/pigeon/u/mZkq2Jx0v7Qf1tYh8rWn3Bc6Ld9Se4Gp5Ua_iKoTjHM";

fn now() -> Timestamp {
    Timestamp::from_micros(Page::sample().now)
}

fn days_ago(days: u64) -> Timestamp {
    now() - Duration::from_secs(days * DAY)
}

fn in_a_month() -> Timestamp {
    now() + Duration::from_secs(30 * DAY)
}

impl Received {
    pub fn sample() -> Self {
        Self {
            link_url: LINK.into(),
            works_until: in_a_month(),
            unsubscribe_url: UNSUBSCRIBE.into(),
        }
    }
}

impl Answer {
    /// To an address that has proved itself.
    pub fn sample() -> Self {
        Self {
            subject: "Parcel arrived open, two cups missing".into(),
            author: "Maya Lindqvist".into(),
            body: "Thank you, Ada. That is all the courier needs.\n\nYour two cups leave us this \
                   afternoon with a tracked service, and they will be with you by Tuesday. That \
                   leaves four days before the birthday.\n\nWarm regards,\nMaya"
                .into(),
            quote: Some(Quote {
                at: days_ago(0) - Duration::from_hours(3),
                text:
                    "Thank you Maya, that is a relief!\nThe tape was already cut when the driver \
                       handed it over."
                        .into(),
            }),
            link_url: LINK.into(),
            works_until: in_a_month(),
            unsubscribe_url: UNSUBSCRIBE.into(),
        }
    }

    pub fn sample_unproved() -> Self {
        Self {
            subject: "Your message to Fernhill Pottery".into(),
            quote: None,
            ..Self::sample()
        }
    }
}

impl NewLinks {
    /// To an address that has proved itself in some of its threads.
    pub fn sample() -> Self {
        let link = |subject: Option<&str>, days, closed| NewLink {
            url: LINK.into(),
            subject: subject.map(str::to_owned),
            started_at: days_ago(days),
            closed,
        };
        Self {
            links: vec![
                link(Some("Parcel arrived open, two cups missing"), 3, false),
                link(None, 20, false),
                link(Some("هل يمكن تغيير العنوان؟"), 61, true),
            ],
            asked: true,
            works_until: in_a_month(),
            unsubscribe_url: UNSUBSCRIBE.into(),
        }
    }

    /// As many as one mail brings.
    pub fn sample_ten() -> Self {
        let mut view = Self::sample();
        while view.links.len() < 10 {
            view.links.push(NewLink {
                url: LINK.into(),
                subject: Some("A question about glazes".into()),
                started_at: days_ago(80),
                closed: true,
            });
        }
        view
    }

    /// From staff.
    pub fn sample_sent() -> Self {
        Self {
            asked: false,
            ..Self::sample_unproved()
        }
    }

    pub fn sample_unproved() -> Self {
        Self {
            links: vec![NewLink {
                url: LINK.into(),
                subject: None,
                started_at: days_ago(3),
                closed: false,
            }],
            ..Self::sample()
        }
    }
}

impl Added {
    /// To somebody of the team.
    pub fn sample() -> Self {
        Self {
            subject: "Ada Okonkwo: Parcel arrived open, two cups missing".into(),
            thread_subject: Some("Parcel arrived open, two cups missing".into()),
            by: "Maya Lindqvist".into(),
            thread_url: THREAD.into(),
            works_until: None,
            unsubscribe_url: UNSUBSCRIBE.into(),
        }
    }

    /// To a guest whose address has not proved itself.
    pub fn sample_unproved() -> Self {
        Self {
            subject: "Your message to Fernhill Pottery".into(),
            thread_subject: None,
            thread_url: LINK.into(),
            works_until: Some(in_a_month()),
            ..Self::sample()
        }
    }
}

impl StaffAlert {
    pub fn sample() -> Self {
        Self {
            subject: "Ada Okonkwo: Parcel arrived open, two cups missing".into(),
            thread_subject: "Parcel arrived open, two cups missing".into(),
            author: "Ada Okonkwo".into(),
            author_known: AuthorKnown::Unproved,
            body: "Hello,\n\nmy order 20391 came this morning, but the box was open on one \
                   side.\n\nAda"
                .into(),
            thread_url: THREAD.into(),
            unsubscribe_url: UNSUBSCRIBE.into(),
        }
    }
}

impl StaffNotification {
    pub fn sample() -> Self {
        let alert = StaffAlert::sample();
        Self {
            subject: alert.subject,
            thread_subject: alert.thread_subject,
            author: alert.author,
            author_known: AuthorKnown::Guest,
            note: false,
            body: alert.body,
            thread_url: alert.thread_url,
            unsubscribe_url: alert.unsubscribe_url,
        }
    }

    pub fn sample_note() -> Self {
        Self {
            author: "Tom Ashby".into(),
            author_known: AuthorKnown::User,
            note: true,
            body: "The courier lost two last week, too.\nI claim both.".into(),
            ..Self::sample()
        }
    }
}

impl Assignment {
    pub fn sample() -> Self {
        let alert = StaffAlert::sample();
        Self {
            subject: alert.subject,
            thread_subject: alert.thread_subject,
            assigned_by: "Tom Ashby".into(),
            author: alert.author,
            body: alert.body,
            at: days_ago(3),
            thread_url: THREAD.into(),
            unsubscribe_url: UNSUBSCRIBE.into(),
        }
    }
}

impl Assignments {
    pub fn sample() -> Self {
        let thread = |from: &str, subject: &str| AssignedThread {
            url: THREAD.into(),
            subject: subject.into(),
            from: from.into(),
        };
        Self {
            assigned_by: "Tom Ashby".into(),
            count: 12,
            threads: vec![
                thread("Ada Okonkwo", "Parcel arrived open, two cups missing"),
                thread("نور الهاشمي", "هل تشحنون إلى عمّان؟"),
            ],
            more: 10,
            inbox_url: "https://post.fernhill.example/pigeon/admin/threads?source=mine".into(),
            unsubscribe_url: UNSUBSCRIBE.into(),
        }
    }
}

impl Password {
    pub fn sample() -> Self {
        Self {
            reset_url: "https://post.fernhill.example/pigeon/reset/\
                        Vx3Jq9Zk2m0a7V1kq0Z8rJxw3H5n9bTfUe6cXsDgOiA"
                .into(),
        }
    }
}

impl Mention {
    pub fn sample() -> Self {
        Self {
            subject: "Tom Adeyemi mentioned you: Parcel arrived open, two cups missing".into(),
            thread_subject: "Parcel arrived open, two cups missing".into(),
            author: "Tom Adeyemi".into(),
            body: "@Maya, can you take this one?\n\n- the courier pays\n- nine cups are on the \
                   shelf"
                .into(),
            thread_url: format!(
                "{THREAD}?m=0199b2f4-7a10-7c3e-8b1d-2f6e5a4c3b22#m-0199b2f4-7a10-7c3e-8b1d-2f6e5a4c3b22"
            ),
            unsubscribe_url: UNSUBSCRIBE.into(),
        }
    }
}
