use db::Conn;

use crate::{
    Result,
    accounts::User,
    conversations::inbox::{self, Source},
    i18n::t,
    views::{inbox as views, shell::Count},
    web::Visit,
};

/// The source that the address names; it opens on what waits.
pub(super) fn chosen(visit: &Visit) -> Source {
    Source::parse(visit.query.get("source")).unwrap_or(Source::Pending)
}

/// All of them with their counts, `chosen` marked.
pub(super) async fn all(
    conn: &mut Conn,
    viewer: &User,
    chosen: Source,
) -> Result<Vec<views::Source>> {
    let mut sources = Vec::with_capacity(views::Source::ALL.len());
    for (name, title, icon) in views::Source::ALL {
        let source = Source::parse(name).expect("the list has no other names");
        sources.push(views::Source {
            name,
            title: t(title),
            icon,
            count: Count::new(inbox::count(conn, viewer, source).await?),
            current: source == chosen,
        });
    }
    Ok(sources)
}

/// One of them, without its count.
pub(super) fn only(chosen: Source) -> views::Source {
    let all = views::Source::ALL.into_iter();
    let found = all.into_iter().find(|(name, ..)| *name == chosen.as_str());
    let (name, title, icon) = found.expect("every source is in the list");
    views::Source {
        name,
        title: t(title),
        icon,
        count: Count::new(0),
        current: true,
    }
}
