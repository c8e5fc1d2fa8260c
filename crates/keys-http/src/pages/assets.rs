//! The files pages refer to. They are compiled in, and their addresses change when they do.

use bytes::Bytes;
use http::header::{self, HeaderValue};
use http::{Response, StatusCode};

/// A file of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asset {
    /// How pages look.
    Stylesheet,
    /// The picture in a browser's tab.
    Icon,
}

impl Asset {
    const ALL: [Self; 2] = [Self::Stylesheet, Self::Icon];

    const fn content(self) -> &'static str {
        match self {
            Self::Stylesheet => include_str!("../../assets/pages.css"),
            Self::Icon => include_str!("../../assets/icon.svg"),
        }
    }

    const fn content_type(self) -> &'static str {
        match self {
            Self::Stylesheet => "text/css; charset=utf-8",
            Self::Icon => "image/svg+xml",
        }
    }

    /// Its path below `/assets/`.
    fn name(self) -> String {
        match self {
            Self::Stylesheet => format!("pages-{:016x}.css", digest(self.content())),
            Self::Icon => format!("icon-{:016x}.svg", digest(self.content())),
        }
    }

    /// Its path.
    pub(crate) fn path(self) -> String {
        format!("/assets/{}", self.name())
    }

    /// The file of a name, if there is one.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|asset| asset.name() == name)
    }

    /// The file itself. What stands at its address never changes.
    pub(crate) fn answer(self) -> Response<Bytes> {
        let mut response = Response::new(Bytes::from_static(self.content().as_bytes()));
        *response.status_mut() = StatusCode::OK;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.content_type()));
        headers
            .insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'"));
        response
    }
}

/// FNV-1a: tells two versions of our own files apart, nothing more.
const fn digest(text: &str) -> u64 {
    let mut rest = text.as_bytes();
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    while let [byte, tail @ ..] = rest {
        hash = (hash ^ *byte as u64).wrapping_mul(0x0000_0100_0000_01b3);
        rest = tail;
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_found_by_its_path_and_by_no_other() {
        for asset in Asset::ALL {
            let path = asset.path();
            assert_eq!(Asset::named(path.strip_prefix("/assets/").unwrap()), Some(asset));
        }
        assert_eq!(Asset::named("pages.css"), None);
        assert_eq!(Asset::named(""), None);
        assert_ne!(digest("a"), digest("b"));
    }
}
