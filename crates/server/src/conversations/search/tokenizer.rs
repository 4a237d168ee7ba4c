//! Text to terms: the one way, for what is indexed and for what is asked.
//!
//! Words are runs of letters and digits, in lower case and without diacritics. Scripts that are
//! written without spaces have no such words: there each character is a term, and each pair of
//! neighbours. An e-mail address is a term as a whole, beside the words in it.

use std::collections::BTreeSet;

use unicode_normalization::{UnicodeNormalization as _, char::canonical_combining_class};

/// In characters: a longer word is known by its beginning.
const LONGEST_TERM: usize = 64;
/// In bytes, of all terms of a message together: PostgreSQL takes a megabyte.
const MOST_BYTES: usize = 900_000;
/// What a question is cut to: somebody pasted a whole message.
pub(super) const MOST_ASKED: usize = 40;

/// All terms that a message can be found by.
pub(super) fn index_terms(texts: &[&str]) -> BTreeSet<String> {
    let mut terms = BTreeSet::new();
    let mut bytes = 0;
    for text in texts {
        scan(&fold(text), Purpose::Index, &mut |term| {
            if bytes + term.len() <= MOST_BYTES && terms.insert(term.to_owned()) {
                bytes += term.len();
            }
        });
    }
    terms
}

/// The terms that a message must all have to be found.
pub(super) fn query_terms(text: &str) -> BTreeSet<String> {
    let mut terms = BTreeSet::new();
    scan(&fold(text), Purpose::Query, &mut |term| {
        if terms.len() < MOST_ASKED {
            terms.insert(term.to_owned());
        }
    });
    terms
}

/// The words of a text one after the other; where a script has no words, its characters.
pub(super) fn sequence(text: &str) -> Vec<String> {
    let folded = fold(text);
    let mut sequence = Vec::new();
    let mut rest = folded.as_str();
    while let Some(first) = rest.chars().next() {
        let run = kind(first);
        let end = rest.find(|c| kind(c) != run).unwrap_or(rest.len());
        match run {
            Kind::Word => sequence.push(clip(&rest[..end]).to_owned()),
            Kind::Pairs | Kind::Single => sequence.extend(rest[..end].chars().map(String::from)),
            Kind::Other => {}
        }
        rest = &rest[end..];
    }
    sequence
}

#[derive(Clone, Copy, PartialEq)]
enum Purpose {
    /// Everything the text may be found by.
    Index,
    /// The most telling: pairs rather than single characters, an address rather than its parts.
    Query,
}

/// Lower case, compatible forms made one, without diacritics: `Straße`, `ＳＴＲＡＳＳＥ` and
/// `strasse` become the same.
pub(crate) fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.chars()
        .filter(|c| !is_invisible(*c))
        .nfkd()
        .flat_map(char::to_lowercase)
        .filter(|c| !is_diacritic(*c))
        .flat_map(plain)
        .nfc() // puts Hangul syllables and voiced kana together again
        .collect()
}

/// Soft hyphens, joiners, marks of direction, Arabic's stretched line: nobody types them to search.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{640}' | '\u{200c}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

/// Accents, Hebrew points, Arabic vowel signs. Not what makes another letter: the vowels of Indic
/// scripts (class 0), their nukta and virama (7, 9), the voicing of kana (8).
fn is_diacritic(c: char) -> bool {
    !c.is_ascii() && !matches!(canonical_combining_class(c), 0 | 7..=9)
}

/// Letters that have no decomposition, but that people look for by their plain ones.
fn plain(c: char) -> impl Iterator<Item = char> {
    let (first, second) = match c {
        'ß' => ('s', Some('s')),
        'æ' => ('a', Some('e')),
        'œ' => ('o', Some('e')),
        'þ' => ('t', Some('h')),
        'ø' => ('o', None),
        'ł' => ('l', None),
        'đ' | 'ð' => ('d', None),
        'ħ' => ('h', None),
        'ı' => ('i', None),
        'ς' => ('σ', None),
        'ى' | 'ی' => ('ي', None), // Arabic and Persian end words in differently coded forms
        'ک' => ('ك', None),
        'ة' => ('ه', None),
        '٠'..='٩' => (digit(c, '٠'), None),
        '۰'..='۹' => (digit(c, '۰'), None),
        other => (other, None),
    };
    std::iter::once(first).chain(second)
}

