use db::Tx;
use serde::Serialize;

use crate::{Result, ids::UserId};

/// How somebody of the team likes to work. They come with the account, and cost no look-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct Preferences {
    /// How long a message is held back, so that its writer can take it back.
    pub undo_seconds: i64,
    pub density: Density,
    pub theme: Theme,
    /// Single keys do something.
    pub use_keys: bool,
    pub after_closing: AfterClosing,
}

/// How much room a row of the inbox has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Density {
    Compact,
    Roomy,
}

db::text_enum!(Density { Compact = "compact", Roomy = "roomy" });

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// As the browser says.
    System,
    Light,
    Dark,
}

db::text_enum!(Theme { System = "system", Light = "light", Dark = "dark" });

/// What opens when somebody has closed a conversation on its page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum AfterClosing {
    /// The next conversation of the list that it was opened from.
    Next,
    /// It stays.
    Stay,
    List,
}

db::text_enum!(AfterClosing { Next = "next", Stay = "stay", List = "list" });

impl Default for Preferences {
    fn default() -> Self {
        Self {
            undo_seconds: 10,
            density: Density::Compact,
            theme: Theme::System,
            use_keys: true,
            after_closing: AfterClosing::Next,
        }
    }
}

impl Preferences {
    /// What `undo_seconds` may be; 0: messages leave at once.
    pub const UNDO_SECONDS: [i64; 5] = [0, 5, 10, 20, 30];

    pub async fn save(&self, tx: &mut Tx, user: UserId) -> Result<()> {
        tx.query(
            "UPDATE users SET undo_seconds = $2, density = $3, theme = $4, use_keys = $5,
                 after_closing = $6
             WHERE id = $1",
        )
        .bind(user)
        .bind(self.undo_seconds)
        .bind(self.density)
        .bind(self.theme)
        .bind(self.use_keys)
        .bind(self.after_closing)
        .execute()
        .await?;
        Ok(())
    }
}
