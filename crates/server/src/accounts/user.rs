use std::collections::BTreeSet;

use db::{Conn, Timestamp, Tx};
use unicode_normalization::UnicodeNormalization as _;

use crate::{
    Error, Problems, Result,
    accounts::{Permission, Permissions, Preferences},
    email_address::Address,
    i18n::t,
    ids::UserId,
};

/// Somebody with an account.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct User {
    pub id: UserId,
    pub email: String,
    /// What `email` is compared by.
    pub email_key: String,
    pub username: Option<String>,
    /// What others see, guests too.
    pub name: String,
    pub admin: bool,
    pub disabled_at: Option<Timestamp>,
    pub created_at: Timestamp,
    #[sqlx(flatten)]
    pub preferences: Preferences,
    #[sqlx(try_from = "String")]
    pub permissions: Permissions,
}

/// What an account begins with; valid.
#[derive(Debug)]
pub struct NewUser {
    pub email: Address,
    pub username: Option<String>,
    pub name: String,
    pub admin: bool,
    pub permissions: Vec<Permission>,
}

/// The users for whom the rest of the statement holds.
macro_rules! users {
    ($rest:literal) => {
        concat!(
            "SELECT id, email, email_key, username, name, admin, disabled_at, created_at,
                 undo_seconds, density, theme, use_keys, after_closing,
                 coalesce((SELECT string_agg(permission, ' ') FROM user_permissions
                           WHERE user_id = users.id), '') AS permissions
             FROM users ",
            $rest
        )
    };
}

pub(super) use users;

impl User {
    /// Admins may do everything, people whose account is disabled nothing.
    pub fn can(&self, permission: Permission) -> bool {
        if self.disabled_at.is_some() {
            return false;
        }
        let has = |permission| self.admin || self.permissions.contains(permission);
        match permission {
            Permission::AccessPlugin => has(permission) || has(Permission::ManageThreads),
            Permission::AssignThreads => has(permission) && has(Permission::ManageThreads),
            Permission::ManageThreads | Permission::ManageSettings => has(permission),
        }
    }

    /// Announced when something changes that only this person sees.
    pub fn topic(&self) -> String {
        format!("me-{}", self.id)
    }

    pub fn is_staff(&self) -> bool {
        self.can(Permission::ManageThreads)
    }

    pub fn is_active(&self) -> bool {
        self.disabled_at.is_none()
    }

    pub async fn find(conn: &mut Conn, id: UserId) -> Result<Option<Self>> {
        let query = conn.query(users!("WHERE id = $1")).bind(id);
        Ok(query.fetch_optional().await?)
    }

    /// By address or user name, as people type it when they sign in.
    pub async fn find_by_login_name(conn: &mut Conn, login_name: &str) -> Result<Option<Self>> {
        let email_key = Address::parse(login_name).map_or(String::new(), |a| a.key().to_owned());
        let query = conn
            .query(users!("WHERE email_key = $1 OR username_key = $2"))
            .bind(email_key)
            .bind(username_key(login_name));
        Ok(query.fetch_optional().await?)
    }

    pub async fn find_by_address(conn: &mut Conn, address: &Address) -> Result<Option<Self>> {
        let query = conn
            .query(users!("WHERE email_key = $1"))
            .bind(address.key());
        Ok(query.fetch_optional().await?)
    }

    pub async fn list(conn: &mut Conn) -> Result<Vec<Self>> {
        let query = conn.query(users!("ORDER BY email_key"));
        Ok(query.fetch_all().await?)
    }

