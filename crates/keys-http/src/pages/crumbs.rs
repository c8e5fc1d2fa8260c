//! The way to a page: every address above it.

use crate::dialect::grammar;

/// One address on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Crumb {
    /// What it is called.
    pub(super) name: String,
    /// Where it is; `None` for where one is, and for what is not served.
    pub(super) path: Option<String>,
}

/// The addresses on the way to `path`, itself included.
pub(super) fn of(path: &str) -> Vec<Crumb> {
    let mut crumbs = vec![Crumb { name: "API".to_owned(), path: Some("/v1".to_owned()) }];
    let mut address = String::new();
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        address.push('/');
        address.push_str(segment);
        let path = grammar::parse(&address).route.is_ok().then(|| address.clone());
        crumbs.push(Crumb { name: segment.to_owned(), path });
    }
    crumbs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_above_is_a_link_and_slashes_do_not_count() {
        let paths = |path| of(path).into_iter().map(|crumb| crumb.path).collect::<Vec<_>>();
        let known = |path: &str| Some(path.to_owned());
        assert_eq!(paths("/"), [known("/v1")]);
        assert_eq!(
            paths("//v1/projects/1a5//apikeys/"),
            [
                known("/v1"),
                known("/v1"),
                known("/v1/projects"),
                known("/v1/projects/1a5"),
                known("/v1/projects/1a5/apikeys")
            ]
        );
        assert_eq!(paths("/v1/nothing"), [known("/v1"), known("/v1"), None]);
        assert_eq!(paths("//evil.example"), [known("/v1"), None]);
    }
}
