mod wild;

use super::{Folding, body};

fn shown(typed: &str) -> String {
    body(typed, &[], Folding::Long)
}

/// Links as `[text → address]`, so that the table can be read.
fn short(html: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
    while let Some((before, link)) = rest.split_once("<a ") {
        let (attributes, link) = link.split_once('>').unwrap();
        let (text, after) = link.split_once("</a>").unwrap();
        let address = attributes.split("href=\"").nth(1).unwrap();
        let address = address.split('"').next().unwrap();
        for wanted in [r#"rel="nofollow noopener ugc""#, r#"target="_blank""#] {
            assert!(attributes.contains(wanted), "{attributes}");
        }
        assert_eq!(
            attributes.matches('=').count(),
            3 + address.matches('=').count()
        );
        out.extend([before, "[", text, " → ", address, "]"]);
        rest = after;
    }
    (out + rest).replace("&#39;", "'").replace("&quot;", "\"")
}

#[test]
fn twenty_things_that_people_write() {
    for (typed, html) in [
        // 1–5: nothing special stays what it is.
        (
            "Hello,\nthere\n\n  Ann ",
            "<p>Hello,<br>there</p><p>Ann</p>",
        ),
        (
            "Is 3 < 4 & 2*3*4 = 24?",
            "<p>Is 3 &lt; 4 &amp; 2*3*4 = 24?</p>",
        ),
        (
            "# Order 5\n\nOrder\n-----\n\n***",
            "<p># Order 5</p><p>Order<br>-----</p><p>***</p>",
        ),
        (
            r"C:\new\_old and \\server\share",
            r"<p>C:\new_old and \\server\share</p>",
        ),
        (
            "[Name]: *Ann*\n[1]: https://a.example",
            "<p>[Name]: <em>Ann</em><br>[1]: [https://a.example → https://a.example]</p>",
        ),
        // 6–9: emphasis and code.
        (
            "*soon* or **now**, _so_ __it__ is",
            "<p><em>soon</em> or <strong>now</strong>, <em>so</em> <strong>it</strong> is</p>",
        ),
        (
            "my_file_name, \\*not this\\*",
            "<p>my_file_name, *not this*</p>",
        ),
        (
            "say `a < *b*` and ``x`y``",
            "<p>say <code>a &lt; *b*</code> and <code>x`y</code></p>",
        ),
        (
            "see:\n```sh\nls -l\n\n  # https://a.example\n```",
            "<p>see:</p><pre><code>ls -l\n\n  # https://a.example</code></pre>",
        ),
        // 10–13: lists.
        (
            "- a\n- *b*\nBest, Ann",
            "<ul><li>a</li><li><em>b</em></li></ul><p>Best, Ann</p>",
        ),
        ("3. x\n4. y", "<ol start=\"3\"><li>x</li><li>y</li></ol>"),
        (
            "* a\n  more\n  - b",
            "<ul><li>a<br>more<ul><li>b</li></ul></li></ul>",
        ),
        (
            "- and so on\n\n- loose",
            "<ul><li><p>and so on</p></li><li><p>loose</p></li></ul>",
        ),
        // 14–16: quotes end where their marks do.
        (
            "> When?\nTomorrow.",
            "<blockquote><p>When?</p></blockquote><p>Tomorrow.</p>",
        ),
        (
            "> > a\n> b\nc",
            "<blockquote><blockquote><p>a</p></blockquote><p>b</p></blockquote><p>c</p>",
        ),
        (
            ">- x\n> y",
            "<blockquote><ul><li>x</li></ul><p>y</p></blockquote>",
        ),
        // 17–20: links.
        (
            "[our *shop*](https://a.example/x_y_) ok",
            "<p>[our <em>shop</em> → https://a.example/x_y_] ok</p>",
        ),
        (
            "*https://a.example/_b_?c=1&d=2*, ann@example.com",
            "<p><em>[https://a.example/_b_?c=1&amp;d=2 → https://a.example/_b_?c=1&amp;d=2]</em>, [ann@example.com → mailto:ann@example.com]</p>",
        ),
        (
            "_Ann_ <ann@example.com> <https://a.example>",
            "<p><em>Ann</em> &lt;[ann@example.com → mailto:ann@example.com]&gt; &lt;[https://a.example → https://a.example]&gt;</p>",
        ),
        (
            "[https://a.example](https://a.example) ![cup](http://a.example/c.png)",
            "<p>[https://a.example → https://a.example] [cup → http://a.example/c.png]</p>",
        ),
    ] {
        assert_eq!(short(&shown(typed)), html, "{typed}");
    }
}

