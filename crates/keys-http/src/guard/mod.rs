//! Who may talk to this server at all: the safe defaults, and the cross-site rule.

mod cross_site;
mod exposure;

pub(crate) use cross_site::{CsrfCookie, FORM_FIELD, SameSite, check_cross_site, is_browser};
pub(crate) use exposure::check_exposure;
