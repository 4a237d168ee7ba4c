//! What is listed, as a file: the same source, search, filter and order, page by page, so that
//! memory stays as it is however long the list.

use std::sync::Arc;

use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, header},
    response::Response,
};
use futures_util::stream;

use super::State;
use crate::{
    App, Error, Result,
    accounts::{Permission, User},
    conversations::inbox::{self, Listing, Position, Source},
    ids::{ThreadId, UserId},
    views::export::{Format, Record},
    web::{Visit, admin::viewer},
};

pub async fn csv(visit: Visit) -> Result<Response> {
    export(visit, Format::Csv).await
}

pub async fn json(visit: Visit) -> Result<Response> {
    export(visit, Format::Json).await
}

pub async fn xml(visit: Visit) -> Result<Response> {
    export(visit, Format::Xml).await
}

/// One file on its way.
struct Export {
    app: App,
    viewer: UserId,
    source: Source,
    listing: Listing,
    format: Format,
}

/// What of a file comes next.
enum Step {
    Begin,
    Rows { from: Position, is_first: bool },
    End,
}

async fn export(visit: Visit, format: Format) -> Result<Response> {
    let viewer = viewer(&visit)?;
    let state = State::of(&visit)?;
    let staff = User::list_staff(&mut visit.read().await?).await?;
    let listing = state.listing(&visit, viewer, &staff);
    let source = state.list.source;
    let today = visit.zoned(visit.now).date();
    let name = format!("pigeon-{}-{today}.{}", source.as_str(), format.extension());
    let export = Arc::new(Export {
        app: visit.app.clone(),
        viewer: viewer.id,
        source,
        listing: listing.map_err(Error::Malformed)?,
        format,
    });
    let parts = stream::try_unfold(Some(Step::Begin), move |step| {
        let export = Arc::clone(&export);
        async move {
            match step {
                Some(step) => export.part(step).await.map(Some),
                None => Ok::<_, Error>(None),
            }
        }
    });
    let mut response = Response::new(Body::from_stream(parts));
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(format.media_type()),
    );
    let disposition = format!("attachment; filename=\"{name}\"");
    let disposition = HeaderValue::from_str(&disposition).expect("letters, digits and hyphens");
    headers.insert(header::CONTENT_DISPOSITION, disposition);
    Ok(response)
}

impl Export {
    async fn part(&self, step: Step) -> Result<(Bytes, Option<Step>)> {
        match step {
            Step::Begin => {
                let rows = Step::Rows {
                    from: Position::Start,
                    is_first: true,
                };
                Ok((Bytes::from(self.format.begin()), Some(rows)))
            }
            Step::Rows { from, is_first } => self.rows(from, is_first).await,
            Step::End => Ok((Bytes::from(self.format.end()), None)),
        }
    }

    /// A page of it, as long as whoever asked may still see it.
    async fn rows(&self, from: Position, is_first: bool) -> Result<(Bytes, Option<Step>)> {
        let mut conn = self.app.db.read().await?;
        let viewer = User::find(&mut conn, self.viewer).await?;
        let viewer = viewer
            .filter(|user| user.can(Permission::AccessPlugin) && self.source.is_for(user))
            .ok_or(Error::NotFound)?;
        let batch = self.listing.batch(&mut conn, &viewer, from).await?;
        let ids: Vec<ThreadId> = batch.rows.iter().map(|row| row.id).collect();
        let threads = inbox::exported(&mut conn, &ids).await?;
        drop(conn);

        let records = threads.into_iter().map(|thread| {
            let url = self.app.config.url("/pigeon/admin/threads/");
            Record::new(thread, &url)
        });
        let records: Vec<Record> = records.collect();
        let text = self.format.rows(&records, is_first);
        let next = match batch.next {
            Some(from) => Step::Rows {
                from,
                is_first: is_first && records.is_empty(),
            },
            None => Step::End,
        };
        Ok((Bytes::from(text), Some(next)))
    }
}
