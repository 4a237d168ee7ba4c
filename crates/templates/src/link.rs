//! Addresses in what people wrote: http and https ones, and e-mail addresses, become links. Every
//! look at a text costs as much as the text is long, whatever stands in it.

use std::{fmt::Write as _, ops::Range};

use crate::escape::Escaped;

/// What every link in a message carries: it helps no search engine's rank, and the page behind it
/// gets no hold of ours.
pub(crate) const REL: &str = "nofollow noopener ugc";

/// An address in a text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) at: Range<usize>,
    /// An e-mail address, not one of a page.
    pub(crate) is_mail: bool,
}

/// `text` escaped, with its addresses as links.
pub(crate) fn linkify(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    let mut done = 0;
    while let Some(found) = find(text, done) {
        write!(html, "{}", Escaped(&text[done..found.at.start])).expect("a string takes all");
        push_link(&mut html, text, &found);
        done = found.at.end;
    }
    write!(html, "{}", Escaped(&text[done..])).expect("a string takes all");
    html
}

/// Writes the link to what was `found` in `text`.
pub(crate) fn push_link(html: &mut String, text: &str, found: &Found) {
    let shown = Escaped(&text[found.at.clone()]);
    let scheme = if found.is_mail { "mailto:" } else { "" };
    write!(
        html,
        r#"<a href="{scheme}{shown}" target="_blank" rel="{REL}">{shown}</a>"#
    )
    .expect("a string takes all");
}

/// The first address that begins at `from` or after it.
pub(crate) fn find(text: &str, from: usize) -> Option<Found> {
    let bytes = text.as_bytes();
    let marks = text[from..].match_indices([':', '@']);
    marks.map(|(at, _)| from + at).find_map(|at| {
        let (range, is_mail) = if bytes[at] == b':' {
            (page_around(text, from, at)?, false)
        } else {
            (mailbox_around(text, from, at)?, true)
        };
        Some(Found { at: range, is_mail })
    })
}

/// Whether the whole of `address` may stand in a link: a page by http or https, or an e-mail
/// address behind `mailto:`.
pub(crate) fn is_safe(address: &str) -> bool {
    if let Some(mailbox) = strip_prefix(address, "mailto:") {
        let at = mailbox.find('@').unwrap_or_default();
        return mailbox_around(mailbox, 0, at) == Some(0..mailbox.len());
    }
    scheme_len(address) > 0 && !address.contains(ends_an_address)
}

/// The host that an address of a page names, without its port.
pub(crate) fn host_of(address: &str) -> &str {
    let rest = &address[scheme_len(address)..];
    let rest = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let rest = rest.rsplit('@').next().unwrap_or_default();
    match rest.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => rest,
    }
}

/// The address of a page whose scheme ends at the colon `at`: it is no part of a longer word.
fn page_around(text: &str, from: usize, at: usize) -> Option<Range<usize>> {
    let before = &text[from..at];
    let scheme = ["https", "http"]
        .into_iter()
        .find(|scheme| ends_with(before, scheme))?;
    let start = at - scheme.len();
    let is_word = text[..start].ends_with(char::is_alphanumeric);
    if is_word || scheme_len(&text[start..]) == 0 {
        return None;
    }
    let rest = &text[start..];
    // Where an address is a Markdown link's text, what it leads to follows.
    let is_end = |at: usize, c: char| ends_an_address(c) || rest[at..].starts_with("](");
    let end = rest.char_indices().find(|(at, c)| is_end(*at, *c));
    let address = &rest[..end.map_or(rest.len(), |(at, _)| at)];
    Some(start..start + without_trailing(address).len())
}

/// How long `https://` is at the beginning of an address, if a host follows; else 0.
fn scheme_len(address: &str) -> usize {
    let known = ["https://", "http://"].into_iter();
    let mut known = known.filter_map(|scheme| Some((scheme, strip_prefix(address, scheme)?)));
    match known.next() {
        Some((scheme, rest)) if rest.starts_with(|c: char| c.is_alphanumeric() || c == '[') => {
            scheme.len()
        }
        _ => 0,
    }
}

