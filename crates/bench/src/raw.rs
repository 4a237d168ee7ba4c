//! What the database alone can do: the statements of one guest post in a bare loop, through the
//! same driver, without HTTP, form, page or checks.

use std::{sync::Arc, time::Duration};

use db::{Clock, Options};
use pigeon::{
    App,
    conversations::{NewThread, notify::Office, once::Once, start_by_guest},
    limits,
};

use crate::{
    Result,
    load::{self, Load},
    place::Place,
};

const WINDOW: Duration = Duration::from_mins(5);

/// `clients` post at a time; on SQLite at most `batch` of them share a COMMIT.
pub async fn posts(
    place: &Place,
    clients: usize,
    batch: usize,
    run: u64,
    lasts: Duration,
) -> Result<Load> {
    let options = Options {
        batch,
        ..Options::default()
    };
    let app = App::open_tuned(place.config()?, Clock::system(), options).await?;
    let office = Arc::new(Office::new(&app.config, &app.settings()));
    let step = {
        let app = app.clone();
        move |number| {
            let (app, office) = (app.clone(), Arc::clone(&office));
            async move { post(&app, &office, number, run).await }
        }
    };
    let load = load::run_steps(clients, lasts, step).await;
    app.db.close().await;
    load
}

async fn post(app: &App, office: &Office, number: u64, run: u64) -> Result<()> {
    let now = app.clock.now();
    let email = format!("raw{number}.run{run}@example.com");
    let body = format!(
        "Hello, I ordered the walnut desk lamp on Monday (order RW-{number}) and the tracking page \
         has said in transit ever since. Could you find out where it is? Thank you!"
    );
    let content = [("email", email.as_str()), ("body", &body)];
    let once = Once::keyless("pigeon/guest/start", &content);
    let new = NewThread::parse("Ann Walker", &email, "Where is my parcel?", &body)?;

    let mut tx = app.db.begin().await?;
    once.find(&mut tx, now).await?;
    let bucket = format!("raw from {run}.{number}");
    limits::take(&mut tx, &bucket, 10, WINDOW, now).await?;
    let (started, _) = start_by_guest(&mut tx, office, new, false, now).await?;
    let (thread, guest) = (started.thread.id, Some(started.guest));
    if !once.remember(&mut tx, thread, guest, 1, None, now).await? {
        return Err("a post of the loop was there already".into());
    }
    tx.commit().await?;
    Ok(())
}
