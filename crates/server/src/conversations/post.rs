use db::{Timestamp, Tx};

use crate::{
    Result,
    accounts::User,
    conversations::{
        Draft, Event, Kind, Message, MessageKind, Origin, Participant, Status, Thread, Visibility,
        event,
        inbox::subject_key,
        mark_read, mention,
        notify::{self, Office},
        read::{move_quietly, note_receipt},
        search,
    },
    ids::{MessageId, ThreadId},
};

/// How many characters of a message the inbox shows.
const PREVIEW: usize = 160;

/// How much of the thread its author had before them while writing.
#[derive(Clone, Copy, Debug)]
pub enum Seen {
    Everything,
    /// The number of the last entry that their page showed.
    UpTo(i64),
}

/// Posts `draft` into the author's thread: the one function through which every message comes.
/// Message, status, read mark and notifications are in the caller's transaction, all or nothing.
pub async fn post(
    tx: &mut Tx,
    office: &Office,
    author: &mut Participant,
    origin: Origin,
    draft: Draft,
    seen: Seen,
    now: Timestamp,
) -> Result<(Thread, Message)> {
    let mut thread = Thread::lock(tx, author.thread_id).await?;
    let had = thread.last_seq_for(author);

    let before = thread.status;
    thread.status = match (thread.kind, author.is_staff()) {
        (Kind::Support, false) => Status::Pending,
        (Kind::Support, true) if before == Status::Closed && draft.closes() => Status::Closed,
        (Kind::Support, true) | (Kind::Direct, _) => Status::Open,
    };
    if before == Status::Closed && thread.status != Status::Closed {
        event::record(tx, &mut thread, &Event::Reopened, &author.name, now).await?;
    }

    let message = entry(&thread, author, MessageKind::Message, origin, draft, now);
    message.insert(tx).await?;
    count_in(&mut thread, &message, now);
    update(tx, &thread, &message, before).await?;
    let read = read_while_writing(seen, had, message.seq);
    mark_read(tx, &thread, author, read, now).await?;
    if author.is_staff() {
        author.subscribe(tx).await?;
    }
    tell(tx, office, &thread, author, &message, now).await?;
    Ok((thread, message))
}

/// A thread and who takes part in it, of which nothing is stored yet.
pub(super) struct New<'a> {
    pub(super) thread: Thread,
    pub(super) author: &'a mut Participant,
    pub(super) other: Option<&'a Participant>,
}

/// The same for the message that begins a thread: each row is written once, as it stays.
pub(super) async fn post_first(
    tx: &mut Tx,
    office: &Office,
    new: New<'_>,
    origin: Origin,
    draft: Draft,
    now: Timestamp,
) -> Result<(Thread, Message)> {
    let New {
        mut thread,
        author,
        other,
    } = new;
    let message = entry(&thread, author, MessageKind::Message, origin, draft, now);
    count_in(&mut thread, &message, now);
    author.read_seq = message.seq;
    insert(tx, &thread, &message).await?;
    if let Some(other) = other {
        other.insert(tx).await?;
    }
    author.insert(tx).await?;
    message.insert(tx).await?;
    note_receipt(tx, author, now).await?;
    tell(tx, office, &thread, author, &message, now).await?;
    Ok((thread, message))
}

/// Sees to it that everybody hears of a message that is stored.
async fn tell(
    tx: &mut Tx,
    office: &Office,
    thread: &Thread,
    author: &Participant,
    message: &Message,
    now: Timestamp,
) -> Result<()> {
    notify::everyone_else(tx, office, thread, author, message, &[], now).await?;
    search::enqueue(tx, message.id).await?;
    announce_to_all(tx, thread).await
}

/// Adds an internal note: for staff only, and without effect on status and last activity.
pub async fn note(
    tx: &mut Tx,
    office: &Office,
    thread: ThreadId,
    staff: &User,
    draft: Draft,
    seen: Seen,
    now: Timestamp,
) -> Result<(Thread, Message)> {
    let mut thread = Thread::lock(tx, thread).await?;
    let mut author = Participant::add_staff(tx, &thread, staff, now).await?;
    let had = thread.last_seq_for(&author);

    let note = entry(
        &thread,
        &author,
        MessageKind::Note,
        Origin::SignedIn,
        draft,
        now,
    );
    note.insert(tx).await?;
    thread.last_seq = note.seq;
    thread.last_team_seq = note.seq;
    tx.query("UPDATE threads SET last_seq = $2, last_team_seq = $2 WHERE id = $1")
        .bind(thread.id)
        .bind(note.seq)
        .execute()
        .await?;
    let read = read_while_writing(seen, had, note.seq);
    move_quietly(tx, &mut author, read).await?;
    author.subscribe(tx).await?;

    let mentioned = mention::record(tx, &author, &note).await?;
    notify::everyone_else(tx, office, &thread, &author, &note, &mentioned, now).await?;
    search::enqueue(tx, note.id).await?;
    announce(tx, &thread).await?;
    Ok((thread, note))
}

fn entry(
    thread: &Thread,
    author: &Participant,
    kind: MessageKind,
    origin: Origin,
    draft: Draft,
    now: Timestamp,
) -> Message {
    Message {
        id: MessageId::new(now),
        thread_id: thread.id,
        seq: thread.last_seq + 1,
        kind,
        visibility: match kind {
            MessageKind::Note => Visibility::Staff,
            MessageKind::Message | MessageKind::Event => Visibility::Everyone,
        },
        author_id: Some(author.id),
        author_name: author.name.clone(),
        by_staff: author.is_staff(),
        origin,
        proved: author.user_id.is_some() || author.proved_at.is_some(),
        body: draft.body,
        created_at: now,
    }
}