/// White space, quotes and angle brackets, and what makes text run the other way.
fn ends_an_address(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '<' | '>' | '"' | '`' | '\\' | '^' | '{' | '}' | '|')
        || matches!(c, '“' | '”' | '«' | '»' | '。' | '、' | '」' | '）')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Punctuation after an address is not part of it; a closing bracket is if the address opened it.
fn without_trailing(address: &str) -> &str {
    let count = |c: char| address.matches(c).count();
    let mut round = count(')').saturating_sub(count('('));
    let mut square = count(']').saturating_sub(count('['));
    let is_trailing = |c: char| match c {
        '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '’' | '…' | '*' | '_' | '~' => true,
        ')' => take_one(&mut round),
        ']' => take_one(&mut square),
        _ => false,
    };
    address.trim_end_matches(is_trailing)
}

fn take_one(left: &mut usize) -> bool {
    let is_left = *left > 0;
    *left = left.saturating_sub(1);
    is_left
}

/// The e-mail address around the `@` at `at`: the plain kind that people write.
fn mailbox_around(text: &str, from: usize, at: usize) -> Option<Range<usize>> {
    const LONGEST_LOCAL: usize = 64;
    const LONGEST_DOMAIN: usize = 253;
    let bytes = text.as_bytes();
    let is_local = |byte: &u8| byte.is_ascii_alphanumeric() || b".+-_'&".contains(byte);
    let is_domain = |byte: &u8| byte.is_ascii_alphanumeric() || b".-".contains(byte);
    let before = bytes[from..at].iter().rev();
    let local = before.take(LONGEST_LOCAL + 1).take_while(|b| is_local(b));
    let after = bytes.get(at + 1..)?.iter();
    let domain = after.take(LONGEST_DOMAIN + 1).take_while(|b| is_domain(b));
    let (mut start, mut end) = (at - local.count(), at + 1 + domain.count());
    // A sentence's full stop, or a quote before it, is not part of it.
    while start < at && !bytes[start].is_ascii_alphanumeric() {
        start += 1;
    }
    while end > at && !bytes[end - 1].is_ascii_alphanumeric() {
        end -= 1;
    }
    let domain = text.get(at + 1..end)?;
    let is_top = |label: &str| label.len() > 1 && label.bytes().all(|b| b.is_ascii_alphabetic());
    let fits = (1..=LONGEST_LOCAL).contains(&(at - start))
        && domain.len() <= LONGEST_DOMAIN
        && domain.split('.').all(|label| !label.is_empty())
        && domain.rsplit_once('.').is_some_and(|(_, top)| is_top(top))
        && !text[..start].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '/' | '@'))
        && !text[end..].starts_with(|c: char| c.is_alphanumeric() || c == '@');
    fits.then_some(start..end)
}

fn ends_with(text: &str, ending: &str) -> bool {
    let at = text.len().checked_sub(ending.len());
    at.and_then(|at| text.get(at..))
        .is_some_and(|end| end.eq_ignore_ascii_case(ending))
}

