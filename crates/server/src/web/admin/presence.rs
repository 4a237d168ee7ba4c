use db::{Conn, Timestamp};

use crate::{
    Error, Result,
    accounts::User,
    conversations::presence::{self, Doing},
    i18n::t,
    ids::ThreadId,
    views::inbox::Row,
    web::{
        Call, Done,
        admin::{page_of, staff, thread_on_page},
    },
};

/// `pigeon/admin/presence`: what somebody does in a conversation: `here`, `reply`, `note`; or `gone`.
/// The page says it every 20 seconds, while it is open: in the trash, too.
pub async fn tell(call: Call) -> Result<Done> {
    let staff = staff(&call)?;
    let said = call.fields.get("doing");
    let doing = Doing::parse(said);
    if doing.is_none() && said != "gone" {
        let text = t("This is “here”, “reply”, “note” or “gone”.");
        return Err(Error::invalid("doing", text));
    }
    let id = call.fields.get("threadId");
    let id: ThreadId = id.parse().map_err(|_| Error::NotFound)?;
    let mut tx = call.app.db.begin().await?;
    match doing {
        Some(doing) => {
            let thread = thread_on_page(&mut tx, &staff, id).await?;
            presence::appear(&mut tx, &thread, &staff, doing, call.now).await?;
        }
        // Also from a page whose conversation has been deleted for good.
        None => presence::disappear(&mut tx, id, &staff).await?,
    }
    tx.commit().await?;
    Ok(Done::lead_to(page_of(id), t("Noted.")))
}

/// Says of each row who else is in that conversation now.
pub async fn mark_present(
    conn: &mut Conn,
    viewer: &User,
    now: Timestamp,
    mut rows: Vec<&mut Row>,
) -> Result<()> {
    for present in presence::others(conn, viewer, now).await? {
        let thread = present.thread_id.to_string();
        if let Some(row) = rows.iter_mut().find(|row| row.id == thread) {
            row.present.push(present.into());
        }
    }
    Ok(())
}
