use std::{env, sync::Arc, time::Duration};

use super::{BySize, Plan};
use crate::{
    Result,
    figures::{Row, Table},
    load::{self, Load},
    place::Place,
    prepare::{self, Targets},
    requests::{encoded, get, get_region},
    server::{Server, Worker},
};

/// A word that more conversations have than any other.
const COMMON: &str = "order";
const CLIENTS: usize = 8;

/// How the pages do that people look at.
pub async fn measure(
    plan: &Plan,
    place: &Place,
    table: &mut Table,
    by_size: &mut BySize,
) -> Result<()> {
    let targets = Arc::new(prepare::targets(place).await?);
    let hello = hello(plan, place).await?;
    table.add(Row::load(format!("hello, {CLIENTS} clients"), &hello));

    let server = Server::pigeon(&plan.pigeon, place, Worker::Here).await?;
    for page in PAGES {
        let load = look(plan, place, &server, &targets, &page).await?;
        let row = Row::load(format!("{}, {CLIENTS} clients", page.name), &load);
        table.add(if page.is_measured {
            judged(row, &load, &hello)
        } else {
            row
        });
    }
    refresh(plan, place, &server, &targets, table).await?;
    let memory = server.memory()?;
    table.add(
        Row::plain("memory after these pages", format!("{memory:.0} MiB"))
            .target("≤ 120 MiB", memory <= 120.0),
    );
    server.stop().await?;

    let server = Server::forgetful(place).await?;
    for page in PAGES {
        let load = look(plan, place, &server, &targets, &page).await?;
        let what = format!("{}, {CLIENTS} clients, nothing remembered", page.name);
        let reached = load.per_second / hello.per_second * 100.0;
        table.add(Row::load(what, &load).beside(format!("{reached:.1} % of hello")));
        let key = (place.name.to_owned(), page.name.to_owned());
        by_size.entry(key).or_default().push(load.p50);
    }
    server.stop().await?;

    for (what, took) in prepare::counts(place, COMMON).await? {
        let mut row = Row::plain(format!("{what}, alone"), "");
        row.p50 = Some(took);
        table.add(row);
        let key = (place.name.to_owned(), what);
        by_size.entry(key).or_default().push(took);
    }
    Ok(())
}

async fn look(
    plan: &Plan,
    place: &Place,
    server: &Server,
    targets: &Arc<Targets>,
    page: &Page,
) -> Result<Load> {
    let (host, targets, request) = (place.host(), Arc::clone(targets), page.request);
    let make = move |number| request(&targets, &host, usize::try_from(number).unwrap_or(0));
    load::run(&server.address, CLIENTS, plan.each, make).await
}

/// A list that is open, brought up to date after something has happened.
async fn refresh(
    plan: &Plan,
    place: &Place,
    server: &Server,
    targets: &Arc<Targets>,
    table: &mut Table,
) -> Result<()> {
    const LIST: &str = "/pigeon/admin/threads?source=all";
    const MOST: Duration = Duration::from_millis(30);
    let (host, cookie) = (place.host(), targets.cookie.clone());
    let make = move |_| get_region(LIST, "list head sources nav-inbox", &host, &cookie);
    let load = load::run(&server.address, 1, plan.each, make).await?;
    let row = Row::load("one refresh of a list and its counts, 1 client", &load);
    table.add(row.target("p99 ≤ 30 ms", load.p99 <= MOST));
    Ok(())
}

struct Page {
    name: &'static str,
    /// Whether it is held against *hello*.
    is_measured: bool,
    request: fn(&Targets, &str, usize) -> Vec<u8>,
}

const PAGES: [Page; 5] = [
    Page {
        name: "inbox",
        is_measured: true,
        request: |t, host, _| get("/pigeon/admin/threads?source=all", host, &t.cookie),
    },
    Page {
        name: "conversation",
        is_measured: true,
        request: |t, host, n| {
            let thread = &t.threads[n % t.threads.len()];
            get(&format!("/pigeon/admin/threads/{thread}"), host, &t.cookie)
        },
    },
    Page {
        name: "guest page",
        is_measured: true,
        request: |t, host, n| {
            get(
                &format!("/pigeon/t/{}", t.links[n % t.links.len()]),
                host,
                "",
            )
        },
    },
    Page {
        name: "search, the commonest word",
        is_measured: false,
        request: |t, host, _| {
            get(
                &format!("/pigeon/admin/threads?q={COMMON}"),
                host,
                &t.cookie,
            )
        },
    },
    Page {
        name: "search, a customer’s address",
        is_measured: false,
        request: |t, host, n| {
            let word = encoded(&t.rare[n % t.rare.len()]);
            get(&format!("/pigeon/admin/threads?q={word}"), host, &t.cookie)
        },
    },
];

fn judged(row: Row, load: &Load, hello: &Load) -> Row {
    let reached = load.per_second / hello.per_second * 100.0;
    let spread = load.p99.as_secs_f64() / load.p50.as_secs_f64();
    row.beside(format!("{reached:.1} % of hello, p99 = {spread:.1} × p50"))
        .target(
            "≥ 3 % of hello, p99 ≤ 20 × p50",
            reached >= 3.0 && spread <= 20.0,
        )
}

async fn hello(plan: &Plan, place: &Place) -> Result<Load> {
    let bench = env::current_exe()?;
    let server = Server::start(&bench, &["hello"], place, &[], "/").await?;
    let host = place.host();
    let load = load::run(&server.address, CLIENTS, plan.each, move |_| {
        get("/", &host, "")
    })
    .await?;
    server.stop().await?;
    Ok(load)
}
