//! *Forgot your password?* All that happens at once is that a job is queued: nothing tells whether
//! there is such an account.

use std::{net::IpAddr, time::Duration};

use db::{Conn, Timestamp, Tx};
use queue::NewJob;
use serde::{Deserialize, Serialize};

use crate::{Result, accounts::User, ids::UserId, limits};

/// The kind of the job.
pub const JOB: &str = "forgot";

/// What the job holds.
#[derive(Debug, Serialize, Deserialize)]
pub struct Forgotten {
    /// An address or a user name, as it was typed.
    pub login_name: String,
}

/// At most this many mails an hour go to one person, however often somebody asks.
const PER_ACCOUNT: u32 = 5;
const PER_NETWORK: u32 = 30;
const WINDOW: Duration = Duration::from_hours(1);

pub async fn ask(tx: &mut Tx, login_name: &str, from: IpAddr, now: Timestamp) -> Result<()> {
    let bucket = format!("forgot from {}", limits::network(from));
    let taken = limits::take(tx, &bucket, PER_NETWORK, WINDOW, now).await?;
    taken.or_refuse()?;
    let job = NewJob {
        kind: JOB,
        lane: "accounts",
        payload: Forgotten {
            login_name: login_name.to_owned(),
        },
        run_at: now,
    };
    queue::push(tx, job, now).await?;
    Ok(())
}

/// Who is to get a link, if anybody.
pub async fn find(conn: &mut Conn, forgotten: &Forgotten) -> Result<Option<User>> {
    let user = User::find_by_login_name(conn, &forgotten.login_name).await?;
    Ok(user.filter(User::is_active))
}

/// Whether one more mail may go to them; counts it.
pub async fn may_mail(tx: &mut Tx, user: UserId, now: Timestamp) -> Result<bool> {
    let bucket = format!("forgot {user}");
    let taken = limits::take(tx, &bucket, PER_ACCOUNT, WINDOW, now).await?;
    Ok(taken == limits::Taken::Allowed)
}
