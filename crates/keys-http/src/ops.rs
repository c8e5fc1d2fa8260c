//! For those who look after the server. Strangers learn whether it works and nothing else.

use std::sync::Arc;

use bytes::Bytes;
use http::{Response, StatusCode};
use keys_core::AccessControl;

use crate::app::App;
use crate::dialect::grammar::Route;
use crate::hop::blocking;
use crate::reply;

/// Answers what is for everybody: how the server is, and the files its pages refer to.
pub(crate) async fn answer(app: &Arc<App>, route: &Route) -> Response<Bytes> {
    if *route == Route::Ready {
        ready(app).await
    } else if let Route::Asset(asset) = route {
        asset.answer()
    } else {
        reply::text(StatusCode::OK, if *route == Route::Ping { "pong" } else { "ok\n" })
    }
}

/// Whether requests can be served: not while the server is going away, nor while its store cannot be read. While access
/// control is off a line of its own says so, in one word, for whoever watches many servers: `set-up` while nothing but the
/// page of that name is answered.
async fn ready(app: &Arc<App>) -> Response<Bytes> {
    let authority = Arc::clone(&app.authority);
    let readable = blocking(&app.blocking, move || authority.store().head().is_ok()).await;
    if !app.is_draining() && readable.unwrap_or(false) {
        let text = match app.authority.access_control() {
            AccessControl::On => "ready\n",
            AccessControl::Off if app.set_up_door().is_some() => "ready\nset-up\n",
            AccessControl::Off => "ready\nopen\n",
        };
        reply::text(StatusCode::OK, text)
    } else {
        reply::text(StatusCode::SERVICE_UNAVAILABLE, "not ready\n")
    }
}