fn strip_prefix<'a>(text: &'a str, start: &str) -> Option<&'a str> {
    let head = text.get(..start.len())?;
    head.eq_ignore_ascii_case(start)
        .then(|| &text[start.len()..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(address: &str) -> String {
        let shown = Escaped(address);
        format!(r#"<a href="{shown}" target="_blank" rel="nofollow noopener ugc">{shown}</a>"#)
    }

    fn mail(address: &str) -> String {
        to(&format!("mailto:{address}")).replace(">mailto:", ">")
    }

    #[test]
    fn only_bare_http_addresses_become_links() {
        for (typed, shown) in [
            (
                "see https://a.example/x.",
                format!("see {}.", to("https://a.example/x")),
            ),
            (
                "(http://a.example)",
                format!("({})", to("http://a.example")),
            ),
            ("http://a.example/b_(c)", to("http://a.example/b_(c)")),
            ("HTTPS://A.EXAMPLE", to("HTTPS://A.EXAMPLE")),
            (
                "http://a.example, http://b.example",
                format!("{}, {}", to("http://a.example"), to("http://b.example")),
            ),
            ("http://日本.example/道", to("http://日本.example/道")),
            (
                "<https://a.example>",
                format!("&lt;{}&gt;", to("https://a.example")),
            ),
            (
                "https://a.example/?a=1&b=2",
                to("https://a.example/?a=1&b=2"),
            ),
            (
                "https://a.example/\u{202e}gnp.exe",
                format!("{}\u{202e}gnp.exe", to("https://a.example/")),
            ),
            (
                "https://a.example\"onclick=x",
                format!("{}&quot;onclick=x", to("https://a.example")),
            ),
            ("https://a.example/@ann", to("https://a.example/@ann")),
            ("javascript:alert(1)", "javascript:alert(1)".into()),
            (
                "javascript://a.example/%0aalert(1)",
                "javascript://a.example/%0aalert(1)".into(),
            ),
            ("xhttp://a.example", "xhttp://a.example".into()),
            ("data:text/html,http", "data:text/html,http".into()),
            ("http://", "http://".into()),
            ("https:///x", "https:///x".into()),
            ("http:/a.example", "http:/a.example".into()),
            ("ftp://a.example", "ftp://a.example".into()),
            ("www.a.example", "www.a.example".into()),
            ("<script>", "&lt;script&gt;".into()),
        ] {
            assert_eq!(linkify(typed), shown, "{typed}");
        }
    }

    #[test]
    fn e_mail_addresses_become_links() {
        for (typed, shown) in [
            (
                "ask ann@example.com.",
                format!("ask {}.", mail("ann@example.com")),
            ),
            (
                "<ann.b+c@mail.example.com>",
                format!("&lt;{}&gt;", mail("ann.b+c@mail.example.com")),
            ),
            (
                "'ann@example.com'",
                format!("&#39;{}&#39;", mail("ann@example.com")),
            ),
            (
                "mailto:ann@example.com",
                format!("mailto:{}", mail("ann@example.com")),
            ),
            ("@maya", "@maya".into()),
            ("ann@localhost", "ann@localhost".into()),
            ("a@b@example.com", "a@b@example.com".into()),
            ("ann@example..com", "ann@example..com".into()),
            ("ännn@example.com", "ännn@example.com".into()),
            ("1@2.3", "1@2.3".into()),
        ] {
            assert_eq!(linkify(typed), shown, "{typed}");
        }
        let long = format!("{}@example.com", "a".repeat(65));
        assert_eq!(linkify(&long), long);
    }

    #[test]
    fn only_pages_and_mailboxes_may_stand_in_a_link() {
        for good in [
            "https://a.example",
            "HTTP://a.example/x?y=(z)",
            "mailto:ann@example.com",
        ] {
            assert!(is_safe(good), "{good}");
        }
        for bad in [
            "javascript:alert(1)",
            "javascript:alert(1)//http://x",
            "java\tscript:1",
            "data:text/html,x",
            "//evil.test",
            "/pigeon/logout",
            "#x",
            "",
            "tel:112",
            "https:///x",
            "https://a b",
            "mailto:ann@example.com?bcc=x@y.example",
            "https://a.example/\u{202e}x",
            "vbscript:x",
        ] {
            assert!(!is_safe(bad), "{bad}");
        }
    }

    #[test]
    fn the_host_is_what_the_browser_goes_to() {
        for (address, host) in [
            ("https://a.example/b", "a.example"),
            ("https://bank.example@evil.example:8080/?x", "evil.example"),
            ("http://a.example?b@c", "a.example"),
        ] {
            assert_eq!(host_of(address), host);
        }
    }
}
