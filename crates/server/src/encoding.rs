//! What is sent, made smaller for the way.

use std::io::Write as _;

use flate2::{Compression, write::GzEncoder};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Encoding {
    Plain,
    Gzip,
    Brotli,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// The smallest: for what is encoded once.
    Most,
    /// For what is encoded each time: a page of 70 KB takes half a millisecond, and is a sixth larger
    /// than what twice that time would make of it.
    Little,
}

impl Encoding {
    /// What it is called on the way.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Gzip => Some("gzip"),
            Self::Brotli => Some("br"),
        }
    }

    pub fn encode(self, bytes: &[u8], effort: Effort) -> Vec<u8> {
        match self {
            Self::Plain => bytes.to_vec(),
            Self::Gzip => gzip(bytes, effort),
            Self::Brotli => brotli(bytes, effort),
        }
    }
}

fn gzip(bytes: &[u8], effort: Effort) -> Vec<u8> {
    let level = match effort {
        Effort::Most => Compression::best(),
        Effort::Little => Compression::new(4),
    };
    let mut encoder = GzEncoder::new(Vec::new(), level);
    encoder
        .write_all(bytes)
        .and_then(|()| encoder.finish())
        .expect("memory takes any bytes")
}

fn brotli(bytes: &[u8], effort: Effort) -> Vec<u8> {
    // How far back it looks for what was there before: the best looks as far as it may.
    let (quality, lgwin) = match effort {
        Effort::Most => (11, 22),
        Effort::Little => (3, 18),
    };
    let parameters = brotli::enc::BrotliEncoderParams {
        quality,
        lgwin,
        size_hint: bytes.len(),
        ..Default::default()
    };
    let mut encoded = Vec::new();
    brotli::BrotliCompress(&mut &*bytes, &mut encoded, &parameters)
        .expect("memory takes any bytes");
    encoded
}
