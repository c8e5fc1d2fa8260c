//! What is round every page: the way to it, the same with curl, the raw JSON.

use super::View;
use super::assets::Asset;
use super::crumbs::{self, Crumb};

/// What the base template shows.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) title: String,
    pub(super) stylesheet: String,
    pub(super) icon: String,
    pub(super) crumbs: Vec<Crumb>,
    /// As whom the caller acts.
    pub(super) account: Option<String>,
    /// What the person is called who has logged in.
    pub(super) person: Option<String>,
    /// What the form to log out repeats of the cookie.
    pub(super) token: Option<String>,
    /// Whether everybody who reaches the server has the API.
    pub(super) open_to_all: bool,
    /// The same document as JSON.
    pub(super) json: Option<String>,
    /// How a program asks for it.
    pub(super) curl: Option<String>,
}

impl Frame {
    /// Round a document that is found at `address`; `None` if it is found nowhere again.
    pub(super) fn new(view: &View, title: String, address: Option<&str>) -> Self {
        Self {
            title,
            stylesheet: Asset::Stylesheet.path(),
            icon: Asset::Icon.path(),
            crumbs: crumbs::of(view.path()),
            account: view.account().map(ToOwned::to_owned),
            person: view.person().map(ToOwned::to_owned),
            token: view.token().map(ToOwned::to_owned),
            open_to_all: view.is_open_to_all(),
            json: address.map(|address| {
                let separator = if address.contains('?') { '&' } else { '?' };
                format!("{address}{separator}_format=json")
            }),
            curl: address.map(curl),
        }
    }

    /// Round the document a request asks for.
    pub(super) fn of_request(view: &View, title: String) -> Self {
        let query = view.query().rewritten(&["_format"], &[]);
        let address = view.address().filter(|_| !view.changes());
        let address =
            address.map(|address| if query.is_empty() { address } else { format!("{address}?{query}") });
        Self::new(view, title, address.as_deref())
    }
}

/// One line for a shell. It names the variables that hold a pair, never a pair.
fn curl(address: &str) -> String {
    format!("curl -u \"$ACCESS_KEY:$SECRET_KEY\" '{}'", address.replace('\'', "%27"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_stays_one_word_of_the_shell() {
        assert_eq!(
            curl("http://localhost/v1?a='; rm -rf /'"),
            "curl -u \"$ACCESS_KEY:$SECRET_KEY\" 'http://localhost/v1?a=%27; rm -rf /%27'"
        );
    }
}
