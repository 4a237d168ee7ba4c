use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{
    Error, Result,
    accounts::User,
    conversations::{
        inbox::{List, Listing, Sort, Source, Whose},
        search::{Asker, Query},
    },
    i18n::t,
    ids::UserId,
    views::shell::Place,
    web::{Fields, Visit, admin::viewer},
};

/// What of a question is looked at, in characters.
const LONGEST_QUERY: usize = 200;

/// What an address of the inbox asks for; every state of the inbox is one.
#[derive(Clone, Debug)]
pub(in crate::web::admin) struct State {
    pub(in crate::web::admin) list: List,
    /// The question; empty: the source is shown.
    pub(super) q: String,
}

impl State {
    /// It opens on what waits.
    pub(in crate::web::admin) fn of(visit: &Visit) -> Result<Self> {
        Self::parse(&visit.query, viewer(visit)?)
    }

    /// Also out of a query that a form sends along.
    pub(in crate::web::admin) fn parse(query: &Fields, viewer: &User) -> Result<Self> {
        let source = Source::parse(query.get("source")).unwrap_or(Source::Pending);
        if !source.is_for(viewer) {
            let why = t("The trash is for people who may take conversations out of it.");
            return Err(Error::Forbidden(why.to_owned()));
        }
        let q: String = query.get("q").chars().take(LONGEST_QUERY).collect();
        let q = q.trim().to_owned();
        let takes_assignee = source.has_assignees() || !q.is_empty();
        let whose = match query.get("assignee") {
            _ if !takes_assignee => Whose::Anyones,
            "me" => Whose::One(viewer.id),
            "nobody" => Whose::Nobodys,
            id => id.parse().map_or(Whose::Anyones, Whose::One),
        };
        let list = List {
            whose,
            sort: Sort::parse(query.get("sort")).unwrap_or_default(),
            ..List::of(source)
        };
        Ok(Self { list, q })
    }

    /// What is listed; or what is wrong with the question, and what to write instead.
    pub(in crate::web::admin) fn listing(
        &self,
        visit: &Visit,
        viewer: &User,
        staff: &[User],
    ) -> Result<Listing, String> {
        if self.q.is_empty() {
            return Ok(Listing::List(self.list));
        }
        let now = visit.zoned(visit.now);
        let asker = Asker { viewer, staff, now };
        let query = Query::parse(&self.q, &asker)?;
        let query = match self.list.whose {
            _ if query.is_empty() => query,
            Whose::Anyones => query,
            Whose::Nobodys => query.assigned_to(Vec::new()),
            Whose::One(user) => query.assigned_to(vec![user]),
        };
        Ok(Listing::found(self.list, query))
    }

    /// What of the control panel it belongs to.
    pub(in crate::web::admin) fn place(&self) -> Place {
        if self.list.source == Source::Direct && self.q.is_empty() {
            Place::Messages
        } else {
            Place::Inbox
        }
    }

    /// The query of this state's address, with its question mark.
    pub(in crate::web::admin) fn query(&self) -> String {
        self.query_with(&self.q, self.list.whose)
    }

    /// Of the source alone: filtered and sorted as it is, without a question.
    pub(in crate::web::admin) fn query_of_list(&self) -> String {
        self.query_with("", self.list.whose)
    }

    /// The same, whoever is assigned.
    pub(super) fn query_of_anyones(&self) -> String {
        self.query_with(&self.q, Whose::Anyones)
    }

    /// Another source, in the same order.
    pub(in crate::web::admin) fn query_of_source(&self, source: Source) -> String {
        let list = List {
            sort: self.list.sort,
            ..List::of(source)
        };
        Self {
            list,
            q: String::new(),
        }
        .query()
    }

    fn query_with(&self, q: &str, whose: Whose) -> String {
        let mut query = format!("?source={}", self.list.source.as_str());
        if !q.is_empty() {
            query += "&q=";
            query += &encoded(q);
        }
        if let Some(assignee) = assignee(whose) {
            query += "&assignee=";
            query += &assignee;
        }
        if self.list.sort != Sort::default() {
            query += "&sort=";
            query += self.list.sort.as_str();
        }
        query
    }

    /// The value of the filter's field.
    pub(in crate::web::admin) fn assignee(&self) -> String {
        assignee(self.list.whose).unwrap_or_default()
    }
}

fn assignee(whose: Whose) -> Option<String> {
    match whose {
        Whose::Anyones => None,
        Whose::Nobodys => Some("nobody".to_owned()),
        Whose::One(UserId(id)) => Some(id.to_string()),
    }
}

pub(super) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}
