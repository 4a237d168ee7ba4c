use serde::Serialize;

use crate::conversations::presence::{self, Doing};

/// Somebody of the team who is in a conversation now.
#[derive(Clone, Debug, Hash, Serialize)]
pub struct Present {
    pub name: String,
    pub doing: Doing,
}

impl From<presence::Present> for Present {
    fn from(present: presence::Present) -> Self {
        Self {
            name: present.name,
            doing: present.doing,
        }
    }
}

impl Present {
    pub fn sample() -> Vec<Self> {
        let tom = |doing| Self {
            name: "Tom Adeyemi".into(),
            doing,
        };
        vec![tom(Doing::Note)]
    }
}
