//! Believable people and threads, for the samples of several views.

use std::time::Duration;

use db::Timestamp;

use crate::views::{
    inbox::{Row, Source},
    shell::Count,
};

/// When the sample pages are looked at: 20 November 2026, 12:05 in London.
pub const NOW: Timestamp = Timestamp::from_micros(1_795_176_300_000_000);

pub fn minutes_ago(minutes: u64) -> Timestamp {
    NOW - Duration::from_secs(minutes * 60)
}

pub fn sources(current: &str) -> Vec<Source> {
    counted(current, [7, 5, 5, 3, 12, 11, 1, 5000, 2])
}

pub fn empty_sources(current: &str) -> Vec<Source> {
    counted(current, [0; 9])
}

fn counted(current: &str, counts: [i64; 9]) -> Vec<Source> {
    let sources = Source::ALL.iter().zip(counts);
    sources
        .map(|((name, title, icon), count)| Source {
            name,
            title,
            icon,
            count: Count::new(count),
            current: *name == current,
            query: format!("?source={name}"),
        })
        .collect()
}

/// Seven that wait, four that were answered, one that is closed.
pub fn rows() -> Vec<Row> {
    const MAYA: Option<&str> = Some("Maya Lindqvist");
    const TOM: Option<&str> = Some("Tom Adeyemi");
    const PRIYA: Option<&str> = Some("Priya Raman");
    const DAY: u64 = 24 * 60;
    let pending = [
        (
            "Ada Okonkwo",
            4,
            "Parcel arrived open, two cups missing",
            "Here they are. The tape was already cut when the driver handed it over.",
            MAYA,
            183,
            true,
        ),
        (
            "Jonas Weber",
            1,
            "Can I change the delivery address?",
            "I placed order 20418 an hour ago and typed the old street. Is there still",
            None,
            125,
            true,
        ),
        (
            "نور الهاشمي",
            1,
            "هل تشحنون إلى عمّان؟",
            "أرغب في طلب طقم من ستة أكواب باللون الأزرق، وأحتاجه قبل نهاية الشهر",
            None,
            66,
            true,
        ),
        (
            "Claire Dubois-Lefebvre",
            6,
            "Wholesale price list for 2027",
            "We would like forty of the small plates again, plus whatever is new in",
            PRIYA,
            55,
            false,
        ),
        (
            "Sam Whitfield",
            3,
            "Glaze on the blue bowl is flaking",
            "It happened in the second wash. Photo attached, you can see it near the",
            TOM,
            41,
            false,
        ),
        (
            "Hana Sato",
            1,
            "Invoice without VAT number",
            "Our accountant needs the number on the invoice for order 20377.",
            None,
            26,
            true,
        ),
        (
            "Konstantinos Papadimitriou-Alexopoulos",
            9,
            "Beginners’ weekend in March: parking, food, and whether my daughter (11) may join her first course",
            "We would come by train.",
            MAYA,
            12,
            false,
        ),
    ];
    let answered = [
        (
            "Lucía Fernández",
            2,
            "Gift wrapping for two orders",
            "Of course. We will add a handwritten card to each parcel.",
            MAYA,
            20 * 60,
            "Open",
        ),
        (
            "Ben Carter",
            5,
            "Kiln firing dates in December",
            "The last firing is on 12 December, so pieces need to be with us by",
            TOM,
            DAY,
            "Open",
        ),
        (
            "Olga Nowak",
            2,
            "Lid missing from the honey jar",
            "A new lid left us this morning. It should reach you by Wednesday.",
            MAYA,
            4 * DAY,
            "Open",
        ),
        (
            "Marek Horváth",
            4,
            "Press photos for the winter issue",
            "Here are six in print size. Please credit Elin Berg.",
            PRIYA,
            5 * DAY,
            "Open",
        ),
        (
            "Aisha Bello",
            3,
            "Vase arrived with a chip",
            "Thank you for the photo. Would you like a new one or a refund?",
            MAYA,
            400 * DAY,
            "Closed",
        ),
    ];
    let waiting = pending.into_iter().map(
        |(from, messages, subject, extract, assignee, minutes, unread)| {
            let since = minutes_ago(minutes);
            let row = row(from, messages, subject, extract, assignee);
            Row {
                unread,
                waiting_since: Some(since),
                last_message_at: since,
                ..row
            }
        },
    );
    let done = answered.into_iter().map(
        |(from, messages, subject, extract, assignee, minutes, status)| Row {
            status,
            extract_by: assignee.map(str::to_owned),
            last_message_at: minutes_ago(minutes),
            ..row(from, messages, subject, extract, assignee)
        },
    );
    let mut rows: Vec<Row> = waiting.chain(done).collect();
    for (at, row) in rows.iter_mut().enumerate() {
        row.id = format!("01920000-0000-7000-8000-00000000010{at:x}");
    }
    rows
}

fn row(from: &str, messages: i64, subject: &str, extract: &str, assignee: Option<&str>) -> Row {
    Row {
        id: String::new(),
        status: "Pending",
        unread: false,
        from: from.into(),
        messages,
        subject: subject.into(),
        extract: extract.into(),
        extract_by: None,
        assignee: assignee.map(str::to_owned),
        waiting_since: None,
        last_message_at: NOW,
        draft: false,
        trashed_at: None,
        purged_at: None,
        current: false,
        present: Vec::new(),
        marks: Default::default(),
        kind: "support",
    }
}
