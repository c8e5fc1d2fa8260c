//! Flags, environment, file, and `config check`.

use std::fs;

use keys_tests::{Launch, create_key, enable_access_control};

use crate::assert_refused;

#[test]
fn a_good_configuration_is_printed_with_its_sources() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("server.toml");
    fs::write(&file, "log-format = 'json'\n").unwrap();
    let finished = Launch::bare()
        .args(["config", "check", "--listen", "127.0.0.1:0", "--config"])
        .arg(&file)
        .env("APIKEYS_DATA_DIR", "/var/lib/apikeys")
        .current_dir(dir.path())
        .run();
    assert_eq!(finished.code(), Some(0), "{}", finished.stderr);
    let expected = format!(
        r#"listen = "127.0.0.1:0"  # flag
data-dir = "/var/lib/apikeys"  # environment APIKEYS_DATA_DIR
database = "sqlite:/var/lib/apikeys/keys.sqlite3"  # default
pepper-file = "/var/lib/apikeys/pepper"  # default
tls-cert = ""  # default
tls-key = ""  # default
behind-tls-proxy = false  # default
trusted-proxy = ""  # default
public-url = ""  # default
accept-lost-pepper = false  # default
log-format = "json"  # file {}
log-level = "info"  # default
# ok
"#,
        file.display()
    );
    assert_eq!(finished.stdout, expected);
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "looking makes nothing");
}

#[test]
fn a_wrong_value_is_shown_and_refused() {
    let finished = Launch::bare().args(["config", "check", "--listen", "everywhere"]).run();
    assert_eq!(finished.code(), Some(2));
    assert!(finished.stdout.starts_with("listen = \"everywhere\"  # flag\n"), "{}", finished.stdout);
    assert!(!finished.stdout.contains("ok"));
    assert!(
        finished.stderr.starts_with("api-server: listen (flag): `everywhere` is no address"),
        "{}",
        finished.stderr
    );
}

#[test]
fn what_check_refuses_a_start_refuses_too() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("server.toml");
    fs::write(&file, "listen = '127.0.0.1:0'\n\n[limits]\n").unwrap();
    let unknown_field = format!("{}, line 3: unknown field `limits`", file.display());
    let file = file.to_str().unwrap();
    let cases: [(&[&str], &str); 8] = [
        (&["--config", file], &unknown_field),
        (
            &["--config", "/nowhere.toml"],
            "the configuration file /nowhere.toml cannot be read: No such file or directory (os error 2)\n",
        ),
        (&["--listen", "localhost"], "listen (flag): `localhost` is no address and port"),
        (&["--listen", "127.0.0.1:99999"], "is no address and port"),
        (&["--listen", "0.0.0.0:0"], "--behind-tls-proxy"),
        (&["--database", "mysql://user:hunter2@host/"], "database (flag): "),
        (&["--database", "postgres://user:hunter2@host/"], "not in this build"),
        (&["--data-dir", ""], "data-dir (flag): the path is empty"),
    ];
    for (arguments, said) in cases {
        let start = Launch::bare().args(arguments).current_dir(dir.path()).run();
        assert_refused(&start, 2, &["api-server: ", said]);
        let check = Launch::bare().args(["config", "check"]).args(arguments).run();
        assert_eq!((check.code(), &check.stderr), (Some(2), &start.stderr));
        assert!(!(check.stdout + &check.stderr).contains("hunter2"));
    }
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "a refused start makes nothing");
}

#[test]
fn a_flag_that_does_not_exist_is_a_usage_error() {
    for arguments in [&["--lsten", "x"][..], &["serve"], &["config"], &["--listen"]] {
        let finished = Launch::bare().args(arguments).run();
        assert_eq!(finished.code(), Some(2), "{arguments:?}: {}", finished.stderr);
    }
}

#[test]
fn help_tells_every_flag_and_exit_code() {
    let finished = Launch::bare().arg("--help").run();
    assert_eq!(finished.code(), Some(0));
    for words in [
        "--listen",
        "--data-dir",
        "--database",
        "--pepper-file",
        "--tls-cert",
        "--tls-key",
        "--behind-tls-proxy",
        "--trusted-proxy",
        "--public-url",
        "APIKEYS_",
        "Exit codes",
    ] {
        assert!(finished.stdout.contains(words), "{words}\n{}", finished.stdout);
    }
}

#[test]
fn a_trusted_proxy_and_a_public_url_take_effect() {
    let dir = tempfile::tempdir().unwrap();
    let launch = |flags: &[&str]| Launch::in_dir(dir.path()).args(flags).start();
    let server = launch(&["--trusted-proxy", "192.0.2.0/24", "--trusted-proxy", "127.0.0.1"]);
    let open = server.client();
    let administrator = create_key(&open, "/v1/apikeys", "administrator");
    enable_access_control(&open);
    let client = administrator.client(&open);
    let proxied = client.with_header("x-forwarded-proto", "https");
    let proxied = proxied.with_header("x-forwarded-host", "keys.example.com");
    let answer = proxied.with_header("x-forwarded-for", "198.51.100.1, 192.0.2.9").get("/v1").expect(200);
    assert_eq!(answer.header("x-api-schemas"), Some("https://keys.example.com/v1/schemas"));
    assert_eq!(answer.header("x-api-client-ip"), Some("198.51.100.1"));
    assert_eq!(server.stop().code(), Some(0));

    let server = launch(&["--public-url", "https://public.example"]);
    let answer = administrator.client(&server.client()).with_header("x-forwarded-for", "198.51.100.1");
    let answer = answer.get("/v1").expect(200);
    assert_eq!(answer.header("x-api-schemas"), Some("https://public.example/v1/schemas"));
    assert_eq!(answer.header("x-api-client-ip"), Some("127.0.0.1"));
}
