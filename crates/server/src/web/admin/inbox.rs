//! The inbox: a page of threads in one source, or of what a search found.

mod export;
mod state;

use axum::response::Response;
use db::Conn;

use crate::{
    App, Result,
    accounts::{Permission, User},
    conversations::{
        bulk,
        inbox::{
            self, Band, Counts, List, Listing, Place, Row, Sort, Source, Whose, count_in_bands,
        },
    },
    i18n::{t, t_with},
    views::{
        inbox::{self as views, Chip, Choice, FirstSteps, Inbox},
        shell::Count,
    },
    web::{
        Visit,
        admin::{
            bulk::list,
            mark_drafts,
            presence::mark_present,
            shell::shell_with,
            sources,
            toast::{own_address, toast},
            viewer,
        },
        errors,
    },
};

pub use export::{csv, json, xml};
pub(super) use state::State;
use state::encoded;

pub async fn show(visit: Visit) -> Result<Response> {
    let viewer = viewer(&visit)?;
    let state = State::of(&visit)?;

    let mut conn = visit.read().await?;
    let counts = inbox::counts(&mut conn, viewer).await?;
    let staff = User::list_staff(&mut conn).await?;
    let listing = state.listing(&visit, viewer, &staff);
    let cursor = visit.query.get("cursor");
    let page = match &listing {
        Ok(Listing::List(list)) => page_of_list(&mut conn, viewer, list, &counts, cursor).await?,
        Ok(listing) => page_of_found(&mut conn, viewer, listing, cursor).await?,
        Err(_) => Page::default(),
    };
    let lifetime = visit.app.settings().trash_lifetime();
    let row = |row| {
        let row = views::Row::new(row, viewer).purged_after(lifetime);
        match &listing {
            Ok(Listing::Words(query)) => row.marked(query),
            Ok(Listing::List(_) | Listing::Sifted(..)) | Err(_) => row,
        }
    };
    let mut bands = bands(page.bands, row);
    let rows = bands.iter_mut().flat_map(|band| &mut band.rows);
    let rows: Vec<&mut views::Row> = rows.collect();
    mark_drafts(&mut conn, viewer, rows).await?;
    let rows = bands.iter_mut().flat_map(|band| &mut band.rows);
    mark_present(&mut conn, viewer, visit.now, rows.collect()).await?;
    let needing_reply = counts.needing_reply(viewer);
    let here = state.place();
    let mut shell = shell_with(&visit, &mut conn, viewer, here, needing_reply).await?;
    shell.toast = toast(&visit, &mut conn, viewer).await?;
    shell.problem = visit.refusal().map(str::to_owned);
    let all = if visit.query.get("all") == "1" && viewer.is_staff() && listing.is_ok() {
        let ids = list::all(&mut conn, &visit, viewer, &state).await?;
        match bulk::ensure_not_too_many(ids.len()) {
            Ok(()) => Some(ids.len()),
            Err(too_many) => {
                shell.problem = errors::problems(&too_many).0.into_values().flatten().next();
                None
            }
        }
    } else {
        None
    };
    let has_pages = page.above.is_some() || page.below.is_some();
    let selectable = match &listing {
        Ok(Listing::List(list)) if has_pages && viewer.is_staff() => {
            let most = i64::try_from(bulk::MOST).expect("it is small");
            inbox::count_up_to(&mut conn, viewer, list, most).await?
        }
        _ => None,
    };
    drop(conn);

    let sources = sources::all(&counts, viewer, &state);
    let lead = |to: String| format!("{}&cursor={}", state.query(), encoded(&to));
    let view = Inbox {
        source: sources::only(state.list.source),
        first_steps: first_steps(&visit.app, &counts),
        total: page.total.map(Count::new),
        needing: page.needing.map(Count::new),
        bands,
        newer: page.above.map(lead),
        older: page.below.map(lead),
        problem: listing.as_ref().err().cloned(),
        is_sorted: !matches!(listing, Ok(Listing::Words(_)) | Err(_)),
        assignees: assignees(viewer, &staff, &state),
        sorts: sorts(&state),
        chips: chips(&state, viewer, &staff),
        people: people(viewer, &staff),
        selectable,
        all,
        here: own_address(&visit),
        query: state.query(),
        list_query: state.query_of_list(),
        q: state.q,
        sources,
        shell,
    };
    visit.page("admin/inbox.html", &view)
}

