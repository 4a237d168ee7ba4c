use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// What the database, its log, attachments and mail need besides connections.
const OTHERS: u64 = 128;

/// Asks the system for as many open files as it allows; returns how many may be connections.
pub(super) fn raise() -> usize {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        ..limit
    };
    let now = match setrlimit(Resource::Nofile, raised) {
        Ok(()) => raised,
        Err(_) => limit,
    };
    let files = now.current.unwrap_or(u64::MAX).saturating_sub(OTHERS);
    usize::try_from(files).unwrap_or(usize::MAX).max(16)
}