#[test]
fn twenty_things_that_nobody_should_write() {
    for (typed, html) in [
        // 1–6: HTML is text.
        (
            "<script>alert(1)</script>",
            "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>",
        ),
        (
            "*a* <img src=x onerror=alert(2)>",
            "<p><em>a</em> &lt;img src=x onerror=alert(2)&gt;</p>",
        ),
        (
            "<svg onload=alert(1)>\n*b*\n</svg>",
            "<p>&lt;svg onload=alert(1)&gt;<br>*b*<br>&lt;/svg&gt;</p>",
        ),
        (
            "`x` <form action=/pigeon/logout><button>",
            "<p><code>x</code> &lt;form action=/pigeon/logout&gt;&lt;button&gt;</p>",
        ),
        (
            "<scr<script>ipt>alert(1)</scr</script>ipt> *",
            "<p>&lt;scr&lt;script&gt;ipt&gt;alert(1)&lt;/scr&lt;/script&gt;ipt&gt; *</p>",
        ),
        (
            "<a class=btn id=list data-live=inbox aria-hidden=true>_x_</a>",
            "<p>&lt;a class=btn id=list data-live=inbox aria-hidden=true&gt;<em>x</em>&lt;/a&gt;</p>",
        ),
        // 7–12: only pages and mailboxes are linked to.
        (
            "[x](javascript:alert(1))",
            "<p>[x](javascript:alert(1))</p>",
        ),
        (
            "[x](javascript:alert(1)//http://x)",
            "<p>[x](javascript:alert(1)//[http://x → http://x])</p>",
        ),
        (
            "[x](&#x6a;avascript:1) [y](java\tscript:1)",
            "<p>[x](&amp;#x6a;avascript:1) [y](java\tscript:1)</p>",
        ),
        (
            "![x](data:text/html,<b>) [x](vbscript:1)",
            "<p>![x](data:text/html,&lt;b&gt;) [x](vbscript:1)</p>",
        ),
        (
            "[x](//evil.test) [y](/pigeon/logout) [z](#write)",
            "<p>[x](//evil.test) [y](/pigeon/logout) [z](#write)</p>",
        ),
        (
            "<javascript:alert(1)> *a*",
            "<p>&lt;javascript:alert(1)&gt; <em>a</em></p>",
        ),
        // 13–16: a link says where it leads, and attributes cannot be broken out of.
        (
            "[https://bank.example](https://evil.test)",
            "<p>[[https://bank.example → https://bank.example]]([https://evil.test → https://evil.test])</p>",
        ),
        (
            "[bank.example](https://bank.example@evil.test)",
            "<p>[bank.example]([https://bank.example@evil.test → https://bank.example@evil.test])</p>",
        ),
        (
            "[x](https://a.example/\"onclick=alert(1)) *",
            "<p>[x]([https://a.example/ → https://a.example/]\"onclick=alert(1)) *</p>",
        ),
        (
            "[a](https://a.example \"onmouseover=x\" ) [![b](http://b.example)](http://c.example)",
            "<p>[a → https://a.example] [![b]([http://b.example → http://b.example])]([http://c.example → http://c.example])</p>",
        ),
        // 17–18: entities are shown as typed.
        (
            "&lt;script&gt; &amp;lt; &#60; *&nbsp;*",
            "<p>&amp;lt;script&amp;gt; &amp;amp;lt; &amp;#60; <em>&amp;nbsp;</em></p>",
        ),
        (
            "`&lt;b&gt;` &NewLine;",
            "<p><code>&amp;lt;b&amp;gt;</code> &amp;NewLine;</p>",
        ),
        // 19–20: nothing turns the text around, or is stored for later.
        (
            "*inv\u{202e}fdp.exe* `a\u{202d}b`",
            "<p><em>invfdp.exe</em> <code>ab</code></p>",
        ),
        (
            "[a]: javascript:1\n[a] [b][a] *\u{fdd1}\u{fdd0}x*",
            "<p>[a]: javascript:1<br>[a] [b][a] <em>x</em></p>",
        ),
    ] {
        assert_eq!(short(&shown(typed)), html, "{typed}");
    }
}

