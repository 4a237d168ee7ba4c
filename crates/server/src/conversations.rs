//! Threads, who takes part in them, and what happens in them.
//!
//! Readers are plain functions on `&mut Conn`, writers on `&mut Tx`; each action is one
//! transaction's worth. Whoever asks goes through [`Actor`], whoever posts through [`post`].

mod actor;
mod assign;
pub mod bulk;
mod delivery;
mod draft;
pub mod drafts;
mod event;
mod follow;
mod guest;
pub mod held;
pub mod inbox;
mod link;
mod mention;
mod message;
pub mod notify;
pub mod once;
mod others;
mod overtaken;
mod participant;
mod people;
mod post;
pub mod presence;
mod purge;
mod read;
mod receipt;
mod request_link;
mod revoke;
mod saved_reply;
pub mod search;
mod start;
pub mod start_draft;
mod status;
mod subject;
mod thread;
mod traffic;
mod undo;
mod unsubscribe;
mod workload;

pub use actor::Actor;
pub use assign::{assign, release_some};
pub use delivery::{
    Delivery, DeliveryState, deliveries, discard, hand_over, names_of, retry_mail, topic_of_mail,
};
pub use draft::{Draft, NewThread, excess, parse_subject, subject_or_usual};
pub use drafts::{DraftKind, Returned};
pub use event::Event;
pub use follow::follow;
pub use guest::{BrowserProof, Guest, confirm};
pub use held::Held;
pub use link::{
    HandedOut, Token, is_forgotten as is_link_forgotten, mint, newest_works_until, revoke_all,
    sweep as sweep_links, working as working_links, works_until as link_works_until,
};
pub use mention::{mentions, notes_that_mention};
pub(crate) use message::PAGE;
pub use message::{Kind as MessageKind, Message, Origin, Visibility};
pub use others::{Earlier, count_others, earlier_of, open_with};
pub use overtaken::ensure_not_overtaken;
pub use participant::{Notify, Participant, Role};
pub use people::{Newcomer, add_participant, remove_participant, send_new_link};
pub(crate) use post::preview;
pub use post::{Seen, note, post};
pub use purge::{PURGE_JOB, purge_all, purge_some};
pub use read::{mark_read, read_as_staff};
pub use receipt::{Receipt, receipts};
pub use request_link::{LINKS_JOB, WantedLinks, ask_for_links, request_link};
pub use revoke::revoke_links;
pub use saved_reply::{NewSavedReply, SavedReply, Values};
pub use start::{Started, start_by_guest, start_by_staff};
pub use start_draft::{StartDraft, Written};
pub use status::set_status;
pub use subject::set_subject;
pub use thread::{Kind, Status, Thread};
pub use traffic::traffic;
pub use undo::{Deed, KEPT as UNDO_KEPT, Undo, still_assigned, sweep as sweep_undos, undo};
pub use unsubscribe::{Unsubscribe, is_refused as is_mail_refused};
pub use workload::{Workload, workload};
