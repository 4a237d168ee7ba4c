use db::Conn;

use crate::{
    Result,
    accounts::{Permission, User},
    conversations::{Notify, Participant, Thread},
    views::conversation::{Choice, Part, Person},
};

pub(super) fn of(viewer: &User, thread: &Thread, participants: &[Participant]) -> Vec<Person> {
    let person = |person: &Participant| Person {
        id: person.id.to_string(),
        name: person.name.clone(),
        email: person.email.clone(),
        part: part(viewer, person),
        notified: person.notify == Notify::On,
        assigned: person.user_id.is_some() && person.user_id == thread.assignee_id,
    };
    participants.iter().map(person).collect()
}

fn part(viewer: &User, person: &Participant) -> Part {
    if person.left_at.is_some() {
        return Part::Left;
    }
    match person.user_id {
        Some(id) if id == viewer.id => Part::Me,
        Some(_) if person.is_staff() => Part::Staff,
        Some(_) => Part::User,
        None if person.proved_at.is_some() => Part::Guest,
        None => Part::UnconfirmedGuest,
    }
}

/// Whom `viewer` may give the thread to; whoever has it is among them, even if they could not get
/// it any more.
pub(super) async fn assignees(
    conn: &mut Conn,
    viewer: &User,
    thread: &Thread,
) -> Result<Vec<Choice>> {
    let mut people = if viewer.can(Permission::AssignThreads) {
        User::list_staff(conn).await?
    } else {
        Vec::new()
    };
    if let Some(id) = thread.assignee_id
        && !people.iter().any(|user| user.id == id)
    {
        people.extend(User::find(conn, id).await?);
    }
    let choice = |user: User| Choice {
        id: user.id.to_string(),
        me: user.id == viewer.id,
        current: thread.assignee_id == Some(user.id),
        name: user.name,
    };
    Ok(people.into_iter().map(choice).collect())
}
