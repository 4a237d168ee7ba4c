//! The command line. Bad input is answered with one line and exit code 2, any other failure with
//! one line and 1.

mod backup;
mod demo;
mod failure;
mod log;
mod migrate;
mod queue;
mod serve;
mod user;

use std::{ffi::OsString, io::Write as _, path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand, error::ErrorKind};
use db::Clock;

use crate::{App, config::Config, settings::Settings};

pub use failure::{Failure, Result};

#[derive(Parser)]
#[command(
    name = "pigeon",
    version,
    about = "A conversation inbox for any website.",
    long_about = "A conversation inbox for any website.\n\nWithout a command it serves.",
    after_help = "Example:\n  pigeon --config /etc/pigeon.toml serve",
    arg_required_else_help = false,
    infer_long_args = false
)]
struct Arguments {
    /// The configuration file [default: pigeon.toml, if there is one]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,

    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve pages, and send mail [default]
    #[command(after_help = "Example:\n  pigeon serve --listen 0.0.0.0:8080")]
    Serve(serve::Arguments),

    /// Copy the database into one file, also while serving (SQLite)
    #[command(after_help = "Example:\n  pigeon backup /var/backups/pigeon-$(date +%F).db")]
    Backup(backup::Arguments),

    /// Fill an empty database with believable conversations
    #[command(
        long_about = "Fill an empty database with believable conversations\n\nWithout options it \
                      makes a tour: a few dozen conversations in many scripts, and a team of \
                      three. Nothing is mailed.",
        after_help = "Example:\n  pigeon demo\n  pigeon demo --threads 10000 --messages 5"
    )]
    Demo(demo::Command),

    /// Bring the database's schema up to date
    #[command(after_help = "Example:\n  pigeon migrate --config /etc/pigeon.toml")]
    Migrate,

    /// The jobs that send mail
    #[command(subcommand, after_help = "Example:\n  pigeon queue list --failed")]
    Queue(queue::Command),

    /// Accounts, without the web page
    #[command(subcommand, after_help = "Example:\n  pigeon user list")]
    User(user::Command),
}

impl Default for Command {
    fn default() -> Self {
        Self::Serve(serve::Arguments::default())
    }
}

/// The whole program.
pub fn main() -> ExitCode {
    let outcome = parse(std::env::args_os()).and_then(run);
    let Err(failure) = outcome else {
        return ExitCode::SUCCESS;
    };
    // Nobody is left to tell when standard error is closed.
    let _ = writeln!(std::io::stderr(), "pigeon: {failure}");
    ExitCode::from(failure.exit_code())
}

/// None when help was asked for, and has been printed.
fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Option<Arguments>> {
    match Arguments::try_parse_from(arguments) {
        Ok(arguments) => Ok(Some(arguments)),
        Err(error) if error.use_stderr() && error.kind() != MISSING => {
            Err(Failure::Input(in_one_line(&error.to_string())))
        }
        Err(error) if error.kind() == MISSING => Err(Failure::Input(
            "which command? See --help for what there is".to_owned(),
        )),
        Err(error) => {
            let _ = error.print();
            Ok(None)
        }
    }
}

const MISSING: ErrorKind = ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;

/// What clap says on several lines, without the usage.
fn in_one_line(text: &str) -> String {
    let text = text.strip_prefix("error: ").unwrap_or(text);
    let end = text.find("\n\nUsage:").or(text.find("\n\nFor more"));
    let words: Vec<_> = text[..end.unwrap_or(text.len())]
        .split_whitespace()
        .collect();
    words.join(" ")
}

fn run(arguments: Option<Arguments>) -> Result<()> {
    let Some(arguments) = arguments else {
        return Ok(());
    };
    let config = Config::load(arguments.config.as_deref())?;
    Settings::check_pins(&config)?;
    let command = arguments.command.unwrap_or_else(Command::default);
    let level = match command {
        Command::Serve(_) | Command::Queue(queue::Command::Listen) => log::Level::Info,
        _ => log::Level::Warn,
    };
    log::start(&config, level);
    for warning in &config.warnings {
        tracing::warn!("{warning}");
    }
    let runtime = tokio::runtime::Runtime::new()
        .map_err(crate::Error::internal("cannot start the runtime"))?;
    runtime.block_on(async {
        ignore_file_size_signal()?;
        match command {
            Command::Serve(arguments) => serve::run(config, arguments).await,
            Command::Backup(arguments) => backup::run(config, arguments).await,
            Command::Demo(command) => demo::run(config, command).await,
            Command::Migrate => migrate::run(config).await,
            Command::Queue(command) => queue::run(config, command).await,
            Command::User(command) => user::run(config, command).await,
        }
    })
}

/// A file that reaches its size limit (`ulimit -f`) is an error to answer like a full disk, not a
/// reason to be killed in mid request.
fn ignore_file_size_signal() -> Result<()> {
    let kind = tokio::signal::unix::SignalKind::from_raw(libc::SIGXFSZ);
    // The handler stays when this is dropped.
    tokio::signal::unix::signal(kind)
        .map(drop)
        .map_err(crate::Error::internal("cannot handle signals"))?;
    Ok(())
}

async fn open(config: Config) -> Result<App> {
    Ok(App::open(config, Clock::system()).await?)
}

/// Prints a line; a reader that has gone away (`pigeon user list | head -1`) is no failure.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn every_command_has_help_with_an_example() {
        fn check(command: &clap::Command) {
            let help = command.clone().render_long_help().to_string();
            assert!(
                help.contains("Example:\n  pigeon"),
                "{}",
                command.get_name()
            );
            command.get_subcommands().for_each(check);
        }
        Arguments::command().debug_assert();
        check(&Arguments::command());
    }
}
