//! What nobody would think of.

use std::time::{Duration, Instant};

use super::shown;
use crate::body::{Folding, body, clean::clean};

/// Pieces of everything that means something to somebody, put together at random.
fn wild(seed: &mut u64) -> String {
    const PIECES: [&str; 40] = [
        "*",
        "**",
        "_",
        "`",
        "```",
        "~~~",
        "> ",
        "- ",
        "1. ",
        "# ",
        "    ",
        "\n",
        "\n\n",
        "\\",
        "[",
        "](",
        ")",
        "![",
        "<",
        ">",
        "<b>",
        "</p>",
        "<!--",
        "-->",
        "<![CDATA[",
        "&amp;",
        "&#x3c;",
        "https://a.example/x_y",
        "javascript:",
        "ann@example.com",
        "]:",
        "---",
        "===",
        "\t",
        "é",
        "日本",
        "a b",
        "\u{202e}",
        "\u{fdd3}",
        "<details open>",
    ];
    let mut text = String::new();
    for _ in 0..24 {
        *seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        text.push_str(PIECES[(*seed >> 33) as usize % PIECES.len()]);
    }
    text
}

#[test]
fn whatever_is_written_only_known_elements_come_out_and_no_word_is_lost() {
    let mut seed = 7;
    for _ in 0..3_000 {
        let typed = wild(&mut seed);
        let html = shown(&typed);
        let loosely = |html: &str| html.replace("&#39;", "'").replace("&quot;", "\"");
        let kept = clean(&html);
        assert_eq!(kept, clean(&kept), "{typed:?}");
        assert_eq!(
            elements(&loosely(&kept)),
            elements(&loosely(&html)),
            "{typed:?}\n{html}"
        );
        let read = text_and_addresses(&html);
        for word in [
            "a b",
            "日本",
            "é",
            "javascript:",
            "a.example",
            "CDATA",
            "&amp;amp;",
        ] {
            let there = |text: &str| text.matches(word).count();
            let typed = typed.replace("&amp;", "&amp;amp;");
            assert!(
                there(&read) >= there(&typed),
                "{word} is lost of {typed:?}:\n{html}"
            );
        }
    }
}

fn elements(html: &str) -> Vec<&str> {
    let starts = html.split('<').skip(1);
    let names = starts.map(|rest| rest.split(['>', ' ']).next().unwrap());
    names.collect()
}

fn text_and_addresses(html: &str) -> String {
    let (mut read, mut addresses) = (String::new(), String::new());
    for part in html.split('<') {
        let (tag, text) = part.split_once('>').unwrap_or(("", part));
        addresses.push_str(tag.split("href=\"").nth(1).unwrap_or_default());
        read.push_str(text);
    }
    read + &addresses
}

/// Each of these made some program of this kind take minutes.
#[test]
fn the_time_grows_no_faster_than_the_text() {
    let nested = |open: &str, close: &str| {
        let n = 100_000 / (open.len() + close.len() + 1);
        format!("{}a{}", open.repeat(n), close.repeat(n))
    };
    let repeated = |part: &str| part.repeat(100_000 / part.len());
    let growing = |indent: &str, line: &str| {
        let lines = (0..440).map(|n| indent.repeat(n) + line);
        lines.collect::<String>()
    };
    let mut slow = Vec::new();
    for text in [
        nested("*", "*"),
        nested("**", "**"),
        nested("*_", "_*"),
        nested("[", "](x)"),
        nested("![", "](https://x)"),
        nested("`", ""),
        nested("<", ">"),
        nested("\\", ""),
        nested("> ", ""),
        nested("- ", ""),
        nested("1. ", ""),
        repeated("*a "),
        repeated("a**b"),
        repeated("_ a_ "),
        repeated("[a]("),
        repeated("[a](<b"),
        repeated("![[]()"),
        repeated("<!--"),
        repeated("<?"),
        repeated("<![CDATA["),
        repeated("<a "),
        repeated("&a"),
        repeated("`a``"),
        repeated("https://:"),
        repeated("http://a)"),
        repeated("http://a.example/;"),
        repeated("a@"),
        repeated("a@b."),
        repeated("> a\nb\n"),
        repeated("- a\n b\n"),
        repeated(">\n"),
        repeated("> > > > > > > > > a\n> b\n"),
        repeated("[a]: b\n"),
        repeated("```\n"),
        repeated("    a\n\n"),
        repeated("a\n---\n"),
        repeated("]:"),
        repeated("(((("),
        repeated("\"[a](b \""),
        format!("http://a{}", ")".repeat(99_000)),
        format!("{}\n{}", "> ".repeat(25_000), repeated("a\n")),
        format!("{}a@example.com", "b".repeat(99_000)),
        repeated("* * a\n"),
        repeated("  - a\n"),
        repeated("@a"),
        growing(" ", "- a\n"),
        growing(">", "a\n"),
    ] {
        let start = Instant::now();
        let html = body(&text, &["@a".to_owned()], Folding::Long);
        let took = start.elapsed();
        // Without optimisation, and on a machine that does other work beside it.
        if took > Duration::from_secs(2) {
            slow.push((took, text[..40].to_owned()));
        }
        assert!(html.len() < 40 * text.len(), "{}", &text[..40]);
    }
    assert!(slow.is_empty(), "{slow:#?}");
}
