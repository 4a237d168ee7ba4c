//! The first run: whoever can read the program's output becomes the first admin.

use std::{fs, io, net::IpAddr, path::PathBuf, sync::atomic::Ordering::Relaxed, time::Duration};

use db::{Conn, Timestamp, Tx};

use crate::{
    App, Error, Result,
    accounts::{NewUser, User},
    app::write_private,
    config::Config,
    i18n::t,
    ids::UserId,
    limits,
    secrets::{self, Secrets},
};

/// Whether there is an admin, who can let everybody else in. Asked on most requests: answered from
/// memory once it is so.
pub async fn is_done(app: &App) -> Result<bool> {
    if !app.set_up.load(Relaxed) {
        let has_admin = User::has_admin(&mut app.db.read().await?).await?;
        app.set_up.store(has_admin, Relaxed);
    }
    Ok(app.set_up.load(Relaxed))
}

/// The code that opens the set-up page. It follows from the secret key, so that every node and
/// every start knows the same, and nothing need be kept.
pub fn code(secrets: &Secrets) -> String {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let bytes = secrets.sign("setup", b"code");
    let letters = bytes[..20]
        .iter()
        .map(|byte| char::from(LETTERS[usize::from(byte % 32)]));
    let mut code = String::new();
    for (i, letter) in letters.enumerate() {
        if i > 0 && i % 5 == 0 {
            code.push('-');
        }
        code.push(letter);
    }
    code
}

/// However it was copied: capitals, spaces and missing hyphens do not matter.
fn ensure_code(secrets: &Secrets, typed: &str) -> Result<()> {
    let plain = |text: &str| -> String {
        let letters = text.chars().filter(char::is_ascii_alphanumeric);
        letters.collect::<String>().to_ascii_lowercase()
    };
    let (right, typed) = (plain(&code(secrets)), plain(typed));
    if secrets::same(right.as_bytes(), typed.as_bytes()) {
        return Ok(());
    }
    let why = t("This is not the code that the program printed when it started.");
    Err(Error::invalid("code", why))
}

/// Counts an attempt, and checks the code.
pub async fn check_code(app: &App, typed: &str, from: IpAddr) -> Result<()> {
    let bucket = format!("setup from {}", limits::network(from));
    let mut tx = app.db.begin().await?;
    limits::take(
        &mut tx,
        &bucket,
        20,
        Duration::from_mins(15),
        app.clock.now(),
    )
    .await?
    .or_refuse()?;
    tx.commit().await?;
    ensure_code(&app.secrets, typed)
}

/// Makes the first admin; the second of two at once is refused.
pub async fn make_first_admin(
    tx: &mut Tx,
    new: NewUser,
    password_hash: &str,
    now: Timestamp,
) -> Result<UserId> {
    let first = tx
        .query(
            "INSERT INTO installation (name, value) VALUES ('set_up', $1) ON CONFLICT DO NOTHING",
        )
        .bind(now.as_micros().to_string())
        .execute()
        .await?;
    if first == 0 || User::has_admin(tx).await? {
        return Err(Error::Conflict(t("Pigeon is set up already.").to_owned()));
    }
    let user = User::insert(tx, new, now).await?;
    User::set_password(tx, user.id, password_hash).await?;
    Ok(user.id)
}

/// Whether the second page, about the site, is still to come.
pub async fn wants_site(conn: &mut Conn) -> Result<bool> {
    let rows: Vec<(String,)> = conn
        .query("SELECT name FROM installation WHERE name IN ('set_up', 'site_named')")
        .fetch_all()
        .await?;
    Ok(rows.len() == 1 && rows[0].0 == "set_up")
}

pub async fn site_is_named(tx: &mut Tx, now: Timestamp) -> Result<()> {
    tx.query(
        "INSERT INTO installation (name, value) VALUES ('site_named', $1) ON CONFLICT DO NOTHING",
    )
    .bind(now.as_micros().to_string())
    .execute()
    .await?;
    Ok(())
}

/// The address that opens the set-up page; the code stands where no server or proxy logs it.
pub fn address(app: &App) -> String {
    app.config
        .url(&format!("/pigeon/setup#{}", code(&app.secrets)))
}

/// Puts the code where the owner finds it.
pub fn write_code_file(app: &App) -> io::Result<()> {
    fs::create_dir_all(&app.config.data_dir)?;
    write_private(&code_file(&app.config), &code(&app.secrets))
}

/// Once there is an admin.
pub fn remove_code_file(app: &App) -> io::Result<()> {
    match fs::remove_file(code_file(&app.config)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn code_file(config: &Config) -> PathBuf {
    config.data_dir.join("setup-code")
}
