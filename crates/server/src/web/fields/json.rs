use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use crate::{
    Error, Result,
    i18n::t,
    web::fields::{self, Fields},
};

/// An object of texts, numbers and switches; lists only where a field takes several values.
pub(super) fn parse(body: &[u8], into: &mut Fields) -> Result<()> {
    let object: Object = serde_json::from_slice(body)
        .map_err(|_| fields::malformed("The body is not a JSON object."))?;
    for (name, value) in object.0 {
        match value {
            Value::Null => {}
            Value::Array(values) if fields::LISTS.contains(&name.as_str()) => {
                for value in values {
                    into.push(format!("{name}[]"), &scalar(&name, value)?)?;
                }
            }
            value => {
                let value = scalar(&name, value)?;
                into.push(name, &value)?;
            }
        }
    }
    Ok(())
}

fn scalar(name: &str, value: Value) -> Result<String> {
    match value {
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(on) => Ok(if on { "1" } else { "0" }.into()),
        _ => Err(Error::invalid(name, t("This field takes one value."))),
    }
}

/// Keeps a key that comes twice, where a map would keep the last silently.
struct Object(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Pairs)
    }
}

struct Pairs;

impl<'de> Visitor<'de> for Pairs {
    type Value = Object;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = map.next_entry()? {
            pairs.push(pair);
        }
        Ok(Object(pairs))
    }
}
