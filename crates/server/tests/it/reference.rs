//! The reference of routes and actions is complete, and names nothing that is not there.

use std::{collections::BTreeSet, fs};

use pigeon::web;

fn page() -> String {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../docs/routes-and-actions.md"
    );
    fs::read_to_string(path).expect("the reference is there")
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
