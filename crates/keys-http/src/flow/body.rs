//! Reading the body of a request, within limits of size and time.

use std::error::Error;

use bytes::Bytes;
use http::request::Parts;
use http::{Method, header};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::Body;
use tokio::time::timeout;

use super::head::Head;
use crate::app::App;
use crate::dialect::body::Fields;
use crate::problem::Problem;

/// A body of a request, of a socket or of a test.
pub(crate) trait Incoming:
    Body<Data = Bytes, Error: Into<Box<dyn Error + Send + Sync>>> + Send + Unpin
{
}

impl<B: Body<Data = Bytes, Error: Into<Box<dyn Error + Send + Sync>>> + Send + Unpin> Incoming for B {}

/// The fields a request sets. The body is read whole only where one is meant; elsewhere it is none of our business.
///
/// # Errors
///
/// [`Problem::BodyTooLarge`], [`Problem::RequestTimeout`], [`Problem::BadRequest`] when it breaks off, or
/// [`Problem::InvalidBody`].
pub(super) async fn fields<B: Incoming>(
    app: &App,
    parts: &Parts,
    head: &Head,
    body: B,
) -> Result<Fields, Problem> {
    if !matches!(head.method, Method::POST | Method::PUT) || head.place.is_err() {
        return Ok(Fields::default());
    }
    let limits = &app.config.limits;
    let limit = limits.body_bytes;
    let declared = body.size_hint().lower();
    if usize::try_from(declared).map_or(true, |declared| declared > limit) {
        return Err(Problem::BodyTooLarge { limit });
    }
    let collected = match timeout(limits.body_time, Limited::new(body, limit).collect()).await {
        Err(_) => return Err(Problem::RequestTimeout),
        Ok(Err(error)) if error.is::<LengthLimitError>() => return Err(Problem::BodyTooLarge { limit }),
        Ok(Err(_)) => return Err(Problem::BadRequest("the body broke off or was malformed")),
        Ok(Ok(collected)) => collected.to_bytes(),
    };
    let content_type = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    Fields::read(&collected, content_type, &head.query)
}
