//! Finding conversations by the words in them.

use db::Tx;

use crate::{Result, ids::MessageId};

/// Notes that a message is to be indexed. The worker does it just after the commit; until then a
/// search reads the message itself.
pub async fn enqueue(tx: &mut Tx, message: MessageId) -> Result<()> {
    tx.query("INSERT INTO search_todo (message_id) VALUES ($1)")
        .bind(message)
        .execute()
        .await?;
    tx.announce("search".to_owned()).await?;
    Ok(())
}
