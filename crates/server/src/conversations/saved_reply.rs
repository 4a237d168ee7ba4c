//! Answers that the team keeps for everybody of it.

use db::{Conn, Timestamp, Tx};
use serde::Serialize;

use crate::{
    Error, Problems, Result,
    conversations::{Draft, Thread},
    i18n::{t, t_with},
    ids::SavedReplyId,
};

const MAX_TITLE: usize = 100;
const MAX_BODY: usize = 10_000;
/// A list that is looked through at one glance needs no pages.
const MOST: i64 = 200;

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct SavedReply {
    pub id: SavedReplyId,
    pub title: String,
    pub body: String,
    pub updated_at: Timestamp,
}

/// What one is to be; valid.
#[derive(Clone, Debug)]
pub struct NewSavedReply {
    title: String,
    body: String,
}

/// What the variables stand for.
#[derive(Clone, Debug, Serialize)]
pub struct Values {
    /// The customer's, as one would write to them.
    pub name: String,
    pub subject: String,
    /// Whoever answers.
    pub me: String,
}

impl NewSavedReply {
    pub fn parse(title: &str, body: &str) -> Result<Self> {
        let mut problems = Problems::default();
        let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
        let title: String = title.chars().filter(|c| !c.is_control()).collect();
        if title.is_empty() {
            problems.add("title", t("Give it a title, to find it by."));
        }
        let body = match Draft::parse(body) {
            Ok(draft) => draft.body,
            Err(Error::Invalid(other)) => {
                for problem in other.0.into_values().flatten() {
                    problems.add("body", problem);
                }
                String::new()
            }
            Err(error) => return Err(error),
        };
        for (field, text, max) in [("title", &title, MAX_TITLE), ("body", &body, MAX_BODY)] {
            if text.chars().count() > max {
                let max = max.to_string();
                let why = "This is too long: {max} characters at most.";
                problems.add(field, t_with(why, &[("max", &max)]));
            }
        }
        problems.check()?;
        Ok(Self { title, body })
    }

    fn key(&self) -> String {
        self.title.to_lowercase()
    }
}

impl SavedReply {
    /// All of them, by title.
    pub async fn list(conn: &mut Conn) -> Result<Vec<Self>> {
        let replies = conn
            .query(
                "SELECT id, title, body, updated_at FROM saved_replies
                 ORDER BY title_key LIMIT $1",
            )
            .bind(MOST)
            .fetch_all()
            .await?;
        Ok(replies)
    }

    pub async fn get(conn: &mut Conn, id: SavedReplyId) -> Result<Self> {
        conn.query("SELECT id, title, body, updated_at FROM saved_replies WHERE id = $1")
            .bind(id)
            .fetch_optional()
            .await?
            .ok_or(Error::NotFound)
    }

    /// The same once more changes nothing.
    pub async fn create(tx: &mut Tx, new: &NewSavedReply, now: Timestamp) -> Result<()> {
        let there = Self::list(tx).await?;
        let same = |reply: &Self| reply.title == new.title && reply.body == new.body;
        if there.iter().any(same) {
            return Ok(());
        }
        if i64::try_from(there.len()).is_ok_and(|count| count >= MOST) {
            let max = MOST.to_string();
            let why = "There are {max} saved replies: delete one first.";
            return Err(Error::Conflict(t_with(why, &[("max", &max)])));
        }
        let made = tx
            .query(
                "INSERT INTO saved_replies (id, title, title_key, body, created_at, updated_at)
                 VALUES ($1, $2, $3, $4, $5, $5) ON CONFLICT (title_key) DO NOTHING",
            )
            .bind(SavedReplyId::new(now))
            .bind(new.title.as_str())
            .bind(new.key())
            .bind(new.body.as_str())
            .bind(now)
            .execute()
            .await?;
        if made == 0 {
            return Err(title_is_taken());
        }
        Ok(())
    }

