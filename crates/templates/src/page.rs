use minijinja::{Error, ErrorKind, State, Value};
use serde::Serialize;

/// What every page and e-mail knows besides its own view; `page` in templates.
#[derive(Clone, Debug, Serialize)]
pub struct Page {
    /// Microseconds since 1970 (UTC).
    pub now: i64,
    /// An IANA name, such as `Europe/London`; an unknown one counts as UTC.
    pub time_zone: String,
    pub lang: String,
    /// `ltr` or `rtl`.
    pub dir: String,
    pub site_name: String,
    /// Without a slash at its end.
    pub site_url: String,
    /// What `csrfInput()` writes; a page that has it is sent `no-store`.
    pub form: Option<FormToken>,
}

/// The form's token, and its one-time key.
#[derive(Clone, Debug, Serialize)]
pub struct FormToken {
    pub csrf: String,
    pub key: String,
}

impl Page {
    /// Friday 20 November 2026, 12:05 in London.
    pub fn sample() -> Self {
        Self {
            now: 1_795_176_300_000_000,
            time_zone: "Europe/London".into(),
            lang: "en".into(),
            dir: "ltr".into(),
            site_name: "Fernhill Pottery".into(),
            site_url: "https://post.fernhill.example".into(),
            form: Some(FormToken {
                csrf: "sample-csrf".into(),
                key: "sample-key".into(),
            }),
        }
    }
}

/// One field of the page that is being rendered.
pub(crate) fn field(state: &State, name: &str) -> Result<Value, Error> {
    let page = state
        .lookup("page")
        .ok_or_else(|| Error::new(ErrorKind::UndefinedError, "no page in the context"))?;
    page.get_attr(name)
}
