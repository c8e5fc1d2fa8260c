//! Precedence, and every way a configuration can be wrong.

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use super::layers::{Environment, Source};
use super::*;

fn environment(variables: &[(&str, &str)]) -> Environment {
    variables.iter().map(|(name, value)| (OsString::from(name), OsString::from(value))).collect()
}

fn file_flags(path: &Path) -> Options {
    Options { config: Some(path.to_owned()), ..Options::default() }
}

fn load(flags: Options, variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    Config::of(&Choices::make(flags, &environment(variables))?)
}

fn refusal(flags: Options, variables: &[(&str, &str)]) -> String {
    load(flags, variables).unwrap_err().to_string()
}

/// What a file with this text is refused with, its directory left out.
fn file_refusal(text: &str) -> String {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("server.toml");
    fs::write(&path, text).unwrap();
    refusal(file_flags(&path), &[]).replace(&format!("{}/", dir.path().display()), "")
}

#[test]
fn the_defaults_are_those_of_the_manual() {
    let config = load(Options::default(), &[]).unwrap();
    assert_eq!(config.listen, "127.0.0.1:8080".parse().unwrap());
    assert_eq!(config.exposure, Exposure::Loopback);
    assert!(config.tls.is_none());
    assert_eq!(config.data_dir, Path::new("./keys-data"));
    assert_eq!(config.database.to_string(), "sqlite:./keys-data/keys.sqlite3");
    assert_eq!(config.pepper_file.as_deref(), Some(Path::new("./keys-data/pepper")));
    assert_eq!((config.trusted_proxies.len(), config.public_url), (0, None));
    assert!(!config.accept_lost_pepper);
    assert_eq!((config.log_format, config.log_level), (LogFormat::Text, Level::INFO));
}

#[test]
fn a_flag_beats_the_environment_which_beats_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("server.toml");
    fs::write(&path, "listen = '127.0.0.1:1'\ndata-dir = '/in/file'\nlog-level = 'warn'\n").unwrap();
    let flags = Options { listen: Some("127.0.0.1:3".to_owned()), ..file_flags(&path) };
    let variables = [("APIKEYS_LISTEN", "127.0.0.1:2"), ("APIKEYS_DATA_DIR", "/in/environment")];
    let choices = Choices::make(flags, &environment(&variables)).unwrap();
    let chosen = |chosen: &Chosen| (chosen.text.clone(), chosen.source.clone());
    assert_eq!(chosen(&choices.listen), ("127.0.0.1:3".to_owned(), Source::Flag));
    let from_variable = Source::Environment("APIKEYS_DATA_DIR".to_owned());
    assert_eq!(chosen(&choices.data_dir), ("/in/environment".to_owned(), from_variable));
    assert_eq!(chosen(&choices.log_level), ("warn".to_owned(), Source::File(path)));
    assert_eq!(chosen(&choices.log_format), ("text".to_owned(), Source::Default));
    assert_eq!(chosen(&choices.pepper_file), ("/in/environment/pepper".to_owned(), Source::Default));
}

