//! `@maya` in a note: who is meant.

use std::collections::BTreeSet;

use db::{Conn, Tx};

use crate::{
    Result,
    accounts::User,
    conversations::{Message, Participant},
    ids::{MessageId, ThreadId, UserId},
};

/// Keeps whom `note` names, and says who it is: of the team, and not its author.
pub(super) async fn record(tx: &mut Tx, author: &Participant, note: &Message) -> Result<Vec<User>> {
    if !note.body.contains('@') {
        return Ok(Vec::new());
    }
    let mut staff = User::list_staff(tx).await?;
    let named: BTreeSet<UserId> = mentions(&note.body, &staff)
        .into_iter()
        .map(|(user, _)| user)
        .filter(|user| Some(*user) != author.user_id)
        .collect();
    for user in &named {
        tx.query("INSERT INTO mentions (message_id, user_id) VALUES ($1, $2)")
            .bind(note.id)
            .bind(*user)
            .execute()
            .await?;
    }
    staff.retain(|user| named.contains(&user.id));
    Ok(staff)
}

/// The notes of a thread from `seq` on that name `user`.
pub async fn notes_that_mention(
    conn: &mut Conn,
    thread: ThreadId,
    seq: i64,
    user: UserId,
) -> Result<BTreeSet<MessageId>> {
    let notes = conn
        .query(
            "SELECT messages.id FROM messages
             JOIN mentions ON mentions.message_id = messages.id AND mentions.user_id = $3
             WHERE messages.thread_id = $1 AND messages.seq >= $2",
        )
        .bind(thread)
        .bind(seq)
        .bind(user)
        .fetch_scalars()
        .await?;
    Ok(notes.into_iter().collect())
}

/// Whom of `people` the text names, each time with what was typed. The longest name counts; one
/// that means two people means nobody.
pub fn mentions<'a>(text: &'a str, people: &[User]) -> Vec<(UserId, &'a str)> {
    let names: Vec<(String, UserId)> = people
        .iter()
        .flat_map(|user| names_of(user).into_iter().map(|name| (name, user.id)))
        .collect();
    let mut found = Vec::new();
    for (at, _) in text.match_indices('@') {
        // In an address, it is no name.
        if text[..at].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '+'))
        {
            continue;
        }
        let rest = &text[at + 1..];
        let lengths = names
            .iter()
            .filter_map(|(name, user)| Some((len_of(name, rest)?, *user)));
        let lengths: Vec<(usize, UserId)> = lengths.collect();
        let longest = lengths.iter().map(|(len, _)| *len).max();
        let meant: BTreeSet<UserId> = lengths
            .iter()
            .filter(|(len, _)| Some(*len) == longest)
            .map(|(_, user)| *user)
            .collect();
        if let (Some(len), [user]) = (longest, &Vec::from_iter(meant)[..]) {
            found.push((*user, &text[at..=at + len]));
        }
    }
    found
}

/// What somebody can be called by: user name, whole name, and the first word of it.
fn names_of(user: &User) -> BTreeSet<String> {
    let name = user.name.trim();
    let first = name.split_whitespace().next().unwrap_or_default();
    let names = [user.username.as_deref().unwrap_or_default(), name, first].into_iter();
    names
        .filter(|name| !name.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// How much of `text` is `name` (in lower case), if a word ends there.
fn len_of(name: &str, text: &str) -> Option<usize> {
    let mut wanted = name.chars().peekable();
    for (at, c) in text.char_indices() {
        if wanted.peek().is_none() {
            return (!c.is_alphanumeric() && c != '_').then_some(at);
        }
        for lower in c.to_lowercase() {
            if wanted.next() != Some(lower) {
                return None;
            }
        }
    }
    wanted.next().is_none().then_some(text.len())
}

#[cfg(test)]
mod tests {
    use db::Timestamp;

    use super::*;
    use crate::accounts::{Permissions, Preferences};

    fn person(n: i64, username: &str, name: &str) -> User {
        User {
            id: UserId::new(Timestamp::from_micros(n)),
            email: String::new(),
            email_key: String::new(),
            username: Some(username.to_owned()).filter(|name| !name.is_empty()),
            name: name.to_owned(),
            admin: false,
            disabled_at: None,
            created_at: Timestamp::from_micros(n),
            permissions: Permissions::default(),
            preferences: Preferences::default(),
        }
    }

    #[test]
    fn a_name_means_one_person_or_nobody() {
        let people = [
            person(1, "maya", "Maya Lindqvist"),
            person(2, "tom.a", "Tom Adeyemi"),
            person(3, "", "Tom Öst"),
            person(4, "PRIYA", "İnci Priya"),
        ];
        for (text, meant) in [
            ("@maya, please", &[(0, "@maya")][..]),
            ("@MAYA LINDQVIST.", &[(0, "@MAYA LINDQVIST")]),
            (
                "(@Maya) @maya: @mayas @maya_",
                &[(0, "@Maya"), (0, "@maya")],
            ),
            (
                "ask @tom.a. or @Tom öst!",
                &[(1, "@tom.a"), (2, "@Tom öst")],
            ),
            ("@tom may be either", &[]),
            ("maya@maya.example a.@maya @ maya @nobody @", &[]),
            ("@priya", &[(3, "@priya")]),
            ("@@maya @", &[(0, "@maya")]),
        ] {
            let found = mentions(text, &people);
            let meant: Vec<_> = meant
                .iter()
                .map(|(n, typed)| (people[*n].id, *typed))
                .collect();
            assert_eq!(found, meant, "{text}");
        }
    }
}
