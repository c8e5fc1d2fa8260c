//! Settings, their values, and the addresses some of them are.

use keys_core::{
    AccessControl, AccessMode, AccountId, AccountKind, AccountList, AccountRecord, AccountState, Admission,
    AssetUrl, NewAccount, ParseAccountListError, ParseAssetUrlError, ParseSettingError, Realm, Revision,
    SettingName, SettingValue, Timestamp, strategies,
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
    assert_eq!(
        defaults.each_ref().map(SettingValue::as_str),
        [
            "false",
            "unrestricted",
            "",
            "localauthconfig",
            "Enter API access key and secret key as username and password",
            "",
            "",
        ]
    );
    assert_eq!(AccessControl::default(), AccessControl::Off);
    let refused = SettingValue::parse(SettingName::AccessControl, "");
    assert_eq!(refused, Err(ParseSettingError::NotASwitch));
}

/// Who they are, and what each mode says of them.
#[test]
fn a_mode_admits_as_the_table_says() {
    use AccessMode::{Closed, Required, Restricted, Unrestricted};
    use Admission::{Always, AsMember, Never};

    let account = |kind, id: u64| -> AccountRecord {
        let new = NewAccount {
            uuid: "one".parse().unwrap(),
            kind,
            state: AccountState::Active,
            name: None,
            description: None,
            created: Timestamp::from_millis(0).unwrap(),
        };
        new.into_record(AccountId::new(id).unwrap(), Revision::new(1))
    };
    let listed: AccountList = "1a8,1a7".parse().unwrap();
    let (administrator, named, other) =
        (account(AccountKind::Admin, 1), account(AccountKind::User, 7), account(AccountKind::User, 9));
    for (mode, expected) in [
        (Unrestricted, [Always, Always, Always]),
        (Restricted, [Always, Always, AsMember]),
        (Required, [Always, Always, Never]),
        (Closed, [Never, Never, Never]),
    ] {
        let said = [&administrator, &named, &other].map(|account| mode.admission(&listed, account));
        assert_eq!(said, expected, "{mode}");
    }
}

#[test]
fn nobody_chooses_the_mode_that_a_damaged_setting_means() {
    assert!(AccessMode::Closed.as_str().parse::<AccessMode>().is_err());
    for text in ["", "Unrestricted", "required ", "closed", "1"] {
        let refused = SettingValue::parse(SettingName::AccessMode, text);
        assert!(matches!(refused, Err(ParseSettingError::NotAMode(_))), "{text}");
    }
}

#[test]
fn a_list_of_accounts_names_each_once_and_not_too_many() {
    let parse = |text: &str| text.parse::<AccountList>();
    assert_eq!(parse("1a7,1a9,1a7").unwrap().as_str(), "1a7,1a9");
    for text in [",", "1a7,", "1a7, 1a9", "1a0", "1c7", "7", "account/1a7"] {
        assert_eq!(parse(text), Err(ParseAccountListError::NotAnAccount), "{text}");
    }
    let ids = |count: u64| (1..=count).map(|n| AccountId::new(n).unwrap());
    let most = AccountList::new(ids(256)).unwrap();
    assert_eq!(most.accounts().len(), 256);
    assert_eq!(parse(most.as_str()), Ok(most));
    assert_eq!(AccountList::new(ids(257)), Err(ParseAccountListError::TooLong));
    assert_eq!(parse(&"1a1,".repeat(256).repeat(2)), Err(ParseAccountListError::TooLong));
    assert_eq!(AccountList::new(ids(1).chain(ids(1))).unwrap().as_str(), "1a1");
}

#[test]
fn a_realm_is_something_a_header_can_say() {
    for good in ["x", "keys \"of\" the \\ farm", &"x".repeat(255)] {
        assert_eq!(good.parse::<Realm>().unwrap().as_str(), good);
    }
    for bad in ["", "  ", "ü", "a\nb", "a\tb", "\u{7f}", &"x".repeat(256)] {
        assert!(bad.parse::<Realm>().is_err(), "{bad:?}");
    }
    assert_eq!(Realm::default().as_str().parse(), Ok(Realm::DEFAULT));
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
