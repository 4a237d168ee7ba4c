//! How each kind of value is read. Errors never repeat a value that may hold a secret.

use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;
use mail::SmtpUrl;
use url::{Position, Url};

use super::LogFormat;
use crate::email_address::Address;

/// The system's own name and address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailFrom {
    pub name: String,
    pub address: Address,
}

type Parsed<T> = Result<T, String>;

pub(super) fn listen(text: &str) -> Parsed<SocketAddr> {
    text.parse().map_err(|_| {
        format!("\"{text}\" is not an address and port such as 127.0.0.1:8080 or 0.0.0.0:8080")
    })
}

pub(super) fn site_url(text: &str) -> Parsed<Url> {
    let url = web_origin(text).ok_or("this is not an address such as https://www.example.com")?;
    if url.path() == "/" {
        return Ok(url);
    }
    let origin = url.origin().ascii_serialization();
    Err(format!(
        "leave out the path; everything lives under {origin}/pigeon"
    ))
}

pub(super) fn database_url(text: &str) -> Parsed<String> {
    let path = text.strip_prefix("sqlite:");
    if path.is_some_and(|path| !path.trim_start_matches('/').is_empty()) {
        return Ok(text.to_owned());
    }
    let postgres = ["postgres://", "postgresql://"];
    if postgres.iter().any(|scheme| text.starts_with(scheme)) && Url::parse(text).is_ok() {
        return Ok(text.to_owned());
    }
    Err("this is neither sqlite:PATH nor postgres://USER:PASSWORD@HOST/DATABASE".to_owned())
}

pub(super) fn smtp_url(text: &str) -> Parsed<SmtpUrl> {
    text.parse()
        .map_err(|wrong: mail::BadUrl| wrong.to_string())
}

pub(super) fn mail_from(text: &str) -> Parsed<MailFrom> {
    let (name, address) = match text.trim().strip_suffix('>') {
        Some(text) => text.rsplit_once('<').unwrap_or((text, "")),
        None => ("", text),
    };
    let name = name.trim().trim_matches('"').trim();
    if name.chars().any(char::is_control) {
        return Err("the name has a control character".to_owned());
    }
    let address = Address::parse(address)
        .map_err(|_| format!("\"{text}\" is not an address such as Pigeon <pigeon@example.com>"))?;
    Ok(MailFrom {
        name: name.to_owned(),
        address,
    })
}

pub(super) fn networks(text: &str) -> Parsed<Vec<IpNet>> {
    list(text)
        .map(|item| {
            let address = item.parse::<IpAddr>().map(IpNet::from);
            address
                .or_else(|_| item.parse())
                .map_err(|_| format!("\"{item}\" is not an address or network such as 10.0.0.0/8"))
        })
        .collect()
}

pub(super) fn origins(text: &str) -> Parsed<Vec<String>> {
    list(text)
        .map(|item| {
            web_origin(item)
                .filter(|url| url.path() == "/")
                .map(|url| url.origin().ascii_serialization())
                .ok_or_else(|| {
                    format!("\"{item}\" is not an origin such as https://www.example.com")
                })
        })
        .collect()
}

pub(super) fn secret(text: &str, at_least: usize) -> Parsed<String> {
    if text.trim().chars().count() < at_least {
        return Err(format!("a secret has at least {at_least} characters"));
    }
    Ok(text.trim().to_owned())
}

pub(super) fn log_format(text: &str) -> Parsed<LogFormat> {
    match text {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err(format!("\"{text}\" is neither text nor json")),
    }
}

/// The items of a list: separated by comma, semicolon or white space.
pub(crate) fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c == ',' || c == ';' || c.is_whitespace())
        .filter(|item| !item.is_empty())
}

/// An http address with a host, and nothing behind its path.
fn web_origin(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let plain = url[Position::AfterPath..].is_empty()
        && url.username().is_empty()
        && url.password().is_none();
    (matches!(url.scheme(), "http" | "https") && url.has_host() && plain).then_some(url)
}
