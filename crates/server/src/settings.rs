//! What staff decide while it runs: stored in the database, and fixed from outside if the owner
//! wants it so.

mod table;
mod values;

use std::{collections::BTreeMap, time::Duration};

use db::{Conn, Timestamp, Tx};
use jiff::tz::TimeZone;

use crate::{
    Error, Problems, Result,
    config::{Config, ConfigError, unknown},
    email_address::Address,
    i18n::t_with,
};

pub use table::{SETTINGS, Setting};
pub use values::time_zones;

/// What is announced when a setting has changed.
pub const CHANGED: &str = "settings";

#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of its own on the settings page"
)]
pub struct Settings {
    pub allow_guest_threads: bool,
    pub allow_user_threads: bool,
    /// The group or permission needed to start direct threads; empty: none.
    pub user_thread_permission: String,
    /// Who hears of new messages that nobody is assigned to; empty: every active staff user.
    pub support_notification_recipients: Vec<Address>,
    /// Empty: the configuration's.
    pub from_name: String,
    /// None: the configuration's.
    pub from_email: Option<Address>,
    pub attachments_enabled: bool,
    pub max_attachments_per_message: u32,
    pub max_attachment_size_mb: u32,
    /// In lower case, without the dot.
    pub allowed_attachment_extensions: Vec<String>,
    pub guest_token_lifetime_days: u32,
    pub rate_limit_max_messages: u32,
    pub rate_limit_window_seconds: u32,
    pub enable_honeypot: bool,
    pub honeypot_field: String,
    pub trash_lifetime_days: u32,
    pub site_name: String,
    pub time_zone: TimeZone,
}

impl Settings {
    /// Before anybody has changed anything.
    pub fn defaults(config: &Config) -> Self {
        let extensions = "jpg jpeg png gif webp pdf txt doc docx xls xlsx csv zip";
        Self {
            allow_guest_threads: true,
            allow_user_threads: true,
            user_thread_permission: String::new(),
            support_notification_recipients: Vec::new(),
            from_name: String::new(),
            from_email: None,
            attachments_enabled: true,
            max_attachments_per_message: 5,
            max_attachment_size_mb: 10,
            allowed_attachment_extensions: extensions.split(' ').map(str::to_owned).collect(),
            guest_token_lifetime_days: 30,
            rate_limit_max_messages: 10,
            rate_limit_window_seconds: 300,
            enable_honeypot: true,
            honeypot_field: "pigeon_hp".to_owned(),
            trash_lifetime_days: 30,
            site_name: config.site_url.host_str().unwrap_or_default().to_owned(),
            time_zone: values::machines_time_zone(),
        }
    }

    /// The defaults, over them what was stored, over that what is pinned.
    pub async fn load(conn: &mut Conn, config: &Config) -> Result<Self> {
        let stored: Vec<(String, String)> = conn
            .query("SELECT name, value FROM settings")
            .fetch_all()
            .await?;
        let mut settings = Self::defaults(config);
        for (name, value) in stored {
            let Some(setting) = Setting::find(&name) else {
                continue;
            };
            // Such as one that a newer version wrote: the default is better than no start.
            if setting.set(&mut settings, &value).is_err() {
                tracing::warn!(setting = name, "a stored setting is not valid: ignored");
            }
        }
        settings
            .pin(config)
            .map_err(Error::internal("the configuration is not valid"))?;
        Ok(settings)
    }

    /// Whether everything that the configuration pins can be pinned.
    pub fn check_pins(config: &Config) -> Result<(), ConfigError> {
        Self::defaults(config).pin(config)
    }

    /// Stores what differs; all of it, or nothing if anything is wrong.
    pub async fn update(
        tx: &mut Tx,
        config: &Config,
        changes: &BTreeMap<String, String>,
        now: Timestamp,
    ) -> Result<Self> {
        let mut settings = Self::load(tx, config).await?;
        let mut problems = Problems::default();
        let mut changed = Vec::new();
        for (name, value) in changes {
            let Some(setting) = Setting::find(name) else {
                problems.add(
                    name,
                    t_with("There is no setting {name}.", &[("name", name)]),
                );
                continue;
            };
            let before = setting.get(&settings);
            let pin = config.pins.get(name);
            let mut attempt = settings.clone();
            match setting.set(&mut attempt, value) {
                Err(problem) => problems.add(name, problem),
                Ok(()) if setting.get(&attempt) == before => {}
                Ok(()) => {
                    if let Some(pin) = pin {
                        let by = &[("by", pin.by.as_str())];
                        problems.add(name, t_with("This is fixed by {by}.", by));
                    }
                    changed.push((setting.name, setting.get(&attempt)));
                    settings = attempt;
                }
            }
        }
        problems.check()?;
        for (name, value) in &changed {
            tx.query(
                "INSERT INTO settings (name, value, updated_at) VALUES ($1, $2, $3)
                 ON CONFLICT (name) DO UPDATE
                 SET value = excluded.value, updated_at = excluded.updated_at",
            )
            .bind(*name)
            .bind(value.as_str())
            .bind(now)
            .execute()
            .await?;
        }
        if !changed.is_empty() {
            tx.announce(CHANGED.to_owned()).await?;
        }
        Ok(settings)
    }

    /// How long a private link works after its thread's last activity.
    pub fn link_lifetime(&self) -> Duration {
        days(self.guest_token_lifetime_days)
    }

    pub fn trash_lifetime(&self) -> Duration {
        days(self.trash_lifetime_days)
    }

    pub fn rate_limit_window(&self) -> Duration {
        Duration::from_secs(self.rate_limit_window_seconds.into())
    }

    fn pin(&mut self, config: &Config) -> Result<(), ConfigError> {
        for (name, pin) in &config.pins {
            let setting = Setting::find(name).ok_or_else(|| unknown_pin(name, &pin.by))?;
            setting
                .set(self, &pin.value)
                .map_err(|problem| ConfigError(format!("{}: {problem}", pin.by)))?;
        }
        Ok(())
    }
}

fn unknown_pin(name: &str, by: &str) -> ConfigError {
    if !by.starts_with("PIGEON_SETTING_") {
        let names = SETTINGS.iter().map(|setting| setting.name);
        return unknown(&format!("{by}: there is no such setting"), name, names);
    }
    let names: Vec<_> = SETTINGS.iter().map(Setting::variable).collect();
    let names = names.iter().map(String::as_str);
    unknown(&format!("unknown variable {by}"), by, names)
}

fn days(days: u32) -> Duration {
    Duration::from_secs(u64::from(days) * 86_400)
}

#[cfg(test)]
mod tests;
