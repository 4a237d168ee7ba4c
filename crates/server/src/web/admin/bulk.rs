//! What staff do to conversations, to one as to a thousand: all of them, or none. Each answer says
//! how it is taken back.

pub(super) mod list;

use db::Tx;

use crate::{
    Error, Result,
    accounts::User,
    conversations::{self, Deed, Status, Thread, bulk, notify::Office},
    i18n::t,
    ids::{ThreadId, UndoId},
    web::{
        Call, Done, ThreadSummary,
        admin::{
            assignee_of,
            conversation::{
                self,
                after::{page_after, page_after_trashing},
            },
            page_of, staff, toast,
        },
        target,
        visit::Typed,
    },
};

const LIST: &str = "/pigeon/admin/threads";

pub async fn set_status(call: Call) -> Result<Done> {
    let staff = staff(&call)?;
    let status = Status::parse(call.fields.get("status"))
        .ok_or_else(|| Error::invalid("status", t("Choose open, pending or closed.")))?;
    let mut tx = call.app.db.begin_large().await?;
    let threads = named(&call, &mut tx, &staff).await?;
    let page = match one_of(&call, &threads) {
        Some(one) => Some(page_after(&call, &mut tx, &staff, one, Some(status)).await?),
        None => None,
    };
    let done = bulk::set_status_of_all(&mut tx, &threads, &staff, status, call.now).await?;
    tx.commit().await?;
    Ok(told(&call, threads, &done, page))
}

pub async fn assign(call: Call) -> Result<Done> {
    let staff = staff(&call)?;
    let office = Office::new(&call.app.config, &call.app.settings());
    let Some(id) = call.fields.find("assigneeId") else {
        let problem = t("Say whom to assign it to, or leave it empty for nobody.");
        return Err(Error::invalid("assigneeId", problem));
    };
    let mut tx = call.app.db.begin_large().await?;
    let assignee = assignee_of(&mut tx, id).await?;
    let threads = named(&call, &mut tx, &staff).await?;
    let to = assignee.as_ref();
    let done = bulk::assign_all(&mut tx, &office, &threads, &staff, to, call.now).await?;
    tx.commit().await?;
    Ok(told(&call, threads, &done, None))
}

/// Rows of a list are marked read for whoever does it; the form of a conversation's own page has
/// another way.
pub async fn mark_read(call: Call) -> Result<Done> {
    let staff = staff(&call)?;
    let mut tx = call.app.db.begin_large().await?;
    let threads = named(&call, &mut tx, &staff).await?;
    let done = bulk::mark_all_read(&mut tx, &threads, &staff, call.now).await?;
    tx.commit().await?;
    Ok(told(&call, threads, &done, None))
}

pub async fn trash(call: Call) -> Result<Done> {
    let staff = staff(&call)?;
    let mut tx = call.app.db.begin_large().await?;
    let threads = named(&call, &mut tx, &staff).await?;
    let page = match one_of(&call, &threads) {
        Some(one) => Some(page_after_trashing(&call, &mut tx, &staff, one).await?),
        None => None,
    };
    let done = bulk::trash_all(&mut tx, &threads, &staff, call.now).await?;
    tx.commit().await?;
    Ok(told(&call, threads, &done, page))
}

pub async fn restore(call: Call) -> Result<Done> {
    let staff = staff(&call)?;
    let mut tx = call.app.db.begin_large().await?;
    let threads = named(&call, &mut tx, &staff).await?;
    let done = bulk::restore_all(&mut tx, &threads, &staff, call.now).await?;
    tx.commit().await?;
    Ok(told(&call, threads, &done, None))
}

/// Deletes for good: the one thing that cannot be taken back.
pub async fn purge(call: Call) -> Result<Done> {
    let staff = staff(&call)?;
    let mut tx = call.app.db.begin_large().await?;
    let threads = named(&call, &mut tx, &staff).await?;
    let told = conversations::purge_all(&mut tx, &threads, &staff, call.now).await?;
    tx.commit().await?;
    let count = i64::try_from(threads.len()).unwrap_or(i64::MAX);
    let text = toast::say(&Deed::Purged, count);
    Ok(Done::lead_to(format!("{LIST}?source=trash"), text).with_undo(told))
}

pub async fn undo(call: Call) -> Result<Done> {
    let staff = staff(&call)?;
    let id = match call.fields.get("undo") {
        "" => return Err(Error::invalid("undo", t("Say what to undo."))),
        id => id.parse::<UndoId>().map_err(|_| Error::NotFound)?,
    };
    let mut tx = call.app.db.begin_large().await?;
    let undone = conversations::undo(&mut tx, &staff, id, call.now).await?;
    tx.commit().await?;
    Ok(Done::lead_to(LIST, toast::text(&undone)).with_undo(id))
}

/// The page of the form: a conversation's own, or the list as it was shown.
pub fn page(call: &Call) -> String {
    if call.fields.find("threadId").is_some() {
        return conversation::page(call);
    }
    let list = target::parse(&call.app.config, call.fields.get("redirect"));
    list.filter(|page| page.starts_with(LIST))
        .unwrap_or_else(|| LIST.to_owned())
}

/// The conversations that the form names: by `threadId`, once or several times; or every one of a
/// list, by its `view` and the number that its page named. Each is checked before any is changed.
async fn named(call: &Call, tx: &mut Tx, staff: &User) -> Result<Vec<Thread>> {
    let view = call.fields.get("view");
    if !view.is_empty() {
        let state = list::parse(view, staff)?;
        let (_, visit) = call.visit(LIST, Typed::default()).expect("there is a list");
        let ids = list::all(tx, &visit, staff, &state).await?;
        list::ensure_count(&ids, call.fields.get("count"))?;
        return bulk::lock_all(tx, staff, &ids).await;
    }
    let mut ids = Vec::new();
    for id in call.fields.list("threadId") {
        ids.push(id.parse::<ThreadId>().map_err(|_| Error::NotFound)?);
    }
    if ids.is_empty() {
        return Err(Error::invalid("threadId", t("No conversation is named.")));
    }
    bulk::lock_all(tx, staff, &ids).await
}

/// The conversation whose own page the form stands on.
fn one_of<'t>(call: &Call, threads: &'t [Thread]) -> Option<&'t Thread> {
    call.fields.find("threadId").and(threads.first())
}

/// What came of it, in words, and how it is taken back; then `page`, or the conversation's own.
fn told(call: &Call, threads: Vec<Thread>, done: &bulk::Done, page: Option<String>) -> Done {
    let count = i64::try_from(done.changed).unwrap_or(i64::MAX);
    let text = match count {
        0 => t("Nothing was changed.").to_owned(),
        count => toast::say(&done.deed, count),
    };
    let mut answer = match <[Thread; 1]>::try_from(threads) {
        Ok([mut thread]) if call.fields.get("view").is_empty() => {
            if let (Deed::Status { to }, true) = (&done.deed, done.changed > 0) {
                thread.status = *to;
            }
            let page = page.unwrap_or_else(|| page_of(thread.id));
            Done::lead_to(page, text).with_thread(ThreadSummary::of(&thread))
        }
        _ => Done::lead_to(LIST, text),
    };
    answer.undo = done.undo;
    answer
}
