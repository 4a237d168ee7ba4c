use crate::{
    body::{Piece, clean::clean},
    translate,
};

/// A message of more lines than this folds …
pub(super) const LONG: usize = 40;
/// … after so many.
pub(super) const SHOWN: usize = 24;
/// A quote of more lines than this folds whole.
pub(super) const LONG_QUOTE: usize = 6;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Folding {
    Nothing,
    /// Long messages, and long quotes in them.
    Long,
}

/// All that the writer has written.
#[derive(Debug, Default)]
pub(super) struct Written {
    pub(super) pieces: Vec<Piece>,
    pub(super) lines: usize,
    /// The first place behind [`SHOWN`] lines where a line ends.
    pub(super) cut: Option<Cut>,
}

/// A place where the message can be parted in two.
#[derive(Debug)]
pub(super) struct Cut {
    pub(super) piece: usize,
    /// Where the first part ends in that piece, and the second begins.
    pub(super) end: usize,
    pub(super) start: usize,
    /// What ends the elements that are open there, and begins them again.
    pub(super) close: String,
    pub(super) open: String,
}

/// Puts the pieces together; `is_marked` ones go through the sanitiser.
pub(super) fn assemble(written: Written, folding: Folding, is_marked: bool) -> String {
    let sound = |html: String| if is_marked { clean(&html) } else { html };
    let is_long = folding == Folding::Long && written.lines > LONG;
    let cut = written.cut.filter(|_| is_long);
    let mut html = String::new();
    for (at, piece) in written.pieces.into_iter().enumerate() {
        let cut = cut.as_ref().filter(|cut| cut.piece == at);
        match piece {
            Piece::Quote { html: quote, lines }
                if folding == Folding::Long && lines > LONG_QUOTE =>
            {
                begin_fold(&mut html, cut);
                let lines = lines.to_string();
                let label = translate("Quoted text, {n} lines", &[("n", &lines)]);
                html.push_str("<details class=\"quoted\"><summary>");
                html.push_str(&label);
                html.push_str("</summary>");
                html.push_str(&sound(quote));
                html.push_str("</details>");
            }
            Piece::Quote { html: quote, .. } => {
                begin_fold(&mut html, cut);
                html.push_str(&sound(quote));
            }
            Piece::Html(all) => {
                let Some(cut) = cut else {
                    html.push_str(&sound(all));
                    continue;
                };
                let (head, rest) = (&all[..cut.end], &all[cut.start..]);
                html.push_str(&sound(format!("{head}{}", cut.close)));
                begin_fold(&mut html, Some(cut));
                html.push_str(&sound(format!("{}{rest}", cut.open)));
            }
        }
    }
    if cut.is_some() {
        html.push_str("</div></details>");
    }
    html
}

fn begin_fold(html: &mut String, cut: Option<&Cut>) {
    if cut.is_some() {
        html.push_str("<details class=\"fold\"><summary>");
        html.push_str(&translate("Show all", &[]));
        html.push_str("</summary><div>");
    }
}
