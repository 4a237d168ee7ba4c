use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

use crate::config::{Config, LogFormat};

/// What is logged when `RUST_LOG` does not say.
#[derive(Clone, Copy)]
pub(super) enum Level {
    /// Commands: only what needs attention.
    Warn,
    /// A server.
    Info,
}

/// To standard error; text for people, JSON for programs.
pub(super) fn start(config: &Config, level: Level) {
    let default = match level {
        Level::Warn => "warn",
        Level::Info => "info",
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(default));
    let terminal = std::io::stderr().is_terminal();
    let format = config.log_format.unwrap_or(if terminal {
        LogFormat::Text
    } else {
        LogFormat::Json
    });
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    // An error means that logging was started already: by a test.
    let _ = match format {
        LogFormat::Text => log.with_ansi(terminal).try_init(),
        LogFormat::Json => log.json().flatten_event(true).try_init(),
    };
}
