use std::fmt::Write as _;

use crate::{
    body::fold::{Cut, SHOWN, Written},
    escape::Escaped,
    link,
};

/// What a line on a page has room for, more or less.
const WIDTH: usize = 80;
/// Elements within elements: more than people use, and few enough for every browser.
const DEEPEST: usize = 12;

/// A part of a message that is shown or folded as a whole.
#[derive(Debug)]
pub(super) enum Piece {
    Html(String),
    Quote { html: String, lines: usize },
}

/// Writes the few elements that a message can have, and counts its lines.
pub(super) struct Writer<'a> {
    written: Written,
    html: String,
    open: Vec<Element>,
    /// Lines of the quote at the top that is being written begin here.
    quote_from: usize,
    column: usize,
    mentions: &'a [String],
}

#[derive(Clone, Copy, Debug)]
struct Element {
    /// Empty: too deep to be written.
    name: &'static str,
    /// The number of the next item, in a numbered list.
    next: Option<u64>,
}

impl<'a> Writer<'a> {
    pub(super) fn new(mentions: &'a [String]) -> Self {
        Self {
            written: Written::default(),
            html: String::new(),
            open: Vec::new(),
            quote_from: 0,
            column: 0,
            mentions,
        }
    }

    pub(super) fn finish(mut self) -> Written {
        self.end_piece();
        self.written
    }

    pub(super) fn open(&mut self, name: &'static str) {
        if self.open.is_empty() && name == "blockquote" {
            self.offer_cut(0);
            self.end_piece();
            self.quote_from = self.written.lines;
        } else if matches!(
            self.open[..],
            [] | [Element {
                name: "ul" | "ol",
                ..
            }]
        ) {
            self.offer_cut(0);
        }
        if name == "li"
            && let Some(number) = self.open.last_mut().and_then(|list| list.next.as_mut())
        {
            *number += 1;
        }
        self.push(name, None);
        if self.is_written() {
            write!(self.html, "<{name}>").expect("a string takes all");
        }
    }

    pub(super) fn open_numbered(&mut self, start: u64) {
        self.offer_cut(0);
        self.push("ol", Some(start));
        if self.is_written() {
            self.html.push_str(&numbered(start));
        }
    }

    /// `address` must be a safe one.
    pub(super) fn open_link(&mut self, address: &str) {
        self.push("a", None);
        if self.is_written() {
            let (address, rel) = (Escaped(address), link::REL);
            write!(
                self.html,
                r#"<a href="{address}" target="_blank" rel="{rel}">"#
            )
            .expect("a string takes all");
        }
    }

    pub(super) fn close(&mut self) {
        let Some(element) = self.open.pop() else {
            return;
        };
        if !element.name.is_empty() {
            write!(self.html, "</{}>", element.name).expect("a string takes all");
        }
        if matches!(element.name, "p" | "pre" | "li") && self.column > 0 {
            self.end_line();
        }
        if self.open.is_empty() && element.name == "blockquote" {
            let html = std::mem::take(&mut self.html);
            let lines = self.written.lines - self.quote_from;
            if lines > super::fold::LONG_QUOTE {
                // Folded, it takes one.
                self.written.lines = self.quote_from + 1;
            }
            self.written.pieces.push(Piece::Quote { html, lines });
        }
    }

    pub(super) fn line_break(&mut self) {
        self.end_line();
        if matches!(self.open[..], [Element { name: "p", .. }]) {
            self.offer_cut("<br>".len());
        }
        self.html.push_str("<br>");
    }

    /// A line of a block of code ends.
    pub(super) fn new_line(&mut self) {
        self.end_line();
        self.html.push('\n');
        self.offer_cut(0);
    }

    /// What was typed, with its addresses as links. A paragraph without an end can be parted
    /// between two words.
    pub(super) fn text(&mut self, text: &str) {
        if let Some(at) = self.part(text) {
            self.run(&text[..at]);
            self.offer_cut(0);
            return self.run(text[at..].trim_start());
        }
        self.run(text);
    }

