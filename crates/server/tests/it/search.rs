//! What is found, by whom, and in what order: the same on both databases, and the same for what
//! the index has not taken in yet.

use std::time::Duration;

use pigeon::{
    conversations::{
        Draft, NewThread, Origin, Participant, Seen, note,
        notify::Office,
        post,
        search::{self, Cursor, Found, Scope},
        start_by_guest,
    },
    ids::{ParticipantId, ThreadId},
};

use crate::support::TestApp;

/// Name, address, subject and text of the conversations that are searched.
const SAID: [(&str, &str, &str, &str); 12] = [
    (
        "Jürgen Groß",
        "juergen@example.com",
        "Große STRASSE",
        "Am Café vorbei, dann links.",
    ),
    (
        "Ann Lee",
        "Ann.Lee+shop@mail.example.org",
        "Order RW-04711",
        "It's 100% broken: a multi-agent_test.",
    ),
    (
        "田中 花子",
        "hanako@example.net",
        "東日本の配送",
        "私は日本語を勉強しています。ﾃﾞｽｸは？",
    ),
    (
        "김민준",
        "minjun@example.com",
        "배송조회",
        "주문번호는 1234입니다.",
    ),
    (
        "王小明",
        "xiaoming@example.com",
        "申请退款",
        "订单什么时候发货?",
    ),
    (
        "أحمد",
        "ahmad@example.com",
        "أين الطرد",
        "مُحَمَّد ينتظر فاتورة رقم ٤٧١١",
    ),
    ("נועה", "noa@example.com", "שאלה", "שָׁלוֹם לכולם"),
    ("Ёлка", "elka@example.com", "Где посылка", "ВСЁ ПРИШЛО"),
    ("Γιώργος", "giorgos@example.com", "ΟΔΟΣ", "Η οδός Ερμού"),
    (
        "Łukasz Żółć",
        "lukasz@example.com",
        "İstanbul",
        "Søren sent an encyclopædia to IJsselmeer 🎁",
    ),
    ("สมชาย", "somchai@example.com", "สินค้า", "ขอบคุณมากค่ะ"),
    (
        "Bob",
        "bob@example.com",
        "AND OR NOT",
        "NEAR(one, two) or \"quoted phrase\" * -minus a:b (paren) ^caret c++ can\u{2019}t x@y",
    ),
];

/// What is asked, and which of [`SAID`] it finds.
const CASES: [(&str, &[usize]); 72] = [
    // One word in many spellings.
    ("straße", &[0]),
    ("STRASSE", &[0]),
    ("strasse", &[0]),
    ("Straſſe", &[0]),
    ("groß", &[0]),
    ("grosse", &[0]),
    ("cafe", &[0]),
    ("CAFÉ", &[0]),
    ("cafe\u{301}", &[0]),
    ("juergen", &[0]),
    ("jurgen", &[0]),
    ("Café links", &[0]),
    ("café rechts", &[]),
    ("lukasz", &[9]),
    ("zolc", &[9]),
    ("istanbul", &[9]),
    ("ISTANBUL", &[9]),
    ("soren", &[9]),
    ("encyclopaedia", &[9]),
    ("ijsselmeer", &[9]),
    ("🎁", &[9]),
    ("οδος", &[8]),
    ("ΟΔΌΣ", &[8]),
    ("елка", &[7]),
    ("всё пришло", &[7]),
    ("ПОСЫЛКА", &[7]),
    ("محمد", &[5]),
    ("فاتوره", &[5]),
    ("4711", &[5]),
    ("04711", &[1]),
    ("שלום", &[6]),
    // Scripts without spaces.
    ("日本", &[2]),
    ("本", &[2]),
    ("日本語", &[2]),
    ("本日", &[]),
    ("デスク", &[2]),
    ("配送", &[2]),
    ("田中", &[2]),
    ("배송", &[3]),
    ("주문번호", &[3]),
    ("1234", &[3]),
    ("退款", &[4]),
    ("订单", &[4]),
    ("小明", &[4]),
    ("ขอบคุณ", &[10]),
    ("สมชาย", &[10]),
    // Addresses.
    ("ann.lee+shop@mail.example.org", &[1]),
    ("ANN.LEE+SHOP@MAIL.EXAMPLE.ORG", &[1]),
    ("<ann.lee+shop@mail.example.org>", &[1]),
    ("lee@mail.example.org", &[]),
    ("ann@mail.example.org", &[]),
    ("shop", &[1]),
    ("mail.example.org", &[1]),
    ("example.net", &[2]),
    ("@example.net", &[2]),
    ("hanako@", &[2]),
    // Signs and operators are nothing but text.
    ("multi-agent", &[1]),
    ("multi_agent test", &[1]),
    ("RW-04711", &[1]),
    ("it's", &[1]),
    ("100%", &[1]),
    ("NEAR(one two)", &[11]),
    ("\"quoted phrase\"", &[11]),
    ("\"phrase quoted", &[11]),
    ("AND OR NOT", &[11]),
    ("NOT lee", &[]),
    ("a:b -minus", &[11]),
    ("c++ can't", &[11]),
    ("stra*", &[]),
    ("'; DROP TABLE threads; --", &[]),
    ("#staff", &[]),
    ("caret\0 ^ () {} \\ | & ! <->", &[11]),
];

