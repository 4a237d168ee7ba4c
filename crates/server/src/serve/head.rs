//! Refuses heads that two servers in a row may read differently, as one may be behind the other:
//! a bare line feed, a folded line, two lengths, a length beside an encoding.

/// Longer lines are left to the parser, which refuses them by its own limit.
const LONGEST_LINE: usize = 64 * 1024;
/// No byte of a head may be this, so that the parser answers 400.
const SPOILT: u8 = 0;

/// Follows the bytes of a connection, from head to head.
#[derive(Default)]
pub(super) struct Head {
    at: At,
    line: Vec<u8>,
    lines: usize,
    lengths: usize,
    length: u64,
    encodings: usize,
}

#[derive(Default)]
enum At {
    #[default]
    Head,
    /// So many bytes of a body are still to come.
    Body(u64),
    /// No further head counts: after a body in chunks, or a refusal, the connection ends.
    End,
}

impl Head {
    /// Spoils the byte with which a head shows itself ambiguous.
    pub(super) fn check(&mut self, mut bytes: &mut [u8]) {
        while !bytes.is_empty() {
            match self.at {
                At::End => return,
                At::Body(left) => {
                    let here = usize::try_from(left).map_or(bytes.len(), |n| n.min(bytes.len()));
                    self.at = match left - here as u64 {
                        0 => At::Head,
                        left => At::Body(left),
                    };
                    bytes = &mut bytes[here..];
                }
                At::Head => {
                    let end = bytes.iter().position(|byte| *byte == b'\n');
                    let here = end.map_or(bytes.len(), |end| end + 1);
                    self.line.extend_from_slice(&bytes[..here]);
                    if self.line.len() > LONGEST_LINE {
                        self.at = At::End;
                        return;
                    }
                    if end.is_some() && self.end_line().is_err() {
                        bytes[here - 1] = SPOILT;
                        self.at = At::End;
                        return;
                    }
                    bytes = &mut bytes[here..];
                }
            }
        }
    }

    fn end_line(&mut self) -> Result<(), ()> {
        let line = std::mem::take(&mut self.line);
        let line = line.strip_suffix(b"\r\n").ok_or(())?;
        if line.contains(&b'\r') {
            return Err(());
        }
        if line.is_empty() {
            return if self.lines == 0 { Ok(()) } else { self.end() };
        }
        self.lines += 1;
        if self.lines > 1 {
            self.field(line)?;
        }
        Ok(())
    }

    fn field(&mut self, line: &[u8]) -> Result<(), ()> {
        if matches!(line[0], b' ' | b'\t') {
            return Err(());
        }
        let colon = line.iter().position(|byte| *byte == b':').ok_or(())?;
        let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
        if name.eq_ignore_ascii_case(b"content-length") {
            let digits = !value.is_empty() && value.iter().all(u8::is_ascii_digit);
            let value = std::str::from_utf8(value).map_err(|_| ())?;
            self.lengths += 1;
            self.length = value.parse().map_err(|_| ())?;
            return if digits { Ok(()) } else { Err(()) };
        }
        if name.eq_ignore_ascii_case(b"transfer-encoding") {
            self.encodings += 1;
            return if value.eq_ignore_ascii_case(b"chunked") {
                Ok(())
            } else {
                Err(())
            };
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), ()> {
        if self.lengths + self.encodings > 1 {
            return Err(());
        }
        self.at = match (self.encodings, self.length) {
            (1, _) => At::End,
            (_, 0) => At::Head,
            (_, length) => At::Body(length),
        };
        (self.lines, self.lengths, self.length, self.encodings) = (0, 0, 0, 0);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a head passes, in one piece and byte by byte.
    fn passes(text: &str) -> bool {
        let mut whole = text.as_bytes().to_vec();
        Head::default().check(&mut whole);
        let mut head = Head::default();
        let mut pieces = text.as_bytes().to_vec();
        for byte in &mut pieces {
            head.check(std::slice::from_mut(byte));
        }
        assert_eq!(whole, pieces, "{text:?}");
        whole == text.as_bytes()
    }

    #[test]
    fn ordinary_requests_pass_one_after_another() {
        let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
        let post = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\na\nb\n";
        let chunks = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n";
        assert!(passes(&format!("{get}\r\n{post}{post}{get}{chunks}")));
    }

    #[test]
    fn ambiguous_heads_are_spoilt_even_the_second() {
        let first = "POST / HTTP/1.1\r\nContent-Length: 1\r\n\r\nx";
        for fields in [
            "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n",
            "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n",
            "Content-Length: 1\r\nContent-Length: 1\r\n",
            "Content-Length: 1\r\ncontent-length: 2\r\n",
            "Content-Length: 1, 1\r\n",
            "Content-Length: +1\r\n",
            "Content-Length:\r\n",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
            "Transfer-Encoding: chunked, identity\r\n",
            "Transfer-Encoding: xchunked\r\n",
            "Host: a\n",
            "Host: a\rb\r\n",
            "Host: a\r\n folded\r\n",
            "nonsense\r\n",
        ] {
            for before in ["", first] {
                let text = format!("{before}POST / HTTP/1.1\r\n{fields}\r\nx");
                assert!(!passes(&text), "{text:?}");
            }
        }
        assert!(!passes("GET / HTTP/1.1\nHost: a\n\n"));
    }
}
