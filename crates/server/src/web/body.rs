//! Bodies: how much is taken in, and how long that may take.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use axum::body::Body;
use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Frame, SizeHint};
use tokio::time::{Instant, Sleep};

use crate::{Error, Result};

/// The most that a request may carry, in bytes.
pub const LIMIT: usize = 1024 * 1024;
/// How long the first byte of a body may take, and the whole of a small one.
const PATIENCE: Duration = Duration::from_secs(15);
/// What the slowest line that we wait for carries, in bytes a second.
const SLOWEST: u32 = 16 * 1024;

/// Why a body ended before its end.
#[derive(Debug)]
pub enum Cut {
    TooLarge,
    TooSlow,
    Broken,
}

impl Cut {
    pub fn into_error(self) -> Error {
        match self {
            Self::TooLarge => Error::TooLarge,
            Self::TooSlow | Self::Broken => {
                Error::Malformed(crate::i18n::t("The form ended too early.").into())
            }
        }
    }
}

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLarge => "the body is too large",
            Self::TooSlow => "the body comes too slowly",
            Self::Broken => "the body broke off",
        })
    }
}

impl std::error::Error for Cut {}

impl From<axum::Error> for Cut {
    /// Finds the reason again that the layers in between have wrapped.
    fn from(error: axum::Error) -> Self {
        let mut source: Option<&(dyn std::error::Error + 'static)> = Some(&error);
        while let Some(error) = source {
            match error.downcast_ref::<Self>() {
                Some(Self::TooLarge) => return Self::TooLarge,
                Some(Self::TooSlow) => return Self::TooSlow,
                _ => source = error.source(),
            }
        }
        Self::Broken
    }
}

/// The whole body; a test's may lack the limits, but never a connection's.
pub async fn read(body: Body) -> Result<Bytes> {
    match body.collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) => Err(Cut::from(error).into_error()),
    }
}

/// A body that ends with an error when it grows too large or comes too slowly.
pub fn limited(body: Body) -> Body {
    if body.is_end_stream() {
        return body;
    }
    Body::new(Limited {
        body,
        left: LIMIT,
        began: Instant::now(),
        deadline: Box::pin(tokio::time::sleep(PATIENCE)),
    })
}

struct Limited {
    body: Body,
    left: usize,
    began: Instant,
    deadline: Pin<Box<Sleep>>,
}

impl hyper::body::Body for Limited {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = &mut *self;
        let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(cx) else {
            let late = this.deadline.as_mut().poll(cx).is_ready();
            return if late {
                Poll::Ready(Some(Err(axum::Error::new(Cut::TooSlow))))
            } else {
                Poll::Pending
            };
        };
        let Some(Ok(frame)) = frame else {
            return Poll::Ready(frame);
        };
        let size = frame.data_ref().map_or(0, Bytes::len);
        let Some(left) = this.left.checked_sub(size) else {
            return Poll::Ready(Some(Err(axum::Error::new(Cut::TooLarge))));
        };
        this.left = left;
        let came = u32::try_from(LIMIT - left).unwrap_or(u32::MAX);
        let grace = Duration::from_secs(1) * (came / SLOWEST);
        this.deadline.as_mut().reset(this.began + PATIENCE + grace);
        Poll::Ready(Some(Ok(frame)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
