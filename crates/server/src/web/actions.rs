//! Every action that a form can ask for.

use futures_util::future::BoxFuture;

use crate::{
    Result,
    web::{
        Call, Done, Who, account,
        admin::{self, bulk, conversation},
        contact, guest,
        origin::Door,
        threads, unsubscribe,
    },
};

/// One thing that a form can ask for.
#[derive(Debug)]
pub struct Action {
    pub name: &'static str,
    pub who: Who,
    pub door: Door,
    pub run: fn(Call) -> BoxFuture<'static, Result<Done>>,
    /// The path of the form's own page: it shows a refusal, with what was typed.
    pub page: fn(&Call) -> String,
}

pub fn actions() -> &'static [Action] {
    use Door::{Guest, Mail, Own, OwnWithToken};
    use Who::{Anyone, Assigner, Keeper, LinkHolder, Panel, Staff, UserOrLinkHolder};

    const ACTIONS: &[Action] = &[
        Action {
            name: "pigeon/guest/start",
            who: Anyone,
            door: Guest,
            run: |c| Box::pin(contact::start(c)),
            page: |_| "/pigeon/contact".to_owned(),
        },
        Action {
            name: "pigeon/guest/reply",
            who: LinkHolder,
            door: Guest,
            run: |c| Box::pin(guest::reply(c)),
            page: guest::own_page,
        },
        Action {
            name: "pigeon/guest/request-link",
            who: Anyone,
            door: Guest,
            run: |c| Box::pin(guest::request_link(c)),
            page: guest::own_page,
        },
        Action {
            name: "pigeon/guest/confirm",
            who: LinkHolder,
            door: Guest,
            run: |c| Box::pin(guest::confirm(c)),
            page: guest::own_page,
        },
        Action {
            name: "pigeon/unsubscribe",
            who: LinkHolder,
            door: Mail,
            run: |c| Box::pin(unsubscribe::unsubscribe(c)),
            page: unsubscribe::page,
        },
        Action {
            name: "pigeon/threads/mark-read",
            who: UserOrLinkHolder,
            door: Own,
            run: |c| Box::pin(threads::mark_read(c)),
            page: threads::page,
        },
        Action {
            name: "pigeon/threads/notify",
            who: UserOrLinkHolder,
            door: Own,
            run: |c| Box::pin(threads::notify(c)),
            page: threads::page,
        },
        Action {
            name: "pigeon/account/sign-in",
            who: Anyone,
            door: OwnWithToken,
            run: |c| Box::pin(account::sign_in(c)),
            page: |_| "/pigeon/login".into(),
        },
        Action {
            name: "pigeon/account/sign-out",
            who: Anyone,
            door: Own,
            run: |c| Box::pin(account::sign_out(c)),
            page: |_| "/pigeon/logout".into(),
        },
        Action {
            name: "pigeon/account/forgot",
            who: Anyone,
            door: OwnWithToken,
            run: |c| Box::pin(account::ask_for_link(c)),
            page: |_| "/pigeon/forgot".into(),
        },
        Action {
            name: "pigeon/account/reset",
            who: LinkHolder,
            door: Own,
            run: |c| Box::pin(account::reset(c)),
            page: |c| format!("/pigeon/reset/{}", c.token()),
        },
        Action {
            name: "pigeon/account/setup",
            who: Anyone,
            door: OwnWithToken,
            run: |c| Box::pin(account::set_up(c)),
            page: |_| "/pigeon/setup".into(),
        },
        Action {
            name: "pigeon/admin/reply",
            who: Staff,
            door: Own,
            run: |c| Box::pin(conversation::reply(c)),
            page: conversation::page,
        },
        Action {
            name: "pigeon/admin/draft",
            who: Staff,
            door: Own,
            run: |c| Box::pin(conversation::keep_draft(c)),
            page: conversation::page_of_unsent,
        },
        Action {
            name: "pigeon/admin/unsend",
            who: Staff,
            door: Own,
            run: |c| Box::pin(conversation::unsend(c)),
            page: conversation::page_of_unsent,
        },
        Action {
            name: "pigeon/admin/send-now",
            who: Staff,
            door: Own,
            run: |c| Box::pin(conversation::send_now(c)),
            page: conversation::page_of_unsent,
        },
        Action {
            name: "pigeon/admin/start",
            who: Staff,
            door: Own,
            run: |c| Box::pin(admin::new::start(c)),
            page: |_| "/pigeon/admin/new".to_owned(),
        },
        Action {
            name: "pigeon/admin/presence",
            who: Staff,
            door: Own,
            run: |c| Box::pin(admin::presence::tell(c)),
            page: conversation::page,
        },
        Action {
            name: "pigeon/admin/status",
            who: Staff,
            door: Own,
            run: |c| Box::pin(bulk::set_status(c)),
            page: bulk::page,
        },
        Action {
            name: "pigeon/admin/assign",
            who: Assigner,
            door: Own,
            run: |c| Box::pin(bulk::assign(c)),
            page: bulk::page,
        },
        Action {
            name: "pigeon/admin/trash",
            who: Staff,
            door: Own,
            run: |c| Box::pin(bulk::trash(c)),
            page: bulk::page,
        },
        Action {
            name: "pigeon/admin/restore",
            who: Staff,
            door: Own,
            run: |c| Box::pin(bulk::restore(c)),
            page: bulk::page,
        },
        Action {
            name: "pigeon/admin/purge",
            who: Staff,
            door: Own,
            run: |c| Box::pin(bulk::purge(c)),
            page: bulk::page,
        },
        Action {
            name: "pigeon/admin/undo",
            who: Staff,
            door: Own,
            run: |c| Box::pin(bulk::undo(c)),
            page: bulk::page,
        },
        Action {
            name: "pigeon/admin/revoke-links",
            who: Staff,
            door: Own,
            run: |c| Box::pin(conversation::revoke_links(c)),
            page: conversation::page,
        },
        Action {
            name: "pigeon/admin/participants",
            who: Staff,
            door: Own,
            run: |c| Box::pin(conversation::change_participants(c)),
            page: conversation::page,
        },
        Action {
            name: "pigeon/admin/follow",
            who: Staff,
            door: Own,
            run: |c| Box::pin(conversation::follow(c)),
            page: conversation::page,
        },
        Action {
            name: "pigeon/admin/subject",
            who: Staff,
            door: Own,
            run: |c| Box::pin(conversation::set_subject(c)),
            page: conversation::page,
        },
        Action {
            name: "pigeon/admin/mail-retry",
            who: Staff,
            door: Own,
            run: |c| Box::pin(conversation::retry_mail(c)),
            page: conversation::page,
        },
        Action {
            name: "pigeon/admin/profile",
            who: Panel,
            door: Own,
            run: |c| Box::pin(admin::profile::save(c)),
            page: |_| "/pigeon/admin/profile".to_owned(),
        },
        Action {
            name: "pigeon/admin/saved-replies",
            who: Staff,
            door: Own,
            run: |c| Box::pin(admin::saved_replies::save(c)),
            page: admin::saved_replies::page,
        },
        Action {
            name: "pigeon/admin/saved-replies/delete",
            who: Staff,
            door: Own,
            run: |c| Box::pin(admin::saved_replies::delete(c)),
            page: admin::saved_replies::page,
        },
        Action {
            name: "pigeon/admin/queue-retry",
            who: Keeper,
            door: Own,
            run: |c| Box::pin(admin::queue::retry(c)),
            page: |_| "/pigeon/admin/queue".to_owned(),
        },
        Action {
            name: "pigeon/admin/queue-discard",
            who: Keeper,
            door: Own,
            run: |c| Box::pin(admin::queue::discard_jobs(c)),
            page: |_| "/pigeon/admin/queue".to_owned(),
        },
        Action {
            name: "pigeon/admin/settings",
            who: Keeper,
            door: Own,
            run: |c| Box::pin(admin::settings::save(c)),
            page: |_| "/pigeon/admin/settings".to_owned(),
        },
        Action {
            name: "pigeon/admin/test-mail",
            who: Keeper,
            door: Own,
            run: |c| Box::pin(admin::settings::send_test_mail(c)),
            page: |_| "/pigeon/admin/settings".to_owned(),
        },
    ];
    ACTIONS
}

pub fn find(name: &str) -> Option<&'static Action> {
    actions().iter().find(|action| action.name == name)
}

/// The action that a path names: the built-in forms' address of it, or the plugin's.
pub fn named_by(path: &str) -> Option<&str> {
    path.strip_prefix("/pigeon/actions/")
        .or_else(|| path.strip_prefix("/actions/"))
}
