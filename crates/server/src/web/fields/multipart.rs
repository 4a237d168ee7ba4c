use axum::body::Body;
use futures_util::TryStreamExt as _;
use multer::Multipart;

use crate::{
    Error, Result,
    web::{
        body,
        fields::{self, Fields},
    },
};

/// What came before the end of a torn body is not kept: the whole form counts, or none of it.
pub(super) async fn parse(kind: &str, body: Body, into: &mut Fields) -> Result<()> {
    let boundary = multer::parse_boundary(kind)
        .map_err(|_| fields::malformed("The form's boundary is missing."))?;
    let stream = body.into_data_stream().map_err(body::Cut::from);
    let mut parts = Multipart::new(stream, boundary);
    while let Some(part) = parts.next_field().await.map_err(refusal)? {
        let name = part.name().unwrap_or_default().to_owned();
        let file = part.file_name().map(str::to_owned);
        let bytes = part.bytes().await.map_err(refusal)?;
        match file {
            Some(file) if !file.is_empty() || !bytes.is_empty() => into.files.push(file),
            None if is_for_files(&name) && !bytes.is_empty() => into.files.push(name),
            // An empty chooser of files sends a part without name and bytes.
            Some(_) => {}
            None if is_for_files(&name) => {}
            None => {
                let text = std::str::from_utf8(&bytes)
                    .map_err(|_| fields::malformed("The form is not UTF-8."))?;
                into.push(name, text)?;
            }
        }
    }
    Ok(())
}

fn is_for_files(name: &str) -> bool {
    matches!(name, "attachments" | "attachments[]")
}

fn refusal(error: multer::Error) -> Error {
    match error {
        multer::Error::StreamReadFailed(source) => match source.downcast::<body::Cut>() {
            Ok(cut) => cut.into_error(),
            Err(_) => fields::malformed("The form ended too early."),
        },
        _ => fields::malformed("The form's parts make no sense."),
    }
}
