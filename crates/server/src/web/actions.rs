//! Every action that a form can ask for.

use futures_util::future::BoxFuture;

use crate::{
    Result,
    web::{Call, Done, Who, origin::Door},
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
    const ACTIONS: &[Action] = &[];
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
