use std::{collections::BTreeSet, sync::atomic::Ordering::Relaxed};

use db::Conn;

use crate::{
    Result,
    accounts::{Permission, User},
    conversations::{drafts, inbox},
    views::shell::{Count, May, Me, Place, Shell, Unsent},
    web::{Visit, admin::conversation::composer::why},
};

/// What surrounds a page at `here`, for `viewer`.
pub async fn shell(visit: &Visit, conn: &mut Conn, viewer: &User, here: Place) -> Result<Shell> {
    let needing_reply = inbox::count_needing_reply(conn, viewer).await?;
    let unsent = unsent(visit, conn, viewer).await?;
    Ok(Shell {
        unsent,
        ..shell_with(visit, viewer, here, needing_reply)
    })
}

/// What this person has sent, and what did not leave or has not left yet.
pub(super) async fn unsent(visit: &Visit, conn: &mut Conn, viewer: &User) -> Result<Vec<Unsent>> {
    let unsent = drafts::to_tell(conn, viewer).await?.into_iter();
    let unsent = unsent.map(|letter| Unsent {
        id: letter.id.to_string(),
        thread: letter.thread_id.to_string(),
        subject: letter.subject,
        to: letter.starter_name,
        leaves_at: letter.leave_at,
        leaves_in: letter
            .leave_at
            .map_or(0, |at| at.since(visit.now).as_secs()),
        returned: letter.returned.map(why),
    });
    Ok(unsent.collect())
}

/// The same, where the badge's number is known already.
pub(super) fn shell_with(visit: &Visit, viewer: &User, here: Place, needing_reply: i64) -> Shell {
    Shell {
        me: Me {
            id: viewer.id.to_string(),
            name: viewer.name.clone(),
            email: viewer.email.clone(),
        },
        preferences: viewer.preferences,
        here,
        may: rights(viewer),
        needs_reply: Count::new(needing_reply),
        catcher: visit.app.outlet.is_catcher(),
        unnamed_proxy: viewer.admin && visit.app.unnamed_proxy.load(Relaxed),
        notice: None,
        unsent: Vec::new(),
    }
}

fn rights(viewer: &User) -> BTreeSet<May> {
    let rights = [
        (May::Manage, viewer.can(Permission::ManageThreads)),
        (May::Assign, viewer.can(Permission::AssignThreads)),
        (May::Settings, viewer.can(Permission::ManageSettings)),
        (May::Mail, viewer.admin),
    ];
    rights
        .into_iter()
        .filter_map(|(may, has)| has.then_some(may))
        .collect()
}
