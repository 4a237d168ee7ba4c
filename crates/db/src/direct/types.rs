//! What the product binds and reads, as SQLite stores it: a truth value is an integer, an id its
//! 16 bytes.

use rusqlite::types::{Type as Stored, Value as Owned, ValueRef as Found};
use sqlx::{
    Decode, Encode, Type,
    encode::IsNull,
    error::{BoxDynError, UnexpectedNullError},
};
use uuid::Uuid;

use super::{
    driver::{Direct, DirectType},
    row::DirectValueRef,
};

type Encoded = Result<IsNull, BoxDynError>;

macro_rules! stored {
    ($type:ty, $stored:ident, |$value:ident| $encode:expr, |$found:pat_param| $decode:expr) => {
        impl Type<Direct> for $type {
            fn type_info() -> DirectType {
                DirectType(Stored::$stored)
            }
        }

        impl Encode<'_, Direct> for $type {
            fn encode_by_ref(&self, into: &mut Vec<Owned>) -> Encoded {
                let $value = self;
                into.push(Owned::$stored($encode));
                Ok(IsNull::No)
            }
        }

        impl<'r> Decode<'r, Direct> for $type {
            fn decode(value: DirectValueRef<'r>) -> Result<Self, BoxDynError> {
                match value.0 {
                    Found::$stored($found) => Ok($decode),
                    other => Err(mismatch(other, Stored::$stored)),
                }
            }
        }
    };
}

stored!(i64, Integer, |value| *value, |value| value);
stored!(i32, Integer, |value| i64::from(*value), |value| value
    .try_into()?);
stored!(bool, Integer, |value| i64::from(*value), |value| value != 0);
stored!(f64, Real, |value| *value, |value| value);
stored!(String, Text, |value| value.clone(), |value| str::from_utf8(
    value
)?
.to_owned());
stored!(Vec<u8>, Blob, |value| value.clone(), |value| value.to_vec());
stored!(Uuid, Blob, |value| value.as_bytes().to_vec(), |value| {
    Uuid::from_slice(value)?
});

impl Type<Direct> for str {
    fn type_info() -> DirectType {
        DirectType(Stored::Text)
    }
}

impl Encode<'_, Direct> for &str {
    fn encode_by_ref(&self, into: &mut Vec<Owned>) -> Encoded {
        into.push(Owned::Text((*self).to_owned()));
        Ok(IsNull::No)
    }
}

impl<'r> Decode<'r, Direct> for &'r str {
    fn decode(value: DirectValueRef<'r>) -> Result<Self, BoxDynError> {
        match value.0 {
            Found::Text(text) => Ok(str::from_utf8(text)?),
            other => Err(mismatch(other, Stored::Text)),
        }
    }
}

impl Type<Direct> for [u8] {
    fn type_info() -> DirectType {
        DirectType(Stored::Blob)
    }
}

impl Encode<'_, Direct> for &[u8] {
    fn encode_by_ref(&self, into: &mut Vec<Owned>) -> Encoded {
        into.push(Owned::Blob((*self).to_owned()));
        Ok(IsNull::No)
    }
}

impl<'q, T: Encode<'q, Direct> + Type<Direct> + 'q> Encode<'q, Direct> for Option<T> {
    fn encode(self, into: &mut Vec<Owned>) -> Encoded {
        match self {
            Some(value) => value.encode(into),
            None => Ok(IsNull::Yes),
        }
    }

    fn encode_by_ref(&self, into: &mut Vec<Owned>) -> Encoded {
        match self {
            Some(value) => value.encode_by_ref(into),
            None => Ok(IsNull::Yes),
        }
    }
}

fn mismatch(found: Found<'_>, wanted: Stored) -> BoxDynError {
    if found == Found::Null {
        return UnexpectedNullError.into();
    }
    format!("{wanted} was wanted, and it is {}", found.data_type()).into()
}
