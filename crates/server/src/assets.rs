//! The files of `assets/`: embedded in a release, read from disk while developing.

use std::{
    borrow::Cow,
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

use crate::encoding::{Effort, Encoding};

pub const PREFIX: &str = "/pigeon/assets/";

/// Files that are served as one, in this order. A page has one script: `pigeon.js`, or where it
/// stays live one of the two that begin with it.
const JOINED: [(&str, &[&str]); 4] = [
    ("pigeon.css", &["tokens.css", "pigeon.css"]),
    ("pigeon.js", &["pigeon.js", "composer.js"]),
    (
        "thread.js",
        &["pigeon.js", "composer.js", MORPH, "live.js", "letters.js"],
    ),
    (
        "staff.js",
        &[
            "pigeon.js",
            "composer.js",
            MORPH,
            "live.js",
            "letters.js",
            "inbox.js",
            "writing.js",
            "presence.js",
        ],
    ),
];
/// Brings a part of a page up to date and leaves focus, fields and scrolling alone.
const MORPH: &str = "idiomorph-0.8.0.min.js";

#[derive(rust_embed::RustEmbed)]
#[folder = "../../assets"]
struct Files;

/// Where the file is served, for as long as no file changes.
pub fn url(name: &str) -> Option<String> {
    let exists =
        JOINED.iter().any(|(joined, _)| *joined == name) || Files::iter().any(|file| file == name);
    exists.then(|| format!("{PREFIX}{}/{name}", version()))
}

/// Stands for the contents of all files: a new one makes all addresses new.
pub fn version() -> &'static str {
    static VERSION: LazyLock<String> = LazyLock::new(digest_of_all);
    &VERSION
}

/// Whether a file stays as it is for as long as the program runs.
pub fn are_fixed() -> bool {
    !cfg!(debug_assertions)
}

/// The file's bytes. What is compressed is kept, so that it is compressed once.
pub fn read(name: &str, encoding: Encoding) -> Option<Arc<[u8]>> {
    type Kept = HashMap<(String, Encoding), Arc<[u8]>>;
    static KEPT: LazyLock<Mutex<Kept>> = LazyLock::new(Mutex::default);
    if !are_fixed() {
        return Some(encoding.encode(&content(name)?, Effort::Most).into());
    }
    let key = (name.to_owned(), encoding);
    let kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(bytes) = kept.get(&key) {
        return Some(Arc::clone(bytes));
    }
    drop(kept);
    let bytes: Arc<[u8]> = encoding.encode(&content(name)?, Effort::Most).into();
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    kept.insert(key, Arc::clone(&bytes));
    Some(bytes)
}

fn content(name: &str) -> Option<Cow<'static, [u8]>> {
    let Some((_, parts)) = JOINED.iter().find(|(joined, _)| *joined == name) else {
        return Some(Files::get(name)?.data);
    };
    let parts = parts.iter().map(|part| Some(Files::get(part)?.data));
    let parts: Option<Vec<_>> = parts.collect();
    let joined = parts?.join(&b'\n');
    Some(without_comments(&joined).into())
}

/// Lines that are comments as a whole, and indentation, are for whoever reads the files.
fn without_comments(file: &[u8]) -> Vec<u8> {
    let lines = file.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let code: Vec<&[u8]> = lines
        .filter(|line| !line.is_empty() && !line.starts_with(b"//"))
        .filter(|line| !(line.starts_with(b"/*") && line.ends_with(b"*/")))
        .collect();
    code.join(&b'\n')
}

fn digest_of_all() -> String {
    let mut digest = Sha256::new();
    for name in Files::iter() {
        let Some(file) = Files::get(&name) else {
            continue;
        };
        digest.update(name.as_bytes());
        digest.update(file.metadata.sha256_hash());
    }
    URL_SAFE_NO_PAD.encode(&digest.finalize()[..9])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stylesheet_is_one_file_and_small_when_compressed() {
        let plain = read("pigeon.css", Encoding::Plain).unwrap();
        let tokens = Files::get("tokens.css").unwrap().data;
        let tokens = without_comments(&tokens);
        assert!(plain.starts_with(&tokens) && plain.len() > tokens.len());
        for encoding in [Encoding::Gzip, Encoding::Brotli] {
            assert!(read("pigeon.css", encoding).unwrap().len() * 3 < plain.len());
        }
        assert_eq!(read("../Cargo.toml", Encoding::Plain), None);
        assert_eq!(url("nothing.css"), None);
    }

    #[test]
    fn every_joined_file_is_there_and_scripts_are_small() {
        for (joined, parts) in JOINED {
            assert!(
                parts.iter().all(|part| Files::get(part).is_some()),
                "{joined}"
            );
            assert!(url(joined).is_some() && read(joined, Encoding::Plain).is_some());
        }
        let alone = read("pigeon.js", Encoding::Plain).unwrap();
        assert!(alone.starts_with(b"\"use strict\";\nconst "));
        let staff = read("staff.js", Encoding::Brotli).unwrap();
        assert!(staff.len() <= 14 * 1024, "{} bytes", staff.len());
        let style = read("pigeon.css", Encoding::Brotli).unwrap();
        assert!(style.len() <= 12 * 1024, "{} bytes", style.len());
    }
}
