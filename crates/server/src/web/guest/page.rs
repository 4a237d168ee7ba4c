use db::Conn;

use crate::{
    Result,
    conversations::{Guest, Message, Notify, Participant, Role, Token, count_others, receipts},
    ids::MessageId,
    views::guest::{Course, Entry, Side, ThreadPage, track},
    web::{
        Visit,
        contact::{alert, problems},
        guest_post::honeypot,
    },
};

/// What the guest sees of the conversation.
pub(super) async fn load(
    visit: &Visit,
    conn: &mut Conn,
    token: &Token,
    guest: &Guest,
) -> Result<ThreadPage> {
    let (thread, me) = (&guest.thread, &guest.participant);
    let before = first_wanted(visit, conn, guest).await?;
    let messages = Message::page_for_guests(conn, thread.id, before).await?;
    let participants = Participant::list(conn, thread.id).await?;
    let others: Vec<_> = participants
        .iter()
        .filter(|reader| reader.id != me.id && reader.left_at.is_none())
        .cloned()
        .collect();
    let receipts = receipts(conn, thread.id, &others, &messages).await?;
    let course = course(conn, guest, &participants).await?;
    let first = messages.first().filter(|first| first.seq > 1);
    let last = messages
        .iter()
        .rev()
        .find(|message| message.seq <= thread.last_visible_seq);
    Ok(ThreadPage {
        token: token.as_str().to_owned(),
        draft: thread.id,
        subject: thread.subject.clone(),
        track: track(&course),
        earlier: first.map(|first| first.id),
        seen: last.map(|last| last.id),
        entries: messages
            .iter()
            .filter_map(|message| Entry::of(message, me, thread, &receipts))
            .collect(),
        unread: thread.last_visible_seq > me.read_seq,
        closed_at: thread.closed_at,
        can_confirm: guest.can_confirm(),
        notified: me.notify == Notify::On,
        others: count_others(conn, me).await?,
        works_until: guest.link_expires_at,
        typed: visit.typed("body").to_owned(),
        problems: problems(visit),
        alert: alert(visit),
        honeypot: honeypot(&visit.app.settings()),
    })
}

/// The number of the entry that the page ends before.
async fn first_wanted(visit: &Visit, conn: &mut Conn, guest: &Guest) -> Result<i64> {
    let Ok(before) = visit.query.get("before").parse::<MessageId>() else {
        return Ok(i64::MAX);
    };
    let message = Message::get(conn, guest.thread.id, before).await?;
    Ok(message.map_or(i64::MAX, |message| message.seq))
}

async fn course(conn: &mut Conn, guest: &Guest, participants: &[Participant]) -> Result<Course> {
    let thread = &guest.thread;
    let begun_by = if participants.iter().any(|one| one.role == Role::Owner) {
        Side::Customer
    } else {
        Side::Staff
    };
    let answer = Message::last_by_staff(conn, thread.id).await?;
    // What staff wrote first answers nobody.
    let answer = answer.filter(|answer| answer.seq > 1);
    Ok(Course {
        begun_by,
        begun_at: thread.created_at,
        answered_at: answer.map(|answer| answer.created_at),
        waiting_since: thread.waits_since(),
        closed_at: thread.closed_at,
    })
}