fn digit(c: char, zero: char) -> char {
    char::from_digit(u32::from(c) - u32::from(zero), 10).expect("the ranges have ten digits")
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Kind {
    /// Letters and digits, which make words.
    Word,
    /// A character of a script without spaces.
    Pairs,
    /// A picture, a term by itself.
    Single,
    Other,
}

pub(super) fn kind(c: char) -> Kind {
    match c {
        '0'..='9' | 'a'..='z' => Kind::Word,
        _ if c.is_ascii() => Kind::Other,
        // Thai, Lao, Burmese, Khmer; kana, Han, Hangul.
        '\u{e00}'..='\u{eff}'
        | '\u{1000}'..='\u{109f}'
        | '\u{1780}'..='\u{17d3}'
        | '\u{3005}'..='\u{3007}'
        | '\u{3040}'..='\u{30fa}'
        | '\u{30fc}'..='\u{30ff}'
        | '\u{3100}'..='\u{312f}'
        | '\u{3400}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7af}'
        | '\u{f900}'..='\u{faff}'
        | '\u{1b000}'..='\u{1b16f}'
        | '\u{20000}'..='\u{323af}' => Kind::Pairs,
        '\u{2600}'..='\u{27bf}' | '\u{1f000}'..='\u{1faff}' => Kind::Single,
        _ if c.is_alphanumeric() || matches!(canonical_combining_class(c), 7 | 9) => Kind::Word,
        _ => Kind::Other,
    }
}

/// Hands out the terms of folded text; some more than once.
fn scan(text: &str, purpose: Purpose, out: &mut impl FnMut(&str)) {
    let mut rest = text;
    while let Some((before, address, after)) = next_address(rest) {
        out(clip(address));
        words(before, purpose, out);
        if purpose == Purpose::Index {
            words(address, purpose, out);
        }
        rest = after;
    }
    words(rest, purpose, out);
}

/// The first e-mail address in `text`, with what stands before and after it.
fn next_address(text: &str) -> Option<(&str, &str, &str)> {
    let local = |c: char| kind(c) != Kind::Other || matches!(c, '.' | '_' | '%' | '+' | '-');
    let domain = |c: char| kind(c) != Kind::Other || matches!(c, '.' | '-');
    for (at, _) in text.match_indices('@') {
        let (left, right) = (&text[..at], &text[at + 1..]);
        let start = left.trim_end_matches(local).len();
        let start = at - left[start..].trim_start_matches('.').len();
        let end = right.find(|c| !domain(c)).unwrap_or(right.len());
        let host = right[..end].trim_end_matches(['.', '-']);
        if start < at && host.contains('.') && !host.starts_with('.') {
            let end = at + 1 + host.len();
            return Some((&text[..start], &text[start..end], &text[end..]));
        }
    }
    None
}

/// The words of `text`, and the pairs where a script has no words.
fn words(text: &str, purpose: Purpose, out: &mut impl FnMut(&str)) {
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let run = kind(first);
        let end = rest.find(|c| kind(c) != run).unwrap_or(rest.len());
        match run {
            Kind::Word => out(clip(&rest[..end])),
            Kind::Pairs => pairs(&rest[..end], purpose, out),
            Kind::Single => singles(&rest[..end], out),
            Kind::Other => {}
        }
        rest = &rest[end..];
    }
}

fn pairs(run: &str, purpose: Purpose, out: &mut impl FnMut(&str)) {
    let mut chars = run.char_indices().peekable();
    let alone = run.chars().nth(1).is_none();
    while let Some((start, c)) = chars.next() {
        if alone || purpose == Purpose::Index {
            out(&run[start..start + c.len_utf8()]);
        }
        if let Some((next, c)) = chars.peek() {
            out(&run[start..next + c.len_utf8()]);
        }
    }
}

fn singles(run: &str, out: &mut impl FnMut(&str)) {
    for (start, c) in run.char_indices() {
        out(&run[start..start + c.len_utf8()]);
    }
}

