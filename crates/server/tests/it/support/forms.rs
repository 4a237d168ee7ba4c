use pigeon::{
    accounts::{Password, User, reset},
    conversations::{HandedOut, Unsubscribe, mint},
    ids::ParticipantId,
};

use super::{Actor, Actors, Guest, Person, TestApp};

const PASSWORD: &str = "correct horse battery";

/// A form as its page would send it, with everything right in it.
pub struct Form {
    pub path: String,
    pub fields: Vec<(&'static str, String)>,
}

impl Form {
    pub async fn posted_by(&self, person: &mut Person) -> super::Answer {
        let fields = self.fields.iter();
        let fields: Vec<_> = fields.map(|(name, value)| (*name, &**value)).collect();
        person.post(&self.path, &fields).await
    }
}

impl Actors {
    /// The form of an action. What it is about is new, so that there is something to do each time;
    /// what only its writer can do is about something of theirs, if they have such.
    pub async fn form(&self, app: &TestApp, action: &str, actor: &Actor) -> Form {
        let short = action.strip_prefix("pigeon/").expect("all begin so");
        let mut fields = self.fields(app, short, actor).await;
        if let Some(token) = &actor.token
            && fields.iter().all(|(name, _)| *name != "token")
        {
            fields.push(("token", token.clone()));
        }
        Form {
            path: format!("/pigeon/actions/{action}"),
            fields,
        }
    }

    async fn fields(
        &self,
        app: &TestApp,
        action: &str,
        actor: &Actor,
    ) -> Vec<(&'static str, String)> {
        let mut admin = self.all[7].person.clone();
        let text = |text: &str| text.to_owned();
        match action {
            "guest/start" => vec![("email", new_address()), ("body", text("Hm?"))],
            "guest/reply" => vec![("body", text("Hm?"))],
            "guest/request-link" => vec![("email", text("ann@example.com"))],
            "guest/confirm" => match &actor.email {
                Some(email) => vec![("token", mailed_link(app, email).await)],
                None => vec![],
            },
            "unsubscribe" => {
                let email = Guest::asks_anew(app).await.email;
                vec![("token", away(app, &email).await)]
            }
            "threads/notify" => vec![("threadId", self.thread.id.to_string()), ("on", text("0"))],
            "threads/mark-read" => {
                // A colleague has answered: there is something to read.
                let colleague = if actor.name == "assigner" { 5 } else { 6 };
                let (id, text) = (self.thread.id.to_string(), format!("Well, {}.", actor.name));
                self.all[colleague].person.clone().answers(&id, &text).await;
                vec![("threadId", id)]
            }
            "account/sign-in" => {
                let name = format!("pat-{}", actor.name);
                app.user(&name).await;
                has_password(app, &name).await;
                vec![("loginName", name), ("password", text(PASSWORD))]
            }
            "account/forgot" => vec![("loginName", text("staff"))],
            "account/reset" => vec![
                ("token", reset_link(app, "admin").await),
                ("password", text(PASSWORD)),
            ],
            "account/setup" => vec![
                ("siteName", text("The shop")),
                ("timeZone", text("Europe/London")),
            ],
            "admin/start" => vec![("email", new_address()), ("body", text("Hello."))],
            "admin/profile" => vec![("theme", text("dark"))],
            "admin/settings" => vec![("siteName", format!("The shop of {}", actor.name))],
            "admin/queue-retry" | "admin/queue-discard" => {
                failed_mail(app).await;
                let page = admin.get("/pigeon/admin/queue?show=failed").await;
                vec![("job", page.field("job").expect("a job that failed"))]
            }
            "admin/saved-replies" => vec![
                ("title", format!("Hello from {}", actor.name)),
                ("body", text("Hello {name}.")),
            ],
            "admin/saved-replies/delete" => vec![("id", self.saved_reply().await)],
            "admin/undo" => {
                let ann = Guest::asks_anew(app).await;
                let close = [("threadId", ann.thread.as_str()), ("status", "closed")];
                let done = self.by_themself(actor, "admin/status", &close).await;
                vec![(
                    "undo",
                    done["undo"].as_str().expect("a way back").to_owned(),
                )]
            }
            "account/sign-out" | "admin/test-mail" => vec![],
            action => self.about_a_conversation(app, action, actor).await,
        }
    }

