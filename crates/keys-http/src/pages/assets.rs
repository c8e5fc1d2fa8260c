//! The files pages refer to. They are compiled in, and their addresses change when they do.

use std::sync::LazyLock;

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
    /// What makes the web page quicker to use. Without it everything can still be done.
    Script,
    /// What replaces parts of a page; not ours: `assets/README.md` says where it is from.
    Htmx,
}

/// The name of each file below `/assets/`.
static NAMES: LazyLock<[(Asset, String); 4]> = LazyLock::new(|| {
    Asset::ALL.map(|asset| {
        let (stem, ending) = asset.stem_and_ending();
        (asset, format!("{stem}-{:016x}.{ending}", digest(asset.content())))
    })
});

impl Asset {
    const ALL: [Self; 4] = [Self::Stylesheet, Self::Icon, Self::Script, Self::Htmx];

    const fn content(self) -> &'static str {
        match self {
            Self::Stylesheet => include_str!("../../assets/pages.css"),
            Self::Icon => include_str!("../../assets/icon.svg"),
            Self::Script => include_str!("../../assets/pages.js"),
            Self::Htmx => include_str!("../../assets/htmx/htmx.min.js"),
        }
    }

    const fn content_type(self) -> &'static str {
        match self {
            Self::Stylesheet => "text/css; charset=utf-8",
            Self::Icon => "image/svg+xml",
            Self::Script | Self::Htmx => "text/javascript; charset=utf-8",
        }
    }

    const fn stem_and_ending(self) -> (&'static str, &'static str) {
        match self {
            Self::Stylesheet => ("pages", "css"),
            Self::Icon => ("icon", "svg"),
            Self::Script => ("pages", "js"),
            Self::Htmx => ("htmx", "js"),
        }
    }

    /// Its path.
    pub(crate) fn path(self) -> String {
        let name = NAMES.iter().find(|(asset, _)| *asset == self).map_or("", |(_, name)| name);
        format!("/assets/{name}")
    }

    /// The file of a name, if there is one.
    pub(crate) fn named(name: &str) -> Option<Self> {
        NAMES.iter().find(|(_, own)| own == name).map(|(asset, _)| *asset)
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
fn digest(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
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

    /// The pages' own address stays what it is: a browser keeps the old file for a year.
    #[test]
    fn an_address_is_made_of_what_stands_there() {
        assert_eq!(digest(""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(digest("a"), 0xaf63_dc4c_8601_ec8c);
        assert!(Asset::Script.path().starts_with("/assets/pages-") && Asset::Script.path().ends_with(".js"));
        assert!(Asset::Htmx.path().starts_with("/assets/htmx-") && Asset::Htmx.path().ends_with(".js"));
    }

    /// What an answer of ours may hold, and no more: no file of the pages leads anywhere else.
    #[test]
    fn no_file_of_ours_asks_another_host_for_anything() {
        for asset in [Asset::Stylesheet, Asset::Icon, Asset::Script] {
            let text = asset.content().replace("http://www.w3.org/2000/svg", "");
            for sign in ["http://", "https://", "url(//", "@import", "@font-face"] {
                assert!(!text.contains(sign), "{asset:?} says {sign}");
            }
        }
    }
}
