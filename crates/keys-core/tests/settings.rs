//! Settings, their values, and the addresses some of them are.

use keys_core::{
    AccessControl, AssetUrl, ParseAssetUrlError, ParseSettingError, SettingName, SettingValue, strategies,
};
use proptest::prelude::*;

#[track_caller]
fn refused(error: ParseAssetUrlError, texts: &[&str]) {
    for text in texts {
        assert_eq!(text.parse::<AssetUrl>(), Err(error), "{text:?}");
        for name in [SettingName::ApiUiScript, SettingName::ApiUiStylesheet] {
            let refusal = if text.is_empty() {
                Ok(SettingValue::default_of(name))
            } else {
                Err(ParseSettingError::NotAnAddress(error))
            };
            assert_eq!(SettingValue::parse(name, text), refusal, "{text:?}");
        }
    }
}

#[test]
fn an_address_is_a_url_of_the_web_or_a_path_here() {
    let long = format!("/{}", "a".repeat(255));
    refused(ParseAssetUrlError::TooLong, &[&long]);
    refused(
        ParseAssetUrlError::Character,
        &[
            "/ui js",
            " /ui.js",
            "/ui.js\n",
            "/ui.js#top",
            "/\\evil.example/ui.js",
            "/ui.js\"><script>alert(1)</script>",
            "https://h/<ui>",
            "https://h/ü",
            "https://häst/",
            "https://[::1]/ui.js",
            "/\0",
        ],
    );
    refused(
        ParseAssetUrlError::Kind,
        &[
            "",
            "ui.js",
            "//evil.example/ui.js",
            "HTTPS://h/ui.js",
            "https:/ui.js",
            "https://h",
            "javascript:alert(1)",
            "data:text/javascript,alert(1)",
            "ftp://h/ui.js",
            "*",
        ],
    );
    refused(
        ParseAssetUrlError::Host,
        &[
            "https:///ui.js",
            "https://user@h/ui.js",
            "https://user:word@h/ui.js",
            "https://*/ui.js",
            "https://*.example/ui.js",
            "https://a,b/",
            "https://a;script-src/",
            "https://a'b/",
            "https://a_b/",
            "https://a..b/",
            "https://h./",
            "https://h:/ui.js",
            "https://h:0/ui.js",
            "https://h:+80/ui.js",
            "https://h:65536/ui.js",
            "https://h:80:80/ui.js",
        ],
    );
}

#[test]
fn an_address_knows_its_origin_and_its_folder() {
    for (text, origin, folder) in [
        ("https://h/ui.js", Some("https://h"), "https://h"),
        ("http://127.0.0.1:8080/a/b/ui.js?v=/1", Some("http://127.0.0.1:8080"), "http://127.0.0.1:8080/a/b"),
        ("https://a-1.example/", Some("https://a-1.example"), "https://a-1.example"),
        ("/ui.js", None, ""),
        ("/a/ui.js?b", None, "/a"),
        ("/", None, ""),
    ] {
        let url: AssetUrl = text.parse().unwrap();
        assert_eq!((url.as_str(), url.origin(), url.folder()), (text, origin, folder));
    }
}

#[test]
fn a_setting_nobody_has_put_has_its_default_and_every_setting_has_one() {
    let defaults = SettingName::ALL.map(SettingValue::default_of);
    assert_eq!(defaults.each_ref().map(SettingValue::name), SettingName::ALL);
    assert_eq!(defaults.each_ref().map(SettingValue::as_str), ["false", "", ""]);
    assert_eq!(AccessControl::default(), AccessControl::Off);
    let refused = SettingValue::parse(SettingName::AccessControl, "");
    assert_eq!(refused, Err(ParseSettingError::NotASwitch));
}

proptest! {
    #[test]
    fn a_value_comes_back_from_its_text(value in strategies::setting_value()) {
        prop_assert_eq!(SettingValue::parse(value.name(), &value.to_string()), Ok(value));
    }

    #[test]
    fn an_origin_names_one_host_and_nothing_else_of_a_policy(url in strategies::asset_url()) {
        if let Some(origin) = url.origin() {
            let host = origin.split_once("://").unwrap().1;
            prop_assert!(host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.:".contains(&byte)));
            prop_assert!(url.folder().starts_with(origin));
        }
    }
}
