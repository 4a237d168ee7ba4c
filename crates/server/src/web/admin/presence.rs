use db::{Conn, Timestamp};

use crate::{
    Error, Result,
    accounts::User,
    conversations::presence::{self, Doing},
    i18n::t,
    views::inbox::Row,
    web::{
        Call, Done,
        admin::{page_of, staff, thread_of},
    },
};

/// `pigeon/admin/presence`: what somebody does in a conversation: `here`, `reply`, `note`; or `gone`.
/// The page says it every 20 seconds.
pub async fn tell(call: Call) -> Result<Done> {
    let staff = staff(&call)?;
    let said = call.fields.get("doing");
    let doing = Doing::parse(said);
    if doing.is_none() && said != "gone" {
        let text = t("This is “here”, “reply”, “note” or “gone”.");
        return Err(Error::invalid("doing", text));
    }
    let mut tx = call.app.db.begin().await?;
    let thread = thread_of(&mut tx, &staff, call.fields.get("threadId")).await?;
    match doing {
        Some(doing) => presence::appear(&mut tx, &thread, &staff, doing, call.now).await?,
        None => presence::disappear(&mut tx, &thread, &staff).await?,
    }
    tx.commit().await?;
    Ok(Done::lead_to(page_of(thread.id), t("Noted.")))
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
