//! How fast Pigeon is, and how little it needs: each figure beside a ceiling that was measured in
//! the same run on the same machine. Writes docs/performance.md.

mod client;
mod disk;
mod figures;
mod hello;
mod load;
mod machine;
mod place;
mod prepare;
mod raw;
mod report;
mod requests;
mod rivals;
mod server;
mod suite;

use std::{path::PathBuf, time::Duration};

use clap::{Parser, Subcommand};

/// The outcome of a step; what failed is told once, at the end.
type Result<T, E = Box<dyn std::error::Error + Send + Sync>> = std::result::Result<T, E>;

/// As in the program: *hello* is to be measured with the same.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Parser)]
#[command(about = "Measures Pigeon, and writes docs/performance.md.")]
struct Arguments {
    #[command(subcommand)]
    role: Option<Role>,

    /// Also measure with 1,000,000 conversations (filling both databases takes half an hour)
    #[arg(long)]
    large: bool,

    /// How many seconds each load lasts
    #[arg(long, default_value_t = 5)]
    seconds: u64,

    /// Also watch the memory for ten minutes at 500 requests a second
    #[arg(long)]
    soak: bool,

    /// Where filled SQLite databases are kept for the next run
    #[arg(long, default_value = "target/bench")]
    data: PathBuf,

    /// The program to measure [default: beside this one]
    #[arg(long)]
    pigeon: Option<PathBuf>,

    /// Where the table goes
    #[arg(long, default_value = "docs/performance.md")]
    output: PathBuf,
}

/// What the bench starts itself as, to be measured from outside.
#[derive(Subcommand)]
enum Role {
    /// The same HTTP server with a trivial answer
    #[command(hide = true)]
    Hello,
    /// Pigeon with another number of transactions that share a COMMIT, or without memory of what
    /// was read
    #[command(hide = true)]
    Serve {
        #[arg(long, default_value_t = 64)]
        batch: usize,
        #[arg(long)]
        forgetful: bool,
    },
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        match arguments.role {
            Some(Role::Hello) => hello::serve().await,
            Some(Role::Serve { batch, forgetful }) => server::serve(batch, forgetful).await,
            None => {
                let plan = suite::Plan {
                    large: arguments.large,
                    soak: arguments.soak,
                    each: Duration::from_secs(arguments.seconds),
                    data: arguments.data,
                    pigeon: arguments.pigeon.map_or_else(server::beside, Ok)?,
                };
                let figures = suite::run(&plan).await?;
                report::write(&arguments.output, &figures)
            }
        }
    })
}
