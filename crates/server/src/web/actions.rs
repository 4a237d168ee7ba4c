//! Every action that a form can ask for.

use futures_util::future::BoxFuture;

use crate::{
    Result,
    web::{Call, Done, Who, account, origin::Door},
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
    const ACTIONS: &[Action] = &[
        Action {
            name: "pigeon/account/sign-in",
            who: Who::Anyone,
            door: Door::OwnWithToken,
            run: |c| Box::pin(account::sign_in(c)),
            page: |_| "/pigeon/login".into(),
        },
        Action {
            name: "pigeon/account/sign-out",
            who: Who::Anyone,
            door: Door::Own,
            run: |c| Box::pin(account::sign_out(c)),
            page: |_| "/pigeon/logout".into(),
        },
        Action {
            name: "pigeon/account/forgot",
            who: Who::Anyone,
            door: Door::OwnWithToken,
            run: |c| Box::pin(account::ask_for_link(c)),
            page: |_| "/pigeon/forgot".into(),
        },
        Action {
            name: "pigeon/account/reset",
            who: Who::LinkHolder,
            door: Door::Own,
            run: |c| Box::pin(account::reset(c)),
            page: |c| format!("/pigeon/reset/{}", c.token()),
        },
        Action {
            name: "pigeon/account/setup",
            who: Who::Anyone,
            door: Door::OwnWithToken,
            run: |c| Box::pin(account::set_up(c)),
            page: |_| "/pigeon/setup".into(),
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
