use std::io::Read as _;

use clap::{Args, Subcommand};

use super::{Failure, Result, open, say};
use crate::{
    App, Error,
    accounts::{NewUser, Password, Permission, User},
    config::Config,
    conversations::release_some,
    i18n::t_with,
};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Add an account
    #[command(after_help = "Example:
  pigeon user add --email ann@example.com --name Ann --admin
  pigeon user add --email ben@example.com --permission pigeon:manageThreads --password-stdin

Without --password-stdin the person chooses a password by \"Password forgotten?\" on the
sign-in page, which e-mails them a link.")]
    Add(Add),

    /// List the accounts: id, e-mail, user name, name, what it may; with tabs between
    #[command(after_help = "Example:\n  pigeon user list | cut -f 2")]
    List,

    /// Set a password, and end the person's sessions
    #[command(
        after_help = "Example:\n  pigeon user set-password ann@example.com --password-stdin <password.txt"
    )]
    SetPassword(SetPassword),

    /// Let nobody in with this account any more, and end its sessions
    #[command(after_help = "Example:\n  pigeon user disable ann@example.com")]
    Disable {
        /// The account's e-mail address or user name
        #[arg(value_name = "E")]
        account: String,
    },
}

#[derive(Args)]
pub(super) struct Add {
    /// Where their mail goes, and what they sign in with
    #[arg(long, value_name = "E")]
    email: String,
    /// Another name to sign in with
    #[arg(long, value_name = "U", default_value = "")]
    username: String,
    /// What others see, guests too
    #[arg(long, value_name = "N", default_value = "")]
    name: String,
    /// May do everything
    #[arg(long)]
    admin: bool,
    /// pigeon:accessPlugin, pigeon:manageThreads, pigeon:assignThreads or pigeon:manageSettings;
    /// may be repeated
    #[arg(long = "permission", value_name = "P")]
    permissions: Vec<Permission>,
    /// Read the password from standard input
    #[arg(long)]
    password_stdin: bool,
}

#[derive(Args)]
pub(super) struct SetPassword {
    /// The account's e-mail address or user name
    #[arg(value_name = "E")]
    account: String,
    /// Read the password from standard input
    #[arg(long, required = true)]
    password_stdin: bool,
}

pub(super) async fn run(config: Config, command: Command) -> Result<()> {
    match command {
        Command::Add(arguments) => add(config, arguments).await,
        Command::List => list(&open(config).await?).await,
        Command::SetPassword(arguments) => set_password(config, &arguments.account).await,
        Command::Disable { account } => disable(&open(config).await?, &account).await,
    }
}

async fn add(config: Config, add: Add) -> Result<()> {
    let new = NewUser::parse(
        &add.email,
        &add.username,
        &add.name,
        add.admin,
        &add.permissions,
    )?;
    let password = add.password_stdin.then(read_password).transpose()?;
    let app = open(config).await?;
    let hash = match password {
        Some(password) => Some(password.hash().await?),
        None => None,
    };
    let mut tx = app.db.begin().await?;
    let user = User::insert(&mut tx, new, app.clock.now()).await?;
    if let Some(hash) = &hash {
        User::set_password(&mut tx, user.id, hash).await?;
    }
    tx.commit().await?;
    say(&t_with("Added {email}.", &[("email", &user.email)]));
    if hash.is_none() {
        let url = app.config.url("/pigeon/forgot");
        say(&t_with("They choose a password at {url}", &[("url", &url)]));
    }
    Ok(())
}

async fn list(app: &App) -> Result<()> {
    for user in User::list(&mut app.db.read().await?).await? {
        let columns = [
            user.id.to_string(),
            user.email.clone(),
            user.username.clone().unwrap_or_default(),
            user.name.clone(),
            rights(&user),
        ];
        say(&columns.join("\t"));
    }
    Ok(())
}

async fn set_password(config: Config, account: &str) -> Result<()> {
    let password = read_password()?;
    let app = open(config).await?;
    let user = find(&app, account).await?;
    let hash = password.hash().await?;
    let mut tx = app.db.begin().await?;
    User::set_password(&mut tx, user.id, &hash).await?;
    tx.commit().await?;
    say(&t_with(
        "{email} has a new password.",
        &[("email", &user.email)],
    ));
    Ok(())
}

async fn disable(app: &App, account: &str) -> Result<()> {
    let user = find(app, account).await?;
    let mut tx = app.db.begin().await?;
    User::disable(&mut tx, user.id, app.clock.now()).await?;
    tx.commit().await?;
    loop {
        let mut tx = app.db.begin().await?;
        let more = release_some(&mut tx, &user, app.clock.now()).await?;
        tx.commit().await?;
        if !more {
            break;
        }
    }
    say(&t_with("{email} is disabled.", &[("email", &user.email)]));
    Ok(())
}

async fn find(app: &App, account: &str) -> Result<User> {
    User::find_by_login_name(&mut app.db.read().await?, account)
        .await?
        .ok_or_else(|| Failure::Input(format!("there is no account {account}")))
}

/// The first line of standard input.
fn read_password() -> Result<Password> {
    let mut text = String::new();
    std::io::stdin()
        .take(10_000)
        .read_to_string(&mut text)
        .map_err(Error::internal(
            "cannot read the password from standard input",
        ))?;
    let line = text.lines().next().unwrap_or_default();
    Password::parse(line).map_err(|problem| Failure::Input(format!("password: {problem}")))
}

/// What the account may do, in one word or several with commas between.
fn rights(user: &User) -> String {
    if !user.is_active() {
        return "disabled".to_owned();
    }
    if user.admin {
        return "admin".to_owned();
    }
    let names: Vec<_> = user.permissions.0.iter().map(|p| p.name()).collect();
    names.join(",")
}
