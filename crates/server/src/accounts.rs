//! Who signs in, and what they may do.

pub mod forgot;
pub mod password;
pub mod permission;
pub mod preferences;
pub mod reset;
pub mod session;
pub mod setup;
pub mod sign_in;
pub mod user;

pub use password::Password;
pub use permission::{Permission, Permissions};
pub use preferences::{AfterClosing, Density, Preferences, Theme};
pub use user::{NewUser, User};