pub(super) fn clip(term: &str) -> &str {
    match term.char_indices().nth(LONGEST_TERM) {
        Some((end, _)) => &term[..end],
        None => term,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(text: &str) -> Vec<String> {
        query_terms(text).into_iter().collect()
    }

    fn finds(query: &str, text: &str) -> bool {
        let terms = index_terms(&[text]);
        let asked = query_terms(query);
        !asked.is_empty() && asked.is_subset(&terms)
    }

    #[test]
    fn one_word_in_many_spellings_is_one_term() {
        for spelling in [
            "straße",
            "STRASSE",
            "Straſſe",
            "ＳＴＲＡＳＳＥ",
            "STRA\u{1e9e}E",
            "stra\u{ad}sse",
        ] {
            assert_eq!(asked(spelling), ["strasse"], "{spelling}");
        }
        for spelling in ["café", "CAFE\u{301}", "Cafe"] {
            assert_eq!(asked(spelling), ["cafe"], "{spelling}");
        }
        assert_eq!(
            asked("Łódź İstanbul ısı Søren Ægir"),
            ["aegir", "isi", "istanbul", "lodz", "soren"]
        );
        assert_eq!(asked("ΟΔΟΣ"), asked("οδός"));
        assert_eq!(asked("ЁЛКА"), asked("елка"));
        assert_eq!(asked("مُحَمَّد"), asked("محمد"));
        assert_eq!(asked("שָׁלוֹם"), asked("שלום"));
        assert_eq!(asked("١٢٣"), ["123"]);
    }

    #[test]
    fn letters_that_only_look_like_accented_ones_stay_apart() {
        assert_ne!(asked("か"), asked("が"));
        assert_ne!(asked("कि"), asked("का"));
        assert_eq!(asked("ｶﾞ"), asked("ガ"));
    }

    #[test]
    fn scripts_without_spaces_are_found_by_pieces() {
        assert!(finds("日本", "東日本大震災"));
        assert!(finds("本", "日本語"));
        assert!(finds("注文番号", "ご注文番号は1234です"));
        assert!(finds("배송", "배송조회는"));
        assert!(!finds("日大", "日本大"));
        assert_eq!(asked("iPhoneを買う"), ["iphone", "を買", "買う"]);
    }

    #[test]
    fn an_address_is_found_whole_and_by_its_parts() {
        let text = "Write to <Ann.Lee+shop@Mail.Example.COM>.";
        for query in [
            "ann",
            "lee",
            "shop",
            "example.com",
            "ann.lee+shop@mail.example.com",
            "ANN.LEE+shop@mail.example.com,",
        ] {
            assert!(finds(query, text), "{query}");
        }
        assert!(!finds("lee@mail.example.com", text));
        assert_eq!(asked("a@b"), ["a", "b"]);
        assert_eq!(asked("@"), [""; 0]);
        assert_eq!(asked("x@.com y@@example.com"), ["com", "example", "x", "y"]);
    }

    #[test]
    fn operators_are_words_and_signs_are_nothing() {
        assert_eq!(
            asked("NEAR(a, b) OR \"c* AND d"),
            ["a", "and", "b", "c", "d", "near", "or"]
        );
        assert_eq!(
            asked("multi-agent it's 100% a:b\0c"),
            ["100", "a", "agent", "b", "c", "it", "multi", "s"]
        );
        assert!(asked("\"*()^:{}'%_\0\\").is_empty());
        assert_eq!(asked("🎉 done"), ["done", "🎉"]);
    }

    #[test]
    fn endless_words_and_questions_are_cut() {
        let long = "x".repeat(10_000);
        assert_eq!(asked(&long), ["x".repeat(64)]);
        assert!(finds(&long, &long));
        let many = (0..5_000)
            .map(|n| format!("w{n}"))
            .collect::<Vec<_>>()
            .join(" ");
        assert_eq!(asked(&many).len(), 40);
        let wide = (0..100_000)
            .filter_map(|n| char::from_u32(0x20000 + n % 40_000 + n / 40_000))
            .collect::<String>();
        let bytes = index_terms(&[&wide]).iter().map(String::len).sum::<usize>();
        assert!(bytes <= MOST_BYTES, "{bytes}");
    }
}
