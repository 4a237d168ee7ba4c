use serde::Serialize;

use crate::Problems;

/// `guest/expired.html`: one page for every link that does not work, whatever the reason.
#[derive(Debug, Default, Serialize)]
pub struct ExpiredPage {
    pub email: String,
    /// The text that was being posted.
    pub kept: String,
    pub problems: Problems,
    pub alert: Option<String>,
    pub honeypot: Option<String>,
}

/// `guest/link_sent.html`: says the same whether or not anybody wrote from that address.
#[derive(Debug, Serialize)]
pub struct LinkSentPage {
    /// As it was typed; none when the page of a conversation asked.
    pub email: Option<String>,
    /// The address that the mail comes from.
    pub sender: String,
    pub kept: String,
}

/// `guest/unsubscribe.html`
#[derive(Debug, Serialize)]
pub struct UnsubscribePage {
    pub state: UnsubscribeState,
    /// The address never proved itself, so it may want no mail at all.
    pub offers_refusal: bool,
    /// The mail was about several conversations.
    pub of_several: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum UnsubscribeState {
    Ask,
    Muted,
    Refused,
    /// The link is none of ours.
    Unknown,
}

impl ExpiredPage {
    pub fn sample() -> Self {
        Self {
            honeypot: Some("pigeon_hp".into()),
            ..Self::default()
        }
    }

    pub fn sample_keeping_text() -> Self {
        let mut problems = Problems::default();
        problems.add("email", "Type an e-mail address.");
        Self {
            kept: "Thank you Maya, that is a relief!\nHere they are.".into(),
            problems,
            ..Self::sample()
        }
    }
}

impl LinkSentPage {
    pub fn sample() -> Self {
        Self {
            email: Some("ada@example.org".into()),
            sender: "hello@fernhill.example".into(),
            kept: "Thank you Maya, that is a relief!".into(),
        }
    }

    pub fn sample_from_a_conversation() -> Self {
        Self {
            email: None,
            kept: String::new(),
            ..Self::sample()
        }
    }
}

impl UnsubscribePage {
    pub fn samples() -> [Self; 4] {
        [
            UnsubscribeState::Ask,
            UnsubscribeState::Muted,
            UnsubscribeState::Refused,
            UnsubscribeState::Unknown,
        ]
        .map(|state| Self {
            state,
            offers_refusal: true,
            of_several: state == UnsubscribeState::Muted,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::views::rendering::page;

    #[test]
    fn the_expired_page_keeps_the_text_and_asks_for_the_address() {
        let plain = page("guest/expired.html", "expired", &ExpiredPage::sample());
        assert!(!plain.contains("<textarea"));

        let kept = page(
            "guest/expired.html",
            "expired-kept",
            &ExpiredPage::sample_keeping_text(),
        );
        assert!(kept.contains("that is a relief!\nHere they are.</textarea>"));
    }

    #[test]
    fn the_page_after_asking_for_a_link_renders() {
        let sent = page("guest/link_sent.html", "sent", &LinkSentPage::sample());
        assert!(sent.contains("If ada@example.org wrote to us"));
        let from_thread = LinkSentPage::sample_from_a_conversation();
        let sent = page("guest/link_sent.html", "sent-thread", &from_thread);
        assert!(!sent.contains('@') || !sent.contains("ada@"));
    }

    #[test]
    fn unsubscribing_asks_first_and_says_what_was_done() {
        for view in UnsubscribePage::samples() {
            let name = format!("unsubscribe-{:?}", view.state).to_lowercase();
            let html = page("guest/unsubscribe.html", &name, &view);
            let asks = view.state == UnsubscribeState::Ask;
            assert_eq!(html.contains("List-Unsubscribe"), asks);
        }
    }
}
