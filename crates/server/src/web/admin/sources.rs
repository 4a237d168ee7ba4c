use crate::{
    conversations::inbox::{Counts, Source},
    i18n::t,
    views::{inbox as views, shell::Count},
    web::Visit,
};

/// The source that the address names; it opens on what waits.
pub(super) fn chosen(visit: &Visit) -> Source {
    Source::parse(visit.query.get("source")).unwrap_or(Source::Pending)
}

/// All of them with their counts, `chosen` marked.
pub(super) fn all(counts: &Counts, chosen: Source) -> Vec<views::Source> {
    let all = views::Source::ALL.into_iter();
    all.map(|(name, title, icon)| {
        let source = Source::parse(name).expect("the list has no other names");
        views::Source {
            name,
            title: t(title),
            icon,
            count: Count::new(counts.of(source)),
            current: source == chosen,
        }
    })
    .collect()
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
