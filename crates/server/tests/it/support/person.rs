use std::{collections::BTreeMap, fmt::Write as _, net::SocketAddr};

use super::{
    Answer,
    wire::{self, Line},
};

/// Somebody with a browser: keeps cookies, and says where a form comes from.
#[derive(Clone)]
pub struct Person {
    pub address: SocketAddr,
    host: String,
    cookies: BTreeMap<String, String>,
}

impl Person {
    pub fn new(address: SocketAddr, site: &str) -> Self {
        let (_, host) = site.split_once("://").expect("a site has a scheme");
        Self {
            address,
            host: host.to_owned(),
            cookies: BTreeMap::new(),
        }
    }

    pub fn keep_cookie(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(String::as_str)
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.ask("GET", path, &[], b"").await
    }

    /// Looks, with these headers too.
    pub async fn get_with(&mut self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.ask("GET", path, headers, b"").await
    }

    /// Sends a form from one of the site's own pages.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.post_with(path, fields, &[("sec-fetch-site", "same-origin")])
            .await
    }

    /// Sends a form with these headers, which say where it comes from.
    pub async fn post_with(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let kind = ("content-type", "application/x-www-form-urlencoded");
        let headers: Vec<_> = headers.iter().copied().chain([kind]).collect();
        self.ask("POST", path, &headers, body.as_bytes()).await
    }

    /// Sends JSON from one of the site's own pages, and wants JSON.
    pub async fn post_json(&mut self, path: &str, body: &serde_json::Value) -> Answer {
        let headers = [
            ("content-type", "application/json"),
            ("accept", "application/json"),
            ("sec-fetch-site", "same-origin"),
        ];
        self.ask("POST", path, &headers, body.to_string().as_bytes())
            .await
    }

    /// Follows where an answer leads.
    pub async fn follow(&mut self, answer: &Answer) -> Answer {
        let target = answer.header("location").expect("it leads somewhere");
        let target = target.to_owned();
        self.get(&target).await
    }

    /// Any request at all. A header given takes the place of the usual one.
    pub async fn ask(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        let mut line = Line::open(self.address).await;
        let head = self.head(method, path, headers, body.len());
        line.say(head.as_bytes()).await;
        line.say(body).await;
        let answer = Answer::read(&wire::answer(&mut line).await, method == "HEAD");
        self.take_cookies(&answer);
        answer
    }

    /// The head of a request with a body of this length.
    pub(super) fn head(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        length: usize,
    ) -> String {
        let cookies: Vec<_> = self
            .cookies
            .iter()
            .map(|(k, v)| format!("{k}={v}"))
            .collect();
        let (cookies, has_body, length) = (cookies.join("; "), length > 0, length.to_string());
        let mut lines: Vec<(&str, &str)> = headers.to_vec();
        let mut usual = vec![("host", self.host.as_str()), ("connection", "close")];
        if !cookies.is_empty() {
            usual.push(("cookie", &cookies));
        }
        if method == "POST" || has_body {
            usual.push(("content-length", &length));
        }
        for (name, value) in usual {
            if !headers.iter().any(|(given, _)| *given == name) {
                lines.push((name, value));
            }
        }
        let mut head = format!("{method} {path} HTTP/1.1\r\n");
        for (name, value) in lines {
            write!(head, "{name}: {value}\r\n").expect("a text takes any text");
        }
        head.push_str("\r\n");
        head
    }

    fn take_cookies(&mut self, answer: &Answer) {
        for line in answer.headers_named("set-cookie") {
            let pair = line.split(';').next().unwrap_or_default();
            let Some((name, value)) = pair.split_once('=') else {
                continue;
            };
            if line.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}