#[test]
fn every_setting_can_come_from_every_source() {
    let values = [
        ("listen", "\"127.0.0.1:9\""),
        ("data-dir", "\"/d\""),
        ("database", "\"memory:\""),
        ("pepper-file", "\"/p\""),
        ("tls-cert", "\"/c\""),
        ("tls-key", "\"/k\""),
        ("behind-tls-proxy", "true"),
        ("trusted-proxy", "\"10.0.0.0/8,192.0.2.1\""),
        ("public-url", "\"https://keys.example.com\""),
        ("accept-lost-pepper", "true"),
        ("log-format", "\"json\""),
        ("log-level", "\"debug\""),
    ];
    let text: String = values.iter().map(|(setting, value)| format!("{setting} = {value}\n")).collect();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("server.toml");
    fs::write(&path, &text).unwrap();
    let from_file = Choices::make(file_flags(&path), &Environment::new()).unwrap();
    let variables: Environment = values
        .iter()
        .map(|(setting, value)| {
            let name = format!("APIKEYS_{}", setting.replace('-', "_").to_uppercase());
            (OsString::from(name), OsString::from(value.trim_matches('"')))
        })
        .collect();
    let from_environment = Choices::make(Options::default(), &variables).unwrap();
    assert!(from_environment.unknown_variables.is_empty());
    let from_flags = Choices::make(
        Options {
            config: None,
            listen: Some("127.0.0.1:9".to_owned()),
            data_dir: Some("/d".to_owned()),
            database: Some("memory:".to_owned()),
            pepper_file: Some("/p".to_owned()),
            tls_cert: Some("/c".to_owned()),
            tls_key: Some("/k".to_owned()),
            behind_tls_proxy: Some("true".to_owned()),
            trusted_proxy: Some(vec!["10.0.0.0/8".to_owned(), "192.0.2.1".to_owned()]),
            public_url: Some("https://keys.example.com".to_owned()),
            accept_lost_pepper: Some("true".to_owned()),
            log_format: Some("json".to_owned()),
            log_level: Some("debug".to_owned()),
        },
        &Environment::new(),
    )
    .unwrap();
    for choices in [&from_file, &from_environment, &from_flags] {
        assert_eq!(choices.all().map(|chosen| chosen.setting), values.map(|(setting, _)| setting));
        for (chosen, (setting, value)) in choices.all().into_iter().zip(values) {
            assert_eq!(chosen.text, value.trim_matches('"'), "{setting}");
            assert_ne!(chosen.source, Source::Default, "{setting}");
        }
    }
    // What is printed is a configuration file that says the same.
    fs::write(&path, from_flags.to_string()).unwrap();
    let again = Choices::make(file_flags(&path), &Environment::new()).unwrap();
    assert_eq!(again.all().map(|chosen| &chosen.text), from_flags.all().map(|chosen| &chosen.text));
}

#[test]
fn an_empty_variable_says_nothing() {
    let choices =
        Choices::make(Options::default(), &environment(&[("APIKEYS_LISTEN", ""), ("APIKEYS_CONFIG", "")]));
    assert_eq!(choices.unwrap().listen.source, Source::Default);
}

#[test]
fn a_variable_that_is_no_setting_is_told_of() {
    let variables = [("APIKEYS_LSITEN", "x"), ("APIKEYS_CONFIG", ""), ("PATH", "/bin")];
    assert_eq!(load(Options::default(), &variables).unwrap().unknown_variables, ["APIKEYS_LSITEN"]);
}

#[test]
fn a_wrong_file_is_refused_with_the_line() {
    assert_eq!(
        file_refusal("listen = '127.0.0.1:1'\n\nlsten = '127.0.0.1:2'\n"),
        "server.toml, line 3: unknown field `lsten`, expected one of `listen`, `data-dir`, `database`, \
         `pepper-file`, `tls-cert`, `tls-key`, `behind-tls-proxy`, `trusted-proxy`, `public-url`, `accept-lost-pepper`, `log-format`, `log-level`"
    );
    assert_eq!(
        file_refusal("\nbehind-tls-proxy = 'yes'\n"),
        "server.toml, line 2: invalid type: string \"yes\", expected a boolean"
    );
    assert!(file_refusal("listen 127\n").starts_with("server.toml, line 1: "));
    assert!(file_refusal("listen = 'a'\nlisten = 'b'\n").starts_with("server.toml, line 2: "));
    let missing = refusal(file_flags(Path::new("/nowhere/server.toml")), &[]);
    assert_eq!(missing, "the configuration file /nowhere/server.toml cannot be read");
}

#[test]
fn every_wrong_value_is_named_with_its_source() {
    let flags = Options { listen: Some("somewhere".to_owned()), ..Options::default() };
    let variables =
        [("APIKEYS_BEHIND_TLS_PROXY", "maybe"), ("APIKEYS_LOG_FORMAT", "xml"), ("APIKEYS_LOG_LEVEL", "loud")];
    let text = refusal(flags, &variables);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines,
        [
            "listen (flag): `somewhere` is no address and port; write it as 127.0.0.1:8080 or [::1]:8080",
            "api-server: behind-tls-proxy (environment APIKEYS_BEHIND_TLS_PROXY): `maybe` is neither true nor false",
            "api-server: log-format (environment APIKEYS_LOG_FORMAT): `xml` is neither text nor json",
            "api-server: log-level (environment APIKEYS_LOG_LEVEL): `loud` is none of error, warn, info, debug, trace",
        ]
    );
}

