//! Reading the body of a request, within limits of size and time.

use std::error::Error;
use std::time::Duration;

use bytes::Bytes;
use http::request::Parts;
use http::{Method, header};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::Body;
use tokio::time::timeout;

use super::head::Head;
use crate::app::App;
use crate::dialect::body::Fields;
use crate::guard::SameSite;
use crate::problem::Problem;

/// A body of a request, of a socket or of a test.
pub(crate) trait Incoming:
    Body<Data = Bytes, Error: Into<Box<dyn Error + Send + Sync>>> + Send + Unpin
{
}

impl<B: Body<Data = Bytes, Error: Into<Box<dyn Error + Send + Sync>>> + Send + Unpin> Incoming for B {}

/// Whether the body of a request is read at all.
pub(super) fn is_read(head: &Head, same_site: &SameSite) -> bool {
    let meant = matches!(head.method, Method::POST | Method::PUT) && head.route().is_some();
    meant || same_site.needs_form()
}

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
    same_site: &SameSite,
    body: B,
) -> Result<Fields, Problem> {
    if !is_read(head, same_site) {
        return Ok(Fields::default());
    }
    let limits = &app.config.limits;
    let limit = limits.body_bytes;
    let declared = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if declared > limit {
        if !parts.headers.contains_key(header::EXPECT) && declared <= limit.saturating_mul(PATIENCE) {
            discard(body, limits.body_time).await;
        }
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

/// How many times as large as the largest body one may be and still be read to its end.
const PATIENCE: usize = 16;

/// Reads a body and throws it away. A caller that is still sending would lose the refusal: its system drops what it has
/// received once the connection is reset.
async fn discard<B: Incoming>(mut body: B, time: Duration) {
    let reading = async { while let Some(Ok(_)) = body.frame().await {} };
    // Whether it came to its end or not, there is nothing more to do for the caller.
    let _ = timeout(time, reading).await;
}
