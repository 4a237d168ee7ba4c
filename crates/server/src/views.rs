//! What pages and JSON show.
