use crate::{
    Error, Result,
    accounts::{Permission, User},
    i18n::t,
};

/// Who may come through a door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    Anyone,
    /// Whoever holds the secret of a link: what lies behind the door looks it up.
    LinkHolder,
    /// Somebody signed in, or whoever holds a private link.
    UserOrLinkHolder,
    User,
    /// Reads the inbox: staff, and people with `accessPlugin`.
    Reader,
    Staff,
    /// Staff who may assign.
    Assigner,
    /// Whoever may change the settings.
    Keeper,
    Admin,
    /// Whoever has a page in the control panel, whatever it is.
    Panel,
}

impl Who {
    /// Sends a stranger to sign in, and turns away whoever lacks the right.
    pub fn ensure(self, user: Option<&User>) -> Result<()> {
        let needed = match self {
            Self::Anyone | Self::LinkHolder | Self::UserOrLinkHolder => return Ok(()),
            Self::User => None,
            Self::Reader => Some(Permission::AccessPlugin),
            Self::Staff => Some(Permission::ManageThreads),
            Self::Assigner => Some(Permission::AssignThreads),
            Self::Keeper => Some(Permission::ManageSettings),
            Self::Panel => {
                let may = |user: &User| {
                    user.can(Permission::AccessPlugin) || user.can(Permission::ManageSettings)
                };
                return match user {
                    None => Err(Error::SignInFirst),
                    Some(user) if may(user) => Ok(()),
                    Some(_) => Err(forbidden()),
                };
            }
            Self::Admin => {
                return match user {
                    None => Err(Error::SignInFirst),
                    Some(user) if user.admin && user.is_active() => Ok(()),
                    Some(_) => Err(forbidden()),
                };
            }
        };
        let user = user.ok_or(Error::SignInFirst)?;
        if needed.is_none_or(|permission| user.can(permission)) {
            Ok(())
        } else {
            Err(forbidden())
        }
    }
}

fn forbidden() -> Error {
    Error::Forbidden(
        t("Your account may not do this. An admin of this inbox can allow it.").to_owned(),
    )
}
