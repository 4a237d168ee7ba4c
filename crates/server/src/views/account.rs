//! Sign-in, passwords and the first-run set-up.

use serde::Serialize;

use crate::Problems;

/// `account/sign_in.html`
#[derive(Debug, Default, Serialize)]
pub struct SignInPage {
    pub login_name: String,
    /// One sentence that does not say which part was wrong, or how long to wait.
    pub alert: Option<String>,
    /// The path to go on to.
    pub target: String,
    /// What somebody was posting when it turned out that they are not signed in; empty: nothing.
    pub carried: String,
}

/// `account/sign_out.html`
#[derive(Debug, Serialize)]
pub struct SignOutPage {}

/// `account/forgot.html`
#[derive(Debug, Default, Serialize)]
pub struct ForgotPage {
    pub login_name: String,
    pub problems: Problems,
    pub alert: Option<String>,
}

/// `account/forgot_sent.html`: the same whether or not there is such an account.
#[derive(Debug, Serialize)]
pub struct ForgotSentPage {
    /// The address that the mail comes from.
    pub sender: String,
}

/// `account/reset.html`
#[derive(Debug, Serialize)]
pub struct ResetPage {
    pub token: String,
    pub problems: Problems,
    pub alert: Option<String>,
}

/// `account/reset_done.html` and `account/reset_expired.html`
#[derive(Debug, Serialize)]
pub struct ResetOutcome {}

/// `account/setup_you.html`
#[derive(Debug, Default, Serialize)]
pub struct SetupYouPage {
    pub code: String,
    pub name: String,
    pub email: String,
    pub problems: Problems,
    pub alert: Option<String>,
}

/// `account/setup_site.html`
#[derive(Debug, Default, Serialize)]
pub struct SetupSitePage {
    pub site_name: String,
    /// An IANA name.
    pub time_zone: String,
    /// Nobody has chosen yet: the script proposes the browser's.
    pub guess_zone: bool,
    pub time_zones: Vec<String>,
    pub problems: Problems,
    pub alert: Option<String>,
}

impl SignInPage {
    pub fn sample() -> Self {
        Self {
            target: "/pigeon/admin/threads".into(),
            ..Self::default()
        }
    }

    pub fn sample_refused() -> Self {
        Self {
            login_name: "maya".into(),
            alert: Some("That name and password do not go together.".into()),
            carried: r#"[["body","Hi Ada"]]"#.into(),
            ..Self::sample()
        }
    }
}

impl ForgotPage {
    pub fn sample() -> Self {
        let mut problems = Problems::default();
        problems.add("loginName", "Type your e-mail address or user name.");
        Self {
            problems,
            ..Self::default()
        }
    }
}

impl ForgotSentPage {
    pub fn sample() -> Self {
        Self {
            sender: "hello@fernhill.example".into(),
        }
    }
}

impl ResetPage {
    pub fn sample() -> Self {
        let mut problems = Problems::default();
        problems.add("password", "At least 12 characters, please.");
        Self {
            token: "sample-token".into(),
            problems,
            alert: None,
        }
    }
}

impl SetupYouPage {
    pub fn sample() -> Self {
        let mut problems = Problems::default();
        problems.add("code", "This is not the code that the program printed.");
        Self {
            name: "Maya Lindqvist".into(),
            email: "maya@fernhill.example".into(),
            problems,
            ..Self::default()
        }
    }
}

impl SetupSitePage {
    pub fn sample() -> Self {
        Self {
            site_name: "Fernhill Pottery".into(),
            time_zone: "Europe/London".into(),
            guess_zone: true,
            time_zones: ["America/New_York", "Europe/London", "UTC"]
                .map(String::from)
                .into(),
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::views::rendering::page;

    #[test]
    fn signing_in_keeps_what_was_typed_but_the_password() {
        page("account/sign_in.html", "sign-in", &SignInPage::sample());
        let refused = page(
            "account/sign_in.html",
            "sign-in-refused",
            &SignInPage::sample_refused(),
        );
        assert!(refused.contains(r#"value="maya""#));
        page("account/sign_out.html", "sign-out", &SignOutPage {});
        assert!(refused.contains("[[&quot;body&quot;,&quot;Hi Ada&quot;]]"));
    }

    #[test]
    fn the_pages_for_passwords_render() {
        page("account/forgot.html", "forgot", &ForgotPage::sample());
        page(
            "account/forgot_sent.html",
            "forgot-sent",
            &ForgotSentPage::sample(),
        );
        page("account/reset.html", "reset", &ResetPage::sample());
        page("account/reset_done.html", "reset-done", &ResetOutcome {});
        page(
            "account/reset_expired.html",
            "reset-expired",
            &ResetOutcome {},
        );
    }

    #[test]
    fn set_up_renders() {
        page(
            "account/setup_you.html",
            "setup-you",
            &SetupYouPage::sample(),
        );
        let site = page(
            "account/setup_site.html",
            "setup-site",
            &SetupSitePage::sample(),
        );
        assert!(site.contains("<option selected>Europe/London</option>"));
    }
}