struct Desk {
    app: TestApp,
    office: Office,
}

impl Desk {
    async fn open() -> Self {
        let app = TestApp::start().await;
        let office = Office::new(&app.app.config, &app.app.settings());
        Self { app, office }
    }

    async fn start(
        &self,
        (name, email, subject, body): (&str, &str, &str, &str),
    ) -> (ThreadId, ParticipantId) {
        self.app.advance(Duration::from_secs(1));
        let new = NewThread::parse(name, email, subject, body).expect("a good draft");
        let mut tx = self.app.app.db.begin().await.expect("begins");
        let now = self.app.app.clock.now();
        let (started, _) = start_by_guest(&mut tx, &self.office, new, false, now)
            .await
            .expect("starts");
        tx.commit().await.expect("commits");
        (started.thread.id, started.guest)
    }

    async fn reply(&self, guest: ParticipantId, body: &str) {
        self.app.advance(Duration::from_secs(1));
        let mut tx = self.app.app.db.begin().await.expect("begins");
        let mut guest = Participant::get(&mut tx, guest)
            .await
            .expect("reads")
            .expect("is there");
        let draft = Draft::parse(body).expect("a good draft");
        let now = self.app.app.clock.now();
        post(
            &mut tx,
            &self.office,
            &mut guest,
            Origin::Link,
            draft,
            Seen::Everything,
            now,
        )
        .await
        .expect("posts");
        tx.commit().await.expect("commits");
    }

    async fn index(&self) {
        while search::index_batch(&self.app.app.db)
            .await
            .expect("indexes")
            > 0
        {}
    }

    async fn page(&self, scope: Scope, query: &str, cursor: Cursor) -> Found {
        let mut conn = self.app.app.db.read().await.expect("reads");
        search::page(&mut conn, scope, query, cursor)
            .await
            .expect("is never an error")
    }

    async fn finds(&self, query: &str) -> Vec<ThreadId> {
        self.page(Scope::Staff, query, Cursor::NEWEST).await.threads
    }

    async fn run(&self, sql: &'static str) {
        let mut tx = self.app.app.db.begin().await.expect("begins");
        tx.query(sql).execute().await.expect("runs");
        tx.commit().await.expect("commits");
    }
}

#[tokio::test]
async fn words_are_found_in_any_spelling_indexed_or_not() {
    let desk = Desk::open().await;
    let mut threads = Vec::new();
    for said in SAID {
        threads.push(desk.start(said).await.0);
    }
    for when in ["before", "after"] {
        for (query, expected) in CASES {
            let mut found = desk.finds(query).await;
            found.sort_unstable();
            let expected: Vec<ThreadId> = expected.iter().map(|at| threads[*at]).collect();
            assert_eq!(found, expected, "{query:?} {when} indexing");
        }
        desk.index().await;
    }
}

#[tokio::test]
async fn no_question_is_an_error() {
    let desk = Desk::open().await;
    desk.start(SAID[11]).await;
    desk.index().await;
    let long = "one ".repeat(2_500);
    let wide = (0..5_000)
        .map(|n| format!("w{n}"))
        .collect::<Vec<_>>()
        .join(" ");
    let odd = "\"'*()^:{}\\%_\0\u{fffd}\u{202e}-+~@#$".repeat(300);
    for query in [
        "", " ", "\0", "\"", "''", "*", "NEAR(", "a AND", "@", "@.@", "\\", &long, &wide, &odd,
    ] {
        desk.finds(query).await;
        desk.page(Scope::Everyone, query, "7".parse().expect("a cursor"))
            .await;
    }
}

