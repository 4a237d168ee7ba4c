//! Who signs in, and what they may do.

pub mod permission;
pub mod user;

pub use permission::{Permission, Permissions};
pub use user::{NewUser, User};
