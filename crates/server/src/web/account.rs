//! Signing in and out, new passwords, and the first-run set-up.

mod password;
mod setup;
mod sign_in;

pub use password::{ask_for_link, reset, show_forgot, show_reset};
pub use setup::{set_up, show_setup};
pub use sign_in::{show_sign_in, show_sign_out, sign_in, sign_out};

use crate::{Problems, web::Visit};

fn problems(visit: &Visit) -> Problems {
    let typed = visit.typed.as_ref();
    typed.map_or_else(Problems::default, |typed| typed.problems.clone())
}

/// What is wrong with the whole; nothing where the fields say it.
fn alert(visit: &Visit) -> Option<String> {
    let refusal = visit.refusal().filter(|_| problems(visit).is_empty());
    refusal.map(str::to_owned)
}
