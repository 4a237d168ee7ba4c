//! The settings, and a mail to try them with.

mod fields;

use std::collections::BTreeMap;

use axum::response::Response;

use crate::{
    Result,
    conversations::notify::{self, Office, What},
    i18n::t,
    settings::Settings,
    views::{settings::SettingsPage, shell::Place},
    web::{
        Call, Done, Visit,
        admin::{shell, viewer},
    },
};

const PAGE: &str = "/pigeon/admin/settings";
/// What a form has beside the settings.
const NOT_SETTINGS: [&str; 4] = ["action", "csrf", "key", "redirect"];

pub async fn show(visit: Visit) -> Result<Response> {
    let viewer = viewer(&visit)?;
    let mut conn = visit.read().await?;
    let mut shell = shell(&visit, &mut conn, viewer, Place::Settings).await?;
    drop(conn);

    shell.notice = match visit.query.get("done") {
        "saved" => Some(t("The settings are saved.").to_owned()),
        "test-mail" => Some(t("The test mail is on its way.").to_owned()),
        _ => None,
    };
    let settings = visit.app.settings();
    let view = SettingsPage {
        shell,
        groups: fields::groups(&visit, &settings),
        problems: visit.problems(),
        my_email: viewer.email.clone(),
    };
    visit.page("admin/settings.html", &view)
}

pub async fn save(call: Call) -> Result<Done> {
    let fields = call.fields.iter();
    let changes: BTreeMap<String, String> = fields
        .filter(|(name, _)| !NOT_SETTINGS.contains(name))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let mut tx = call.app.db.begin().await?;
    Settings::update(&mut tx, &call.app.config, &changes, call.now).await?;
    tx.commit().await?;
    call.app.reload_settings().await?;
    let text = t("The settings are saved.");
    Ok(Done::lead_to(format!("{PAGE}?done=saved"), text))
}

/// Queued like every mail, so that it takes the same way.
pub async fn send_test_mail(call: Call) -> Result<Done> {
    let user = call.user.as_ref().ok_or(crate::Error::SignInFirst)?;
    let office = Office::new(&call.app.config, &call.app.settings());
    let mut tx = call.app.db.begin().await?;
    let what = What::Test { to: user.id };
    notify::push(&mut tx, &office, &user.email, what, call.now).await?;
    tx.commit().await?;
    let text = t("The test mail is on its way.");
    Ok(Done::lead_to(format!("{PAGE}?done=test-mail"), text))
}