/// What a page shows, and where the next ones are.
#[derive(Default)]
struct Page {
    bands: Vec<Shown>,
    /// How many the list holds, and how many of them need a reply; unknown of what was searched.
    total: Option<i64>,
    needing: Option<i64>,
    above: Option<String>,
    below: Option<String>,
}

/// A band's rows on a page, and how many it has in all.
struct Shown {
    band: Band,
    count: Option<i64>,
    rows: Vec<Row>,
}

async fn page_of_list(
    conn: &mut Conn,
    viewer: &User,
    list: &List,
    counts: &Counts,
    cursor: &str,
) -> Result<Page> {
    let in_bands = count_in_bands(conn, viewer, list, counts).await?;
    let filled = in_bands.iter().filter(|(_, count)| *count > 0);
    let filled: Vec<Band> = filled.map(|(band, _)| *band).collect();
    let place = Place::parse(cursor, list.sort);
    let page = inbox::page(conn, viewer, list, &filled, &place).await?;
    let count = |band| {
        let mut counts = in_bands.iter();
        counts.find_map(|(of, count)| (*of == band).then_some(*count))
    };
    Ok(Page {
        total: Some(in_bands.iter().map(|(_, count)| count).sum()),
        needing: count(Band::NeedsReply),
        above: page.above.map(|cursor| format!("a{cursor}")),
        below: page.below.map(|cursor| format!("b{cursor}")),
        bands: in_bands_of(page.rows, count),
    })
}

async fn page_of_found(
    conn: &mut Conn,
    viewer: &User,
    listing: &Listing,
    cursor: &str,
) -> Result<Page> {
    let mut batch = listing
        .batch(conn, viewer, listing.position(cursor))
        .await?;
    if let Listing::Words(query) = listing {
        inbox::show_found(conn, query, &mut batch.rows).await?;
    }
    let bands = match listing {
        Listing::Words(_) if batch.rows.is_empty() => Vec::new(),
        // Newest first, whoever's turn it is.
        Listing::Words(_) => vec![Shown {
            band: Band::default(),
            count: None,
            rows: batch.rows,
        }],
        Listing::List(_) | Listing::Sifted(..) => in_bands_of(batch.rows, |_| None),
    };
    Ok(Page {
        bands,
        below: batch.next.map(|position| position.to_text()),
        ..Page::default()
    })
}

/// The rows of one band stand together.
fn in_bands_of(rows: Vec<Row>, count: impl Fn(Band) -> Option<i64>) -> Vec<Shown> {
    let mut bands: Vec<Shown> = Vec::new();
    for row in rows {
        match bands.last_mut() {
            Some(shown) if shown.band == row.band => shown.rows.push(row),
            _ => bands.push(Shown {
                band: row.band,
                count: count(row.band),
                rows: vec![row],
            }),
        }
    }
    bands
}

/// Rows that stand one after the other, by their bands.
pub(super) fn in_bands(rows: Vec<Row>, row: impl Fn(Row) -> views::Row) -> Vec<views::Band> {
    bands(in_bands_of(rows, |_| None), row)
}

fn bands(shown: Vec<Shown>, row: impl Fn(Row) -> views::Row) -> Vec<views::Band> {
    let bands = shown.into_iter().map(|shown| views::Band {
        title: title(shown.band),
        hot: shown.band == Band::NeedsReply,
        name: shown.band.letter(),
        count: shown.count.map(Count::new),
        rows: shown.rows.into_iter().map(&row).collect(),
    });
    bands.collect()
}

