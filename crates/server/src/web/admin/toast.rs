//! What has just been done, in words, with the button that takes it back.

use db::Conn;

use crate::{
    Result,
    accounts::User,
    conversations::{Deed, Status, Undo},
    i18n::{plural, t},
    ids::UndoId,
    views::shell::Toast,
    web::Visit,
};

/// The deed that the page's address names, if it was `viewer`'s.
pub(super) async fn toast(visit: &Visit, conn: &mut Conn, viewer: &User) -> Result<Option<Toast>> {
    let Ok(id) = visit.query.get("undo").parse::<UndoId>() else {
        return Ok(None);
    };
    let Some(undo) = Undo::find(conn, viewer, id).await? else {
        return Ok(None);
    };
    let can_undo = undo.can_be_undone(visit.now);
    Ok(Some(Toast {
        text: text(&undo),
        undo: can_undo.then(|| id.to_string()),
        here: own_address(visit),
    }))
}

/// What a deed or its undoing came to.
pub(super) fn text(undo: &Undo) -> String {
    match undo.restored {
        None => say(&undo.deed, undo.threads),
        Some(0) => t("Nothing could be undone: somebody has changed it since.").to_owned(),
        Some(restored) => {
            let done = plural(
                count(restored),
                "Undone: the conversation is as it was before.",
                "Undone: {n} conversations are as they were before.",
            );
            if restored == undo.threads {
                return done;
            }
            let left = plural(
                count(undo.threads - restored),
                "One has changed since, and stays as it is.",
                "{n} have changed since, and stay as they are.",
            );
            format!("{done} {left}")
        }
    }
}

/// What was done to so many conversations.
pub(super) fn say(deed: &Deed, n: i64) -> String {
    let n = count(n);
    match deed {
        Deed::Status { to: Status::Closed } => {
            plural(n, "Conversation closed.", "{n} conversations closed.")
        }
        Deed::Status { to: Status::Open } => plural(
            n,
            "Conversation set to open.",
            "{n} conversations set to open.",
        ),
        Deed::Status {
            to: Status::Pending,
        } => plural(
            n,
            "Conversation set to pending.",
            "{n} conversations set to pending.",
        ),
        Deed::Assigned { name, .. } => plural(
            n,
            "Conversation assigned to {name}.",
            "{n} conversations assigned to {name}.",
        )
        .replace("{name}", name),
        Deed::Unassigned => plural(
            n,
            "Conversation assigned to nobody.",
            "{n} conversations assigned to nobody.",
        ),
        Deed::Read => plural(
            n,
            "Conversation marked read.",
            "{n} conversations marked read.",
        ),
        Deed::Trashed => plural(
            n,
            "Conversation moved to the trash.",
            "{n} conversations moved to the trash.",
        ),
        Deed::Restored => plural(n, "Conversation restored.", "{n} conversations restored."),
        Deed::Purged => plural(
            n,
            "Conversation deleted for good.",
            "{n} conversations deleted for good.",
        ),
    }
}

fn count(n: i64) -> u64 {
    u64::try_from(n).unwrap_or_default()
}

/// The page's own address without the deed, and with nothing selected: to dismiss the toast, and
/// to come back to.
pub(super) fn own_address(visit: &Visit) -> String {
    let query = visit.query_text.split('&');
    let rest: Vec<&str> = query
        .filter(|part| !part.is_empty() && !part.starts_with("undo=") && *part != "all=1")
        .collect();
    if rest.is_empty() {
        return visit.path.clone();
    }
    format!("{}?{}", visit.path, rest.join("&"))
}
