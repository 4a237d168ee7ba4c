use std::time::Duration;

use db::{Db, Timestamp};

use super::people::Staff;
use crate::{
    Error, Result,
    accounts::{NewUser, Password, Permission, User},
    email_address::Address,
    ids::UserId,
};

/// Somebody of the demo's team, who can sign in.
pub struct Member {
    pub email: &'static str,
    pub name: &'static str,
    id: UserId,
}

const TEAM: [(&str, &str, &str); 3] = [
    ("ana@example.com", "ana", "Ana Kovač"),
    ("yusuf@example.com", "yusuf", "Yusuf Demir"),
    ("mei@example.com", "mei", "Mei Tanaka"),
];

const PERMISSIONS: [Permission; 3] = [
    Permission::AccessPlugin,
    Permission::ManageThreads,
    Permission::AssignThreads,
];

/// The team has been there for longer than the oldest conversation: what is new is new to them.
const AGE: Duration = Duration::from_hours(3 * 365 * 24);

pub(super) async fn insert(db: &Db, password: &str, now: Timestamp) -> Result<Vec<Member>> {
    let hash = Password::parse(password)
        .map_err(|problem| Error::invalid("password", problem))?
        .hash()
        .await?;
    let mut tx = db.begin().await?;
    let mut team = Vec::new();
    for (email, username, name) in TEAM {
        let admin = team.is_empty();
        let new = NewUser {
            email: Address::parse(email).expect("the team's addresses are right"),
            username: Some(username.to_owned()),
            name: name.to_owned(),
            admin,
            permissions: if admin {
                Vec::new()
            } else {
                PERMISSIONS.to_vec()
            },
        };
        let user = User::insert(&mut tx, new, now - AGE).await?;
        User::set_password(&mut tx, user.id, &hash).await?;
        let id = user.id;
        team.push(Member { email, name, id });
    }
    tx.commit().await?;
    Ok(team)
}

impl Member {
    pub(super) fn staff(&self) -> Staff {
        Staff {
            id: self.id.0.simple().to_string(),
            name: self.name,
        }
    }
}
