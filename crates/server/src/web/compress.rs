//! Pages travel compressed where their length gives nothing away.
//!
//! Who sees how long answers are, and has words of their own put on a page again and again, could find
//! out what else stands there: what is there twice takes less room (BREACH). So there is nothing to be
//! found, or no way to ask. A form's token and key are others on each page. What another site makes a
//! browser ask for, with its cookies, travels as it is. A page whose address is a secret can be asked for
//! by those alone who may read it.

use axum::{
    body::{Body, HttpBody as _, to_bytes},
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};
use bytes::Bytes;

use crate::{
    encoding::{Effort, Encoding},
    web::{Kind, origin::SEC_FETCH_SITE, request::Answered},
};

/// Less travels at once, however long it is.
const LEAST: u64 = 1024;
/// More takes long enough to leave the thread to others.
const LONG: u64 = 256 * 1024;

/// How an answer may travel.
#[derive(Clone, Copy, Debug)]
pub struct Way {
    encoding: Encoding,
    /// One of our pages asks, or the person by themself.
    is_ours: bool,
}

impl Way {
    pub fn of(headers: &HeaderMap) -> Self {
        // A browser that does not say leaves it open.
        let site = headers.get(SEC_FETCH_SITE);
        Self {
            encoding: accepted(headers),
            is_ours: site.is_some_and(|site| site == "same-origin" || site == "none"),
        }
    }
}

/// Only pages, which are whole in memory: event streams and files stay as they are.
pub async fn page(mut response: Response, way: Way) -> Response {
    let length = response.body().size_hint().exact();
    let Some(length) = length.filter(|length| *length >= LEAST && is_page(&response)) else {
        return response;
    };
    let answered = response.extensions().get::<Answered>();
    let is_secret = answered.is_some_and(|answered| answered.kind == Kind::Secret);
    let headers = response.headers_mut();
    let depends = HeaderValue::from_static("Accept-Encoding, Sec-Fetch-Site");
    headers.append(header::VARY, depends);
    let name = way.encoding.name().filter(|_| way.is_ours || is_secret);
    let Some(name) = name else { return response };
    headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(name));
    headers.remove(header::CONTENT_LENGTH);

    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await;
    let bytes = bytes.expect("what has a length is in memory");
    let encode = move |bytes: Bytes| way.encoding.encode(&bytes, Effort::Little);
    let encoded = if length > LONG {
        let encoded = tokio::task::spawn_blocking(move || encode(bytes)).await;
        encoded.expect("memory takes any bytes")
    } else {
        encode(bytes)
    };
    Response::from_parts(parts, Body::from(encoded))
}

/// The smallest that the browser takes.
pub fn accepted(headers: &HeaderMap) -> Encoding {
    let lines = headers.get_all(header::ACCEPT_ENCODING).iter();
    let lines: Vec<_> = lines.filter_map(|line| line.to_str().ok()).collect();
    let takes = |coding: &str| {
        let offers = lines.iter().flat_map(|line| line.split(','));
        offers.into_iter().any(|offer| {
            let (name, weight) = offer.split_once(';').unwrap_or((offer, ""));
            let refused = matches!(weight.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000");
            name.trim().eq_ignore_ascii_case(coding) && !refused
        })
    };
    if takes("br") {
        Encoding::Brotli
    } else if takes("gzip") {
        Encoding::Gzip
    } else {
        Encoding::Plain
    }
}

fn is_page(response: &Response) -> bool {
    let headers = response.headers();
    let kind = headers.get(header::CONTENT_TYPE);
    let is_html = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    is_html && !headers.contains_key(header::CONTENT_ENCODING)
}
