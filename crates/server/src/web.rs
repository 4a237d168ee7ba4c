//! HTTP. Every page is on this page; every action that a form can ask for is in [`actions`].

pub mod account;
pub mod actions;
pub mod admin;
pub mod answer;
pub mod asset_files;
pub mod body;
pub mod call;
pub mod carried;
pub mod client;
pub mod compress;
pub mod contact;
pub mod cookies;
pub mod device;
pub mod done;
pub mod errors;
pub mod fields;
pub mod form_token;
pub mod gate;
pub mod guest;
pub mod guest_post;
pub mod headers;
pub mod health;
pub mod host;
pub mod live;
pub mod log;
pub mod metrics;
pub mod once;
pub mod origin;
pub mod panics;
pub mod post;
pub mod request;
pub mod route;
pub mod target;
pub mod threads;
pub mod unsubscribe;
pub mod visit;
pub mod who;

use axum::{Router, middleware};

use crate::App;

pub use call::Call;
pub use done::{Done, HeldSummary, ThreadSummary};
pub use fields::Fields;
pub use route::{Kind, Route};
pub use visit::Visit;
pub use who::Who;

/// All of it, ready to be served.
pub fn router(app: App) -> Router {
    metrics::install(&app.config);
    live::hub::start(&app);
    Router::new()
        .fallback(request::handle)
        .layer(middleware::from_fn_with_state(app.clone(), gate::guard))
        .with_state(app)
}

/// Every address that answers a GET; `{name}` stands for one part of a path. A page whose `form`
/// names an action takes a POST too, without a field `action`.
pub fn routes() -> &'static [Route] {
    use Kind::{File, Machine, Page, Secret, Stream};
    use Who::{Admin, Anyone, Keeper, LinkHolder, Panel, Reader, Staff, User};

    const ROUTES: &[Route] = &[
        Route::get("/", Page, Anyone, |v| Box::pin(visit::lead_on(v))),
        Route::get("/pigeon", Page, Anyone, |v| Box::pin(visit::lead_on(v))),
        Route::get("/pigeon/assets/{version}/{*name}", File, Anyone, |v| {
            Box::pin(asset_files::show(v))
        }),
        Route::get("/pigeon/login", Page, Anyone, |v| {
            Box::pin(account::show_sign_in(v))
        })
        .form("pigeon/account/sign-in"),
        Route::get("/pigeon/logout", Page, Anyone, |v| {
            Box::pin(account::show_sign_out(v))
        })
        .form("pigeon/account/sign-out"),
        Route::get("/pigeon/forgot", Page, Anyone, |v| {
            Box::pin(account::show_forgot(v))
        })
        .form("pigeon/account/forgot"),
        Route::get("/pigeon/reset/{token}", Secret, LinkHolder, |v| {
            Box::pin(account::show_reset(v))
        })
        .form("pigeon/account/reset"),
        Route::get("/pigeon/setup", Page, Anyone, |v| {
            Box::pin(account::show_setup(v))
        })
        .form("pigeon/account/setup"),
        Route::get("/pigeon/health/live", Machine, Anyone, |v| {
            Box::pin(health::live(v))
        }),
        Route::get("/pigeon/health/ready", Machine, Anyone, |v| {
            Box::pin(health::ready(v))
        }),
        Route::get("/pigeon/metrics", Machine, Anyone, |v| {
            Box::pin(metrics::show(v))
        }),
        Route::get("/pigeon/contact", Page, Anyone, |v| {
            Box::pin(contact::show_contact(v))
        })
        .form("pigeon/guest/start"),
        Route::get("/pigeon/contact/kept", Page, Anyone, |v| {
            Box::pin(async move { contact::show_kept(&v) })
        }),
        Route::get("/pigeon/t/{token}", Secret, LinkHolder, |v| {
            Box::pin(guest::show_thread(v))
        })
        .form("pigeon/guest/reply"),
        Route::get("/pigeon/t/{token}/events", Stream, LinkHolder, |v| {
            Box::pin(live::show_guest_events(v))
        }),
        Route::get("/pigeon/events", Stream, User, |v| {
            Box::pin(live::show_events(v))
        }),
        Route::get("/pigeon/expired", Page, Anyone, |v| {
            Box::pin(async move { guest::show_expired(&v) })
        })
        .form("pigeon/guest/request-link"),
        Route::get("/pigeon/link-sent", Page, Anyone, |v| {
            Box::pin(async move { guest::show_link_sent(&v) })
        }),
        Route::get("/pigeon/u/{token}", Secret, LinkHolder, |v| {
            Box::pin(unsubscribe::show_unsubscribe(v))
        })
        .form("pigeon/unsubscribe"),
        Route::get("/pigeon/admin", Page, Reader, |v| {
            Box::pin(admin::dashboard::show(v))
        }),
        Route::get("/pigeon/admin/widget", Page, Reader, |v| {
            Box::pin(admin::widget::fragment(v))
        }),
        Route::get("/pigeon/admin/widget.json", Page, Reader, |v| {
            Box::pin(admin::widget::as_json(v))
        }),
        Route::get("/pigeon/admin/threads", Page, Reader, |v| {
            Box::pin(admin::inbox::show(v))
        }),
        Route::get("/pigeon/admin/threads/export.csv", Page, Reader, |v| {
            Box::pin(admin::inbox::csv(v))
        }),
        Route::get("/pigeon/admin/threads/export.json", Page, Reader, |v| {
            Box::pin(admin::inbox::json(v))
        }),
        Route::get("/pigeon/admin/threads/export.xml", Page, Reader, |v| {
            Box::pin(admin::inbox::xml(v))
        }),
        Route::get("/pigeon/admin/threads/{id}", Page, Reader, |v| {
            Box::pin(admin::conversation::show(v))
        }),
        Route::get("/pigeon/admin/new", Page, Staff, |v| {
            Box::pin(admin::new::show(v))
        })
        .form("pigeon/admin/start"),
        Route::get("/pigeon/admin/profile", Page, Panel, |v| {
            Box::pin(admin::profile::show(v))
        })
        .form("pigeon/admin/profile"),
        Route::get("/pigeon/admin/saved-replies", Page, Staff, |v| {
            Box::pin(admin::saved_replies::list(v))
        })
        .form("pigeon/admin/saved-replies"),
        Route::get("/pigeon/admin/saved-replies/{id}", Page, Staff, |v| {
            Box::pin(admin::saved_replies::show(v))
        })
        .form("pigeon/admin/saved-replies"),
        Route::get("/pigeon/admin/staff.json", Page, Staff, |v| {
            Box::pin(admin::staff::list(v))
        }),
        Route::get("/pigeon/admin/settings", Page, Keeper, |v| {
            Box::pin(admin::settings::show(v))
        })
        .form("pigeon/admin/settings"),
        Route::get("/pigeon/admin/queue", Page, Keeper, |v| {
            Box::pin(admin::queue::show(v))
        }),
        Route::get("/pigeon/admin/mail", Page, Admin, |v| {
            Box::pin(admin::mail::list(v))
        }),
        Route::get("/pigeon/admin/mail/{id}", Page, Admin, |v| {
            Box::pin(admin::mail::show(v))
        }),
        Route::get("/pigeon/admin/mail/{id}/html", Page, Admin, |v| {
            Box::pin(admin::mail::html(v))
        }),
    ];
    ROUTES
}
