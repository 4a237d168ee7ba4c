use db::{Timestamp, Tx};

use crate::{
    Result,
    accounts::User,
    conversations::{Notify, Participant, Thread},
};

/// Switches whether `staff` are mailed about the thread: *Follow*, or no more of it.
pub async fn follow(
    tx: &mut Tx,
    thread: &Thread,
    staff: &User,
    notify: Notify,
    now: Timestamp,
) -> Result<()> {
    let mut participant = Participant::add_staff(tx, thread, staff, now).await?;
    match notify {
        Notify::On => participant.come_back(tx).await?,
        Notify::Off | Notify::Muted => participant.set_notify(tx, notify).await?,
    }
    tx.announce(thread.topic()).await.map_err(Into::into)
}
