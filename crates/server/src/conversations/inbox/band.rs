use crate::conversations::Status;

/// A part of a list, by whose turn it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Band {
    #[default]
    NeedsReply,
    WaitingForThem,
    Closed,
    /// One's own with other users.
    Direct,
    ClosedDirect,
    Trash,
}

impl Band {
    pub const ALL: [Self; 6] = [
        Self::NeedsReply,
        Self::WaitingForThem,
        Self::Closed,
        Self::Direct,
        Self::ClosedDirect,
        Self::Trash,
    ];

    /// A support thread's, outside the trash.
    pub fn of(status: Status) -> Self {
        match status {
            Status::Pending => Self::NeedsReply,
            Status::Open => Self::WaitingForThem,
            Status::Closed => Self::Closed,
        }
    }

    /// Of every thread in it; the trash has all.
    pub fn status(self) -> Option<Status> {
        match self {
            Self::NeedsReply => Some(Status::Pending),
            Self::WaitingForThem | Self::Direct => Some(Status::Open),
            Self::Closed | Self::ClosedDirect => Some(Status::Closed),
            Self::Trash => None,
        }
    }

    pub fn is_direct(self) -> bool {
        matches!(self, Self::Direct | Self::ClosedDirect)
    }

    /// As it stands in an address.
    pub fn letter(self) -> char {
        match self {
            Self::NeedsReply => 'p',
            Self::WaitingForThem => 'o',
            Self::Closed => 'c',
            Self::Direct => 'd',
            Self::ClosedDirect => 'e',
            Self::Trash => 't',
        }
    }

    pub fn parse(letter: char) -> Option<Self> {
        Self::ALL.into_iter().find(|band| band.letter() == letter)
    }
}