/// Brings the thread up to date with its new last `message`; its status is set already.
fn count_in(thread: &mut Thread, message: &Message, now: Timestamp) {
    thread.last_seq = message.seq;
    thread.last_team_seq = message.seq;
    thread.last_visible_seq = message.seq;
    thread.message_count += 1;
    // Two nodes' clocks may differ a little; the newest activity never goes back.
    thread.last_message_at = thread.last_message_at.max(now);
    thread.waiting_since = match (thread.kind, message.by_staff) {
        (Kind::Support, false) => thread.waiting_since.or(Some(now)),
        (Kind::Support, true) | (Kind::Direct, _) => None,
    };
    if thread.status != Status::Closed {
        thread.closed_at = None;
    }
}

async fn insert(tx: &mut Tx, thread: &Thread, first: &Message) -> Result<()> {
    tx.query(
        "INSERT INTO threads
             (id, kind, status, subject, starter_name, starter_email, last_seq, last_team_seq,
              last_visible_seq, message_count, preview, preview_by, preview_by_staff,
              last_message_at, waiting_since, created_at, subject_key)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $7, 1, $8, $9, $10, $11, $12, $13, $14)",
    )
    .bind(thread.id)
    .bind(thread.kind)
    .bind(thread.status)
    .bind(thread.subject.as_str())
    .bind(thread.starter_name.as_str())
    .bind(thread.starter_email.as_deref())
    .bind(first.seq)
    .bind(preview(&first.body))
    .bind(first.author_name.as_str())
    .bind(first.by_staff)
    .bind(thread.last_message_at)
    .bind(thread.waiting_since)
    .bind(thread.created_at)
    .bind(subject_key(&thread.subject))
    .execute()
    .await?;
    Ok(())
}

macro_rules! updated {
    ($more:literal) => {
        concat!(
            "UPDATE threads SET last_seq = $2, last_team_seq = $2, last_visible_seq = $2,
                    message_count = message_count + 1, preview = $3, preview_by = $4,
                    preview_by_staff = $5, last_message_at = $6, waiting_since = $7",
            $more,
            " WHERE id = $1"
        )
    };
}

/// Stores what a new last `message` changed. A status that stays is left alone: to SQLite every
/// index that has a column of the statement is one to write to.
async fn update(tx: &mut Tx, thread: &Thread, message: &Message, before: Status) -> Result<()> {
    let is_new = thread.status != before;
    let sql = if is_new {
        updated!(", status = $8, closed_at = $9")
    } else {
        updated!("")
    };
    let mut query = tx
        .query(sql)
        .bind(thread.id)
        .bind(message.seq)
        .bind(preview(&message.body))
        .bind(message.author_name.as_str())
        .bind(message.by_staff)
        .bind(thread.last_message_at)
        .bind(thread.waiting_since);
    if is_new {
        query = query.bind(thread.status).bind(thread.closed_at);
    }
    query.execute().await?;
    Ok(())
}

/// How far the author has read: what they had before them, and their own entry unless they missed
/// another.
fn read_while_writing(seen: Seen, had: i64, own: i64) -> i64 {
    match seen {
        Seen::UpTo(seq) if seq < had => seq,
        Seen::UpTo(_) | Seen::Everything => own,
    }
}

/// Tells every node that the thread and the lists it is in have changed, for the team.
pub(super) async fn announce(tx: &mut Tx, thread: &Thread) -> Result<()> {
    tx.announce("inbox".to_owned()).await?;
    tx.announce(thread.topic()).await?;
    Ok(())
}

/// The same for what guests can see, too.
pub(super) async fn announce_to_all(tx: &mut Tx, thread: &Thread) -> Result<()> {
    announce(tx, thread).await?;
    tx.announce(thread.guests_topic()).await?;
    Ok(())
}

/// The beginning of a message, on one line: without what it quotes, and without marks of emphasis.
pub(crate) fn preview(body: &str) -> String {
    let own = body
        .lines()
        .filter(|line| !line.trim_start().starts_with('>'));
    let line = line_of(own);
    if line.is_empty() {
        line_of(body.lines())
    } else {
        line
    }
}

/// Of emphasis and code.
const MARKS: [char; 2] = ['*', '`'];

fn line_of<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    let mut out = String::new();
    for word in lines.flat_map(str::split_whitespace) {
        if out.len() >= PREVIEW {
            break;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        let plain = word.trim_end_matches(['.', ',', ';', ':', '!', '?', ')']);
        let is_marked = word.starts_with(MARKS) || plain.ends_with(MARKS);
        if is_marked && word.contains(char::is_alphanumeric) {
            out.extend(word.chars().filter(|c| !MARKS.contains(c)));
        } else {
            out.push_str(word);
        }
    }
    out.chars().take(PREVIEW).collect()
}

#[cfg(test)]
mod tests {
    use super::preview;

    #[test]
    fn a_preview_begins_with_what_its_author_wrote() {
        assert_eq!(preview("Hello,\n\n  there"), "Hello, there");
        assert_eq!(
            preview("> When?\n> So?\n**To**morrow, *not* `now`"),
            "Tomorrow, not now"
        );
        assert_eq!(preview("> all of it"), "> all of it");
        assert_eq!(preview("2 * 3"), "2 * 3");
        assert_eq!(preview(&"e ".repeat(200)).chars().count(), 160);
    }
}
