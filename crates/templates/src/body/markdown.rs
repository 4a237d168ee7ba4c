//! Markdown's events, written with the few elements that a message can have.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, LinkType, Options, Parser, Tag};

use crate::{
    body::{
        source::{original, prepare},
        writer::Writer,
    },
    link,
};

/// What an element of Markdown that has begun came to.
enum Open {
    Element,
    /// Nothing of its own: what stands in it is written.
    Nothing,
    /// Its markers, as they were typed.
    Marks(&'static str),
    /// A paragraph, and the line that made a heading of it.
    Underlined(String),
    /// Lines that are code, or HTML that nobody takes for HTML.
    Lines(Element),
    /// It was written as it was typed; what stands in it is in that.
    Typed,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Element {
    Paragraph,
    Code,
}

pub(super) fn write(writer: &mut Writer, text: &str) {
    let source = prepare(text);
    let mut reader = Reader {
        source: &source,
        writer,
        open: Vec::new(),
        text: String::new(),
        typed: 0,
    };
    for (event, range) in Parser::new_ext(&source, Options::empty()).into_offset_iter() {
        reader.read(event, range);
    }
    reader.flush();
}

struct Reader<'a, 'w, 'm> {
    source: &'a str,
    writer: &'w mut Writer<'m>,
    open: Vec<Open>,
    /// Text that waits for the rest of its line: an address may go on in it.
    text: String,
    /// How many elements are open whose text was written already.
    typed: usize,
}

impl Reader<'_, '_, '_> {
    fn read(&mut self, event: Event, range: Range<usize>) {
        match event {
            Event::Start(tag) => {
                let open = if self.typed > 0 {
                    Open::Typed
                } else {
                    self.start(tag, range)
                };
                self.typed += usize::from(matches!(open, Open::Typed));
                self.open.push(open);
            }
            Event::End(_) => self.end(),
            _ if self.typed > 0 => {}
            Event::Text(text) => self.push_text(&text, range),
            Event::Code(text) => {
                self.flush();
                self.writer.open("code");
                self.writer.text(&original(&text));
                self.writer.close();
            }
            Event::SoftBreak => self.line_break(),
            Event::HardBreak => {
                if self.source[range].starts_with('\\') {
                    self.text.push('\\');
                }
                self.line_break();
            }
            Event::Rule => {
                self.writer.open("p");
                self.text.push_str(self.source[range].trim());
                self.flush();
                self.writer.close();
            }
            // Nothing else is asked for; if it came, it would stand there as it was typed.
            _ => self.text.push_str(&self.source[range]),
        }
    }

    fn start(&mut self, tag: Tag, range: Range<usize>) -> Open {
        self.flush();
        let typed = &self.source[range.clone()];
        match tag {
            Tag::Paragraph => self.writer.open("p"),
            Tag::Heading { .. } => return self.heading(typed),
            Tag::BlockQuote(_) => self.writer.open("blockquote"),
            Tag::CodeBlock(CodeBlockKind::Fenced(language)) => {
                self.writer.open("pre");
                self.writer.open("code");
                // What is no language's name was written to be read.
                if language.contains(|c: char| !c.is_ascii_alphanumeric()) {
                    let line = typed.lines().next().unwrap_or_default();
                    self.text.push_str(line.trim_start_matches(['`', '~']));
                    self.text.push('\n');
                }
                return Open::Lines(Element::Code);
            }
            // People indent paragraphs.
            Tag::CodeBlock(CodeBlockKind::Indented) | Tag::HtmlBlock => {
                self.writer.open("p");
                return Open::Lines(Element::Paragraph);
            }
            Tag::List(Some(start)) => self.writer.open_numbered(start),
            Tag::List(None) => self.writer.open("ul"),
            Tag::Item => self.writer.open("li"),
            Tag::Emphasis if self.is_within_a_word(&range) => return self.marks("*", typed),
            Tag::Strong if self.is_within_a_word(&range) => return self.marks("**", typed),
            Tag::Emphasis => self.writer.open("em"),
            Tag::Strong => self.writer.open("strong"),
            Tag::Link {
                link_type,
                dest_url,
                ..
            } => return self.link(link_type, &original(&dest_url), typed),
            // A picture is a link to it.
            Tag::Image { dest_url, .. } => {
                return self.link(LinkType::Inline, &original(&dest_url), typed);
            }
            _ => return Open::Nothing,
        }
        Open::Element
    }

