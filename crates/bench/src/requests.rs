//! The requests that a load is made of.

use std::fmt::Write as _;

pub fn get(path: &str, host: &str, cookie: &str) -> Vec<u8> {
    let mut request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: text/html\r\n");
    if !cookie.is_empty() {
        let _ = write!(request, "Cookie: {cookie}\r\n");
    }
    request.push_str("\r\n");
    request.into_bytes()
}

/// The page's parts of these ids again, as its script asks for them.
pub fn get_region(path: &str, ids: &str, host: &str, cookie: &str) -> Vec<u8> {
    format!(
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: text/html\r\nCookie: {cookie}\r\n\
         Pigeon-Region: {ids}\r\n\r\n"
    )
    .into_bytes()
}

/// A form of a page of staff's.
pub fn action(name: &str, fields: &[(&str, &str)], host: &str, cookie: &str) -> Vec<u8> {
    let fields = fields.iter();
    let fields = fields.map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
    let form = fields.collect::<Vec<_>>().join("&");
    format!(
        "POST /pigeon/actions/pigeon/{name} HTTP/1.1\r\nHost: {host}\r\nAccept: text/html\r\n\
         Cookie: {cookie}\r\nSec-Fetch-Site: same-origin\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    )
    .into_bytes()
}

/// A visitor's first message, from an address and a mailbox of its own.
pub fn guest_post(number: u64, run: u64, host: &str) -> Vec<u8> {
    let form = format!(
        "name=Ann+Walker&email=guest{number}.run{run}%40example.com&subject=Where+is+my+parcel%3F\
         &body=Hello%2C+I+ordered+the+walnut+desk+lamp+on+Monday+%28order+RW-{number}%29+and+the+\
         tracking+page+has+said+in+transit+ever+since.+Could+you+find+out+where+it+is%3F+Thank+you%21"
    );
    let [_, a, b, c] = u32::try_from(number % 16_000_000)
        .expect("a small number")
        .to_be_bytes();
    format!(
        "POST /pigeon/actions/pigeon/guest/start HTTP/1.1\r\nHost: {host}\r\n\
         X-Forwarded-For: 10.{a}.{b}.{c}\r\nAccept: text/html\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    )
    .into_bytes()
}

/// A word as it stands in an address.
pub fn encoded(word: &str) -> String {
    let mut encoded = String::new();
    for byte in word.bytes() {
        if byte.is_ascii_alphanumeric() {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}
