//! Staff add and remove people, send them links, and follow.

use crate::{
    Error, Result,
    accounts::{Permission, User, user::check_name},
    conversations::{self, Newcomer, Notify, Thread, notify::Office},
    email_address::Address,
    i18n::{t, t_with},
    ids::ParticipantId,
    web::{
        Call, Done,
        admin::{page_of, staff, summary, thread_of},
    },
};
use db::Conn;

/// One of three: `add` somebody, `remove` a participant, mail one a `newLink`.
pub async fn change(call: Call) -> Result<Done> {
    let staff = staff(&call)?;
    let office = Office::new(&call.app.config, &call.app.settings());
    let field = |name| call.fields.find(name).map(str::trim);
    let mut tx = call.app.db.begin().await?;
    let thread = thread_of(&mut tx, &staff, call.fields.get("threadId")).await?;
    let (id, now) = (thread.id, call.now);
    let (thread, text) = if let Some(who) = field("remove") {
        let who = participant(who)?;
        let thread = conversations::remove_participant(&mut tx, id, &staff, who, now).await?;
        (thread, t("They take part no more."))
    } else if let Some(who) = field("newLink") {
        let who = participant(who)?;
        let thread = conversations::send_new_link(&mut tx, &office, id, &staff, who, now).await?;
        (thread, t("A new link is on its way."))
    } else {
        let (who, name) = (call.fields.get("add"), call.fields.get("name"));
        let who = newcomer(&mut tx, who.trim(), name.trim()).await?;
        let thread = conversations::add_participant(&mut tx, &office, id, &staff, who, now).await?;
        (thread, t("They take part from now on."))
    };
    tx.commit().await?;
    Ok(done(&thread, text))
}

/// Who is meant by a name, a user name or an address. Users who have nothing to do with the team
/// take part by private link, as guests do; those who read and may change nothing get no such way
/// around it.
async fn newcomer(conn: &mut Conn, who: &str, name: &str) -> Result<Newcomer> {
    if who.is_empty() {
        let why = t("Type an e-mail address, or the name of somebody of the team.");
        return Err(Error::invalid("add", why));
    }
    check_name(name).map_err(|why| Error::invalid("name", why))?;
    let user = match User::find_by_login_name(conn, who).await? {
        Some(user) => Some(user),
        None => named(conn, who).await?,
    };
    if let Some(user) = user {
        if !user.is_active() {
            return Err(refused("The account of {name} is disabled.", &user));
        }
        if user.is_staff() {
            return Ok(Newcomer::Staff(Box::new(user)));
        }
        if user.can(Permission::AccessPlugin) {
            let why = "{name} reads every conversation already, and may answer in none.";
            return Err(refused(why, &user));
        }
        let address = Address::parse(&user.email)
            .map_err(Error::internal("a stored address cannot be written to"))?;
        let name = user.name;
        return Ok(Newcomer::Guest { address, name });
    }
    let Ok(address) = Address::parse(who) else {
        let why = t("Nobody of the team has this name, and it is no e-mail address.");
        return Err(Error::invalid("add", why));
    };
    let mailbox = address.as_typed().split('@').next().unwrap_or_default();
    let name = if name.is_empty() { mailbox } else { name }.to_owned();
    Ok(Newcomer::Guest { address, name })
}

fn refused(why: &'static str, user: &User) -> Error {
    Error::invalid("add", t_with(why, &[("name", &user.name)]))
}

/// Somebody of the team by the name that people see, if only one has it.
async fn named(conn: &mut Conn, name: &str) -> Result<Option<User>> {
    let staff = User::list_staff(conn).await?;
    let mut found = staff
        .into_iter()
        .filter(|user| user.name.to_lowercase() == name.to_lowercase());
    let (first, second) = (found.next(), found.next());
    Ok(first.filter(|_| second.is_none()))
}

fn participant(id: &str) -> Result<ParticipantId> {
    id.parse().map_err(|_| Error::NotFound)
}

/// Switches one's own mail about conversations.
pub async fn follow(call: Call) -> Result<Done> {
    let staff = staff(&call)?;
    let notify = match call.fields.get("on") {
        "1" => Notify::On,
        "0" => Notify::Muted,
        _ => return Err(Error::invalid("on", t("Say 0 or 1."))),
    };
    let ids = call.fields.list("threadId");
    if ids.is_empty() {
        return Err(Error::invalid("threadId", t("No conversation is named.")));
    }
    let mut tx = call.app.db.begin().await?;
    let mut followed = Vec::new();
    for id in ids {
        let thread = thread_of(&mut tx, &staff, id).await?;
        conversations::follow(&mut tx, &thread, &staff, notify, call.now).await?;
        followed.push(thread);
    }
    tx.commit().await?;
    let text = match notify {
        Notify::On => t("You get mail about this from now on."),
        Notify::Off | Notify::Muted => t("You get no more mail about this."),
    };
    Ok(match &followed[..] {
        [thread] => done(thread, text),
        _ => Done::lead_to("/pigeon/admin/threads", text),
    })
}

fn done(thread: &Thread, text: &str) -> Done {
    Done::lead_to(page_of(thread.id), text).with_thread(summary(thread))
}