    /// Everybody who answers conversations, by name.
    pub async fn list_staff(conn: &mut Conn) -> Result<Vec<Self>> {
        let query = conn.query(users!(
            "WHERE disabled_at IS NULL AND (admin = $1 OR EXISTS (
                 SELECT 1 FROM user_permissions
                 WHERE user_id = users.id AND permission = 'pigeon:manageThreads'))
             ORDER BY name, id"
        ));
        Ok(query.bind(true).fetch_all().await?)
    }

    /// Without a password: nobody can sign in until one is set.
    pub async fn insert(tx: &mut Tx, new: NewUser, now: Timestamp) -> Result<Self> {
        let id = UserId::new(now);
        let (email, email_key) = (new.email.as_typed(), new.email.key());
        let inserted = tx
            .query(
                "INSERT INTO users (id, email, email_key, username, username_key, name, admin,
                     created_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                 ON CONFLICT DO NOTHING",
            )
            .bind(id)
            .bind(email)
            .bind(email_key)
            .bind(new.username.as_deref())
            .bind(new.username.as_deref().map(username_key))
            .bind(new.name.as_str())
            .bind(new.admin)
            .bind(now)
            .execute()
            .await?;
        if inserted == 0 {
            let taken = Self::find_by_address(tx, &new.email).await?.is_some();
            let field = if taken { "email" } else { "username" };
            return Err(Error::invalid(
                field,
                t("There is an account with it already."),
            ));
        }
        for permission in &new.permissions {
            tx.query("INSERT INTO user_permissions (user_id, permission) VALUES ($1, $2)")
                .bind(id)
                .bind(permission.name())
                .execute()
                .await?;
        }
        let user = Self::find(tx, id).await?;
        Ok(user.expect("it was inserted a moment ago"))
    }

    /// What everybody sees from now on; what was written before keeps the name it was written under.
    pub async fn set_name(tx: &mut Tx, id: UserId, name: &str) -> Result<()> {
        tx.query("UPDATE users SET name = $1 WHERE id = $2")
            .bind(name)
            .bind(id)
            .execute()
            .await?;
        Ok(())
    }

    /// Sets a new password and ends everything that the old one opened.
    pub async fn set_password(tx: &mut Tx, id: UserId, password_hash: &str) -> Result<()> {
        tx.query("UPDATE users SET password_hash = $1 WHERE id = $2")
            .bind(password_hash)
            .bind(id)
            .execute()
            .await?;
        end_access(tx, id).await
    }

    /// Ends their sessions at once. The last admin stays, or nobody could let anybody in again.
    pub async fn disable(tx: &mut Tx, id: UserId, now: Timestamp) -> Result<()> {
        let was_admin: Option<(bool,)> = tx
            .query(
                "UPDATE users SET disabled_at = $1 WHERE id = $2 AND disabled_at IS NULL
                 RETURNING admin",
            )
            .bind(now)
            .bind(id)
            .fetch_optional()
            .await?;
        if was_admin == Some((true,)) && !Self::has_admin(tx).await? {
            let why = t("This is the only admin: make another one first.");
            return Err(Error::Conflict(why.to_owned()));
        }
        end_access(tx, id).await
    }

    /// Whether anybody could let others in: if not, this installation is not set up.
    pub async fn has_admin(conn: &mut Conn) -> Result<bool> {
        let found: Option<(i64,)> = conn
            .query(
                "SELECT CAST(1 AS BIGINT) FROM users
                 WHERE admin = $1 AND disabled_at IS NULL LIMIT 1",
            )
            .bind(true)
            .fetch_optional()
            .await?;
        Ok(found.is_some())
    }
}

