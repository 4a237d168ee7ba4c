use crate::{
    accounts::User,
    conversations::inbox::{Counts, Source},
    i18n::t,
    views::{inbox as views, shell::Count},
    web::admin::inbox::State,
};

/// All that `viewer` may look into, with their counts; the one of `state` marked.
pub(super) fn all(counts: &Counts, viewer: &User, state: &State) -> Vec<views::Source> {
    let all = views::Source::ALL.into_iter();
    let known = all.map(|named| {
        let source = Source::parse(named.0).expect("the list has no other names");
        (source, named)
    });
    known
        .filter(|(source, _)| source.is_for(viewer))
        .map(|(source, named)| views::Source {
            count: Count::new(counts.of(source)),
            current: source == state.list.source,
            query: state.query_of_source(source),
            ..titled(named)
        })
        .collect()
}

/// One of them, without its count.
pub(super) fn only(chosen: Source) -> views::Source {
    let mut all = views::Source::ALL.into_iter();
    let found = all.find(|(name, ..)| *name == chosen.as_str());
    titled(found.expect("every source is in the list"))
}

fn titled((name, title, icon): (&'static str, &'static str, &'static str)) -> views::Source {
    views::Source {
        name,
        title: t(title),
        icon,
        count: Count::new(0),
        current: true,
        query: format!("?source={name}"),
    }
}
