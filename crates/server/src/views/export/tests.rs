use super::*;

fn record(title: &str) -> Record {
    Record {
        id: "7".into(),
        title: title.into(),
        kind: "support",
        thread_status: "open",
        starter_name: "Ann, “Lee”".into(),
        starter_email: Some("ann@example.com".into()),
        assignee: None,
        message_count: 2,
        last_message: "two\nlines".into(),
        last_message_at: "2026-11-25T12:00:00Z".into(),
        waiting_since: None,
        date_created: "2026-11-24T12:00:00Z".into(),
        closed_at: None,
        trashed_at: None,
        url: "https://post.example/pigeon/admin/threads/7".into(),
    }
}

fn file(format: Format, titles: &[&str]) -> String {
    let records: Vec<_> = titles.iter().map(|title| record(title)).collect();
    let (first, rest) = records.split_at(records.len().min(1));
    format.begin() + &format.rows(first, true) + &format.rows(rest, false) + &format.end()
}

fn title_in_csv(title: &str) -> String {
    let text = file(Format::Csv, &[title]);
    let mut reader = ::csv::Reader::from_reader(text.as_bytes());
    let column = reader
        .headers()
        .unwrap()
        .iter()
        .position(|name| name == "title");
    let row = reader.records().next().unwrap().unwrap();
    row[column.unwrap()].to_owned()
}

#[test]
fn r32_no_cell_is_a_formula() {
    for title in [
        "=cmd|' /C calc'!A0",
        "+1",
        "-1+1",
        "@SUM(1)",
        " =1+1",
        "\t=1",
        "\tx",
        "\0=1",
        "\rx",
        "\nx",
        "＝1",
        "＋1",
        "－1",
        "＠x",
        "\u{a0}\u{200b}\u{feff}=1",
        "\u{7}=1",
    ] {
        assert_eq!(title_in_csv(title), format!("'{title}"), "{title:?}");
    }
    for title in ["1+1=2", "a-b", "  plain", "'=1", "é", ""] {
        assert_eq!(title_in_csv(title), title, "{title:?}");
    }
}

#[test]
fn r32_commas_quotes_and_lines_survive_a_round_trip() {
    for title in [
        "a,b",
        "say \"hi\"",
        "two\r\nlines",
        "\"",
        "a;b\tc",
        "日本, 本",
    ] {
        assert_eq!(title_in_csv(title), title, "{title:?}");
    }
}

#[test]
fn the_columns_have_the_names_of_the_values() {
    let names: Vec<_> = record("x").cells().iter().map(|(name, _)| *name).collect();
    assert_eq!(csv::head(), names.join(",") + "\r\n");
    let json: serde_json::Value = serde_json::from_str(&file(Format::Json, &["x"])).unwrap();
    for name in names {
        assert!(json[0].get(name).is_some(), "{name}");
    }
}

#[test]
fn json_is_one_list_however_many_pages_it_came_in() {
    for titles in [&[][..], &["a"], &["a", "b\u{2028}</script>", "c"]] {
        let json: serde_json::Value = serde_json::from_str(&file(Format::Json, titles)).unwrap();
        let got: Vec<_> = json
            .as_array()
            .unwrap()
            .iter()
            .map(|it| &it["title"])
            .collect();
        assert_eq!(got, titles);
    }
}

#[test]
fn xml_has_no_character_that_xml_cannot_have() {
    let xml = file(Format::Xml, &["a\u{1}<b>&\u{b}\u{ffff}\r\n\"c\""]);
    assert!(
        xml.contains("<title>a\u{fffd}&lt;b&gt;&amp;\u{fffd}\u{fffd}&#13;\n\"c\"</title>"),
        "{xml}"
    );
    assert!(xml.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<threads>"));
    assert!(xml.ends_with("\n</threads>\n"));
    assert!(
        !xml.contains("<assignee>"),
        "what is not there has no element"
    );
}
