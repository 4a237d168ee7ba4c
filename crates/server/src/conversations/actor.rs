use db::Conn;

use crate::{
    Error, Result,
    accounts::{Permission, User},
    conversations::{Guest, Thread, bulk},
    i18n::t,
    ids::ThreadId,
};

/// Who is asking. A thread is found only through them.
#[derive(Clone, Debug)]
pub enum Actor {
    Stranger,
    /// Whoever holds a private link: they see the thread that it belongs to.
    Guest(Box<Guest>),
    User(Box<User>),
}

impl Actor {
    /// The thread, if they may see it; else `NotFound`, as for one that does not exist.
    pub async fn thread(&self, conn: &mut Conn, id: ThreadId) -> Result<Thread> {
        match self {
            Self::Guest(guest) if guest.thread.id == id => Ok(guest.thread.clone()),
            Self::User(user) if user.can(Permission::AccessPlugin) => {
                Thread::find_support(conn, id).await?.ok_or(Error::NotFound)
            }
            Self::Stranger | Self::Guest(_) | Self::User(_) => Err(Error::NotFound),
        }
    }

    /// The same, and for staff what is in the trash, too.
    pub async fn thread_or_trashed(&self, conn: &mut Conn, id: ThreadId) -> Result<Thread> {
        match self {
            Self::User(user) if user.is_staff() => {
                bulk::find_anywhere(conn, id).await?.ok_or(Error::NotFound)
            }
            _ => self.thread(conn, id).await,
        }
    }

    /// The signed-in person, if they may answer and change support threads.
    pub fn staff(&self) -> Result<&User> {
        match self {
            Self::User(user) if user.is_staff() => Ok(user),
            Self::User(_) => Err(Error::Forbidden(
                t("Your account may not do this.").to_owned(),
            )),
            Self::Stranger | Self::Guest(_) => Err(Error::SignInFirst),
        }
    }
}
