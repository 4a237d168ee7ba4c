use axum::response::Response;
use futures_util::future::BoxFuture;
use percent_encoding::percent_decode_str;

use crate::{
    Result,
    web::{Visit, Who},
};

/// Answers a GET.
pub type Show = fn(Visit) -> BoxFuture<'static, Result<Response>>;

/// An address that answers.
#[derive(Debug)]
pub struct Route {
    pub path: &'static str,
    pub kind: Kind,
    pub who: Who,
    pub show: Show,
    /// The action of its own form, that a POST runs when no field `action` names another.
    pub form: Option<&'static str>,
}

/// What stands at an address, and so how it is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// For people: private, never stored by caches.
    Page,
    /// The same, and its address is a secret: kept out of search engines too.
    Secret,
    /// What a page listens to: private, and it does not end by itself.
    Stream,
    /// The same for everybody, and for ever.
    File,
    /// For an operator's programs: answers under any host name, and knows no sessions.
    Machine,
}

/// What stands in the places of a route's `{names}`.
pub type Params = Vec<(&'static str, String)>;

impl Route {
    pub const fn get(path: &'static str, kind: Kind, who: Who, show: Show) -> Self {
        Self {
            path,
            kind,
            who,
            show,
            form: None,
        }
    }

    /// Also takes a POST, for this action.
    #[must_use]
    pub const fn form(self, action: &'static str) -> Self {
        Self {
            form: Some(action),
            ..self
        }
    }

    /// The methods that it answers.
    pub fn methods(&self) -> &'static [&'static str] {
        match (self.kind, self.form) {
            // Any page takes a form with a field `action`.
            (Kind::Page | Kind::Secret, _) | (_, Some(_)) => &["GET", "HEAD", "POST"],
            (Kind::Stream | Kind::File | Kind::Machine, None) => &["GET", "HEAD"],
        }
    }

    /// The parts of `path` that the route's names stand for, if it is this route's.
    pub fn matches(&self, path: &str) -> Option<Params> {
        let mut params = Params::new();
        let (mut expected, mut rest) = (self.path.split('/'), Some(path));
        loop {
            let part = expected.next();
            let Some(text) = rest else {
                return part.is_none().then_some(params);
            };
            let name = part?
                .strip_prefix('{')
                .and_then(|part| part.strip_suffix('}'));
            let (head, tail) = match text.split_once('/') {
                Some((head, tail)) => (head, Some(tail)),
                None => (text, None),
            };
            match name.map(|name| (name, name.strip_prefix('*'))) {
                Some((_, Some(name))) => {
                    params.push((name, decode(text)?));
                    return Some(params);
                }
                Some((name, None)) if !head.is_empty() => params.push((name, decode(head)?)),
                None if part == Some(head) => {}
                _ => return None,
            }
            rest = tail;
        }
    }
}

/// The route of a path, and what its names stand for.
pub fn find(path: &str) -> Option<(&'static Route, Params)> {
    let mut routes = super::routes().iter();
    routes.find_map(|route| Some((route, route.matches(path)?)))
}

fn decode(part: &str) -> Option<String> {
    let decoded = percent_decode_str(part).decode_utf8().ok()?;
    Some(decoded.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(pattern: &'static str, path: &str) -> Option<Vec<String>> {
        let show: Show = |visit| Box::pin(crate::web::health::live(visit));
        let route = Route::get(pattern, Kind::Page, Who::Anyone, show);
        let params = route.matches(path)?;
        Some(params.into_iter().map(|(_, value)| value).collect())
    }

    #[test]
    fn a_path_is_matched_whole() {
        assert_eq!(params("/", "/").unwrap().len(), 0);
        assert_eq!(params("/a/b", "/a/b").unwrap().len(), 0);
        for path in [
            "/a", "/a/", "/a/b/", "/a/b/c", "//a/b", "/A/b", "/a/b;x", "/a%2Fb", "",
        ] {
            assert_eq!(params("/a/b", path), None, "{path}");
        }
    }

    #[test]
    fn names_stand_for_one_part_and_a_star_for_the_rest() {
        assert_eq!(params("/t/{token}", "/t/x%2Fy.css").unwrap(), ["x/y.css"]);
        for path in ["/t/", "/t", "/t/x/", "/t/x/y.css", "/t/%ff"] {
            assert_eq!(params("/t/{token}", path), None, "{path}");
        }
        assert_eq!(params("/t/{token}/u/{u}", "/t/a/u/b").unwrap(), ["a", "b"]);
        assert_eq!(
            params("/f/{v}/{*name}", "/f/1/a/b.c").unwrap(),
            ["1", "a/b.c"]
        );
    }
}