    async fn about_a_conversation(
        &self,
        app: &TestApp,
        action: &str,
        actor: &Actor,
    ) -> Vec<(&'static str, String)> {
        let mut admin = self.all[7].person.clone();
        let thread = Guest::asks_anew(app).await.thread;
        let text = |text: &str| text.to_owned();
        let more = match action {
            "admin/reply" | "admin/draft" => vec![("body", text("Well."))],
            "admin/unsend" | "admin/send-now" => {
                let (thread, body) = (("threadId", &*thread), ("body", "Well."));
                let reply = [thread, body, ("undoSeconds", "10")];
                let done = self.by_themself(actor, "admin/reply", &reply).await;
                let held = done["held"]["id"].as_str().expect("it is held");
                vec![("heldId", held.to_owned())]
            }
            "admin/presence" => vec![("doing", text("here"))],
            "admin/status" => vec![("status", text("closed"))],
            "admin/assign" => vec![("assigneeId", user(app, "staff").await.id.to_string())],
            "admin/participants" => vec![("add", new_address())],
            "admin/follow" => vec![("on", text("1"))],
            "admin/subject" => vec![("subject", text("Cups"))],
            "admin/mail-retry" => {
                failed_mail(app).await;
                let page = admin.reads(&thread).await;
                vec![("mail", page.field("mail").expect("a mail that failed"))]
            }
            "admin/restore" | "admin/purge" => {
                let trash = [("threadId", thread.as_str())];
                admin.does("admin/trash", &trash).await.expect(303);
                vec![]
            }
            "admin/trash" | "admin/revoke-links" => vec![],
            action => panic!("what does a form for {action} have to say?"),
        };
        [vec![("threadId", thread.clone())], more].concat()
    }

    /// What the actor did; where they may not, an admin.
    async fn by_themself(
        &self,
        actor: &Actor,
        action: &str,
        fields: &[(&str, &str)],
    ) -> serde_json::Value {
        let done = actor.person.clone().says(action, fields).await;
        if done.status == 200 {
            return done.json();
        }
        let mut admin = self.all[7].person.clone();
        admin.says(action, fields).await.expect(200).json()
    }

    /// The id of a saved reply, which is new.
    pub async fn saved_reply(&self) -> String {
        let mut admin = self.all[7].person.clone();
        let fields = [("title", "Thanks"), ("body", "Thank you.")];
        admin.does("admin/saved-replies", &fields).await;
        let json = [("accept", "application/json")];
        let list = admin.get_with("/pigeon/admin/saved-replies", &json).await;
        let id = list.json()["replies"][0]["id"].as_str().map(str::to_owned);
        id.expect("a saved reply")
    }
}

impl Guest {
    /// Somebody who has not written before.
    pub async fn asks_anew(app: &TestApp) -> Self {
        Self::asks(app, &new_address(), "Hm?").await
    }
}

fn new_address() -> String {
    let name = pigeon::secrets::fingerprint(&pigeon::secrets::token());
    format!("guest-{}@example.com", name.to_lowercase())
}

/// The token of a new link to choose a password.
pub async fn reset_link(app: &TestApp, name: &str) -> String {
    let (user, now) = (user(app, name).await, app.app.clock.now());
    let mut tx = app.app.db.begin().await.expect("it is there");
    let token = reset::mint(&mut tx, user.id, now).await;
    tx.commit().await.expect("it is there");
    token.expect("a link")
}

/// The token by which a guest unsubscribes.
pub async fn away(app: &TestApp, email: &str) -> String {
    Unsubscribe::Participant(guest(app, email).await).seal(&app.app.secrets)
}

/// The token of a link that only the reader of this guest's mail knows.
async fn mailed_link(app: &TestApp, email: &str) -> String {
    let (guest, now) = (guest(app, email).await, app.app.clock.now());
    let mut tx = app.app.db.begin().await.expect("it is there");
    let token = mint(&mut tx, guest, HandedOut::Mailed, now).await;
    tx.commit().await.expect("it is there");
    token.expect("a link").as_str().to_owned()
}

/// All mail that waits has failed.
async fn failed_mail(app: &TestApp) {
    app.force(
        "UPDATE jobs SET parked_at = created_at, attempt = 1, last_error = '550 no such mailbox'
         WHERE kind = 'mail' AND parked_at IS NULL",
    )
    .await;
}

async fn guest(app: &TestApp, email: &str) -> ParticipantId {
    let mut conn = app.app.db.read().await.expect("it is there");
    let guest = conn
        .query("SELECT id FROM participants WHERE email_key = $1 ORDER BY id LIMIT 1")
        .bind(email)
        .fetch_scalar()
        .await;
    ParticipantId(guest.expect("a guest"))
}

async fn user(app: &TestApp, name: &str) -> User {
    let mut conn = app.app.db.read().await.expect("it is there");
    let user = User::find_by_login_name(&mut conn, name).await;
    user.expect("it is there").expect("a user")
}

async fn has_password(app: &TestApp, name: &str) {
    let user = user(app, name).await;
    let password = Password::parse(PASSWORD).expect("a password");
    let hash = password.hash().await.expect("a hash");
    let mut tx = app.app.db.begin().await.expect("it is there");
    let set = User::set_password(&mut tx, user.id, &hash).await;
    set.expect("a password");
    tx.commit().await.expect("it is there");
}
