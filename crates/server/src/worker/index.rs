use std::time::Duration;

use db::{Event, Events};
use tokio::time::timeout;

use crate::{App, conversations::search};

/// Announcements may be lost, so the index is looked at this often anyway.
const POLL: Duration = Duration::from_secs(5);
/// How long to wait when the database is in trouble.
const REST: Duration = Duration::from_secs(1);

/// Takes into the search index whatever is posted, for as long as it is polled.
pub(super) async fn keep_up(app: App) {
    let mut events = app.db.events();
    loop {
        match search::index_batch(&app.db).await {
            Ok(0) => {
                // Told or not, it is time to look again.
                let _ = timeout(POLL, posted(&mut events)).await;
            }
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "cannot index what was posted"
                );
                tokio::time::sleep(REST).await;
            }
        }
    }
}

/// Ready when something may have been posted.
async fn posted(events: &mut Events) {
    loop {
        match events.next().await {
            Event::Topic(topic) if *topic != *search::TOPIC => {}
            Event::Topic(_) | Event::Anything => return,
        }
    }
}