fn title(band: Band) -> &'static str {
    match band {
        Band::NeedsReply => t("Needs a reply"),
        Band::WaitingForThem => t("Waiting for them"),
        Band::Closed => t("Closed"),
        Band::Direct => t("Direct messages"),
        Band::ClosedDirect => t("Closed direct messages"),
        Band::Trash => t("In the trash"),
    }
}

/// Whom the list can be narrowed to; nothing where it cannot.
fn assignees(viewer: &User, staff: &[User], state: &State) -> Vec<Choice> {
    if !state.list.source.has_assignees() && state.q.is_empty() {
        return Vec::new();
    }
    let chosen = state.assignee();
    let choice = |value: String, title: String| Choice {
        chosen: value == chosen,
        value,
        title,
    };
    let mut choices = vec![choice(String::new(), t("Anyone").to_owned())];
    if viewer.is_staff() {
        choices.push(choice(viewer.id.to_string(), t("Me").to_owned()));
    }
    choices.push(choice("nobody".to_owned(), t("Nobody").to_owned()));
    let others = staff.iter().filter(|user| user.id != viewer.id);
    choices.extend(others.map(|user| choice(user.id.to_string(), user.name.clone())));
    choices
}

/// Whom `viewer` can give threads to.
fn people(viewer: &User, staff: &[User]) -> Vec<Choice> {
    if !viewer.can(Permission::AssignThreads) {
        return Vec::new();
    }
    let choice = |value: String, title: &str| Choice {
        value,
        title: title.to_owned(),
        chosen: false,
    };
    let staff = staff
        .iter()
        .map(|user| choice(user.id.to_string(), &user.name));
    let nobody = choice(String::new(), t("Nobody"));
    staff.chain([nobody]).collect()
}

fn sorts(state: &State) -> Vec<Choice> {
    let in_trash = state.list.source == Source::Trash && state.q.is_empty();
    let offered = Sort::ALL.into_iter();
    let offered = offered.filter(|sort| !(in_trash && *sort == Sort::Wait));
    offered
        .map(|sort| Choice {
            value: sort.as_str().to_owned(),
            title: match sort {
                Sort::Activity if in_trash => t("Last put there first"),
                Sort::Activity => t("Last activity first"),
                Sort::Wait => t("Longest wait first"),
                Sort::Created => t("Newest first"),
                Sort::Subject => t("By subject"),
            }
            .to_owned(),
            chosen: sort == state.list.sort,
        })
        .collect()
}

/// What narrows the list now, each with the address without it.
fn chips(state: &State, viewer: &User, staff: &[User]) -> Vec<Chip> {
    let mut chips = Vec::new();
    if !state.q.is_empty() {
        chips.push(Chip {
            title: t("The search").to_owned(),
            without: state.query_of_list(),
        });
    }
    let title = match state.list.whose {
        Whose::Anyones => return chips,
        Whose::Nobodys => t("Assigned to nobody").to_owned(),
        Whose::One(user) if user == viewer.id => t("Assigned to me").to_owned(),
        Whose::One(user) => {
            let found = staff.iter().find(|other| other.id == user);
            let name = found.map_or(t("somebody who has left"), |user| &user.name);
            t_with(t("Assigned to {name}"), &[("name", name)])
        }
    };
    chips.push(Chip {
        title,
        without: state.query_of_anyones(),
    });
    chips
}

/// While there is no conversation at all.
fn first_steps(app: &App, counts: &Counts) -> Option<FirstSteps> {
    let settings = app.settings();
    let is_empty = counts.of(Source::All) == 0 && counts.trash == 0;
    is_empty.then(|| FirstSteps {
        contact_url: app.config.url("/pigeon/contact"),
        action_url: app.config.url("/pigeon/actions/pigeon/guest/start"),
        honeypot: settings
            .enable_honeypot
            .then(|| settings.honeypot_field.clone()),
    })
}
