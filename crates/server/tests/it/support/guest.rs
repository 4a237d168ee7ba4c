use mail::Email;

use super::{Answer, Person, TestApp};

const OWN: (&str, &str) = ("sec-fetch-site", "same-origin");
const JSON: (&str, &str) = ("accept", "application/json");

/// Somebody who wrote to the team, and the private page that they were led to.
#[derive(Clone)]
pub struct Guest {
    pub person: Person,
    pub email: String,
    /// The path of the private page.
    pub page: String,
    pub thread: String,
}

impl Guest {
    pub async fn asks(app: &TestApp, email: &str, body: &str) -> Self {
        Self::starts(app, &[("email", email), ("body", body)]).await
    }

    /// Starts a conversation with these fields, from a browser of their own.
    pub async fn starts(app: &TestApp, fields: &[(&str, &str)]) -> Self {
        let mut person = app.stranger();
        let answer = person.says("guest/start", fields).await.expect(200);
        let email = fields.iter().find(|(name, _)| *name == "email");
        Self {
            person,
            email: email.expect("guests have an address").1.to_owned(),
            page: path(answer.json()["redirect"].as_str().expect("a private page")),
            thread: answer.json()["thread"]["id"].as_str().unwrap().to_owned(),
        }
    }

    pub fn token(&self) -> &str {
        self.page.rsplit('/').next().unwrap()
    }

    pub async fn looks(&mut self) -> Answer {
        self.person.get(&self.page).await
    }

    /// Writes back by the form of the private page, which says what it has shown.
    pub async fn replies(&mut self, body: &str) -> Answer {
        let seen = self.looks().await.field("seen").unwrap_or_default();
        let fields = [("body", body), ("seen", seen.as_str())];
        self.does("guest/reply", &fields).await
    }

    /// Posts a form of the private page.
    pub async fn does(&mut self, action: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.token().to_owned();
        let fields = [&[("token", token.as_str())], fields].concat();
        self.person.does(action, &fields).await
    }

    /// Opens the newest link in their mail, in the same browser.
    pub async fn opens_mail(&mut self, app: &TestApp) -> Answer {
        app.run_jobs().await;
        self.page = app.mailed_link(&self.email);
        self.looks().await.expect(200)
    }

    /// Shows that the address is theirs: the mail's link, and its button.
    pub async fn proves(&mut self, app: &TestApp) {
        self.opens_mail(app).await;
        self.does("guest/confirm", &[]).await.expect(303);
    }
}

impl Person {
    /// Posts a form of one of the site's pages; `action` without the `pigeon/` before it.
    pub async fn does(&mut self, action: &str, fields: &[(&str, &str)]) -> Answer {
        let path = format!("/pigeon/actions/pigeon/{action}");
        self.post(&path, fields).await
    }

    /// The same by a script of one of the site's pages.
    pub async fn says(&mut self, action: &str, fields: &[(&str, &str)]) -> Answer {
        let path = format!("/pigeon/actions/pigeon/{action}");
        self.post_with(&path, fields, &[OWN, JSON]).await
    }

    /// Does something to conversations by a script of one of the site's pages.
    pub async fn does_to(
        &mut self,
        threads: &[&str],
        action: &str,
        fields: &[(&str, &str)],
    ) -> Answer {
        let ids = threads.iter().map(|id| ("threadId[]", *id));
        let fields: Vec<_> = ids.chain(fields.iter().copied()).collect();
        self.says(action, &fields).await
    }

    /// Does something to all that a list holds; `count` is the number that its page named.
    pub async fn does_to_all(
        &mut self,
        view: &str,
        count: usize,
        action: &str,
        fields: &[(&str, &str)],
    ) -> Answer {
        let count = count.to_string();
        let list = [("view", view), ("count", count.as_str())];
        self.says(action, &[&list[..], fields].concat()).await
    }

    /// Takes back what an answer says was done.
    pub async fn undoes(&mut self, done: &Answer) -> Answer {
        let undo = done.json()["undo"].as_str().expect("a way back").to_owned();
        self.says("admin/undo", &[("undo", &undo)]).await
    }

    /// Answers a conversation by the form of its page, which says what it has shown.
    pub async fn answers(&mut self, thread: &str, body: &str) -> Answer {
        let seen = self.reads(thread).await.field("seen").unwrap_or_default();
        let fields = [
            ("threadId", thread),
            ("body", body),
            ("seen", seen.as_str()),
        ];
        self.does("admin/reply", &fields).await.expect(303)
    }

    /// Leaves an internal note.
    pub async fn notes(&mut self, thread: &str, body: &str) -> Answer {
        let fields = [
            ("threadId", thread),
            ("body", body),
            ("isInternalNote", "1"),
        ];
        self.does("admin/reply", &fields).await.expect(303)
    }

    /// The conversation as the team sees it.
    pub async fn reads(&mut self, thread: &str) -> Answer {
        self.get(&format!("/pigeon/admin/threads/{thread}")).await
    }
}

impl TestApp {
    /// With an admin, and so open for visitors.
    pub async fn open() -> (Self, Person) {
        Self::open_with(&[]).await
    }

    pub async fn open_with(more: &[(&str, &str)]) -> (Self, Person) {
        let app = Self::with(more).await;
        let admin = app.signed_in("ada", true, &[]).await;
        (app, admin)
    }

    /// The path of the private link in the newest mail to `address`.
    pub fn mailed_link(&self, address: &str) -> String {
        let mail = self.last_mail_to(address);
        link_in(&mail).unwrap_or_else(|| panic!("no link in {}", mail.text))
    }
}

/// The path of the first private link in a mail.
pub fn link_in(mail: &Email) -> Option<String> {
    links_in(mail).into_iter().next()
}

/// The paths of all private links in a mail.
pub fn links_in(mail: &Email) -> Vec<String> {
    let words = mail.text.split_whitespace();
    let links = words.filter(|word| word.contains("/pigeon/t/"));
    links.map(path).collect()
}

/// The path that unsubscribes from a mail.
pub fn unsubscribe_in(mail: &Email) -> String {
    path(mail.list_unsubscribe.as_deref().expect("a way out"))
}

/// Without scheme and host.
fn path(url: &str) -> String {
    let (_, rest) = url.split_once("://").expect("a whole address");
    let at = rest.find('/').expect("a path");
    rest[at..].split('#').next().unwrap().to_owned()
}