    /// Where in a text that goes on in a paragraph the lines that are shown come to their end.
    fn part(&self, text: &str) -> Option<usize> {
        let in_words = |element: &Element| matches!(element.name, "p" | "em" | "strong" | "del");
        let is_first = self.written.cut.is_none() && self.written.lines < SHOWN;
        if !is_first || !self.open.iter().all(in_words) {
            return None;
        }
        let room = (SHOWN - self.written.lines) * WIDTH;
        let (from, _) = text
            .char_indices()
            .nth((room + 1).saturating_sub(self.column))?;
        let gap = text[from..].find(char::is_whitespace)?;
        Some(from + gap)
    }

    fn run(&mut self, text: &str) {
        self.count(text);
        if self.is_in("a") || self.is_in("code") {
            return self.plain(text);
        }
        let mut done = 0;
        while let Some(found) = link::find(text, done) {
            self.mentioning(&text[done..found.at.start]);
            link::push_link(&mut self.html, text, &found);
            done = found.at.end;
        }
        self.mentioning(&text[done..]);
    }

    pub(super) fn is_in(&self, name: &str) -> bool {
        self.open.iter().any(|element| element.name == name)
    }

    /// Marks what means whoever looks.
    fn mentioning(&mut self, text: &str) {
        let mut done = 0;
        for (at, _) in text.match_indices('@') {
            let of = |name: &&String| text[at..].starts_with(name.as_str());
            let longest = self.mentions.iter().filter(of).map(String::len).max();
            if let Some(len) = longest.filter(|_| at >= done) {
                self.plain(&text[done..at]);
                done = at + len;
                self.html.push_str("<mark>");
                self.plain(&text[at..done]);
                self.html.push_str("</mark>");
            }
        }
        self.plain(&text[done..]);
    }

    /// Without the characters that turn the text after them around.
    fn plain(&mut self, text: &str) {
        for part in text.split(['\u{202d}', '\u{202e}']) {
            write!(self.html, "{}", Escaped(part)).expect("a string takes all");
        }
    }

    fn count(&mut self, text: &str) {
        self.column += text.chars().count();
        if self.column > WIDTH {
            self.written.lines += (self.column - 1) / WIDTH;
            self.column = (self.column - 1) % WIDTH + 1;
        }
    }

    fn end_line(&mut self) {
        self.written.lines += 1;
        self.column = 0;
    }

    fn push(&mut self, name: &'static str, next: Option<u64>) {
        let is_code = matches!(name, "code" | "pre");
        let name = if self.open.len() < DEEPEST || is_code {
            name
        } else {
            ""
        };
        self.open.push(Element { name, next });
    }

    fn is_written(&self) -> bool {
        self.open
            .last()
            .is_some_and(|element| !element.name.is_empty())
    }

    fn end_piece(&mut self) {
        let html = std::mem::take(&mut self.html);
        if !html.is_empty() {
            self.written.pieces.push(Piece::Html(html));
        }
    }

    /// The message can be parted here; the second part begins `skip` bytes on.
    fn offer_cut(&mut self, skip: usize) {
        if self.written.cut.is_some() || self.written.lines < SHOWN {
            return;
        }
        if !matches!(
            self.open.first(),
            None | Some(Element {
                name: "p" | "pre" | "ul" | "ol",
                ..
            })
        ) {
            return;
        }
        let (mut close, mut open) = (String::new(), String::new());
        for element in self.open.iter().rev() {
            write!(close, "</{}>", element.name).expect("a string takes all");
        }
        for element in &self.open {
            match element.next {
                Some(number) => open.push_str(&numbered(number)),
                None => write!(open, "<{}>", element.name).expect("a string takes all"),
            }
        }
        let end = self.html.len();
        self.written.cut = Some(Cut {
            piece: self.written.pieces.len(),
            end,
            start: end + skip,
            close,
            open,
        });
    }
}

fn numbered(start: u64) -> String {
    if start == 1 {
        "<ol>".to_owned()
    } else {
        format!(r#"<ol start="{start}">"#)
    }
}
