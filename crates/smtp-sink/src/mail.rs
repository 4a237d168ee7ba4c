use std::{fmt::Write as _, fs, io, path::Path};

/// A mail that arrived.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mail {
    /// The envelope's sender; empty is the null sender.
    pub from: String,
    /// The envelope's recipients.
    pub to: Vec<String>,
    /// Who signed in to send it.
    pub user: Option<String>,
    pub encrypted: bool,
    /// As it came over the wire, without the doubled dots.
    pub raw: Vec<u8>,
}

impl Mail {
    /// The first header of this name, unfolded.
    pub fn header(&self, name: &str) -> Option<String> {
        self.headers()
            .into_iter()
            .find(|(other, _)| other.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// All headers in their order, unfolded.
    pub fn headers(&self) -> Vec<(String, String)> {
        let text = String::from_utf8_lossy(&self.raw);
        let mut headers: Vec<(String, String)> = Vec::new();
        for line in text.split("\r\n").take_while(|line| !line.is_empty()) {
            if let (true, Some((_, value))) = (line.starts_with([' ', '\t']), headers.last_mut()) {
                value.push_str(line);
            } else {
                let (name, value) = line.split_once(':').unwrap_or((line, ""));
                headers.push((name.to_owned(), value.trim_start().to_owned()));
            }
        }
        headers
    }

    /// The header `Message-ID`, or nothing.
    pub fn message_id(&self) -> String {
        self.header("Message-ID").unwrap_or_default()
    }

    /// Writes it to a file in `dir`, the envelope as headers before its own. It appears there whole or not at all.
    pub(crate) fn store(&self, dir: &Path, name: &str) -> io::Result<()> {
        let mut file = format!("X-Envelope-From: <{}>\r\n", self.from);
        for to in &self.to {
            write!(file, "X-Envelope-To: <{to}>\r\n").expect("a string takes all text");
        }
        let hidden = dir.join(format!(".{name}.part"));
        fs::write(&hidden, [file.as_bytes(), &self.raw].concat())?;
        fs::rename(hidden, dir.join(format!("{name}.eml")))
    }
}
