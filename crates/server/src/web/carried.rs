//! What somebody had typed when they turned out not to be signed in: the sign-in form carries it
//! along, and afterwards the page is shown with it filled in, not sent.

use serde::Serialize;

use crate::{
    accounts::User,
    web::{Call, Fields, Visit, done::Then, route, target},
};

/// What belongs to the form that was left, or is a secret, and not to the text.
const NOT_CARRIED: [&str; 7] = [
    "action", "csrf", "key", "password", "redirect", "target", "carried",
];

/// The two hidden fields of the sign-in form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Carried {
    /// The path of the page to come back to; empty: the usual one.
    pub target: String,
    /// The fields, as JSON; empty: none.
    pub carried: String,
}

impl Carried {
    /// For the sign-in page, whatever made it appear.
    pub fn of(visit: &Visit) -> Self {
        let Some(typed) = &visit.typed else {
            return Self::default();
        };
        if let Some(target) = typed.fields.find("target") {
            return Self {
                target: target.to_owned(),
                carried: typed.fields.get("carried").to_owned(),
            };
        }
        let kept = typed.fields.iter();
        let kept: Vec<_> = kept
            .filter(|(name, _)| !NOT_CARRIED.contains(name))
            .collect();
        let carried = if kept.is_empty() {
            String::new()
        } else {
            serde_json::to_string(&kept).expect("texts become JSON")
        };
        Self {
            target: typed.page.clone(),
            carried,
        }
    }
}

/// Where `user`, who has just signed in, is led.
pub fn then(call: &Call, user: User, default: &str) -> Then {
    let page = target::parse(&call.app.config, call.fields.get("target"));
    let page = page.filter(|page| page.starts_with('/'));
    let Some(page) = page else {
        return Then::LeadTo(default.to_owned());
    };
    let pairs: Vec<(String, String)> =
        serde_json::from_str(call.fields.get("carried")).unwrap_or_default();
    let path = page.split(['?', '#']).next().unwrap_or_default();
    if pairs.is_empty() || route::find(path).is_none() {
        return Then::LeadTo(page);
    }
    let pairs = pairs.iter();
    let fields = Fields::of(pairs.map(|(name, value)| (name.as_str(), value.as_str())));
    Then::FillIn {
        page,
        fields,
        user: Box::new(user),
    }
}
