use super::{random::Random, texts::Language};

/// Where the demo's addresses are: nobody's, by RFC 2606.
const HOSTS: [&str; 3] = ["example.com", "example.org", "example.net"];

pub(super) struct Customer {
    pub(super) name: String,
    pub(super) first: &'static str,
    pub(super) last: &'static str,
    pub(super) email: String,
}

impl Customer {
    /// Somebody, and `number` tells them from others of that name.
    pub(super) fn invent(language: &Language, number: usize, random: &mut Random) -> Self {
        let first = random.pick(&language.first);
        let last = random.pick(&language.last);
        let host = random.pick(&HOSTS);
        let number = if number == 0 {
            String::new()
        } else {
            number.to_string()
        };
        Self {
            name: language
                .name
                .replace("first", first.shown)
                .replace("last", last.shown),
            first: first.shown,
            last: last.shown,
            email: format!("{}.{}{number}@{host}", first.ascii, last.ascii),
        }
    }
}

/// One of the team.
pub(super) struct Staff {
    pub(super) id: String,
    pub(super) name: &'static str,
}
