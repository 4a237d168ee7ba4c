use std::{collections::BTreeSet, sync::atomic::Ordering::Relaxed, time::Duration};

use db::{Conn, Timestamp};

use crate::{
    Result,
    accounts::{Permission, User},
    conversations::{drafts, inbox, subject_or_usual},
    views::shell::{Count, May, Me, Place, Shell, Trouble, Unsent},
    web::{Visit, admin::conversation::composer::why},
};

/// How long mail may be under way before somebody is told.
const TOO_LONG: Duration = Duration::from_mins(10);

/// What surrounds a page at `here`, for `viewer`.
pub async fn shell(visit: &Visit, conn: &mut Conn, viewer: &User, here: Place) -> Result<Shell> {
    let needing_reply = inbox::count_needing_reply(conn, viewer).await?;
    shell_with(visit, conn, viewer, here, needing_reply).await
}

/// What this person has sent, and what did not leave or has not left yet.
async fn unsent(visit: &Visit, conn: &mut Conn, viewer: &User) -> Result<Vec<Unsent>> {
    let unsent = drafts::to_tell(conn, viewer).await?.into_iter();
    let unsent = unsent.map(|letter| Unsent {
        id: letter.id.to_string(),
        thread: letter.thread_id.map(|thread| thread.to_string()),
        subject: subject_or_usual(letter.subject),
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
pub(super) async fn shell_with(
    visit: &Visit,
    conn: &mut Conn,
    viewer: &User,
    here: Place,
    needing_reply: i64,
) -> Result<Shell> {
    let trouble = trouble(visit, conn, viewer).await?;
    Ok(Shell {
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
        trouble,
        notice: None,
        unsent: unsent(visit, conn, viewer).await?,
        toast: None,
        problem: None,
    })
}

/// Whether mail has not left for a while, or waits for a decision: for whoever can do something.
/// A mail server's words may hold an address, and are for admins.
async fn trouble(visit: &Visit, conn: &mut Conn, viewer: &User) -> Result<Option<Trouble>> {
    if !viewer.can(Permission::ManageSettings) {
        return Ok(None);
    }
    let found = queue::trouble(conn, visit.now).await?;
    let for_long = |since: &Timestamp| visit.now.since(*since) >= TOO_LONG;
    let failing = found.failing_since.filter(for_long);
    let trouble = Trouble {
        since: failing.or(found.oldest_due.filter(for_long)),
        refused: failing.is_some(),
        reason: failing.and(found.reason).filter(|_| viewer.admin),
        stale: found.any_stale,
    };
    let any = trouble.since.is_some() || trouble.stale;
    Ok(any.then_some(trouble))
}

fn rights(viewer: &User) -> BTreeSet<May> {
    let rights = [
        (May::Manage, viewer.can(Permission::ManageThreads)),
        (May::Assign, viewer.can(Permission::AssignThreads)),
        (May::Settings, viewer.can(Permission::ManageSettings)),
        (May::Mail, viewer.admin),
        (May::Queue, viewer.can(Permission::ManageSettings)),
    ];
    rights
        .into_iter()
        .filter_map(|(may, has)| has.then_some(may))
        .collect()
}
