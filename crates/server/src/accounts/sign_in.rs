use std::{net::IpAddr, time::Duration};

use db::{Conn, Timestamp, Tx};

use crate::{
    App, Error, Result,
    accounts::{User, password, session},
    i18n::t,
    limits, secrets,
};

const WINDOW: Duration = Duration::from_mins(15);
/// Wrong passwords from one network for one account; others still get in from elsewhere.
const PER_ACCOUNT: u32 = 10;
/// Wrong passwords from one network.
const PER_NETWORK: u32 = 60;

pub struct SignedIn {
    pub user: User,
    /// For the cookie.
    pub token: String,
}

/// Signs in with a new session; the browser's old one, if any, ends.
pub async fn sign_in(
    app: &App,
    login_name: &str,
    password: &str,
    from: IpAddr,
    old_token: Option<&str>,
) -> Result<SignedIn> {
    let login_name = login_name.trim();
    let user = User::find_by_login_name(&mut app.db.read().await?, login_name).await?;
    let attempt = Attempt::of(user.as_ref(), login_name, from);
    let mut tx = app.db.begin().await?;
    attempt.count(&mut tx, app.clock.now()).await?;
    tx.commit().await?;

    let hash = match &user {
        Some(user) => password_hash(&mut app.db.read().await?, user).await?,
        None => None,
    };
    let right = password::verify(hash.clone(), password).await?;
    let Some(user) = user.filter(|_| right) else {
        return Err(wrong());
    };

    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    // It may have changed while it was verified.
    if password_hash(&mut tx, &user).await? != hash {
        return Err(wrong());
    }
    attempt.forgive(&mut tx).await?;
    if let Some(old) = old_token {
        session::end(&mut tx, old).await?;
    }
    let token = session::start(&mut tx, user.id, now).await?;
    tx.commit().await?;
    Ok(SignedIn { user, token })
}

/// The same whatever is wrong, and whether or not there is such an account.
fn wrong() -> Error {
    Error::invalid(
        "loginName",
        t("That name or e-mail address and password do not go together."),
    )
}

/// None for an account that is disabled.
async fn password_hash(conn: &mut Conn, user: &User) -> Result<Option<String>> {
    let row: Option<(Option<String>,)> = conn
        .query("SELECT password_hash FROM users WHERE id = $1 AND disabled_at IS NULL")
        .bind(user.id)
        .fetch_optional()
        .await?;
    Ok(row.and_then(|(hash,)| hash))
}

/// Where an attempt is counted.
struct Attempt {
    account: String,
    network: String,
}

impl Attempt {
    /// An account is one whether its user name or its address is typed; an unknown one counts too.
    fn of(user: Option<&User>, login_name: &str, from: IpAddr) -> Self {
        let name = match user {
            Some(user) => user.id.to_string(),
            None => login_name.to_lowercase(),
        };
        let network = limits::network(from);
        Self {
            account: format!(
                "sign-in {}",
                secrets::fingerprint(&format!("{network} {name}"))
            ),
            network: format!("sign-in from {network}"),
        }
    }

    /// Before the password is looked at, so that no number of attempts at once gets through.
    async fn count(&self, tx: &mut Tx, now: Timestamp) -> Result<()> {
        let account = limits::take(tx, &self.account, PER_ACCOUNT, WINDOW, now).await?;
        account.or_refuse()?;
        let network = limits::take(tx, &self.network, PER_NETWORK, WINDOW, now).await?;
        network.or_refuse()
    }

    async fn forgive(&self, tx: &mut Tx) -> Result<()> {
        limits::give_back(tx, &self.account).await?;
        limits::give_back(tx, &self.network).await
    }
}
