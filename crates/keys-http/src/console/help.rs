//! What API keys are and how they are used: the same for anybody, with nothing of what is kept here.

use askama::Template;
use http::StatusCode;

use super::frame::{Frame, Section};
use super::keys::machine;
use super::visit::Visit;
use crate::dialect::handlers::Answer;
use crate::dialect::urls::Urls;
use crate::problem::Problem;

/// Where it is found.
pub(super) const PATH: &str = "/help/api-keys";

#[derive(Template)]
#[template(path = "console/help.html")]
struct HelpPage {
    frame: Frame,
    /// Where the API is, as its reader finds it.
    endpoint: String,
    /// A command with a key in it.
    curl: String,
    /// A line that keeps the key.
    netrc: String,
    /// A command that finds the key in that line.
    quiet: String,
}

/// The page for somebody who is known.
pub(super) fn page(visit: &Visit<'_>) -> Result<Answer, Problem> {
    written(Frame::new(visit, Section::Elsewhere, TITLE)?, visit.call.urls)
}

/// The page for whoever asks.
pub(super) fn page_for_anybody(urls: &Urls) -> Result<Answer, Problem> {
    written(Frame { may_log_in: true, ..Frame::bare(TITLE) }, urls)
}

/// From where it was found before.
pub(super) fn moved() -> Answer {
    Answer::moved(PATH.to_owned())
}

const TITLE: &str = "About API keys";

fn written(frame: Frame, urls: &Urls) -> Result<Answer, Problem> {
    let endpoint = urls.of_version(urls.version());
    let page = HelpPage {
        frame,
        curl: format!("curl -u ACCESS_KEY:SECRET_KEY {endpoint}"),
        netrc: format!("machine {} login ACCESS_KEY password SECRET_KEY", machine(&endpoint)),
        quiet: format!("curl -n {endpoint}"),
        endpoint,
    };
    Answer::page(StatusCode::OK, page.render())
}
