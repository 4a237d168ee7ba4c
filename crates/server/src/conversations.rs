//! Threads, who takes part in them, and what happens in them.

pub mod search;
