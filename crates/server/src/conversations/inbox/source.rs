use serde::{Deserialize, Serialize};

use super::{Band, Row, Sort};
use crate::{
    accounts::User,
    conversations::{Status, search::Span},
    ids::UserId,
};

/// A named filter at the inbox's left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// Everything that is not in the trash.
    All,
    Pending,
    Open,
    Closed,
    Support,
    /// One's own only.
    Direct,
    Mine,
    Unassigned,
    Trash,
}

/// By whom a thread is to be assigned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    Anyones,
    Nobodys,
    One(UserId),
}

/// A source, what is left of it, and in which order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct List {
    pub source: Source,
    pub whose: Whose,
    /// Only threads with it.
    pub status: Option<Status>,
    /// Only threads with their last message in this time.
    pub active: Option<Span>,
    pub sort: Sort,
}

impl Source {
    pub const ALL: [Self; 9] = [
        Self::All,
        Self::Pending,
        Self::Open,
        Self::Closed,
        Self::Support,
        Self::Direct,
        Self::Mine,
        Self::Unassigned,
        Self::Trash,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Pending => "pending",
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Support => "support",
            Self::Direct => "direct",
            Self::Mine => "mine",
            Self::Unassigned => "unassigned",
            Self::Trash => "trash",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.as_str() == text)
    }

    /// The trash is for those who can take out of it.
    pub fn is_for(self, viewer: &User) -> bool {
        self != Self::Trash || viewer.is_staff()
    }

    /// Whether its threads can be told apart by whom they are assigned to.
    pub fn has_assignees(self) -> bool {
        !matches!(
            self,
            Self::Direct | Self::Mine | Self::Unassigned | Self::Trash
        )
    }

    fn bands(self) -> &'static [Band] {
        use Band::{Closed, ClosedDirect, Direct, NeedsReply, Trash, WaitingForThem};
        match self {
            Self::All => &[NeedsReply, WaitingForThem, Direct, Closed, ClosedDirect],
            Self::Pending => &[NeedsReply],
            Self::Open => &[WaitingForThem, Direct],
            Self::Closed => &[Closed, ClosedDirect],
            Self::Support => &[NeedsReply, WaitingForThem, Closed],
            Self::Direct => &[Direct, ClosedDirect],
            Self::Mine | Self::Unassigned => &[NeedsReply, WaitingForThem],
            Self::Trash => &[Trash],
        }
    }
}

impl List {
    /// All of a source, newest activity first.
    pub fn of(source: Source) -> Self {
        Self {
            source,
            whose: Whose::Anyones,
            status: None,
            active: None,
            sort: Sort::Activity,
        }
    }

    /// Its parts, from top to bottom. Direct threads are assigned to nobody, nor is anybody asked to.
    pub fn bands(&self) -> Vec<Band> {
        let all = self.source.bands().iter().copied();
        all.filter(|band| {
            let by_status = self.status.is_none() || self.status == band.status();
            by_status && (self.whose == Whose::Anyones || !band.is_direct())
        })
        .collect()
    }

    /// By activity, a band's rows after the list's time are not in it; in other orders, those
    /// outside of it are still to be left out.
    pub(super) fn holds(&self, row: &Row) -> bool {
        let by_activity = self.sort.within(row.band) == Sort::Activity;
        let span = self.active.filter(|_| by_activity);
        span.is_none_or(|span| span.has(row.last_message_at))
    }

    /// Whose threads it holds, for somebody who looks.
    pub(super) fn whose_for(&self, viewer: &User) -> Whose {
        match self.source {
            Source::Mine => Whose::One(viewer.id),
            Source::Unassigned => Whose::Nobodys,
            _ => self.whose,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_the_bands_that_its_filters_leave() {
        use Band::{Closed, ClosedDirect, Direct, NeedsReply, WaitingForThem};
        let all = List::of(Source::All);
        assert_eq!(
            all.bands(),
            [NeedsReply, WaitingForThem, Direct, Closed, ClosedDirect]
        );
        let nobodys = List {
            whose: Whose::Nobodys,
            ..all
        };
        assert_eq!(nobodys.bands(), [NeedsReply, WaitingForThem, Closed]);
        let closed = List {
            status: Some(Status::Closed),
            ..nobodys
        };
        assert_eq!(closed.bands(), [Closed]);
    }
}
