use mail::{AutoSubmitted, Mailer, Memory};

use crate::people::ada;

#[test]
fn a_mail_looks_like_this() {
    let raw = String::from_utf8(ada().to_bytes()).unwrap();
    insta::assert_snapshot!(raw.replace("\r\n", "\n"));
}

#[test]
fn a_mail_with_letters_and_without_extras_looks_like_this() {
    let mut email = ada();
    email.from.name = "Zoë Grün".to_owned();
    email.subject =
        "Grüße aus 東京 und eine lange Betreffzeile, die umbrochen werden muss".to_owned();
    email.text = "Schöne Grüße!\nEine Zeile, die so lang ist, dass sie in einer E-Mail umbrochen werden muss, damit sie passt.\n".to_owned();
    email.html = "<p>日本語の本文です。こんにちは。</p>".to_owned();
    email.in_reply_to = None;
    email.references = Vec::new();
    email.list_id = None;
    email.list_unsubscribe = None;
    email.auto_submitted = AutoSubmitted::Replied;
    let raw = String::from_utf8(email.to_bytes()).unwrap();
    insta::assert_snapshot!(raw.replace("\r\n", "\n"));
}

#[test]
fn a_mail_is_the_same_each_time() {
    assert_eq!(ada().to_bytes(), ada().to_bytes());
}

#[tokio::test]
async fn memory_keeps_what_was_sent() {
    let memory = Memory::default();
    Mailer::Memory(memory.clone()).send(&ada()).await.unwrap();
    assert_eq!(memory.mails(), [ada()]);
}
