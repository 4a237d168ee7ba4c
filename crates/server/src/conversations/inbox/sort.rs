use serde::{Deserialize, Serialize};

use super::Band;
use crate::conversations::search::fold;

/// In which order the threads of a band stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sort {
    /// The last message's time, newest first; in the trash, when it was put there.
    #[default]
    Activity,
    /// Whoever has waited longest first; where nobody waits, as by activity.
    Wait,
    /// Newest first.
    Created,
    /// From A to Z.
    Subject,
}

impl Sort {
    pub const ALL: [Self; 4] = [Self::Activity, Self::Wait, Self::Created, Self::Subject];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Activity => "activity",
            Self::Wait => "wait",
            Self::Created => "created",
            Self::Subject => "subject",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.as_str() == text)
    }

    /// The order that a band really has.
    pub(super) fn within(self, band: Band) -> Self {
        match self {
            Self::Wait if band != Band::NeedsReply => Self::Activity,
            sort => sort,
        }
    }
}

/// In characters: subjects that are the same up to there stand by their age.
const LONGEST_KEY: usize = 100;

/// What a subject is sorted by: without case, accents and what stands before its first letter.
pub fn subject_key(subject: &str) -> String {
    let folded = fold(subject);
    let key = folded.trim_start_matches(|c: char| !c.is_alphanumeric());
    let key = if key.is_empty() { folded.trim() } else { key };
    key.chars().take(LONGEST_KEY).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_are_sorted_as_people_look_for_them() {
        let mut subjects = [
            "Zebra",
            "ärger",
            "“Apple”",
            "apricot",
            "Ärmel",
            "école",
            "🎉",
        ];
        subjects.sort_by_key(|subject| subject_key(subject));
        assert_eq!(
            subjects,
            [
                "“Apple”",
                "apricot",
                "ärger",
                "Ärmel",
                "école",
                "Zebra",
                "🎉"
            ]
        );
        assert_eq!(subject_key(&"x".repeat(300)).len(), 100);
    }
}
