use std::time::Duration;

use clap::Args;
use db::{Clock, Options};

use super::{Failure, Result, say};
use crate::{
    App,
    config::Config,
    demo::{self, Size},
    secrets,
};

#[derive(Args)]
pub(super) struct Command {
    /// How many conversations to make, instead of the tour
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=20_000_000))]
    threads: Option<u32>,

    /// How many messages each of them has [default: 5]
    #[arg(long, value_name = "M", requires = "threads",
          value_parser = clap::value_parser!(u32).range(1..=10_000))]
    messages: Option<u32>,
}

impl Command {
    fn size(&self) -> Size {
        let whole = |number: u32| usize::try_from(number).expect("32 bits fit");
        match self.threads {
            None => Size::Tour,
            Some(threads) => Size::Bulk {
                threads: whole(threads),
                messages: self.messages.map_or(5, whole),
            },
        }
    }
}

pub(super) async fn run(config: Config, command: Command) -> Result<()> {
    // Nobody waits for the writer, and a slow disk is no reason to stop halfway.
    let patient = Options {
        hold: Duration::from_mins(1),
        ..Options::default()
    };
    let app = App::open_tuned(config, Clock::system(), patient).await?;
    let password = secrets::token();
    let team = demo::fill(&app.db, command.size(), &password, Clock::system().now())
        .await
        .map_err(Failure::from)?;
    say("The database is filled. Sign in as one of the team:");
    for member in team {
        say(&format!("  {:20} {}", member.email, member.name));
    }
    say(&format!("Password of all three: {password}"));
    Ok(())
}
