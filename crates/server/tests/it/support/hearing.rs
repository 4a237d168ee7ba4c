use super::{Person, TestApp};

/// Runs the jobs, and says to whom mail went, in the order of the alphabet.
pub async fn told(app: &TestApp) -> Vec<String> {
    let before = app.mails().len();
    app.run_jobs().await;
    let mails = app.mails().into_iter().skip(before);
    let mut told: Vec<_> = mails
        .map(|mail| mail.to.as_str().split('@').next().unwrap().to_owned())
        .collect();
    told.sort_unstable();
    told
}

/// The id of somebody who may not assign, and so has no page that says it.
pub async fn id_of_user(app: &TestApp, name: &str) -> String {
    let mut conn = app.app.db.read().await.expect("the database is there");
    let query = conn
        .query("SELECT id FROM users WHERE name = $1")
        .bind(name);
    let id: pigeon::ids::UserId = query.fetch_scalar().await.expect("an account");
    id.to_string()
}

/// The id of the one who looks, from the page of a new conversation.
pub async fn id_of(person: &mut Person) -> String {
    let page = person.get("/pigeon/admin/new").await.expect(200);
    let text = page.text();
    let me = text.find(" (you)").expect("one may choose oneself");
    let value = text[..me].rsplit("value=\"").next().unwrap();
    value.split('"').next().unwrap().to_owned()
}
