//! Threads in a file, for spreadsheets and programs.

mod csv;
mod xml;

use db::Timestamp;
use serde::Serialize;

use crate::conversations::{Kind, inbox::Exported};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Csv,
    Json,
    Xml,
}

/// A thread, by the names that templates and scripts have for its parts.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    pub id: String,
    pub title: String,
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub thread_status: &'static str,
    pub starter_name: String,
    pub starter_email: Option<String>,
    pub assignee: Option<String>,
    pub message_count: i64,
    /// The beginning of the last message.
    pub last_message: String,
    pub last_message_at: String,
    pub waiting_since: Option<String>,
    pub date_created: String,
    pub closed_at: Option<String>,
    pub trashed_at: Option<String>,
    pub url: String,
}

impl Record {
    pub fn new(thread: Exported, pages: &str) -> Self {
        Self {
            id: thread.id.to_string(),
            title: thread.subject,
            kind: match thread.kind {
                Kind::Support => "support",
                Kind::Direct => "direct",
            },
            thread_status: thread.status.as_str(),
            starter_name: thread.starter_name,
            starter_email: thread.starter_email,
            assignee: thread.assignee_name,
            message_count: thread.message_count,
            last_message: thread.preview,
            last_message_at: moment(thread.last_message_at),
            waiting_since: thread.waits_since.map(moment),
            date_created: moment(thread.created_at),
            closed_at: thread.closed_at.map(moment),
            trashed_at: thread.trashed_at.map(moment),
            url: format!("{pages}{}", thread.id),
        }
    }

    /// Names and values, in the order in which they stand in a row.
    fn cells(&self) -> [(&'static str, String); 15] {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        [
            ("id", self.id.clone()),
            ("title", self.title.clone()),
            ("type", self.kind.to_owned()),
            ("threadStatus", self.thread_status.to_owned()),
            ("starterName", self.starter_name.clone()),
            ("starterEmail", text(&self.starter_email)),
            ("assignee", text(&self.assignee)),
            ("messageCount", self.message_count.to_string()),
            ("lastMessage", self.last_message.clone()),
            ("lastMessageAt", self.last_message_at.clone()),
            ("waitingSince", text(&self.waiting_since)),
            ("dateCreated", self.date_created.clone()),
            ("closedAt", text(&self.closed_at)),
            ("trashedAt", text(&self.trashed_at)),
            ("url", self.url.clone()),
        ]
    }
}

/// In UTC, to the second.
fn moment(at: Timestamp) -> String {
    let seconds = at.as_micros().div_euclid(1_000_000);
    let at = jiff::Timestamp::from_second(seconds).unwrap_or_default();
    at.to_string()
}

impl Format {
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Xml => "xml",
        }
    }

    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Json => "application/json",
            Self::Xml => "application/xml; charset=utf-8",
        }
    }

    /// What stands before the first row.
    pub fn begin(self) -> String {
        match self {
            Self::Csv => csv::head(),
            Self::Json => "[".to_owned(),
            Self::Xml => "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<threads>".to_owned(),
        }
    }

    /// Some rows; those that are the first of the file stand after nothing.
    pub fn rows(self, records: &[Record], is_first: bool) -> String {
        let mut text = String::new();
        for (at, record) in records.iter().enumerate() {
            match self {
                Self::Csv => text += &csv::row(record.cells().map(|(_, value)| value)),
                Self::Json => {
                    text += if is_first && at == 0 { "\n" } else { ",\n" };
                    text += &serde_json::to_string(record).expect("plain values");
                }
                Self::Xml => text += &xml::thread(&record.cells()),
            }
        }
        text
    }

    /// What stands after the last one.
    pub fn end(self) -> String {
        match self {
            Self::Csv => String::new(),
            Self::Json => "\n]\n".to_owned(),
            Self::Xml => "\n</threads>\n".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests;
