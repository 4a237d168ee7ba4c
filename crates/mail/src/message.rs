//! From an [`Email`] to MIME.

use std::iter::once;

use lettre::{
    Message,
    message::{
        Mailbox, MultiPart, SinglePart,
        header::{HeaderName, HeaderValue},
    },
};

use crate::{
    email::{AutoSubmitted, Email},
    header,
};

/// Text and HTML as alternatives, in the encodings that need least.
pub(crate) fn build(email: &Email) -> Message {
    let name = header::one_line(&email.from.name);
    let name = Some(name).filter(|name| !name.is_empty());
    let text = with_crlf(&email.text);
    let html = with_crlf(&email.html);
    let boundary = boundary(email, &text, &html);

    let mut message = Message::builder()
        .date(email.date)
        .from(Mailbox::new(name, email.from.address.lettre()))
        .to(Mailbox::new(None, email.to.lettre()))
        .raw_header(header::text("Subject", &email.subject))
        .raw_header(header::in_brackets("Message-ID", once(&*email.message_id)));
    if let Some(id) = &email.in_reply_to {
        message = message.raw_header(header::in_brackets("In-Reply-To", once(&**id)));
    }
    if !email.references.is_empty() {
        let ids = email.references.iter().map(|id| &**id);
        message = message.raw_header(header::in_brackets("References", ids));
    }
    if let Some(id) = &email.list_id {
        message = message.raw_header(header::in_brackets("List-Id", once(&**id)));
    }
    if let Some(url) = &email.list_unsubscribe {
        let one_click = fixed("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
        message = message
            .raw_header(header::in_brackets("List-Unsubscribe", once(&**url)))
            .raw_header(one_click);
    }
    let why = match email.auto_submitted {
        AutoSubmitted::Generated => "auto-generated",
        AutoSubmitted::Replied => "auto-replied",
    };
    message
        .raw_header(fixed("Auto-Submitted", why))
        .raw_header(fixed("X-Auto-Response-Suppress", "All"))
        .multipart(
            MultiPart::alternative()
                .boundary(boundary)
                .singlepart(SinglePart::plain(text))
                .singlepart(SinglePart::html(html)),
        )
        .expect("there is one sender and one recipient")
}

fn fixed(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

/// Every line end of any kind becomes CRLF, and NUL goes: a lone CR or LF is what smuggles mails past some servers.
fn with_crlf(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.replace('\0', "").replace('\n', "\r\n")
}

/// Follows from the mail, so that a mail sent twice is the same, and stands nowhere in it.
fn boundary(email: &Email, text: &str, html: &str) -> String {
    let id = email.message_id.chars();
    let id: String = id.filter(char::is_ascii_alphanumeric).take(40).collect();
    let mut boundary = format!("part-{id}");
    while text.contains(&boundary) || html.contains(&boundary) {
        boundary.push('x');
    }
    boundary
}
