//! Pages that are kept as they were rendered, for whoever asks for the same page next.
//!
//! A page is made of its view, of what every template knows, and of the time. While its view is
//! the same, and the words for its times are, so is the page, except for what [`Slot`] names: that
//! is filled in each time. Fragments are not copied into it: many pages share them.
//!
//! A template that reads `page.now` itself is rendered each time.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, Ordering::Relaxed},
};

use minijinja::{
    Environment, Error, State, Value,
    value::{Enumerator, Object, Serde},
};
use serde::Serialize;

use crate::{
    FormToken, Page,
    fragment::{Sum, until},
    kept::Kept,
    root::Root,
};

#[cfg(test)]
mod tests;

/// The name by which a template that is rendered to be kept knows how slots are written.
const MARK: &str = "page_mark";
/// Ends a slot.
const END: char = '.';

/// What is not the same each time.
#[derive(Clone)]
enum Slot {
    /// The form's token.
    Csrf,
    /// The form's one-time key.
    Key,
    /// When the page was made.
    Now,
    Fragment(Value),
}

/// A text, and what comes after it.
type Piece = (Box<str>, Slot);

#[derive(Clone)]
struct Pieces {
    pieces: Arc<[Piece]>,
    end: Arc<str>,
}

pub(crate) struct Pages {
    kept: Mutex<Kept<Pieces>>,
    /// Stands before a slot: nobody can write it who does not know it.
    mark: String,
}

pub(crate) fn add_to(env: &mut Environment<'static>) {
    env.add_function("renderedAt", rendered_at);
}

impl Pages {
    /// Keeps so many bytes at most.
    pub(crate) fn new(most: usize) -> Self {
        let mark = format!("{:032x}", Sum::new().all());
        Self {
            kept: Mutex::new(Kept::new(most)),
            mark,
        }
    }

    pub(crate) fn render<V: Serialize>(
        &self,
        env: &Environment<'static>,
        name: &str,
        page: &Page,
        view: &V,
    ) -> Result<String, Error> {
        let key = key(name, page, view)?;
        let found = self.kept().find(key, page.now);
        if let Some(found) = found {
            return Ok(found.filled(page));
        }
        let known = Known::of(page, &self.mark);
        let asks_the_time = Arc::clone(&known.asks_the_time);
        let root = Root::of(Value::from_object(known), view)?
            .and("fragment_now", page.now)
            .and(MARK, &self.mark);
        let template = env.get_template(name)?;
        let rendered = template.render_captured(Value::from_object(root))?;
        let until = until(rendered.state());
        let fragments = rendered.state().get_extension::<Fragments>();
        let fragments = fragments.map_or(Vec::new(), |fragments| fragments.0.clone());
        let pieces = Pieces::of(&rendered.into_output(), &self.mark, &fragments);
        if !asks_the_time.load(Relaxed) {
            let bytes = pieces.bytes();
            self.kept().put(key, page.now, until, pieces.clone(), bytes);
        }
        Ok(pieces.filled(page))
    }

    fn kept(&self) -> MutexGuard<'_, Kept<Pieces>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What everything that the page is made of comes to, but for the time.
fn key<V: Serialize>(name: &str, page: &Page, view: &V) -> Result<u128, Error> {
    let view = serde_json::to_vec(view).map_err(|error| {
        Error::new(minijinja::ErrorKind::BadSerialization, "a view is not JSON").with_source(error)
    })?;
    let known = (
        (name, std::any::type_name::<V>()),
        (&page.time_zone, &page.lang, &page.dir),
        (&page.site_name, &page.site_url, page.form.is_some()),
    );
    Ok(Sum::of(&(known, view)))
}

/// Fragments of the page that is being rendered, in their order.
#[derive(Clone, Default)]
struct Fragments(Vec<Value>);

/// Leaves the place of a fragment free, on a page that is kept.
pub(crate) fn place(state: &mut State, fragment: &Value) -> Option<Value> {
    let mark = state.lookup(MARK)?;
    let fragments = state.get_or_insert_extension(Fragments::default());
    fragments.0.push(fragment.clone());
    let index = fragments.0.len() - 1;
    Some(Value::from_safe_string(format!("{mark}f{index}{END}")))
}

/// The time when the page was made, in microseconds.
fn rendered_at(state: &mut State) -> Result<Value, Error> {
    match state.lookup(MARK) {
        Some(mark) => Ok(Value::from_safe_string(format!("{mark}n{END}"))),
        None => crate::page::field(state, "now"),
    }
}

impl Pieces {
    fn of(html: &str, mark: &str, fragments: &[Value]) -> Self {
        let mut pieces = Vec::new();
        let mut parts = html.split(mark);
        let mut text = parts.next().unwrap_or_default();
        for part in parts {
            let (slot, after) = part.split_once(END).expect("a slot has an end");
            let slot = match slot.split_at(1) {
                ("c", _) => Slot::Csrf,
                ("k", _) => Slot::Key,
                ("n", _) => Slot::Now,
                (_, index) => {
                    let index: usize = index.parse().expect("the number of a fragment");
                    Slot::Fragment(fragments[index].clone())
                }
            };
            pieces.push((text.into(), slot));
            text = after;
        }
        Self {
            pieces: pieces.into(),
            end: text.into(),
        }
    }

    fn filled(&self, page: &Page) -> String {
        let now = page.now.to_string();
        let form = page.form.as_ref();
        let mut texts: Vec<&str> = Vec::with_capacity(2 * self.pieces.len() + 1);
        for (text, slot) in &*self.pieces {
            texts.push(text);
            texts.push(match slot {
                Slot::Csrf => form.map_or("", |form| &form.csrf),
                Slot::Key => form.map_or("", |form| &form.key),
                Slot::Now => &now,
                Slot::Fragment(html) => html.as_str().unwrap_or_default(),
            });
        }
        texts.push(&self.end);
        texts.concat()
    }

    /// Without its fragments.
    fn bytes(&self) -> usize {
        let texts = self.pieces.iter().map(|(text, _)| text.len());
        texts.sum::<usize>() + self.end.len() + self.pieces.len() * size_of::<Piece>()
    }
}

/// What every template knows, with slots in the place of what differs.
#[derive(Debug)]
struct Known {
    fields: Value,
    asks_the_time: Arc<AtomicBool>,
}

impl Known {
    fn of(page: &Page, mark: &str) -> Self {
        let form = page.form.as_ref().map(|_| FormToken {
            csrf: format!("{mark}c{END}"),
            key: format!("{mark}k{END}"),
        });
        Self {
            fields: Value::from(Serde(Page {
                form,
                ..page.clone()
            })),
            asks_the_time: Arc::default(),
        }
    }
}

impl Object for Known {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        if key == "now" {
            self.asks_the_time.store(true, Relaxed);
        }
        let value = self.fields.get_attr(key).ok()?;
        (!value.is_undefined()).then_some(value)
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        let keys = self.fields.try_iter();
        Enumerator::Values(keys.map(Iterator::collect).unwrap_or_default())
    }
}
