use serde::Serialize;

/// A page that says what went wrong and what to do; it holds nothing of who asked.
#[derive(Clone, Debug, Serialize)]
pub struct ErrorPage {
    pub status: u16,
    pub title: String,
    pub text: String,
    pub next: Option<Next>,
    /// A text that was being sent: it stands on the page, so that it is not lost.
    pub kept: Option<String>,
    /// What the log calls the request.
    pub request: String,
}

/// A way on.
#[derive(Clone, Debug, Serialize)]
pub struct Next {
    pub href: String,
    pub label: String,
}

impl ErrorPage {
    pub fn samples() -> Vec<(&'static str, Self)> {
        let missing = Self {
            status: 404,
            title: "Nothing here".into(),
            text: "This page does not exist, or it is not for you.".into(),
            next: Some(Next {
                href: "/pigeon".into(),
                label: "To the start".into(),
            }),
            kept: None,
            request: "0123456789abcdef".into(),
        };
        let busy = Self {
            status: 503,
            title: "Back in a moment".into(),
            text: "The database does not answer. Nothing of yours is lost: try again shortly."
                .into(),
            next: None,
            kept: Some("Hello,\n\nmy order <20391> came this morning.".into()),
            request: "0123456789abcdef".into(),
        };
        vec![("missing", missing), ("busy", busy)]
    }
}
