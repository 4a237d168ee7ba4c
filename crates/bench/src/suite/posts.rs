use std::env;

use super::{Plan, new_run};
use crate::{
    Result, disk,
    figures::{Row, Table},
    load::{self, Load},
    place::Place,
    raw,
    requests::guest_post,
    server::{Server, Worker},
};

/// How many may share a COMMIT on SQLite.
const BATCH: usize = 64;
/// In microseconds.
const SLOW: u32 = 5_000;

/// How many posts a second are taken.
pub async fn measure(plan: &Plan, place: &Place, table: &mut Table) -> Result<()> {
    let single = raw::posts(place, 1, 1, new_run(), plan.each).await?;
    table.add(Row::load("raw, 1 at a time, one to a commit", &single));
    let many = raw::posts(place, 64, BATCH, new_run(), plan.each).await?;
    table.add(Row::load("raw, 64 at a time", &many));

    let server = Server::pigeon(&plan.pigeon, place, Worker::Elsewhere).await?;
    for clients in [1, 8, 64] {
        let load = post(plan, place, &server, clients).await?;
        let row = Row::load(format!("guest post, {clients} clients"), &load);
        table.add(match (clients, place.is_postgres()) {
            (1, false) => row.at_least(50.0, "raw, one to a commit", &single),
            (64, false) => row.at_least(60.0, "raw", &many),
            (64, true) => row.at_least(40.0, "raw", &many),
            (1, true) => row.beside(percent(&load, &single, "raw, 1 at a time")),
            _ => row.beside(percent(&load, &many, "raw, 64 at a time")),
        });
    }
    table.add(memory("memory after these posts", &server)?);
    server.stop().await?;

    let server = Server::pigeon(&plan.pigeon, place, Worker::Here).await?;
    let load = post(plan, place, &server, 64).await?;
    let row = Row::load(
        "guest post, 64 clients, mails sent and texts indexed by the same process",
        &load,
    );
    table.add(row.beside(percent(&load, &many, "raw, 64 at a time")));
    table.add(memory("memory after that", &server)?);
    server.stop().await?;

    if place.is_postgres() {
        waiting_to_share(plan, place, table).await
    } else {
        on_a_slow_disk(plan, place, table).await
    }
}

async fn post(plan: &Plan, place: &Place, server: &Server, clients: usize) -> Result<Load> {
    let (host, run) = (place.host(), new_run());
    let make = move |number| guest_post(number, run, &host);
    load::run(&server.address, clients, plan.each, make).await
}

fn percent(load: &Load, of: &Load, what: &str) -> String {
    format!("{:.1} % of {what}", load.per_second / of.per_second * 100.0)
}

fn memory(what: &str, server: &Server) -> Result<Row> {
    let memory = server.memory()?;
    let row = Row::plain(what, format!("{memory:.0} MiB"));
    Ok(row.target("≤ 120 MiB", memory <= 120.0))
}

/// The same with each flush 5 ms slower: what group commit is for.
async fn on_a_slow_disk(plan: &Plan, place: &Place, table: &mut Table) -> Result<()> {
    let library = disk::slow(&plan.data, SLOW).await?;
    let library = library.to_str().ok_or("a path that is no text")?;
    let bench = env::current_exe()?;
    let mut loads = Vec::new();
    for batch in ["1", "64"] {
        let arguments = ["serve", "--batch", batch];
        let preload = [("LD_PRELOAD", library)];
        let first = "/pigeon/health/live";
        let server = Server::start(&bench, &arguments, place, &preload, first).await?;
        let load = post(plan, place, &server, 64).await?;
        server.stop().await?;
        let row = Row::load(
            format!("guest post, 64 clients, fsync 5 ms slower, batches of {batch}"),
            &load,
        );
        loads.push(load);
        table.add(match &loads[..] {
            [single, many] => {
                let times = many.per_second / single.per_second;
                row.beside(format!("{times:.1} × batches of 1"))
                    .target("≥ 8 ×", times >= 8.0)
            }
            _ => row,
        });
    }
    Ok(())
}

/// The same with a server that waits 5 ms, so that more commits share a flush.
async fn waiting_to_share(plan: &Plan, place: &Place, table: &mut Table) -> Result<()> {
    place.set_commit_delay(SLOW).await?;
    let many = raw::posts(place, 64, BATCH, new_run(), plan.each).await?;
    table.add(Row::load("raw, 64 at a time, commit_delay = 5000", &many));
    let server = Server::pigeon(&plan.pigeon, place, Worker::Elsewhere).await?;
    let load = post(plan, place, &server, 64).await?;
    let row = Row::load("guest post, 64 clients, commit_delay = 5000", &load);
    table.add(row.at_least(40.0, "raw", &many));
    server.stop().await?;
    place.set_commit_delay(0).await
}
