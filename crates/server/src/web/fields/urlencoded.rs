use std::borrow::Cow;

use percent_encoding::percent_decode;

use crate::{Result, web::fields};

pub(super) fn parse(body: &[u8], into: &mut fields::Fields) -> Result<()> {
    for pair in body.split(|byte| *byte == b'&').filter(|p| !p.is_empty()) {
        let mut halves = pair.splitn(2, |byte| *byte == b'=');
        let name = decode(halves.next().unwrap_or_default())?;
        let value = decode(halves.next().unwrap_or_default())?;
        into.push(name, &value)?;
    }
    Ok(())
}

/// Strict, so that two texts never become one.
fn decode(bytes: &[u8]) -> Result<String> {
    let spaced: Cow<[u8]> = if bytes.contains(&b'+') {
        let space = |byte: &u8| if *byte == b'+' { b' ' } else { *byte };
        bytes.iter().map(space).collect()
    } else {
        bytes.into()
    };
    let decoded = percent_decode(&spaced).decode_utf8();
    let decoded = decoded.map_err(|_| fields::malformed("The form is not UTF-8."))?;
    Ok(decoded.into_owned())
}
