use crate::{
    accounts::User,
    conversations::{Returned, Status, drafts::Unsent, excess},
    i18n::t,
    views::conversation::{Composer, Held, Newer},
    web::{Visit, admin::conversation::refused_beside},
};

/// With what was typed, if it was refused; else with what was kept.
pub(super) fn of(visit: &Visit, viewer: &User, unsent: &Unsent) -> Composer {
    let typed = visit.typed.as_ref();
    // Whoever pressed *Undo* too late, or was refused something else, typed nothing.
    let typed = typed.filter(|typed| typed.fields.find("body").is_some());
    let empty = Composer {
        hold: viewer.preferences.undo_seconds,
        ..Composer::default()
    };
    if let Some(typed) = typed {
        let problem = visit.problem("body").or_else(|| visit.refusal());
        return Composer {
            body: typed.fields.get("body").to_owned(),
            note: typed.fields.is_on("isInternalNote"),
            problem: problem.map(str::to_owned),
            newer: typed.newer.iter().map(newer).collect(),
            closes: typed.fields.get("status") == Status::Closed.as_str(),
            ..empty
        };
    }
    let note = match visit.query.get("write") {
        "note" => true,
        "reply" => false,
        _ => unsent.reply.is_none() && unsent.note.is_some(),
    };
    let (shown, other) = if note {
        (&unsent.note, &unsent.reply)
    } else {
        (&unsent.reply, &unsent.note)
    };
    let shown = shown.as_ref();
    Composer {
        note,
        body: shown.map(|draft| draft.body.clone()).unwrap_or_default(),
        kept: shown.is_some(),
        other: other.as_ref().map(|draft| draft.body.clone()),
        returned: shown.and_then(|draft| draft.returned).map(why),
        excess: shown.map_or(0, |draft| excess(&draft.body)),
        problem: refusal(visit),
        ..empty
    }
}

/// Of a form that stands nowhere else on the page.
fn refusal(visit: &Visit) -> Option<String> {
    let beside = refused_beside(visit).is_some();
    visit.refusal().filter(|_| !beside).map(str::to_owned)
}

/// What its writer sees of their messages that are held.
pub(super) fn held(visit: &Visit, unsent: &Unsent) -> Vec<Held> {
    let held = unsent.held.iter().map(|held| Held {
        id: held.id.to_string(),
        body: held.body.clone(),
        leaves_at: held.leave_at,
        leaves_in: held.leave_at.since(visit.now).as_secs(),
        closes: held.status == Some(Status::Closed),
    });
    held.collect()
}

/// Why a message did not leave, in words.
pub(in crate::web::admin) fn why(returned: Returned) -> &'static str {
    t(match returned {
        Returned::Trashed => "The conversation is in the trash.",
        Returned::Refused => "Your account could not answer at that time.",
        Returned::Unassigned => "It could not be assigned as you had chosen.",
        Returned::Late => "Nothing could leave for a day, so it waits for you to decide.",
    })
}

fn newer(newer: &crate::error::Newer) -> Newer {
    Newer {
        id: newer.id.clone(),
        author: newer.author.clone(),
        text: newer.text.clone(),
    }
}