#[test]
fn a_long_message_folds_where_a_line_ends() {
    let lines = |n: usize| (1..=n).map(|n| n.to_string()).collect::<Vec<_>>();
    for mark in ["", "*a*\n"] {
        assert!(!shown(&(mark.to_owned() + &lines(39).join("\n"))).contains("<details"));
    }
    for (mark, close, open) in [
        ("", "</p>", "<p>"),
        ("- ", "</ul>", "<ul>"),
        ("1. ", "</ol>", "<ol start=\"25\">"),
    ] {
        let text: Vec<_> = lines(41).iter().map(|n| format!("{mark}{n}")).collect();
        let html = shown(&text.join("\n"));
        let (head, rest) = html
            .split_once("<details class=\"fold\"><summary>Show all</summary><div>")
            .unwrap();
        assert!(
            head.ends_with(close) && head.contains("24") && !head.contains("25"),
            "{html}"
        );
        assert!(
            rest.starts_with(open) && rest.ends_with("</div></details>"),
            "{html}"
        );
        assert_eq!(rest.matches("41").count(), 1);
        let mail = body(&text.join("\n"), &[], Folding::Nothing);
        assert!(!mail.contains("<details"));
    }
    let code = format!("```\n{}\n```\nBye", lines(50).join("\n"));
    let html = shown(&code);
    assert!(
        html.contains("24\n</code></pre><details") && html.contains("<pre><code>25"),
        "{html}"
    );
    assert!(
        html.ends_with("50</code></pre><p>Bye</p></div></details>"),
        "{html}"
    );
    // A paragraph that nobody has parted folds between two words, within emphasis too.
    for (mark, close, open) in [("", "</p>", "<p>"), ("**", "</strong></p>", "<p><strong>")] {
        let text = format!("{mark}{}end{mark}", "some words ".repeat(400));
        let html = shown(&text);
        let fold = "<details class=\"fold\"><summary>Show all</summary><div>";
        let (head, rest) = html.split_once(fold).unwrap();
        assert!(head.ends_with(close) && rest.starts_with(open), "{html}");
        let shown = head.matches("some words").count();
        assert!((174..178).contains(&shown), "{shown}");
        assert_eq!(shown + rest.matches("some words").count(), 400);
    }
    let address = format!("https://example.com/{}", "x".repeat(4_000));
    assert!(
        !shown(&address).contains("<details"),
        "an address is not parted"
    );
    // A line of many words takes several on the page.
    let paragraphs = vec!["word ".repeat(160); 6].join("\n\n");
    assert!(shown(&paragraphs).contains("<details"));
}

#[test]
fn a_long_quote_folds_whole() {
    let quote = |n: usize| vec!["> so"; n].join("\n") + "\nAnn";
    assert!(!shown(&quote(6)).contains("<details"));
    let html = shown(&quote(50));
    let summary = "<details class=\"quoted\"><summary>Quoted text, 50 lines</summary><blockquote>";
    assert!(html.starts_with(summary), "{html}");
    assert!(
        html.ends_with("</blockquote></details><p>Ann</p>"),
        "{html}"
    );
    assert_eq!(
        html.matches("<details").count(),
        1,
        "folded, it makes the message no long one"
    );
    let mail = body(&quote(50), &[], Folding::Nothing);
    assert!(mail.starts_with("<blockquote><p>so<br>"));
}

#[test]
fn what_means_whoever_looks_is_marked() {
    let mentions = ["@Maya".to_owned(), "@Maya Lindqvist".to_owned()];
    let html = |text| body(text, &mentions, Folding::Long);
    assert_eq!(
        html("@Maya Lindqvist, `@Maya` *@Maya* <i>"),
        "<p><mark>@Maya Lindqvist</mark>, <code>@Maya</code> <em><mark>@Maya</mark></em> &lt;i&gt;</p>"
    );
    assert_eq!(html("ask @Maya."), "<p>ask <mark>@Maya</mark>.</p>");
}
