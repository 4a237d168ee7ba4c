use std::time::{Duration, Instant};

use super::{Plan, grouped, new_run};
use crate::{
    Result,
    client::{Client, header},
    figures::{Row, Table},
    load,
    place::Place,
    prepare::{self, Staff},
    requests::action,
    server::{Server, Worker},
};

const MANY: usize = 1_000;
const ROUNDS: usize = 5;
/// On SQLite everybody else who writes waits for so long.
const MOST: Duration = Duration::from_secs(1);

/// Somebody at a list, and the connection that their forms go by.
struct Desk {
    client: Client,
    host: String,
    staff: Staff,
}

/// What staff do to a thousand conversations at one stroke, and taking it back.
pub async fn measure(plan: &Plan, place: &Place, table: &mut Table) -> Result<()> {
    let staff = prepare::staff(place, new_run(), 1).await?;
    let threads = prepare::open_threads(place, MANY).await?;
    let count = threads.len().to_string();
    let many = grouped(u32::try_from(threads.len())?);
    let ids = threads.iter().map(|id| ("threadId[]", id.as_str()));
    let server = Server::pigeon(&plan.pigeon, place, Worker::Elsewhere).await?;
    let mut desk = Desk {
        client: Client::connect(&server.address).await?,
        host: place.host(),
        staff,
    };

    let me = desk.staff.id.clone();
    let mine: Vec<_> = ids.clone().chain([("assigneeId", me.as_str())]).collect();
    let (given, assigned_in) = desk.does("admin/assign", &mine).await?;
    let by_ids: Vec<_> = ids.chain([("status", "closed")]).collect();
    let by_view = [
        ("view", "?source=mine"),
        ("count", count.as_str()),
        ("status", "closed"),
    ];
    let mut rows = Vec::new();
    for (how, fields) in [("list", &by_view[..]), ("ids", &by_ids[..])] {
        let (mut closing, mut undoing) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let (undo, took) = desk.does("admin/status", fields).await?;
            closing.push(took);
            let undo = [("undo", undo.as_str())];
            undoing.push(desk.does("admin/undo", &undo).await?.1);
        }
        rows.push((format!("close {many} conversations, by {how}"), closing));
        rows.push(("undo that".to_owned(), undoing));
    }
    rows.push((
        format!("assign {many} conversations, by ids"),
        vec![assigned_in],
    ));
    for (what, mut took) in rows {
        let row = Row::times(what, &mut took);
        let is_met = took.iter().all(|took| *took <= MOST);
        table.add(row.target("≤ 1 s", is_met));
    }
    desk.does("admin/undo", &[("undo", &given)]).await?;
    server.stop().await
}

impl Desk {
    /// Posts a form, and returns what takes it back and how long it took.
    async fn does(&mut self, name: &str, fields: &[(&str, &str)]) -> Result<(String, Duration)> {
        let request = action(name, fields, &self.host, &self.staff.cookies[0]);
        let sent = Instant::now();
        let answer = self.client.ask(&request).await?;
        let took = sent.elapsed();
        load::ensure_good(&answer)?;
        let page = header(&answer.head, "location").unwrap_or_default();
        let (_, undo) = page.split_once("undo=").ok_or("nothing was done")?;
        Ok((undo.to_owned(), took))
    }
}
