use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse as _, Response},
};

use crate::{
    Error, Result, assets,
    encoding::Encoding,
    web::{Visit, compress},
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
        compress::accepted(&visit.headers)
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
    if let Some(name) = encoding.name() {
        let name = HeaderValue::from_static(name);
        response
            .headers_mut()
            .insert(header::CONTENT_ENCODING, name);
    }
    Ok(response)
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
