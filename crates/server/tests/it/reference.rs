//! The reference of routes and actions is complete, and names nothing that is not there; and each
//! promise has its test.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use pigeon::web;

fn page() -> String {
    docs("routes-and-actions.md")
}

fn docs(name: &str) -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/");
    fs::read_to_string(format!("{path}{name}")).expect("it is there")
}

/// All that is written in the files of a folder of this crate, and the folders in it.
fn written_in(folder: &str) -> String {
    fn files(folder: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).expect("the folder is there");
        let paths = entries.map(|entry| entry.expect("it can be read").path());
        let deeper = |path: PathBuf| {
            if path.is_dir() {
                files(&path)
            } else {
                vec![path]
            }
        };
        paths.flat_map(deeper).collect()
    }
    let files = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder));
    let texts = files
        .iter()
        .map(|file| fs::read_to_string(file).expect("it is text"));
    texts.collect()
}

/// What stands between backticks in the first cell of the rows under `heading`.
fn listed(page: &str, heading: &str) -> Vec<String> {
    let (_, section) = page.split_once(heading).expect("the heading is there");
    let section = section.split("\n## ").next().unwrap_or_default();
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    rows.flat_map(|row| {
        let cell = row.split('|').nth(1).unwrap_or_default();
        cell.split('`').skip(1).step_by(2).map(str::to_owned)
    })
    .collect()
}

fn same(listed: &[String], there: &[&str]) {
    let names: BTreeSet<&str> = listed.iter().map(String::as_str).collect();
    let there: BTreeSet<&str> = there.iter().copied().collect();
    assert_eq!(names, there, "docs/routes-and-actions.md, and the program");
    assert_eq!(names.len(), listed.len(), "something is listed twice");
}

#[test]
fn every_route_is_in_the_reference() {
    let there: Vec<_> = web::routes().iter().map(|route| route.path).collect();
    same(&listed(&page(), "\n## Pages\n"), &there);
}

#[test]
fn every_action_is_in_the_reference() {
    let there = web::actions::actions().iter().map(|action| action.name);
    same(
        &listed(&page(), "\n## Actions\n"),
        &there.collect::<Vec<_>>(),
    );
}

/// What a page's own forms put there, to be said once.
const OWN: [&str; 2] = ["done", "sent"];

#[test]
fn every_part_of_an_address_is_in_the_reference() {
    let (page, code) = (page(), written_in("src/web"));
    let mut missing = BTreeSet::new();
    for how in [".query.get(\"", ".query.find(\"", ".query.is_on(\""] {
        for rest in code.split(how).skip(1) {
            let name = rest.split('"').next().unwrap_or_default();
            if !page.contains(&format!("`{name}`")) && !OWN.contains(&name) {
                missing.insert(name);
            }
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_promise_has_a_test_and_they_stand_in_order() {
    let (page, tests) = (docs("promises.md"), written_in("tests"));
    let numbers = page.split("- **P").skip(1);
    let numbers = numbers.map(|rest| rest.split('*').next().unwrap_or_default());
    let numbers: Vec<u32> = numbers
        .map(|number| number.parse().expect("a number"))
        .collect();
    assert!(numbers.len() > 15 && numbers.is_sorted(), "{numbers:?}");
    let untested = numbers.iter().filter(|number| {
        let names = [format!("fn p{number}_"), format!("_p{number}_")];
        !names.iter().any(|name| tests.contains(name.as_str()))
    });
    assert_eq!(untested.collect::<Vec<_>>(), [] as [&u32; 0]);
}
