use std::time::{Duration, Instant};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    task::JoinSet,
    time::timeout,
};

use super::{Plan, grouped, new_run};
use crate::{
    Result,
    client::Client,
    figures::{Row, Table},
    load::ensure_good,
    place::Place,
    prepare,
    requests::{action, get},
    server::{Server, Worker},
};

const STREAMS: usize = 10_000;
/// People who have them open.
const PEOPLE: usize = 200;
const ROUNDS: usize = 20;
/// Of KB, as of the target.
const MOST_EACH: f64 = 30.0;
const MOST_FOR_A_REPLY: Duration = Duration::from_millis(50);
/// By then a stream has heard, or never will.
const PATIENCE: Duration = Duration::from_secs(30);

/// Many pages that are open: what each costs, and how soon all of them know of a reply.
pub async fn measure(plan: &Plan, place: &Place, table: &mut Table) -> Result<()> {
    let staff = prepare::staff(place, new_run(), PEOPLE).await?;
    let threads = prepare::open_threads(place, 2).await?;
    let [shown, other] = &threads[..] else {
        return Err("there are no conversations".into());
    };
    let streams = STREAMS.min(most_connections());
    let number = grouped(u32::try_from(streams)?);
    let (host, cookie) = (place.host(), &staff.cookies[0]);
    let server = Server::pigeon(&plan.pigeon, place, Worker::Elsewhere).await?;
    let mut client = Client::connect(&server.address).await?;
    for _ in 0..ROUNDS {
        let page = format!("/pigeon/admin/threads/{shown}");
        ensure_good(&client.ask(&get(&page, &host, cookie)).await?)?;
    }
    let reply = |thread: &str, n: usize| {
        let body = format!("Your lamp is on its way, number {n}.");
        let fields = [("threadId", thread), ("body", &body)];
        action("admin/reply", &fields, &host, cookie)
    };

    let before = server.memory()?;
    let (heard, mut hears) = unbounded_channel();
    let mut open = JoinSet::new();
    for n in 0..streams {
        let cookie = &staff.cookies[n % staff.cookies.len()];
        let path = format!("/pigeon/events?topics=conv-{shown}");
        let stream = listen(&server.address, &get(&path, &host, cookie)).await?;
        open.spawn(pass_on(stream, heard.clone()));
    }
    let each = (server.memory()? - before) * 1_048.576 / f64::from(u32::try_from(streams)?);
    let row = Row::plain(
        format!("{number} idle event streams"),
        format!("{each:.1} KB each"),
    );
    table.add(row.target("≤ 30 KB each", each <= MOST_EACH));

    // The other one may have been idle for too long.
    let mut client = Client::connect(&server.address).await?;
    let mut took = Vec::new();
    for n in 0..ROUNDS {
        let request = reply(other, n);
        let sent = Instant::now();
        ensure_good(&client.ask(&request).await?)?;
        took.push(sent.elapsed());
    }
    let row = Row::times(format!("a reply beside {number} idle streams"), &mut took);
    table.add(row.target(
        "p99 ≤ 50 ms",
        took.iter().all(|took| *took <= MOST_FOR_A_REPLY),
    ));

    let (mut took, mut last) = (Vec::new(), Vec::<Duration>::new());
    for n in 0..ROUNDS / 4 {
        let request = reply(shown, n);
        let sent = Instant::now();
        ensure_good(&client.ask(&request).await?)?;
        let mut all = all_hear(&mut hears, streams, sent).await?;
        last.extend(all.iter().max());
        took.append(&mut all);
    }
    last.sort_unstable();
    let last = last[last.len() / 2].as_millis();
    let row = Row::times(
        format!("until {number} streams have heard of a reply"),
        &mut took,
    );
    table.add(row.beside(format!("all of them after {last} ms")));
    open.shutdown().await;
    server.stop().await
}

/// Opens a stream, and waits until it is there.
async fn listen(address: &str, request: &[u8]) -> Result<TcpStream> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(request).await?;
    let mut head = Vec::new();
    while !head.windows(4).any(|four| four == b"\r\n\r\n") {
        if stream.read_buf(&mut head).await? == 0 {
            return Err("an event stream was refused".into());
        }
    }
    if head.starts_with(b"HTTP/1.1 200 ") {
        Ok(stream)
    } else {
        let head = String::from_utf8_lossy(&head);
        Err(format!("an event stream was refused: {head}").into())
    }
}

/// Says when the stream named a topic.
async fn pass_on(mut stream: TcpStream, heard: UnboundedSender<Instant>) {
    let mut buffer = [0; 256];
    while let Ok(length @ 1..) = stream.read(&mut buffer).await {
        let said = &buffer[..length];
        if said.windows(12).any(|word| word == b"event: topic") {
            let _ = heard.send(Instant::now());
        }
    }
}

/// How long after `sent` each of so many streams heard.
async fn all_hear(
    hears: &mut UnboundedReceiver<Instant>,
    streams: usize,
    sent: Instant,
) -> Result<Vec<Duration>> {
    let mut took = Vec::new();
    while took.len() < streams {
        let heard = timeout(PATIENCE, hears.recv()).await;
        let heard = heard.map_err(|_| format!("only {} streams heard", took.len()))?;
        took.push(heard.ok_or("the streams ended")?.duration_since(sent));
    }
    Ok(took)
}

/// As many as this process may have, besides what else it needs.
fn most_connections() -> usize {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        ..limit
    };
    let now = setrlimit(Resource::Nofile, raised).map_or(limit, |()| raised);
    let files = now.current.unwrap_or(u64::MAX).saturating_sub(200);
    usize::try_from(files).unwrap_or(usize::MAX)
}