    /// Refuses what was written over a text that somebody has changed since: `seen` is when it was
    /// last changed, as its writer knew it.
    pub async fn change(
        tx: &mut Tx,
        id: SavedReplyId,
        new: &NewSavedReply,
        seen: Timestamp,
        now: Timestamp,
    ) -> Result<()> {
        let taken: Vec<SavedReplyId> = tx
            .query("SELECT id FROM saved_replies WHERE title_key = $1 AND id <> $2")
            .bind(new.key())
            .bind(id)
            .fetch_scalars()
            .await?;
        if !taken.is_empty() {
            return Err(title_is_taken());
        }
        let changed = tx
            .query(
                "UPDATE saved_replies SET title = $2, title_key = $3, body = $4, updated_at = $5
                 WHERE id = $1 AND updated_at = $6",
            )
            .bind(id)
            .bind(new.title.as_str())
            .bind(new.key())
            .bind(new.body.as_str())
            .bind(now)
            .bind(seen)
            .execute()
            .await?;
        if changed == 1 {
            return Ok(());
        }
        let now_there = Self::get(tx, id).await?;
        if now_there.title == new.title && now_there.body == new.body {
            return Ok(());
        }
        let why = t("Somebody else has changed this reply in the meantime. Yours is not saved.");
        Err(Error::Conflict(why.to_owned()))
    }

    pub async fn delete(tx: &mut Tx, id: SavedReplyId) -> Result<()> {
        tx.query("DELETE FROM saved_replies WHERE id = $1")
            .bind(id)
            .execute()
            .await?;
        Ok(())
    }

    /// The text with its variables filled in, once: what stands for one is not looked through
    /// again, and what is no variable stays.
    pub fn filled(&self, values: &Values) -> String {
        let Values { name, subject, me } = values;
        let values = [("name", &**name), ("subject", subject), ("me", me)];
        templates::translate(&self.body, &values)
    }
}

impl Values {
    pub fn of(thread: &Thread, me: &str) -> Self {
        Self {
            name: name_of(thread),
            subject: thread.subject.clone(),
            me: me.to_owned(),
        }
    }
}

/// A guest who gave no name is called by the address's mailbox in lists; nobody is greeted so.
fn name_of(thread: &Thread) -> String {
    let name = thread.starter_name.trim();
    let email = thread.starter_email.as_deref().unwrap_or_default();
    let mailbox = email.rsplit_once('@').map_or("", |(mailbox, _)| mailbox);
    if name.is_empty() || name == mailbox {
        t("there").to_owned()
    } else {
        name.to_owned()
    }
}

fn title_is_taken() -> Error {
    Error::invalid(
        "title",
        t("There is a saved reply with this title already."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(body: &str) -> String {
        let reply = SavedReply {
            id: SavedReplyId::new(Timestamp::from_micros(1)),
            title: String::new(),
            body: body.to_owned(),
            updated_at: Timestamp::from_micros(1),
        };
        reply.filled(&Values {
            name: "{me} Ada".into(),
            subject: "{name}".into(),
            me: "Maya".into(),
        })
    }

    #[test]
    fn variables_are_filled_in_once_and_literally() {
        for (typed, shown) in [
            ("Hello {name},", "Hello {me} Ada,"),
            ("{subject}{me}{me}", "{name}MayaMaya"),
            (
                "{unknown} {Name} { name } {} {",
                "{unknown} {Name} { name } {} {",
            ),
            ("{{name}} {name", "{{me} Ada} {name"),
            ("no variable", "no variable"),
        ] {
            assert_eq!(filled(typed), shown, "{typed}");
        }
    }

    #[test]
    fn a_title_is_one_line_and_both_have_limits() {
        let new = NewSavedReply::parse(" On\n its\0  way ", "x").unwrap();
        assert_eq!(new.title, "On its way");
        let long = |n| "é".repeat(n);
        assert!(NewSavedReply::parse(&long(100), &long(10_000)).is_ok());
        for (title, body) in [
            (long(101), "x".into()),
            ("x".into(), long(10_001)),
            (" ".into(), "x".into()),
            ("x".into(), " ".into()),
        ] {
            assert!(NewSavedReply::parse(&title, &body).is_err());
        }
    }
}
