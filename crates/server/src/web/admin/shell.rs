use std::{collections::BTreeSet, sync::atomic::Ordering::Relaxed};

use db::Conn;

use crate::{
    Result,
    accounts::{Permission, User},
    conversations::inbox,
    views::shell::{Count, May, Me, Place, Shell},
    web::Visit,
};

/// What surrounds a page at `here`, for `viewer`.
pub async fn shell(visit: &Visit, conn: &mut Conn, viewer: &User, here: Place) -> Result<Shell> {
    let needing_reply = inbox::count_needing_reply(conn, viewer).await?;
    Ok(shell_with(visit, viewer, here, needing_reply))
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
