//! A part of a page that is kept as it was rendered, for whoever asks for the same part next.
//!
//! `{{ fragment('partials/row.html', row=row, query=query) }}` shows what an `include` would, but
//! the template knows nothing but these values, and of `page` only what never changes. So a list
//! of fifty rows of which one has changed renders one. What says how long ago something was is
//! rendered anew when its words change: see [`hold_until`].
//!
//! A value is plain, or one of those that a view hands over [`lazily`]: the fields of such a one
//! are not even made unless the fragment has to be rendered.

use std::{
    collections::BTreeMap,
    fmt,
    hash::{BuildHasher as _, Hash, Hasher, RandomState},
    sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError},
};

use minijinja::{
    Environment, Error, ErrorKind, State, Value, context,
    value::{Enumerator, Kwargs, Object, ObjectExt as _, Serde, ValueKind, serializing_for_value},
};
use serde::{Serialize, Serializer};
use siphasher::sip128::{Hasher128 as _, SipHasher13};

use crate::{kept::Kept, page::field, pages::place};

#[cfg(test)]
mod tests;

/// What is kept at most, in bytes; a row of a list takes a kilobyte and a half.
const MOST: usize = 3 << 20;
/// What of the page a fragment sees. The time it is not told: that comes by the filters.
const PAGE: [&str; 5] = ["lang", "dir", "time_zone", "site_name", "site_url"];

pub(crate) fn add_to(env: &mut Environment<'static>) {
    let kept = Arc::new(Mutex::new(Kept::new(MOST)));
    env.add_function(
        "fragment",
        move |state: &mut State, name: &str, values: Kwargs| {
            let now = match now(state) {
                Some(now) => now,
                None => field(state, "now")?,
            };
            let now = i64::try_from(now)?;
            let key = key(state, name, &values)?;
            let found = locked(&kept).find(key, now);
            let (html, until) = if let Some(found) = found {
                found
            } else {
                let both = render(state, name, &values, now)?;
                let bytes = both.0.as_str().map_or(0, str::len);
                locked(&kept).put(key, now, both.1, both.clone(), bytes);
                both
            };
            hold_until(state, until);
            Ok::<_, Error>(place(state, &html).unwrap_or(html))
        },
    );
}

fn locked(kept: &Mutex<Kept<(Value, i64)>>) -> std::sync::MutexGuard<'_, Kept<(Value, i64)>> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What everything that the fragment is made of comes to.
fn key(state: &mut State, name: &str, values: &Kwargs) -> Result<u128, Error> {
    let mut sum = Sum::new();
    page_key(state)?.hash(&mut sum);
    name.hash(&mut sum);
    for argument in values.args() {
        argument.hash(&mut sum);
        let value: Value = values.get(argument)?;
        if let Some(lazy) = value.downcast_object_ref::<Lazy>() {
            (0_u8, lazy.key).hash(&mut sum);
            continue;
        }
        match value.kind() {
            ValueKind::None => 1_u8.hash(&mut sum),
            ValueKind::Bool => (2_u8, value.is_true()).hash(&mut sum),
            ValueKind::Number => (3_u8, value.to_string()).hash(&mut sum),
            ValueKind::String => {
                (4_u8, value.is_safe(), value.as_str().unwrap_or_default()).hash(&mut sum);
            }
            kind => {
                let why = format!("{argument} of a fragment is {kind}, neither plain nor lazy");
                return Err(Error::new(ErrorKind::InvalidOperation, why));
            }
        }
    }
    Ok(sum.all())
}

/// Worked out once a page.
struct PageKey(u128);

fn page_key(state: &mut State) -> Result<u128, Error> {
    if let Some(PageKey(key)) = state.get_extension() {
        return Ok(*key);
    }
    let mut sum = Sum::new();
    for name in PAGE {
        field(state, name)?.to_string().hash(&mut sum);
    }
    let key = sum.all();
    state.get_or_insert_extension(PageKey(key));
    Ok(key)
}

/// The fragment, and until when its words stay the same.
fn render(state: &mut State, name: &str, values: &Kwargs, now: i64) -> Result<(Value, i64), Error> {
    let mut page = BTreeMap::new();
    for name in PAGE {
        page.insert(name, field(state, name)?);
    }
    let (page, values) = (Value::from(page), Value::from(values.clone()));
    let context = context! { page, fragment_now => now, ..values };
    let rendered = state.env().get_template(name)?.render_captured(context)?;
    let until = until(rendered.state());
    Ok((Value::from_safe_string(rendered.into_output()), until))
}

/// The time that a fragment is rendered at.
pub(crate) fn now(state: &State) -> Option<Value> {
    state.lookup("fragment_now")
}

/// In microseconds.
struct Until(i64);

/// Until when what was rendered says the same.
pub(crate) fn until(state: &State) -> i64 {
    let until = state.get_extension::<Until>();
    until.map_or(i64::MAX, |until| until.0)
}

/// What is rendered here says something else from that moment on.
pub(crate) fn hold_until(state: &mut State, micros: i64) {
    let until = state.get_or_insert_extension(Until(micros));
    until.0 = until.0.min(micros);
}

/// A sum of 128 bits with a secret of this process: nobody makes two different parts come to the
/// same.
pub(crate) struct Sum(SipHasher13);

static SECRET: LazyLock<(u64, u64)> = LazyLock::new(|| {
    let random = || RandomState::new().build_hasher().finish();
    (random(), random())
});

impl Sum {
    pub(crate) fn of(what: &impl Hash) -> u128 {
        let mut sum = Self::new();
        what.hash(&mut sum);
        sum.all()
    }

    pub(crate) fn new() -> Self {
        Self(SipHasher13::new_with_keys(SECRET.0, SECRET.1))
    }

    pub(crate) fn all(&self) -> u128 {
        self.0.finish128().as_u128()
    }
}

impl Hasher for Sum {
    fn finish(&self) -> u64 {
        self.0.finish()
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0.write(bytes);
    }
}

/// For `#[serde(serialize_with = "templates::lazily")]`: rows that are to be fragments.
pub fn lazily<T, S>(rows: &[T], serializer: S) -> Result<S::Ok, S::Error>
where
    T: Clone + Hash + Serialize + Send + Sync + 'static,
    S: Serializer,
{
    if serializing_for_value() {
        serializer.collect_seq(rows.iter().map(|row| Value::from_object(Lazy::new(row))))
    } else {
        serializer.collect_seq(rows)
    }
}

/// A value whose fields are made when somebody asks for one.
struct Lazy {
    key: u128,
    make: Box<dyn Fn() -> Value + Send + Sync>,
    made: OnceLock<Value>,
}

impl Lazy {
    fn new<T>(row: &T) -> Self
    where
        T: Clone + Hash + Serialize + Send + Sync + 'static,
    {
        let row = row.clone();
        Self {
            key: Sum::of(&row),
            make: Box::new(move || Value::from(Serde(&row))),
            made: OnceLock::new(),
        }
    }

    fn value(&self) -> &Value {
        self.made.get_or_init(|| (self.make)())
    }
}

impl fmt::Debug for Lazy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value().fmt(f)
    }
}

impl Object for Lazy {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let value = self.value().get_item(key).ok()?;
        (!value.is_undefined()).then_some(value)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        let value = self.value().get_attr(key).ok()?;
        (!value.is_undefined()).then_some(value)
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        self.mapped_enumerator(|lazy| match lazy.value().try_iter() {
            Ok(keys) => Box::new(keys),
            Err(_) => Box::new(std::iter::empty()),
        })
    }
}