    fn end(&mut self) {
        let open = self.open.pop();
        if !matches!(open, Some(Open::Lines(_))) {
            self.flush();
        }
        match open {
            Some(Open::Element) => self.writer.close(),
            Some(Open::Marks(marks)) => self.text.push_str(marks),
            Some(Open::Underlined(line)) => {
                self.writer.line_break();
                self.writer.text(&original(&line));
                self.writer.close();
            }
            Some(Open::Lines(element)) => self.lines(element),
            Some(Open::Typed) => self.typed -= 1,
            Some(Open::Nothing) | None => {}
        }
    }

    /// A page's headings are its own: here it stays a line, with the marks that it was typed with.
    fn heading(&mut self, typed: &str) -> Open {
        self.writer.open("p");
        if typed.starts_with('#') {
            let marks = typed.len() - typed.trim_start_matches('#').len();
            self.text.push_str(&typed[..marks]);
            self.text.push(' ');
            return Open::Element;
        }
        let line = typed.trim_end().lines().next_back().unwrap_or_default();
        Open::Underlined(line.trim_start_matches(['>', ' ']).to_owned())
    }

    fn marks(&mut self, asterisks: &'static str, typed: &str) -> Open {
        let marks = match (asterisks, typed.starts_with('_')) {
            (marks, false) => marks,
            ("*", true) => "_",
            (_, true) => "__",
        };
        self.text.push_str(marks);
        Open::Marks(marks)
    }

    /// `2*3*4` is no emphasis.
    fn is_within_a_word(&self, range: &Range<usize>) -> bool {
        let is_part = |c: char| c.is_ascii_alphanumeric();
        self.source[..range.start].ends_with(is_part)
            && self.source[range.end..].starts_with(is_part)
    }

    /// A link that is no honest one stays as it was typed, for everybody to see where it leads.
    fn link(&mut self, kind: LinkType, address: &str, typed: &str) -> Open {
        if self.writer.is_in("a") {
            return Open::Nothing;
        }
        let label = typed.trim_start_matches('!').strip_prefix('[');
        let label = label
            .and_then(|rest| rest.rsplit_once("]("))
            .map(|(label, _)| original(label));
        let label = label.filter(|label| {
            kind == LinkType::Inline && link::is_safe(address) && is_honest(label, address)
        });
        let Some(label) = label else {
            self.text.push_str(typed);
            return Open::Typed;
        };
        self.writer.open_link(address);
        if label.trim().is_empty() {
            self.text.push_str(address);
        }
        Open::Element
    }

    fn push_text(&mut self, text: &str, range: Range<usize>) {
        let typed = &self.source[range.clone()];
        if typed.starts_with('&') && typed != text {
            self.text.push_str(typed);
            return;
        }
        // `\\` is two for a path of Windows; before a marker it says that there is none.
        if text.starts_with('\\') && self.source[..range.start].ends_with('\\') {
            self.text.push('\\');
        }
        self.text.push_str(text);
    }

    fn line_break(&mut self) {
        self.flush();
        self.writer.line_break();
    }

    fn flush(&mut self) {
        if !self.text.is_empty() && !matches!(self.open.last(), Some(Open::Lines(_))) {
            let text = std::mem::take(&mut self.text);
            self.writer.text(&original(&text));
        }
    }

    fn lines(&mut self, element: Element) {
        let text = std::mem::take(&mut self.text);
        let text = original(&text);
        let text = text.trim_end_matches('\n');
        for (at, line) in text.split('\n').enumerate() {
            if at > 0 && element == Element::Code {
                self.writer.new_line();
            } else if at > 0 {
                self.writer.line_break();
            }
            self.writer.text(line);
        }
        self.writer.close();
        if element == Element::Code {
            self.writer.close();
        }
    }
}

/// What looks like an address leads there.
fn is_honest(label: &str, address: &str) -> bool {
    if let Some(found) = link::find(label, 0) {
        let shown = &label[found.at];
        return if found.is_mail {
            address.strip_prefix("mailto:") == Some(shown)
        } else {
            shown.trim_end_matches('/') == address.trim_end_matches('/')
        };
    }
    let label = label.trim();
    let is_name = !label.contains(char::is_whitespace) && label.trim_matches('.').contains('.');
    let host = link::host_of(address).trim_start_matches("www.");
    let shown = label.split(['/', '?', '#']).next().unwrap_or_default();
    !is_name || shown.trim_start_matches("www.").eq_ignore_ascii_case(host)
}
