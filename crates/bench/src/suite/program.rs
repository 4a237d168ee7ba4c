use std::{fs, time::Duration};

use tokio::time::{Instant, sleep_until};

use super::Plan;
use crate::{
    Result,
    figures::{Row, Table},
    load,
    place::Place,
    prepare,
    requests::get,
    server::{Server, Worker},
};

/// The program by itself: its size, its start, its memory.
pub async fn table(plan: &Plan) -> Result<Table> {
    let mut table = Table::new("The program");
    let size = fs::metadata(&plan.pigeon)?.len() / 1024;
    let mib = f64::from(u32::try_from(size)?) / 1024.0;
    table.add(
        Row::plain("binary", format!("{mib:.1} MiB")).target("≤ 30 MB", mib * 1.048_576 <= 30.0),
    );

    let place = Place::sqlite(&plan.data, "empty", 18_083);
    let _ = fs::remove_dir_all(&place.data_dir);
    let server = Server::pigeon(&plan.pigeon, &place, Worker::Here).await?;
    let took = server.started_in.as_millis();
    let row = Row::plain("first answer in an empty folder", format!("{took} ms"));
    table.add(row.target("≤ 500 ms", took <= 500));
    server.stop().await?;

    let server = Server::pigeon(&plan.pigeon, &place, Worker::Here).await?;
    let took = server.started_in.as_millis();
    let row = Row::plain(
        "first answer where the database is there",
        format!("{took} ms"),
    );
    table.add(row.target("≤ 100 ms", took <= 100));
    sleep_until(Instant::now() + Duration::from_secs(3)).await;
    let memory = server.memory()?;
    let row = Row::plain("memory, idle", format!("{memory:.1} MiB"));
    table.add(row.target("≤ 30 MiB", memory <= 30.0));
    server.stop().await?;

    if plan.soak {
        soak(plan, &mut table).await?;
    }
    Ok(table)
}

/// Ten minutes at 500 requests a second: the memory is to stay where it is.
async fn soak(plan: &Plan, table: &mut Table) -> Result<()> {
    let place = Place::sqlite(&plan.data, "soak", 18_084);
    prepare::fill(&plan.pigeon, &place, 10_000).await?;
    let targets = prepare::targets(&place).await?;
    let server = Server::pigeon(&plan.pigeon, &place, Worker::Here).await?;
    let mut clients = Vec::new();
    for _ in 0..8 {
        clients.push(crate::client::Client::connect(&server.address).await?);
    }
    let host = place.host();
    let begun = Instant::now();
    // What was freed is given back some time later: the least of half a minute counts.
    let (mut half, mut end) = (f64::MAX, f64::MAX);
    for number in 0..300_000_usize {
        sleep_until(begun + Duration::from_millis(2) * u32::try_from(number)?).await;
        let thread = &targets.threads[number % targets.threads.len()];
        let request = match number % 10 {
            0 => crate::requests::guest_post(u64::try_from(number)?, 1, &host),
            1..=4 => get("/pigeon/admin/threads?source=all", &host, &targets.cookie),
            _ => get(
                &format!("/pigeon/admin/threads/{thread}"),
                &host,
                &targets.cookie,
            ),
        };
        let client = number % clients.len();
        load::ensure_good(&clients[client].ask(&request).await?)?;
        if number.is_multiple_of(500) {
            match number {
                135_000..150_000 => half = half.min(server.memory()?),
                285_000.. => end = end.min(server.memory()?),
                _ => {}
            }
        }
    }
    let grown = end - half;
    let row = Row::plain(
        "memory over the last 5 of 10 minutes at 500 requests/s",
        format!("{end:.1} MiB at the end, {grown:+.2} MiB"),
    );
    table.add(row.target("≤ 1 MiB more", grown <= 1.0));
    server.stop().await
}
