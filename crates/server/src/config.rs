//! What the owner decides before the start: `pigeon.toml` and the environment, which wins. A
//! mistake stops the start with one line that names it.

#[cfg(test)]
pub(crate) mod example;
mod nearest;
mod values;

use std::{
    collections::BTreeMap,
    fmt, io,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use ipnet::IpNet;
use mail::SmtpUrl;
use url::Url;

pub use values::MailFrom;
pub(crate) use values::list;

pub const DEFAULT_FILE: &str = "pigeon.toml";

#[derive(Clone)]
pub struct Config {
    pub listen: SocketAddr,
    /// Scheme, host and port; the path is `/`.
    pub site_url: Url,
    pub data_dir: PathBuf,
    /// `sqlite:PATH` or `postgres://…`.
    pub database_url: String,
    /// None: mail goes to the built-in catcher.
    pub smtp_url: Option<SmtpUrl>,
    pub mail_from: MailFrom,
    pub trusted_proxies: Vec<IpNet>,
    /// As browsers send them: `https://www.example.com`.
    pub allowed_origins: Vec<String>,
    /// None: one is made at the first start.
    pub secret_key: Option<String>,
    /// None: there is no metrics page.
    pub metrics_token: Option<String>,
    /// None: text on a terminal, else JSON.
    pub log_format: Option<LogFormat>,
    /// Settings that the owner fixed, by their names; `settings` checks them.
    pub pins: BTreeMap<String, Pin>,
    /// What looks odd but does not stop the start.
    pub warnings: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    Text,
    Json,
}

/// A setting's value, fixed from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin {
    pub value: String,
    /// What fixed it, as the owner wrote it: a key of the file, or a variable.
    pub by: String,
}

/// A mistake in the configuration, in one line.
#[derive(Debug, PartialEq, Eq)]
pub struct ConfigError(pub String);

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ConfigError {}

/// A key's name and how its value is taken in.
type Key = (&'static str, fn(&mut Config, &str) -> Result<(), String>);

const KEYS: &[Key] = &[
    ("listen", |c, v| values::listen(v).map(|v| c.listen = v)),
    ("site_url", |c, v| {
        values::site_url(v).map(|v| c.site_url = v)
    }),
    ("data_dir", |c, v| {
        c.data_dir = PathBuf::from(v);
        Ok(())
    }),
    ("database_url", |c, v| {
        values::database_url(v).map(|v| c.database_url = v)
    }),
    ("smtp_url", |c, v| {
        values::smtp_url(v).map(|v| c.smtp_url = Some(v))
    }),
    ("mail_from", |c, v| {
        values::mail_from(v).map(|v| c.mail_from = v)
    }),
    ("trusted_proxies", |c, v| {
        values::networks(v).map(|v| c.trusted_proxies = v)
    }),
    ("allowed_origins", |c, v| {
        values::origins(v).map(|v| c.allowed_origins = v)
    }),
    ("secret_key", |c, v| {
        values::secret(v, 32).map(|v| c.secret_key = Some(v))
    }),
    ("metrics_token", |c, v| {
        values::secret(v, 16).map(|v| c.metrics_token = Some(v))
    }),
    ("log_format", |c, v| {
        values::log_format(v).map(|v| c.log_format = Some(v))
    }),
];

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            site_url: Url::parse("http://localhost:8080").expect("it is a valid address"),
            data_dir: PathBuf::from("pigeon-data"),
            database_url: String::new(),
            smtp_url: None,
            mail_from: values::mail_from("Pigeon <pigeon@localhost>").expect("it is valid"),
            trusted_proxies: Vec::new(),
            allowed_origins: Vec::new(),
            secret_key: None,
            metrics_token: None,
            log_format: None,
            pins: BTreeMap::new(),
            warnings: Vec::new(),
        }
        .with_database_in_data_dir()
    }
}

