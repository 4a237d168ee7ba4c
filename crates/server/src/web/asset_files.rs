use axum::{
    http::{HeaderMap, header},
    response::{IntoResponse as _, Response},
};

use crate::{
    Error, Result,
    assets::{self, Encoding},
    web::Visit,
};

/// A file of `assets/`. Its address changes with it, so that it may be kept for ever; under an
/// address of another version (a page from before an upgrade) it may be kept for a minute.
#[expect(clippy::unused_async, reason = "pages are asynchronous")]
pub async fn show(visit: Visit) -> Result<Response> {
    let name = visit.param("name");
    let kind = media_type(name).ok_or(Error::NotFound)?;
    let encoding = if kind.starts_with("font/") {
        Encoding::Plain
    } else {
        accepted(&visit.headers)
    };
    let bytes = assets::read(name, encoding).ok_or(Error::NotFound)?;
    let is_current = visit.param("version") == assets::version();
    let cache = match (is_current, assets::are_fixed()) {
        (true, true) => "public, max-age=31536000, immutable",
        (false, true) => "public, max-age=60",
        (_, false) => "no-cache",
    };
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, cache),
        (header::VARY, "Accept-Encoding"),
    ];
    let body = bytes::Bytes::from_owner(bytes);
    let mut response = (headers, body).into_response();
    let coding = match encoding {
        Encoding::Plain => return Ok(response),
        Encoding::Gzip => header::HeaderValue::from_static("gzip"),
        Encoding::Brotli => header::HeaderValue::from_static("br"),
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_ENCODING, coding);
    Ok(response)
}

/// The smallest that the browser takes.
fn accepted(headers: &HeaderMap) -> Encoding {
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

fn media_type(name: &str) -> Option<&'static str> {
    Some(match name.rsplit_once('.')?.1 {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "woff2" => "font/woff2",
        _ => return None,
    })
}
