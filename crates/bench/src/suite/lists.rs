use std::sync::Arc;

use super::{BySize, Plan};
use crate::{
    Result,
    figures::{Row, Table},
    load,
    place::Place,
    prepare,
    requests::get,
    server::Server,
};

const SOURCES: [&str; 9] = [
    "all",
    "pending",
    "open",
    "closed",
    "support",
    "direct",
    "mine",
    "unassigned",
    "trash",
];
const SORTS: [&str; 4] = ["activity", "wait", "created", "subject"];
/// A question of every kind, as it stands in an address.
const QUESTIONS: [(&str, &str); 11] = [
    ("a phrase", "%22tracking+page%22"),
    ("a word without another", "order+-refund"),
    ("a word without a phrase", "order+-%22tracking+page%22"),
    ("the customer", "from:anna"),
    ("the subject", "subject:order"),
    ("notes", "has:note"),
    ("a word and notes", "order+has:note"),
    ("a word and a status", "order+status:closed"),
    ("a status alone", "status:open"),
    ("a time alone", "before:today"),
    ("all without a word", "-order"),
];

/// Every source in every order, and every kind of search, one after the other, read and rendered
/// each time.
pub async fn measure(
    plan: &Plan,
    place: &Place,
    table: &mut Table,
    by_size: &mut BySize,
) -> Result<()> {
    let targets = Arc::new(prepare::targets(place).await?);
    let server = Server::forgetful(place).await?;
    for (what, query) in pages() {
        let (host, targets) = (place.host(), Arc::clone(&targets));
        let path = format!("/pigeon/admin/threads?{query}");
        let make = move |_| get(&path, &host, &targets.cookie);
        let load = load::run(&server.address, 1, plan.each / 5, make).await?;
        table.add(Row::load(
            format!("{what}, 1 client, nothing remembered"),
            &load,
        ));
        let key = (place.name.to_owned(), what);
        by_size.entry(key).or_default().push(load.p50);
    }
    server.stop().await
}

/// What is looked at, and its query.
fn pages() -> Vec<(String, String)> {
    let lists = SOURCES.into_iter().flat_map(|source| {
        SORTS.map(|sort| {
            let what = format!("inbox, {source} by {sort}");
            (what, format!("source={source}&sort={sort}"))
        })
    });
    let searches = QUESTIONS.map(|(what, question)| {
        let what = format!("search for {what}");
        (what, format!("source=all&q={question}"))
    });
    lists.chain(searches).collect()
}
