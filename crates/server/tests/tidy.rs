//! The house stays in order: `cargo test` is the whole truth about it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// The modules of `server`, lowest first: a module uses only those on lines before its own, and
/// its own line's.
const FLOORS: &[&[&str]] = &[
    &[
        "error",
        "i18n",
        "ids",
        "email_address",
        "secrets",
        "encoding",
        "assets",
        "migrations",
    ],
    &["config"],
    &["limits", "settings"],
    &["app"],
    &["accounts", "catcher"],
    &["conversations"],
    &["views"],
    &["demo", "web", "worker"],
    &["serve"],
    &["cli"],
];

const MAX_LINES: usize = 400;

#[test]
fn dependencies_point_one_way() {
    let floors: BTreeMap<&str, usize> = (0..)
        .zip(FLOORS)
        .flat_map(|(floor, modules)| modules.iter().map(move |module| (*module, floor)))
        .collect();
    let mut wrong = BTreeSet::new();
    for file in sources(&root().join("crates/server/src")) {
        let module = module_of(&file);
        if ["main", "lib"].contains(&module.as_str()) {
            continue;
        }
        let Some(&own) = floors.get(module.as_str()) else {
            wrong.insert(format!("{module} has no floor: give it one in this test"));
            continue;
        };
        for used in modules_used_in(&code_of(&file)) {
            // What the root hands on, like `crate::Result`, has none.
            if floors
                .get(used.as_str())
                .is_some_and(|theirs| *theirs > own)
            {
                wrong.insert(format!("{} uses {used}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn only_those_who_may_know_a_library_use_it() {
    let mut wrong = Vec::new();
    for file in sources(&root().join("crates/server/src")) {
        let (code, module) = (code_of(&file), module_of(&file));
        for (library, allowed) in [
            ("axum::", &["web", "serve"][..]),
            ("hyper::", &["web", "serve"]),
            ("clap::", &["cli", "main"]),
            ("sqlx::query", &[]),
            ("SystemTime::now", &[]),
        ] {
            if code.contains(library) && !allowed.contains(&module.as_str()) {
                wrong.push(format!("{} uses {library}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn no_file_is_too_long() {
    let long: Vec<String> = sources(&root().join("crates"))
        .into_iter()
        .filter_map(|file| {
            let lines = fs::read_to_string(&file).unwrap().lines().count();
            (lines > MAX_LINES).then(|| format!("{}: {lines} lines", file.display()))
        })
        .collect();
    assert!(long.is_empty(), "{long:#?}");
}

#[test]
fn every_module_stands_on_the_map() {
    let page = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let (_, map) = page.split_once("Inside `crates/server/src`:").unwrap();
    let map = map.split("**Dependencies").next().unwrap();
    let named = |c: char| !c.is_alphanumeric() && c != '_';
    let named: BTreeSet<&str> = map.split(named).collect();
    let source = root().join("crates/server/src");
    let modules = [source.clone(), source.join("conversations")].map(|folder| {
        let entries = fs::read_dir(folder).unwrap();
        let paths = entries.map(|entry| entry.unwrap().path());
        paths.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
    });
    let modules = modules.into_iter().flatten();
    let missing = modules.filter(|module| module != "lib" && !named.contains(module.as_str()));
    assert_eq!(missing.collect::<BTreeSet<_>>(), BTreeSet::new());
}

#[test]
fn nothing_unfinished_lands() {
    let marks = [["TO", "DO"], ["FIX", "ME"], ["#[al", "low("]].map(|parts| parts.concat());
    let mut found = Vec::new();
    for file in sources(&root().join("crates")) {
        let text = fs::read_to_string(&file).unwrap();
        for mark in marks.iter().filter(|mark| text.contains(mark.as_str())) {
            found.push(format!("{}: {mark}", file.display()));
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn machinery_does_not_know_the_product() {
    for machinery in ["db", "queue", "mail", "templates"] {
        let manifest = root().join("crates").join(machinery).join("Cargo.toml");
        let text = fs::read_to_string(manifest).unwrap();
        assert!(
            !text.contains("pigeon"),
            "{machinery} depends on the product"
        );
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
    found
}

/// The module right under the crate that a file belongs to.
fn module_of(file: &Path) -> String {
    let path = file.to_str().unwrap();
    let inside = path.rsplit_once("/server/src/").unwrap().1;
    inside
        .split('/')
        .next()
        .unwrap()
        .trim_end_matches(".rs")
        .to_owned()
}

/// The file without its tests.
fn code_of(file: &Path) -> String {
    if file.file_name().is_some_and(|name| name == "tests.rs") {
        return String::new();
    }
    let text = fs::read_to_string(file).unwrap();
    let end = text.find("#[cfg(test)]\nmod tests {").unwrap_or(text.len());
    text[..end].to_owned()
}

/// What stands right after `crate::`, in paths and in `use crate::{…}`.
fn modules_used_in(text: &str) -> BTreeSet<String> {
    let word = |text: &str| -> String {
        text.chars()
            .take_while(|c| c.is_ascii_lowercase() || *c == '_')
            .collect()
    };
    let mut used = BTreeSet::new();
    for (at, _) in text.match_indices("crate::") {
        let rest = &text[at + "crate::".len()..];
        let Some(group) = rest.strip_prefix('{') else {
            used.insert(word(rest));
            continue;
        };
        let (mut depth, mut is_new) = (0, true);
        for (at, c) in group.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => is_new = true,
                c if c.is_whitespace() => {}
                _ if is_new => {
                    used.insert(word(&group[at..]));
                    is_new = false;
                }
                _ => {}
            }
        }
    }
    used
}
