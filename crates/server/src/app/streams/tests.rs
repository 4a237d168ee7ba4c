use std::future::poll_fn;

use futures_util::FutureExt as _;

use super::*;

fn topic(name: &str) -> Topic {
    Topic {
        heard: name.into(),
        told: name.into(),
    }
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(seconds * 1_000_000)
}

fn said(listening: &mut Listening) -> Option<String> {
    let said = poll_fn(|cx| listening.poll(cx)).now_or_never()?;
    said.map(|bytes| String::from_utf8(bytes.to_vec()).unwrap())
}

fn open(streams: &Streams, topics: &[&str], since: Option<Timestamp>) -> Listening {
    let topics = topics.iter().map(|name| topic(name)).collect();
    let opened = streams.open(Holder::Session([7; 32]), topics, since);
    opened.map_err(|_| "full").unwrap()
}

#[test]
fn a_stream_tells_of_its_topics_each_once() {
    let streams = Streams::default();
    let mut one = open(&streams, &["inbox", "conv-1"], None);
    assert!(said(&mut one).unwrap().ends_with("event: beat\ndata:\n\n"));
    assert_eq!(said(&mut one), None);
    let heard = ["conv-1".into(), "conv-2".into()];
    let hearing = streams.hearing(heard.iter());
    assert_eq!(hearing.len(), 1);
    hearing[0].tell(0b10);
    hearing[0].tell(0b11);
    assert_eq!(
        said(&mut one).unwrap(),
        "event: topic\ndata: inbox conv-1\n\n"
    );
    hearing[0].tell_all();
    assert_eq!(said(&mut one).unwrap(), "event: all\ndata:\n\n");
    drop(one);
    assert_eq!(streams.count(), 0);
    assert!(streams.hearing(heard.iter()).is_empty());
}

#[test]
fn what_was_announced_while_a_page_was_on_its_way_is_told_at_once() {
    let streams = Streams::default();
    streams.remember([].into_iter(), at(100));
    streams.remember(["inbox".into()].into_iter(), at(200));
    let mut missed = open(&streams, &["conv-1", "inbox"], Some(at(199)));
    assert!(
        said(&mut missed)
            .unwrap()
            .contains("event: topic\ndata: inbox\n")
    );
    let mut later = open(&streams, &["inbox"], Some(at(203)));
    assert!(said(&mut later).unwrap().contains("beat"));
    streams.forget(at(300));
    let mut unsure = open(&streams, &["inbox"], Some(at(300)));
    assert!(said(&mut unsure).unwrap().contains("event: all"));
}

#[test]
fn ended_streams_say_nothing_more_and_a_closed_house_takes_none() {
    let streams = Streams::default();
    let mut one = open(&streams, &["inbox"], None);
    streams.close();
    let ended = poll_fn(|cx| one.poll(cx)).now_or_never();
    assert_eq!(ended, Some(None));
    let refused = streams.open(Holder::Session([7; 32]), vec![topic("inbox")], None);
    assert!(refused.is_err());
}

#[test]
fn in_a_crowd_nobody_takes_the_others_room() {
    let streams = Streams::default();
    let mut kept: Vec<_> = (0..CROWD).map(|_| open(&streams, &["me"], None)).collect();
    let mine = || streams.open(Holder::Session([7; 32]), vec![topic("me")], None);
    assert!(mine().is_err());
    let another = streams.open(Holder::Session([8; 32]), vec![topic("me")], None);
    kept.push(another.map_err(|_| "full").unwrap());
    kept.truncate(CROWD - 1);
    assert!(mine().is_ok());
}
