//! Which address may be listened on: who can reach it × whether access control is on × what protects the secrets on
//! their way.

use std::path::Path;

use keys_tests::{Finished, Launch, TestServer, create_key, disable_access_control, enable_access_control};

/// Whether access control is on.
#[derive(Debug, Clone, Copy)]
enum Access {
    /// Nobody has ever put the setting.
    NeverPut,
    /// Switched off by somebody.
    Off,
    On,
}

/// What becomes of a start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Start {
    /// It serves.
    Serves,
    /// It serves one page, by which somebody becomes the administrator.
    SetsUp,
    /// It serves, and warns that everybody is the administrator.
    Warns,
    /// Exit 2: others would read the secrets.
    Plain,
    /// Exit 2: others would be the administrator.
    Open,
}

const PROXY: &[&str] = &["--behind-tls-proxy"];
const NOTHING: &[&str] = &[];

/// An address that others reach is never listened on here: what such a start would do is seen at the address of
/// loopback that a proxy forwards to, which is as exposed, and in `config check`.
#[test]
fn a_start_is_refused_or_not_as_the_matrix_says() {
    use Access::{NeverPut, Off, On};
    use Start::{Open, Plain, Serves, SetsUp, Warns};

    for (listen, protection, expected) in [
        ("127.0.0.1:0", NOTHING, [(NeverPut, Warns), (Off, Warns), (On, Serves)]),
        ("localhost:0", NOTHING, [(NeverPut, Warns), (Off, Warns), (On, Serves)]),
        ("127.0.0.1:0", PROXY, [(NeverPut, SetsUp), (Off, Open), (On, Serves)]),
        ("0.0.0.0:0", NOTHING, [(NeverPut, Plain), (Off, Plain), (On, Plain)]),
        ("[::]:0", NOTHING, [(NeverPut, Plain), (Off, Plain), (On, Plain)]),
        ("192.0.2.7:0", NOTHING, [(NeverPut, Plain), (Off, Plain), (On, Plain)]),
        ("[::ffff:192.0.2.7]:0", NOTHING, [(NeverPut, Plain), (Off, Plain), (On, Plain)]),
    ] {
        for (access, start) in expected {
            let dir = tempfile::tempdir().unwrap();
            prepare(dir.path(), access);
            let flags = || ["--listen", listen].into_iter().chain(protection.iter().copied());
            let launch = || Launch::bare().args(flags()).arg("--data-dir").arg(dir.path());
            let case = format!("{listen} {protection:?} {access:?}");
            match start {
                Serves | Warns => {
                    let finished = launch().start().stop();
                    assert_eq!(finished.code(), Some(0), "{case}: {}", finished.stderr);
                    let warned = finished.stderr.contains("access control is off");
                    assert_eq!(warned, start == Warns, "{case}: {}", finished.stderr);
                }
                SetsUp => {
                    let server = launch().start();
                    assert_eq!(server.client().get("/v1").status, 503, "{case}");
                    assert_eq!(server.client().get("/setup").status, 200, "{case}");
                    assert!(server.ready_line().contains("setup-token"), "{case}: {}", server.ready_line());
                    assert_eq!(server.stop().code(), Some(0), "{case}");
                }
                Plain => {
                    let said = ["unencrypted", "--behind-tls-proxy", "127.0.0.1"];
                    assert_refused(&launch().run(), &said, &case);
                    let check = Launch::bare().args(["config", "check"]).args(flags()).run();
                    assert_eq!(check.code(), Some(2), "{case}: {}", check.stdout);
                }
                Open => {
                    let said = ["access control was switched off", "keyctl", "access-control enable"];
                    assert_refused(&launch().run(), &said, &case);
                }
            }
        }
    }
}

#[test]
fn an_address_that_others_reach_is_fine_behind_a_proxy_that_speaks_tls() {
    for listen in ["0.0.0.0:8080", "[::]:8080", "192.0.2.7:8080"] {
        let check = Launch::bare().args(["config", "check", "--behind-tls-proxy", "--listen", listen]).run();
        assert_eq!(check.code(), Some(0), "{listen}: {}", check.stderr);
    }
}

fn assert_refused(finished: &Finished, said: &[&str], case: &str) {
    assert_eq!((finished.code(), finished.stdout.as_str()), (Some(2), ""), "{case}: {}", finished.stderr);
    for words in said {
        assert!(finished.stderr.contains(words), "{case}: not said: {words}\n{}", finished.stderr);
    }
}

fn prepare(dir: &Path, access: Access) {
    if matches!(access, Access::NeverPut) {
        return;
    }
    let server = TestServer::start_in(dir);
    let admin = create_key(&server.client(), "/v1/apikeys", "admin").client(&server.client());
    enable_access_control(&admin);
    if matches!(access, Access::Off) {
        disable_access_control(&admin);
    }
    assert_eq!(server.stop().code(), Some(0));
}
