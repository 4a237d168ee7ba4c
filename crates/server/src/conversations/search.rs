//! Finding conversations by the words in them: in the subject, in the customer's name and address,
//! in the author's name, in the text.
//!
//! The index has an entry for each message, numbered in the order of posting, and made of
//! [terms](tokenizer). What a scope may find is itself a term of the entry, so that what is hidden
//! from somebody is never among their hits; so are the customer's words and the subject's, for
//! `from:` and `subject:`. What the index cannot tell is [sifted](sift) out of what it finds. The
//! worker indexes just after the commit; a search also reads the few messages that the index does
//! not have yet.

mod dates;
mod entry;
mod hits;
mod index;
mod load;
mod marks;
mod page;
mod pending;
mod phrase;
mod query;
mod scan;
mod sift;
mod tokenizer;
mod window;

pub use dates::Span;
pub use entry::Facts;
pub(crate) use entry::{Entry, Texts};
pub(super) use hits::texts as texts_of;
pub(crate) use index::{Row, insert_rows};
pub use index::{enqueue, index_batch, take_in_again};
pub(crate) use load::{finish_load, prepare_load};
pub use marks::Marks;
pub use page::{Cursor, Found, page};
pub use query::{Asker, Query};
pub use sift::sift;
pub(crate) use tokenizer::fold;

/// Whose search it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Every support thread, with its notes.
    Staff,
    /// Every support thread, without what only staff may see.
    Everyone,
}

impl Scope {
    /// The term that an entry has if this scope may find it; no word can be written like it.
    fn term(self) -> &'static str {
        match self {
            Self::Staff => "#staff",
            Self::Everyone => "#everyone",
        }
    }
}

/// Told after a commit that left the index something to do.
pub const TOPIC: &str = "search";
