use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
    sync::Arc,
};

use minijinja::{
    Error, Value,
    value::{Enumerator, Object, Serde},
};
use serde::Serialize;

/// What a template finds by a bare name: the fields of its view, and `page`.
///
/// Every name goes through it, those of functions too, which are looked for here first. So it
/// looks them up rather than comparing them with each field.
#[derive(Debug)]
pub(crate) struct Root(HashMap<String, Value, BuildHasherDefault<Short>>);

impl Root {
    pub(crate) fn of(page: Value, view: &impl Serialize) -> Result<Self, Error> {
        let view = Value::from(Serde(view));
        let mut names = HashMap::default();
        for name in view.try_iter()? {
            let value = view.get_item(&name)?;
            names.insert(name.to_string(), value);
        }
        names.insert("page".into(), page);
        Ok(Self(names))
    }

    pub(crate) fn and(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.insert(name.into(), value.into());
        self
    }
}

impl Object for Root {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        self.0.get(key).cloned()
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.0.keys().map(Value::from).collect())
    }
}

/// FNV-1a: names are short, and come from templates, not from people.
struct Short(u64);

impl Default for Short {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Short {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}