#[test]
fn a_password_in_a_url_is_never_repeated() {
    let secret = "postgres://keys:hunter2@db.example/keys";
    let flags = || Options { database: Some(secret.to_owned()), ..Options::default() };
    let choices = Choices::make(flags(), &Environment::new()).unwrap();
    assert!(choices.to_string().contains("database = \"postgres://…@db.example/keys\""), "{choices}");
    let text = refusal(flags(), &[]);
    assert!(text.starts_with("database (flag): ") && !text.contains("hunter2"), "{text}");
    assert!(!file_refusal(&format!("database = {{ url = '{secret}' }}\n")).contains("hunter2"));
}

#[test]
fn an_address_others_can_reach_needs_tls_or_a_proxy() {
    for reachable in ["0.0.0.0:80", "[::]:80", "192.0.2.1:80", "[2001:db8::1]:80", "[::ffff:192.0.2.1]:80"] {
        let flags = || Options { listen: Some(reachable.to_owned()), ..Options::default() };
        let text = refusal(flags(), &[]);
        assert!(text.contains("--tls-cert") && text.contains("--behind-tls-proxy"), "{text}");
        let proxied = load(flags(), &[("APIKEYS_BEHIND_TLS_PROXY", "true")]).unwrap();
        assert_eq!(proxied.exposure, Exposure::BehindTlsProxy);
    }
    for own in ["127.0.0.1:80", "127.9.9.9:80", "[::1]:80", "[::ffff:127.0.0.1]:80", "localhost:80"] {
        let flags = Options { listen: Some(own.to_owned()), ..Options::default() };
        assert_eq!(load(flags, &[]).unwrap().exposure, Exposure::Loopback, "{own}");
    }
}

#[test]
fn proxies_are_believed_by_name_only() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("server.toml");
    fs::write(&path, "trusted-proxy = ['10.0.0.0/8', '2001:db8::5']\n").unwrap();
    let networks =
        |config: Config| config.trusted_proxies.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(networks(load(file_flags(&path), &[]).unwrap()), ["10.0.0.0/8", "2001:db8::5/128"]);
    let variables = [("APIKEYS_TRUSTED_PROXY", "127.0.0.1, ::1")];
    assert_eq!(networks(load(file_flags(&path), &variables).unwrap()), ["127.0.0.1/32", "::1/128"]);
    for (wrong, said) in [
        ("proxy.example.com", "`proxy.example.com` is no proxy to believe"),
        ("10.0.0.0/8,10.1.2.3/16", "write 10.1.0.0/16"),
        ("0.0.0.0/0", "it holds every address"),
    ] {
        let text = refusal(Options::default(), &[("APIKEYS_TRUSTED_PROXY", wrong)]);
        assert!(text.starts_with("trusted-proxy (environment ") && text.contains(said), "{text}");
    }
    let wrong = file_refusal("trusted-proxy = 10\n");
    assert_eq!(wrong, "server.toml, line 1: expected a string or a list of strings");
}

#[test]
fn a_public_url_is_a_scheme_and_a_host() {
    let load = |text: &str| load(Options { public_url: Some(text.to_owned()), ..Options::default() }, &[]);
    let url = load("https://Keys.Example.com:443/").unwrap().public_url.unwrap();
    assert_eq!(url.to_string(), "https://keys.example.com");
    assert_eq!(load("").unwrap().public_url, None);
    let text = load("https://keys.example.com/v1").unwrap_err().to_string();
    assert!(
        text.starts_with("public-url (flag): `https://keys.example.com/v1` is no URL of a server"),
        "{text}"
    );
}

#[test]
fn a_store_that_keeps_nothing_needs_no_pepper_file() {
    let memory = || Options { database: Some("memory:".to_owned()), ..Options::default() };
    assert_eq!(load(memory(), &[]).unwrap().pepper_file, None);
    let named = load(memory(), &[("APIKEYS_PEPPER_FILE", "/p")]).unwrap();
    assert_eq!(named.pepper_file.as_deref(), Some(Path::new("/p")));
}
