use super::{Result, open, say};
use crate::config::Config;

pub(super) async fn run(config: Config) -> Result<()> {
    open(config).await?;
    say("The database is up to date.");
    Ok(())
}
