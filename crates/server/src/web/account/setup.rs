use std::collections::BTreeMap;

use axum::response::Response;

use crate::{
    Error, Result,
    accounts::{NewUser, Password, Permission, User, session, setup},
    i18n::t,
    settings::{Settings, time_zones},
    views::account::{SetupSitePage, SetupYouPage},
    web::{
        Call, Done, Visit,
        account::{alert, problems},
        cookies::Cookie,
        visit::see_other,
    },
};

const PAGE: &str = "/pigeon/setup";

/// Two pages: who, then which site. Afterwards there is nothing here.
pub async fn show_setup(visit: Visit) -> Result<Response> {
    if !setup::is_done(&visit.app).await? {
        return show_you(&visit);
    }
    let keeper = visit.user.as_ref().is_some_and(is_keeper);
    if keeper && setup::wants_site(&mut visit.read().await?).await? {
        return show_site(&visit);
    }
    Ok(see_other("/pigeon"))
}

pub async fn set_up(call: Call) -> Result<Done> {
    if !setup::is_done(&call.app).await? {
        return make_first_admin(call).await;
    }
    // The first page, sent once more.
    if call.fields.find("code").is_some() {
        return Ok(Done::lead_to(PAGE, t("Pigeon is set up already.")));
    }
    name_site(call).await
}

fn show_you(visit: &Visit) -> Result<Response> {
    let view = SetupYouPage {
        code: visit.typed("code").to_owned(),
        name: visit.typed("name").to_owned(),
        email: visit.typed("email").to_owned(),
        problems: problems(visit),
        alert: alert(visit),
    };
    visit.page("account/setup_you.html", &view)
}

fn show_site(visit: &Visit) -> Result<Response> {
    let settings = visit.app.settings();
    let zone = settings.time_zone.iana_name().unwrap_or("UTC");
    let typed = |field: &str, otherwise: &str| {
        let typed = visit
            .typed
            .as_ref()
            .and_then(|typed| typed.fields.find(field));
        typed.unwrap_or(otherwise).to_owned()
    };
    let time_zone = typed("timeZone", zone);
    let mut time_zones = time_zones().to_vec();
    // Without it, whoever does not look would choose the first of the list.
    if !time_zones.contains(&time_zone) {
        time_zones.insert(0, time_zone.clone());
    }
    let view = SetupSitePage {
        site_name: typed("siteName", &settings.site_name),
        time_zone,
        guess_zone: visit.typed.is_none() && !visit.app.config.pins.contains_key("timeZone"),
        time_zones,
        problems: problems(visit),
        alert: alert(visit),
    };
    visit.page("account/setup_site.html", &view)
}

async fn make_first_admin(call: Call) -> Result<Done> {
    setup::check_code(&call.app, call.fields.get("code"), call.client.ip).await?;
    let (name, email) = (call.fields.get("name"), call.fields.get("email"));
    let new = NewUser::parse(email, "", name, true, &[]);
    let password = Password::parse(call.fields.get("password"));
    let (new, password) = match (new, password) {
        (Ok(new), Ok(password)) => (new, password),
        (Err(Error::Invalid(mut problems)), Err(problem)) => {
            problems.add("password", problem);
            return Err(Error::Invalid(problems));
        }
        (Err(error), _) => return Err(error),
        (_, Err(problem)) => return Err(Error::invalid("password", problem)),
    };
    let hash = password.hash().await?;

    let now = call.app.clock.now();
    let mut tx = call.app.db.begin().await?;
    let admin = setup::make_first_admin(&mut tx, new, &hash, now).await?;
    let token = session::start(&mut tx, admin, now).await?;
    tx.commit().await?;
    if let Err(error) = setup::remove_code_file(&call.app) {
        tracing::warn!("cannot remove the file with the set-up code: {error}");
    }
    let cookie = Cookie::Session.set(token, Some(session::LIFETIME));
    Ok(Done::lead_to(PAGE, t("Welcome.")).with_cookie(cookie))
}

async fn name_site(call: Call) -> Result<Done> {
    let user = call.user.as_ref().ok_or(Error::SignInFirst)?;
    let wanted = setup::wants_site(&mut call.app.db.read().await?).await?;
    if !is_keeper(user) || !wanted {
        let why = t("Pigeon is set up already.");
        return Err(Error::Forbidden(why.to_owned()));
    }
    let names = ["siteName", "timeZone"].into_iter();
    let changes: BTreeMap<_, _> = names
        .filter_map(|name| Some((name.to_owned(), call.fields.find(name)?.to_owned())))
        .collect();
    let mut tx = call.app.db.begin().await?;
    Settings::update(&mut tx, &call.app.config, &changes, call.now).await?;
    setup::site_is_named(&mut tx, call.now).await?;
    tx.commit().await?;
    call.app.reload_settings().await?;
    // The empty inbox says what to do next.
    Ok(Done::lead_to(
        "/pigeon/admin/threads",
        t("Pigeon is ready."),
    ))
}

fn is_keeper(user: &User) -> bool {
    user.can(Permission::ManageSettings)
}