impl Config {
    /// Reads `file`, or `pigeon.toml` if there is one, and this process's environment.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let path = file.unwrap_or(Path::new(DEFAULT_FILE));
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if file.is_none() && error.kind() == io::ErrorKind::NotFound => {
                String::new()
            }
            Err(error) => return Err(ConfigError(format!("{}: {error}", path.display()))),
        };
        let env = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value)))
            .filter(|(name, _)| name.starts_with("PIGEON_"))
            .map(|(name, value)| match value.into_string() {
                Ok(value) => Ok((name, value)),
                Err(_) => Err(ConfigError(format!("{name}: the value is not UTF-8"))),
            })
            .collect::<Result<Vec<_>, _>>()?;
        Self::from_sources(&path.display().to_string(), &text, env)
    }

    /// `file` is what errors call the file with the text `toml`.
    pub fn from_sources(
        file: &str,
        toml: &str,
        env: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let mut config = Self {
            database_url: String::new(),
            ..Self::default()
        };
        config.take_file(file, toml)?;
        for (name, value) in env {
            config.take_variable(&name, &value)?;
        }
        Ok(config.with_database_in_data_dir())
    }

    pub fn is_sqlite(&self) -> bool {
        self.database_url.starts_with("sqlite:")
    }

    /// Whether cookies must be marked `Secure`.
    pub fn is_https(&self) -> bool {
        self.site_url.scheme() == "https"
    }

    /// The site's origin as browsers send it.
    pub fn origin(&self) -> String {
        self.site_url.origin().ascii_serialization()
    }

    /// The whole address of `path`, which begins with a slash.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin())
    }

    /// An empty value counts as not set, but for a setting, as it does in the environment.
    fn take_file(&mut self, file: &str, toml: &str) -> Result<(), ConfigError> {
        let table: toml::Table = toml.parse().map_err(|error: toml::de::Error| {
            let line = error
                .span()
                .map_or(1, |span| 1 + toml[..span.start].matches('\n').count());
            let message = error.message().replace('\n', " ");
            ConfigError(format!("{file}: line {line}: {message}"))
        })?;
        for (key, value) in &table {
            if key == "settings" {
                let toml::Value::Table(settings) = value else {
                    return Err(ConfigError(format!(
                        "{file}: settings is a table: [settings]"
                    )));
                };
                for (name, value) in settings {
                    let by = format!("settings.{name} in {file}");
                    let value = text_of(value)
                        .ok_or_else(|| ConfigError(format!("{by}: this is not a single value")))?;
                    self.pins.insert(name.clone(), Pin { value, by });
                }
                continue;
            }
            let Some((_, set)) = KEYS.iter().find(|(name, _)| name == key) else {
                let names = KEYS.iter().map(|(name, _)| *name).chain(["settings"]);
                return Err(unknown(&format!("{file}: unknown key {key}"), key, names));
            };
            text_of(value)
                .ok_or_else(|| "this is not a single value".to_owned())
                .and_then(|value| match value.trim() {
                    "" => Ok(()),
                    value => set(self, value),
                })
                .map_err(|problem| ConfigError(format!("{file}: {key}: {problem}")))?;
        }
        Ok(())
    }

    /// A variable that is set but empty counts as not set; a setting's empty value is a value.
    fn take_variable(&mut self, variable: &str, value: &str) -> Result<(), ConfigError> {
        if let Some(name) = variable.strip_prefix("PIGEON_SETTING_") {
            let pin = Pin {
                value: value.to_owned(),
                by: variable.to_owned(),
            };
            self.pins.insert(camel_case(name), pin);
            return Ok(());
        }
        let known = KEYS.iter().find(|(name, _)| variable_of(name) == variable);
        if let Some((_, set)) = known {
            if value.trim().is_empty() {
                return Ok(());
            }
            return set(self, value.trim())
                .map_err(|problem| ConfigError(format!("{variable}: {problem}")));
        }
        // Kubernetes sets these for a service that is called "pigeon".
        if variable.starts_with("PIGEON_SERVICE_") || variable.starts_with("PIGEON_PORT") {
            self.warnings
                .push(format!("{variable} is not a variable of Pigeon's: ignored"));
            return Ok(());
        }
        let names = KEYS.iter().map(|(name, _)| variable_of(name));
        let names: Vec<_> = names.collect();
        Err(unknown(
            &format!("unknown variable {variable}"),
            variable,
            names.iter().map(String::as_str),
        ))
    }

    fn with_database_in_data_dir(mut self) -> Self {
        if self.database_url.is_empty() {
            let file = self.data_dir.join("pigeon.db");
            self.database_url = format!("sqlite:{}", file.display());
        }
        self
    }
}

/// An error about an unknown name, with the nearest right one.
pub fn unknown<'a>(
    what: &str,
    name: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> ConfigError {
    let nearest = nearest::nearest(name, known);
    ConfigError(format!("{what}; the nearest right one is {nearest}"))
}

fn variable_of(key: &str) -> String {
    format!("PIGEON_{}", key.to_ascii_uppercase())
}

/// `SITE_NAME` to `siteName`.
fn camel_case(upper_snake: &str) -> String {
    let mut words = upper_snake.split('_');
    let first = words.next().unwrap_or_default().to_ascii_lowercase();
    words.fold(first, |name, word| {
        let (head, tail) = word.split_at_checked(1).unwrap_or((word, ""));
        name + head + &tail.to_ascii_lowercase()
    })
}

/// A value of the file as the environment would hold it; a list with spaces between.
fn text_of(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Boolean(flag) => Some(flag.to_string()),
        toml::Value::Array(values) => {
            let texts: Option<Vec<_>> = values.iter().map(text_of).collect();
            texts.map(|texts| texts.join(" "))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
