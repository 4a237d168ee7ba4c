use std::time::Duration;

use db::{Conn, Timestamp, Tx};

use crate::{
    Error, Result,
    conversations::{
        HandedOut, Participant, Thread, Token,
        link::{find, works_until},
    },
};

/// Somebody with a private link.
#[derive(Clone, Debug)]
pub struct Guest {
    pub participant: Participant,
    pub thread: Thread,
    pub handed_out: HandedOut,
    /// When the link that they came by stops working, if nothing happens in the thread.
    pub link_expires_at: Timestamp,
}

/// What a browser brings along beside the token.
pub trait BrowserProof: Fn(&str) -> bool + Send + Sync {}
impl<T: Fn(&str) -> bool + Send + Sync> BrowserProof for T {}

impl Guest {
    /// The guest whose link holds `token`. One error for unknown, expired, revoked and left.
    ///
    /// `has_opened_mail_to` says of a canonical address whether this browser has opened a link
    /// that was mailed to it: once an address is proved, links that were only shown in a browser
    /// work no longer anywhere else.
    pub async fn by_token(
        conn: &mut Conn,
        token: Option<&Token>,
        lifetime: Duration,
        has_opened_mail_to: impl BrowserProof,
        now: Timestamp,
    ) -> Result<Self> {
        let token = token.ok_or(Error::LinkExpired)?;
        let (link, participant, thread) = find(conn, token).await?.ok_or(Error::LinkExpired)?;
        let link_expires_at = works_until(link.minted_at, &thread, lifetime);
        let key = participant.email_key.as_deref().unwrap_or_default();
        let superseded = link.handed_out == HandedOut::Shown
            && participant.proved_at.is_some()
            && !has_opened_mail_to(key);
        if superseded
            || link.revoked_at.is_some()
            || link_expires_at <= now
            || participant.left_at.is_some()
            || thread.trashed_at.is_some()
        {
            return Err(Error::LinkExpired);
        }
        Ok(Self {
            participant,
            thread,
            handed_out: link.handed_out,
            link_expires_at,
        })
    }

    /// Whether the button *Confirm my address* has something to do.
    pub fn can_confirm(&self) -> bool {
        self.handed_out == HandedOut::Mailed && self.participant.proved_at.is_none()
    }
}

/// The guest pressed *Confirm my address*, or posted: by an e-mailed link that proves the address.
pub async fn confirm(tx: &mut Tx, guest: &mut Guest, now: Timestamp) -> Result<()> {
    if !guest.can_confirm() {
        return Ok(());
    }
    tx.query("UPDATE participants SET proved_at = $2 WHERE id = $1 AND proved_at IS NULL")
        .bind(guest.participant.id)
        .bind(now)
        .execute()
        .await?;
    guest.participant.proved_at = Some(now);
    tx.announce(guest.thread.topic()).await?;
    // Links that were only shown in a browser have ended.
    tx.announce(guest.thread.guests_topic()).await?;
    Ok(())
}