#[tokio::test]
async fn what_was_posted_just_now_comes_first_and_once() {
    let desk = Desk::open().await;
    let (old, guest) = desk
        .start(("Ann", "ann@example.com", "Kettle", "Hello"))
        .await;
    let (new, _) = desk
        .start(("Bob", "bob@example.com", "Kettle", "Hello"))
        .await;
    desk.index().await;
    assert_eq!(desk.finds("kettle").await, [new, old]);

    desk.reply(guest, "and one more word: wibble").await;
    assert_eq!(desk.finds("wibble").await, [old]);
    assert_eq!(desk.finds("kettle").await, [old, new]);
    desk.index().await;
    assert_eq!(desk.finds("wibble").await, [old]);
    assert_eq!(desk.finds("kettle").await, [old, new]);
}

#[tokio::test]
async fn pages_show_each_conversation_once_and_leave_none_out() {
    let desk = Desk::open().await;
    let (mut quiet, mut lively) = (Vec::new(), Vec::new());
    for number in 0..120 {
        let email = format!("guest{number}@example.com");
        let started = desk.start(("Guest", &email, "Kettle", "common")).await;
        let kind = if (10..40).contains(&number) {
            &mut lively
        } else {
            &mut quiet
        };
        kind.push(started);
    }
    // Some have many hits, so that pages meet them again and again.
    for (_, guest) in &lively {
        desk.reply(*guest, "common, once more").await;
        desk.reply(*guest, "another matter").await;
    }
    let newest_first: Vec<ThreadId> = quiet
        .iter()
        .chain(&lively)
        .rev()
        .map(|(thread, _)| *thread)
        .collect();
    desk.index().await;

    let mut found = Vec::new();
    let mut cursor = Cursor::NEWEST;
    let mut pages = 0;
    loop {
        let page = desk.page(Scope::Everyone, "common", cursor).await;
        assert!(page.threads.len() <= 50);
        found.extend(page.threads);
        pages += 1;
        let Some(next) = page.next else { break };
        cursor = next.to_string().parse().expect("a cursor is text and back");
    }
    assert_eq!(pages, 3);
    assert_eq!(found, newest_first);
}

#[tokio::test]
async fn a_note_is_found_by_staff_only() {
    let desk = Desk::open().await;
    let (thread, _) = desk
        .start(("Ann", "ann@example.com", "Kettle", "Hello"))
        .await;
    let _ = desk.app.staff("mei").await;
    let app = &desk.app.app;
    let mei = "mei@example.com".parse().expect("an address");
    let mut tx = app.db.begin().await.expect("begins");
    let staff = pigeon::accounts::User::find_by_address(&mut tx, &mei)
        .await
        .expect("reads")
        .expect("is there");
    let draft = Draft::parse("between us: secretive").expect("a good draft");
    note(
        &mut tx,
        &desk.office,
        thread,
        &staff,
        draft,
        Seen::Everything,
        app.clock.now(),
    )
    .await
    .expect("is written");
    tx.commit().await.expect("commits");

    for _ in ["before", "after"] {
        for (scope, found) in [(Scope::Staff, 1), (Scope::Everyone, 0)] {
            let page = desk.page(scope, "secretive", Cursor::NEWEST).await;
            assert_eq!(page.threads.len(), found);
            // Nor is a staff member's address a way to find what they wrote.
            let page = desk.page(scope, "mei@example.com", Cursor::NEWEST).await;
            assert_eq!(page, Found::default());
        }
        desk.index().await;
    }
}

#[tokio::test]
async fn what_is_in_the_trash_or_gone_is_not_found() {
    let desk = Desk::open().await;
    desk.start(("Ann", "ann@example.com", "Kettle", "Hello"))
        .await;
    desk.run("UPDATE threads SET trashed_at = 1").await;
    assert_eq!(desk.finds("kettle").await, []);
    desk.index().await;
    assert_eq!(desk.finds("kettle").await, []);
    desk.run("UPDATE threads SET trashed_at = NULL").await;
    assert_eq!(desk.finds("kettle").await.len(), 1);

    desk.start(("Bob", "bob@example.com", "Kettle", "Hello"))
        .await;
    desk.run("DELETE FROM threads").await;
    assert_eq!(desk.finds("kettle").await, []);
    desk.index().await;
    assert_eq!(desk.finds("kettle").await, []);
}
