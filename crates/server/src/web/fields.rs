//! What a form sent: one parser for all three types of body. Scalars only; a field that takes one
//! value has one.

mod json;
mod limits;
mod multipart;
mod urlencoded;

use axum::{
    body::Body,
    http::{HeaderMap, header::CONTENT_TYPE},
};
use serde::Serialize;

use crate::{
    Error, Problems, Result,
    i18n::{t, t_with},
    web::body,
};

/// The fields that take several values; each comes as `name[]`, once for each value.
const LISTS: [&str; 3] = ["threadId", "attachments", "permissions"];
/// More than any form of ours has, but for the values of its lists.
const MOST: usize = 500;
/// More than any action takes.
const MOST_LISTED: usize = 5_500;

/// The fields of a form, in the order in which they came.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Fields {
    values: Vec<(String, String)>,
    /// Names of the files that came along.
    files: Vec<String>,
}

impl Fields {
    /// Reads the body as what its type says it is.
    pub async fn read(headers: &HeaderMap, body: Body) -> Result<Self> {
        let kind = match headers.get(CONTENT_TYPE) {
            Some(kind) => kind.to_str().map_err(|_| Error::UnsupportedMedia)?,
            None => "",
        };
        let essence = kind.split(';').next().unwrap_or_default().trim();
        let mut fields = Self::default();
        match essence.to_ascii_lowercase().as_str() {
            "application/x-www-form-urlencoded" => {
                urlencoded::parse(&body::read(body).await?, &mut fields)?;
            }
            "multipart/form-data" => multipart::parse(kind, body, &mut fields).await?,
            "application/json" => json::parse(&body::read(body).await?, &mut fields)?,
            "" if body::read(body).await?.is_empty() => {}
            _ => return Err(Error::UnsupportedMedia),
        }
        Ok(fields)
    }

    /// Those of a query, which may come more than once: the first one counts.
    pub fn of_query(query: &str) -> Result<Self> {
        let mut fields = Self::default();
        urlencoded::parse(query.as_bytes(), &mut fields)?;
        Ok(fields)
    }

    /// For tests, and for what a page fills in by itself.
    pub fn of<'a>(values: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let values = values.into_iter();
        Self {
            values: values.map(|(k, v)| (k.into(), v.into())).collect(),
            files: Vec::new(),
        }
    }

    /// The value as it was typed; nothing where the field is absent.
    pub fn get(&self, name: &str) -> &str {
        self.find(name).unwrap_or_default()
    }

    /// The value, if the field came along at all.
    pub fn find(&self, name: &str) -> Option<&str> {
        let found = self.values.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The values of a field that takes several, sent as `name` or as `name[]`.
    pub fn list(&self, name: &str) -> Vec<&str> {
        let matches =
            |key: &str| key == name || key.strip_suffix("[]").is_some_and(|key| key == name);
        let values = self.values.iter();
        values
            .filter(|(key, value)| matches(key) && !value.is_empty())
            .map(|(_, value)| value.as_str())
            .collect()
    }

    /// A switch: on for `1`, `true` and `on`.
    pub fn is_on(&self, name: &str) -> bool {
        matches!(self.get(name), "1" | "true" | "on")
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.values.iter().map(|(k, v)| (k.as_str(), v.as_str()))
    }

    pub fn is_empty(&self) -> bool {
        self.values.is_empty() && self.files.is_empty()
    }

    /// Everything that is wrong with the fields before anybody knows what they are for.
    pub fn check(&self) -> Result<()> {
        let mut problems = Problems::default();
        limits::check(self, &mut problems);
        for (at, (name, value)) in self.values.iter().enumerate() {
            let is_list = |name: &str| name.strip_suffix("[]").is_some_and(|n| LISTS.contains(&n));
            let base = name.split('[').next().unwrap_or_default();
            let twice = || self.values[..at].iter().any(|(other, _)| other == name);
            if !is_list(name) && (base != name || twice()) {
                problems.add(base, t("This field takes one value."));
            }
            if value.contains('\0') {
                problems.add(base, t("This has a character that cannot be stored."));
            }
        }
        if let Some(file) = self.files.first() {
            let message = t("Files cannot be attached yet: “{name}” was not sent.");
            problems.add("attachments", t_with(message, &[("name", file)]));
        }
        problems.check()
    }

    fn push(&mut self, name: String, value: &str) -> Result<()> {
        let is_list = |name: &str| name.strip_suffix("[]").is_some_and(|n| LISTS.contains(&n));
        let others = self.values.iter().filter(|(name, _)| !is_list(name));
        let is_full = self.values.len() >= MOST_LISTED
            || (self.values.len() >= MOST && !is_list(&name) && others.count() >= MOST);
        if is_full {
            return Err(Error::Malformed(t("There are too many fields.").into()));
        }
        let value = limits::clean(&name, value);
        self.values.push((name, value));
        Ok(())
    }
}

fn malformed(what: &'static str) -> Error {
    Error::Malformed(t(what).to_owned())
}

#[cfg(test)]
mod tests;
