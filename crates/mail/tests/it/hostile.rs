use mail_parser::MessageParser;
use smtp_sink::Sink;

use crate::people::{ada, mail_to, mailer_for};

const SMUGGLERS: &[&str] = &[
    ".",
    "..",
    "a\r\n.\r\nMAIL FROM:<a@b>\r\nRCPT TO:<v@x.test>\r\nDATA\r\nhi\r\n.\r\n",
    "a\n.\nMAIL FROM:<a@b>\n",
    "a\r.\rMAIL FROM:<a@b>\r",
    "a\r\n.\rMAIL FROM:<a@b>\r",
    "a\n.\r\nMAIL FROM:<a@b>",
    "\r\n.\r\n",
    "\n.\n",
    "\r.\r",
    ".\r\n..\r\n...\r\n.a",
    "\u{0}.\u{0}\r\n.\u{0}\r\n",
    "umlauts ö\r\n.\r\nMAIL FROM:<a@b>\r\n",
    "--part-0193abcfernhillexample\r\nContent-Type: text/html\r\n\r\n<b>x</b>",
];

#[tokio::test]
async fn no_body_smuggles_a_second_mail_and_each_arrives_as_it_was_written() {
    let sink = Sink::start().await;
    let mailer = mailer_for(&sink);
    for (index, body) in SMUGGLERS.iter().enumerate() {
        let mut email = ada();
        email.text = (*body).to_owned();
        email.html = format!("<pre>{body}</pre>");
        mailer.send(&email).await.unwrap();

        let mails = sink.mails();
        assert_eq!(mails.len(), index + 1, "{body:?}");
        let raw = &mails[index].raw;
        assert_eq!(text_of(raw), text_of(&email.to_bytes()), "{body:?}");
        assert_eq!(lone_line_ends(raw), 0, "{body:?}");

        let parsed = MessageParser::default().parse(raw).unwrap();
        let expected = body
            .replace('\0', "")
            .replace("\r\n", "\n")
            .replace('\r', "\n");
        let text = parsed.body_text(0).unwrap().replace("\r\n", "\n");
        assert_eq!(text, expected);
        assert_eq!(parsed.parts.len(), 3);
    }
}

fn text_of(raw: &[u8]) -> String {
    String::from_utf8_lossy(raw).into_owned()
}

/// Line feeds without a carriage return before, and carriage returns without a line feed after.
fn lone_line_ends(raw: &[u8]) -> usize {
    let before = |at: usize| at.checked_sub(1).and_then(|at| raw.get(at));
    let is_lone = |&(at, byte): &(usize, &u8)| match byte {
        b'\n' => before(at) != Some(&b'\r'),
        b'\r' => raw.get(at + 1) != Some(&b'\n'),
        _ => false,
    };
    raw.iter().enumerate().filter(is_lone).count()
}

#[tokio::test]
async fn no_header_value_adds_a_header_or_a_recipient() {
    let sink = Sink::start().await;
    let mailer = mailer_for(&sink);
    mailer.send(&ada()).await.unwrap();
    let names = |index: usize| -> Vec<String> {
        let headers = sink.mails()[index].headers();
        headers.into_iter().map(|(name, _)| name).collect()
    };

    for end in [
        "\r\n", "\r", "\n", "\u{0}", "\u{85}", "\u{2028}", "\u{2029}", "\r\n\r\n", "\n\n",
    ] {
        let hostile = format!("A{end}Bcc: v@x.test{end}Content-Type: text/html{end}{end}<b>x</b>");
        let mut email = ada();
        email.from.name.clone_from(&hostile);
        email.subject.clone_from(&hostile);
        email.message_id.clone_from(&hostile);
        email.in_reply_to = Some(hostile.clone());
        email.references = vec![hostile.clone(), hostile.clone()];
        email.list_id = Some(hostile.clone());
        email.list_unsubscribe = Some(hostile.clone());
        sink.clear();
        mailer.send(&ada()).await.unwrap();
        mailer.send(&email).await.unwrap();

        let mails = sink.mails();
        assert_eq!(names(0), names(1), "{end:?}");
        assert_eq!(mails[1].to, ["ada@example.com"]);
        assert_eq!(mails[1].headers().len(), names(1).len());
        assert_eq!(lone_line_ends(&mails[1].raw), 0);
    }
}

#[tokio::test]
async fn what_looks_encoded_is_shown_as_it_was_typed() {
    let sink = Sink::start().await;
    let mailer = mailer_for(&sink);
    for text in [
        "=?utf-8?q?a=40ours.test=0d=0aBcc:=20v?=",
        "plain",
        "Grüße & mehr, \"so\" \\ und so weiter und so fort bis die Zeile zu lang für eine Zeile wird, ja",
        "日本語の件名はとても長いので、折り返しが必要になるかもしれません。そうでしょう？日本語の件名です",
        "👩‍👩‍👧 family 👩‍👩‍👧",
        "عنوان الرسالة",
        "a =?b c?= ö",
    ] {
        let mut email = ada();
        text.clone_into(&mut email.subject);
        text.clone_into(&mut email.from.name);
        sink.clear();
        mailer.send(&email).await.unwrap();
        let mail = sink.mails().remove(0);
        let parsed = MessageParser::default().parse(&mail.raw).unwrap();
        assert_eq!(parsed.subject(), Some(text));
        let from = parsed.from().and_then(|from| from.first()).unwrap();
        assert_eq!(from.name(), Some(text));
        assert_eq!(from.address(), Some("hello@fernhill.example"));
        assert!(mail.raw.is_ascii());
        assert!(
            mail.raw
                .split(|&byte| byte == b'\n')
                .all(|line| line.len() < 200)
        );
    }
}

#[tokio::test]
async fn an_address_that_looks_like_an_option_is_an_address() {
    let sink = Sink::start().await;
    let mailer = mailer_for(&sink);
    mailer.send(&mail_to("-oQ/tmp/x@y.test")).await.unwrap();
    assert_eq!(sink.mails()[0].to, ["-oQ/tmp/x@y.test"]);
}