impl NewUser {
    /// Checks what was typed. Without a name, people see the user name or the mailbox.
    pub fn parse(
        email: &str,
        username: &str,
        name: &str,
        admin: bool,
        permissions: &[Permission],
    ) -> Result<Self> {
        let mut problems = Problems::default();
        let address = Address::parse(email);
        if let Err(problem) = &address {
            problems.add("email", problem.to_string());
        }
        let username = username.trim();
        if let Err(problem) = check_username(username) {
            problems.add("username", problem);
        }
        let name = name.trim();
        if let Err(problem) = check_name(name) {
            problems.add("name", problem);
        }
        let needs_manage = permissions.contains(&Permission::AssignThreads)
            && !permissions.contains(&Permission::ManageThreads)
            && !admin;
        if needs_manage {
            let why = t("pigeon:assignThreads needs pigeon:manageThreads too.");
            problems.add("permission", why);
        }
        problems.check()?;
        let email = address.expect("its problem would have been returned");
        let mailbox = email.as_typed().split('@').next().unwrap_or_default();
        let fallback = if username.is_empty() {
            mailbox
        } else {
            username
        };
        let name = if name.is_empty() { fallback } else { name }.to_owned();
        let names: BTreeSet<_> = permissions.iter().map(|p| p.name()).collect();
        Ok(Self {
            email,
            username: (!username.is_empty()).then(|| username.to_owned()),
            name,
            admin,
            permissions: names.iter().filter_map(|name| name.parse().ok()).collect(),
        })
    }
}

/// Sessions and password links.
async fn end_access(tx: &mut Tx, id: UserId) -> Result<()> {
    tx.query("DELETE FROM sessions WHERE user_id = $1")
        .bind(id)
        .execute()
        .await?;
    tx.query("DELETE FROM password_links WHERE user_id = $1")
        .bind(id)
        .execute()
        .await?;
    Ok(())
}

fn username_key(username: &str) -> String {
    username.trim().nfc().collect::<String>().to_lowercase()
}

/// Nothing that an address has, or that separates the recipients of a message.
fn check_username(username: &str) -> Result<(), &'static str> {
    if username.chars().count() > 100 {
        return Err(t("A user name has at most 100 characters."));
    }
    let odd = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '@' | ',' | ';');
    if username.contains(odd) {
        return Err(t("A user name has no spaces, commas, semicolons or @."));
    }
    Ok(())
}

pub(crate) fn check_name(name: &str) -> Result<(), &'static str> {
    if name.chars().count() > 300 {
        return Err(t("A name has at most 300 characters."));
    }
    if name.chars().any(char::is_control) {
        return Err(t("A name is a single line."));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::Permission::{AccessPlugin, AssignThreads, ManageSettings, ManageThreads};

    fn user(permissions: &[Permission]) -> User {
        User {
            id: UserId(uuid::Uuid::nil()),
            email: "ann@example.com".into(),
            email_key: "ann@example.com".into(),
            username: None,
            name: "Ann".into(),
            admin: false,
            disabled_at: None,
            created_at: Timestamp::default(),
            preferences: Preferences::default(),
            permissions: Permissions(permissions.to_vec()),
        }
    }

    #[test]
    fn each_permission_allows_what_it_says() {
        for (given, may) in [
            (&[][..], [false, false, false, false]),
            (&[AccessPlugin], [true, false, false, false]),
            (&[ManageThreads], [true, true, false, false]),
            (&[AssignThreads], [false, false, false, false]),
            (&[ManageThreads, AssignThreads], [true, true, true, false]),
            (&[ManageSettings], [false, false, false, true]),
        ] {
            assert_eq!(
                Permission::ALL.map(|p| user(given).can(p)),
                may,
                "{given:?}"
            );
        }
        let admin = User {
            admin: true,
            ..user(&[])
        };
        assert_eq!(Permission::ALL.map(|p| admin.can(p)), [true; 4]);
        let disabled = User {
            disabled_at: Some(Timestamp::default()),
            ..admin
        };
        assert_eq!(Permission::ALL.map(|p| disabled.can(p)), [false; 4]);
    }

    #[test]
    fn without_a_name_people_see_the_user_name_or_the_mailbox() {
        let name = |username, name| {
            let new = NewUser::parse("ann.lee@example.com", username, name, false, &[]);
            new.unwrap().name
        };
        assert_eq!(name("", ""), "ann.lee");
        assert_eq!(name("ann", " "), "ann");
        assert_eq!(name("ann", " Ann Lee "), "Ann Lee");
    }
}
