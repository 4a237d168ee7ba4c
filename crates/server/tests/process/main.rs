//! What holds for the real program, as the operating system sees it: killed, stopped, ended.

mod crash;
mod program;
mod stopped;
mod terminated;
