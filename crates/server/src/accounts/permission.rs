use std::{fmt, str::FromStr};

/// What somebody may be allowed to do besides writing to the team.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// Read every support conversation, notes too, and change nothing.
    AccessPlugin,
    /// Reply, add notes, change the status: makes its holder staff.
    ManageThreads,
    /// Assign conversations; nothing without `ManageThreads`.
    AssignThreads,
    ManageSettings,
}

impl Permission {
    pub const ALL: [Self; 4] = [
        Self::AccessPlugin,
        Self::ManageThreads,
        Self::AssignThreads,
        Self::ManageSettings,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::AccessPlugin => "pigeon:accessPlugin",
            Self::ManageThreads => "pigeon:manageThreads",
            Self::AssignThreads => "pigeon:assignThreads",
            Self::ManageSettings => "pigeon:manageSettings",
        }
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[derive(Debug, thiserror::Error)]
#[error(
    "there is no permission \"{0}\"; there are pigeon:accessPlugin, pigeon:manageThreads, \
     pigeon:assignThreads and pigeon:manageSettings"
)]
pub struct NoSuchPermission(String);

impl FromStr for Permission {
    type Err = NoSuchPermission;

    /// With or without `pigeon:`.
    fn from_str(text: &str) -> Result<Self, NoSuchPermission> {
        let short = text.strip_prefix("pigeon:").unwrap_or(text);
        Self::ALL
            .into_iter()
            .find(|permission| permission.name().strip_prefix("pigeon:") == Some(short))
            .ok_or_else(|| NoSuchPermission(text.to_owned()))
    }
}

/// The permissions that somebody was given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Permissions(pub Vec<Permission>);

impl Permissions {
    pub fn contains(&self, permission: Permission) -> bool {
        self.0.contains(&permission)
    }
}

/// As the database lists them, with spaces between; what is not known gives no rights.
impl From<String> for Permissions {
    fn from(names: String) -> Self {
        Self(
            names
                .split(' ')
                .filter_map(|name| name.parse().ok())
                .collect(),
        )
    }
}
