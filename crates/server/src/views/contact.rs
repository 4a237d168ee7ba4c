//! The contact form, and what a visitor sees right after it.

use serde::Serialize;

use crate::Problems;

/// `guest/contact.html`
#[derive(Debug, Default, Serialize)]
pub struct ContactPage {
    pub typed: ContactForm,
    pub problems: Problems,
    /// What stopped the whole post: too many at once, the disk is full.
    pub alert: Option<String>,
    /// The name of the field that only programs fill in; none when the trap is off.
    pub honeypot: Option<String>,
    /// Whoever looks is signed in, and is told that this is what a visitor sees.
    pub signed_in: bool,
}

/// What was typed, as it was typed.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ContactForm {
    pub name: String,
    pub email: String,
    pub subject: String,
    pub body: String,
    /// Where a form on another page wants its visitor to go afterwards.
    pub redirect: Option<String>,
}

/// `guest/kept.html`: the message is stored, and its link is shown nowhere but in the mail.
#[derive(Debug, Serialize)]
pub struct KeptPage {
    /// The address that the mail comes from.
    pub sender: String,
}

/// `guest/not_open.html`
#[derive(Debug, Serialize)]
pub struct NotOpenPage {}

impl ContactPage {
    pub fn sample() -> Self {
        Self {
            honeypot: Some("pigeon_hp".into()),
            ..Self::default()
        }
    }

    pub fn sample_refused() -> Self {
        let mut problems = Problems::default();
        problems.add("email", "An e-mail address looks like ann@example.com.");
        Self {
            typed: ContactForm {
                name: "Ada Okonkwo".into(),
                email: "ada.okonkwo@".into(),
                subject: "Parcel arrived open, two cups missing".into(),
                body:
                    "Hello,\n\nmy order 20391 came this morning, but the box was open on one side."
                        .into(),
                redirect: Some("/thanks".into()),
            },
            problems,
            signed_in: true,
            ..Self::sample()
        }
    }

    pub fn sample_too_many() -> Self {
        Self {
            problems: Problems::default(),
            alert: Some("These were many messages in a short time. Please wait 5 minutes.".into()),
            ..Self::sample_refused()
        }
    }
}

impl KeptPage {
    pub fn sample() -> Self {
        Self {
            sender: "hello@fernhill.example".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::views::rendering::page;

    #[test]
    fn the_contact_form_renders_with_every_sample() {
        let empty = page("guest/contact.html", "contact", &ContactPage::sample());
        assert!(empty.contains(r#"<input name="pigeon_hp" tabindex="-1" autocomplete="off">"#));
        assert!(!empty.contains("signed in"));

        let refused = page(
            "guest/contact.html",
            "contact-refused",
            &ContactPage::sample_refused(),
        );
        assert!(refused.contains("this is what a visitor sees"));
        assert!(refused.contains(r#"value="ada.okonkwo@""#));
        assert!(refused.contains("the box was open on one side."));
        assert!(refused.contains(r#"aria-invalid="true""#));
        page(
            "guest/contact.html",
            "contact-too-many",
            &ContactPage::sample_too_many(),
        );
    }

    #[test]
    fn what_a_stranger_types_stays_text() {
        let typed = r#""></textarea><svg onload=alert(1)><script>alert(1)</script>"#;
        let form = ContactForm {
            name: typed.into(),
            email: typed.into(),
            subject: typed.into(),
            body: typed.into(),
            redirect: Some(typed.into()),
        };
        let view = ContactPage {
            typed: form,
            ..ContactPage::sample()
        };
        let html = page("guest/contact.html", "contact-hostile", &view);
        assert!(!html.contains("<svg onload") && !html.contains("<script>alert"));
        assert_eq!(html.matches("</textarea>").count(), 1);
    }

    #[test]
    fn the_pages_after_the_form_render() {
        let kept = page("guest/kept.html", "kept", &KeptPage::sample());
        assert!(kept.contains("hello@fernhill.example"));
        page("guest/not_open.html", "not-open", &NotOpenPage {});
    }
}
