//! The headers that keep a browser, a cache and a search engine in their place.

use axum::{
    http::{HeaderName, HeaderValue, header},
    response::Response,
};

use crate::web::{Kind, request::Answered};

/// No inline style or script, nothing from elsewhere, and in nobody's frame.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
     font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; \
     frame-ancestors 'none'";
const SAME_ORIGIN: HeaderValue = HeaderValue::from_static("same-origin");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");

/// What a handler has set for itself stays: the mail catcher's letters have another policy.
pub fn protect(response: &mut Response) {
    let answered = response.extensions().get::<Answered>();
    let kind = answered.map_or(Kind::Page, |answered| answered.kind);
    let headers = response.headers_mut();
    for (name, value) in [
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(POLICY),
        ),
        (
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ),
        (header::REFERRER_POLICY, SAME_ORIGIN),
        (RESOURCE_POLICY, SAME_ORIGIN),
        (OPENER_POLICY, SAME_ORIGIN),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ] {
        headers.entry(name).or_insert(value);
    }
    if matches!(kind, Kind::Page | Kind::Secret | Kind::Stream) {
        headers.append(header::VARY, HeaderValue::from_static("Cookie"));
    }
    if matches!(kind, Kind::Secret | Kind::Stream) {
        headers.insert(ROBOTS, HeaderValue::from_static("noindex, nofollow"));
    }
}
