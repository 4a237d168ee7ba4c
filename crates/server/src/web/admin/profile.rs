//! What somebody of the team is called, and how they like to work.

use axum::response::Response;

use crate::{
    Error, Problems, Result,
    accounts::{AfterClosing, Density, Preferences, Theme, User, user::check_name},
    i18n::t,
    views::{
        profile::{Choices, ProfilePage},
        shell::Place,
    },
    web::{
        Call, Done, Fields, Visit,
        admin::{shell, viewer},
    },
};

const PAGE: &str = "/pigeon/admin/profile";

pub async fn show(visit: Visit) -> Result<Response> {
    let viewer = viewer(&visit)?;
    let mut conn = visit.read().await?;
    let mut shell = shell(&visit, &mut conn, viewer, Place::Profile).await?;
    drop(conn);

    if visit.query.get("done") == "saved" {
        shell.notice = Some(t("Your profile is saved.").to_owned());
    }
    let typed = visit.typed.as_ref().map(|typed| &typed.fields);
    let or_typed = |field: &str, now: &str| {
        let typed = typed.and_then(|typed| typed.find(field));
        typed.unwrap_or(now).to_owned()
    };
    let now = viewer.preferences;
    let view = ProfilePage {
        shell,
        name: or_typed("name", &viewer.name),
        undo_seconds: or_typed("undoSeconds", &now.undo_seconds.to_string()),
        density: or_typed("density", now.density.as_str()),
        theme: or_typed("theme", now.theme.as_str()),
        keys: or_typed("keys", if now.use_keys { "1" } else { "0" }) == "1",
        after_closing: or_typed("afterClosing", now.after_closing.as_str()),
        choices: Choices::all(),
        problems: visit.problems(),
    };
    visit.page("admin/profile.html", &view)
}

/// What is absent stays as it is.
pub async fn save(call: Call) -> Result<Done> {
    let user = call.user.as_ref().ok_or(Error::SignInFirst)?;
    let mut problems = Problems::default();
    let preferences = preferences(&call.fields, user.preferences, &mut problems);
    let name = name(&call.fields, &mut problems);
    problems.check()?;

    let mut tx = call.app.db.begin().await?;
    preferences.save(&mut tx, user.id).await?;
    if let Some(name) = name {
        User::set_name(&mut tx, user.id, name).await?;
    }
    tx.announce(format!("me-{}", user.id)).await?;
    tx.commit().await?;
    let text = t("Your profile is saved.");
    Ok(Done::lead_to(format!("{PAGE}?done=saved"), text))
}

fn name<'f>(fields: &'f Fields, problems: &mut Problems) -> Option<&'f str> {
    let name = fields.find("name")?.trim();
    if name.is_empty() {
        problems.add("name", t("Type the name that people see."));
    } else if let Err(problem) = check_name(name) {
        problems.add("name", problem);
    }
    Some(name)
}

/// `before`, with what the form says.
fn preferences(fields: &Fields, before: Preferences, problems: &mut Problems) -> Preferences {
    let seconds = |text: &str| {
        let seconds = text.parse().ok();
        seconds.filter(|seconds| Preferences::UNDO_SECONDS.contains(seconds))
    };
    let switch = |text: &str| match text {
        "1" | "true" | "on" => Some(true),
        "0" | "false" | "off" => Some(false),
        _ => None,
    };
    let mut after = before;
    let mut take = |name: &'static str, problem, set: &mut dyn FnMut(&str) -> bool| {
        if fields.find(name).is_some_and(|text| !set(text)) {
            problems.add(name, problem);
        }
    };
    take(
        "undoSeconds",
        t("Choose 0, 5, 10, 20 or 30."),
        &mut |text| seconds(text).map(|it| after.undo_seconds = it).is_some(),
    );
    take("density", t("Choose compact or roomy."), &mut |text| {
        Density::parse(text).map(|it| after.density = it).is_some()
    });
    take("theme", t("Choose system, light or dark."), &mut |text| {
        Theme::parse(text).map(|it| after.theme = it).is_some()
    });
    take("keys", t("Choose on or off."), &mut |text| {
        switch(text).map(|it| after.use_keys = it).is_some()
    });
    take(
        "afterClosing",
        t("Choose next, stay or list."),
        &mut |text| {
            AfterClosing::parse(text)
                .map(|it| after.after_closing = it)
                .is_some()
        },
    );
    after
}
