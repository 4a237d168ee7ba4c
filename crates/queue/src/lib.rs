use db::{Timestamp, Tx};
pub struct NewJob<'a, P> {
    pub kind: &'static str,
    pub lane: &'a str,
    pub payload: P,
    pub run_at: Timestamp,
}
pub async fn push<P: serde::Serialize>(
    _tx: &mut Tx,
    _job: NewJob<'_, P>,
    _now: Timestamp,
) -> db::Result<()> {
    Ok(())
}
