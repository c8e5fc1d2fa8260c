//! Which source wins, and what each says of a pair that cannot be one.

use std::io::Write as _;

use super::*;
use crate::profiles::{Place, Profile};

const HOST: &str = "keys.example";
const URL: &str = "https://keys.example";

/// A run with these variables and this standard input.
fn find_with(
    access_key: Option<&str>,
    stdin: Option<&str>,
    variables: &[(&str, &str)],
) -> Result<Option<String>, String> {
    find_in(None, access_key, stdin, variables)
}

/// The same while a profile is in force.
fn find_in(
    profile: Option<&Chosen>,
    access_key: Option<&str>,
    stdin: Option<&str>,
    variables: &[(&str, &str)],
) -> Result<Option<String>, String> {
    let input = stdin.unwrap_or_default().to_owned();
    let surroundings = Surroundings {
        variable: &|name| variables.iter().find(|(own, _)| *own == name).map(|(_, value)| value.into()),
        stdin: &|| Box::new(io::Cursor::new(input.clone().into_bytes())),
    };
    let said = Said { access_key, secret_stdin: stdin.is_some(), profile, ..Said::default() };
    find(&said, &URL.parse().expect("a URL"), &surroundings)
        .map(|found| {
            found.map(|found| match found {
                Found::Pair(credential) => credential.expose_joined().as_str().to_owned(),
                Found::Session(token) => token.expose().to_owned(),
            })
        })
        .map_err(|failure| failure.to_string())
}

struct Pair {
    access_key: String,
    secret_key: String,
    joined: String,
}

fn pair() -> Pair {
    let credential = Credential::generate(&mut getrandom::SysRng).expect("the system has randomness");
    Pair {
        access_key: credential.access_key().to_string(),
        secret_key: credential.secret_key().expose().to_owned(),
        joined: credential.expose_joined().as_str().to_owned(),
    }
}

/// A `.netrc` with this text and mode.
fn netrc(text: &str, mode: u32) -> tempfile::NamedTempFile {
    use std::os::unix::fs::PermissionsExt as _;
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(text.as_bytes()).expect("a write");
    file.as_file().set_permissions(std::fs::Permissions::from_mode(mode)).expect("a mode");
    file
}

#[test]
fn the_environment_gives_a_pair_and_our_names_win() {
    let (ours, theirs) = (pair(), pair());
    let rancher =
        [("RANCHER_ACCESS_KEY", theirs.access_key.as_str()), ("RANCHER_SECRET_KEY", &theirs.secret_key)];
    assert_eq!(find_with(None, None, &rancher), Ok(Some(theirs.joined.clone())));
    let keyctl = [("KEYCTL_ACCESS_KEY", ours.access_key.as_str()), ("KEYCTL_SECRET_KEY", &ours.secret_key)];
    assert_eq!(find_with(None, None, &[keyctl, rancher].concat()), Ok(Some(ours.joined.clone())));
    assert_eq!(
        find_with(Some(&theirs.access_key), None, &[keyctl, rancher].concat()),
        Ok(Some(theirs.joined)),
        "--access-key says which is meant"
    );
    let empty = [("KEYCTL_ACCESS_KEY", ""), ("KEYCTL_SECRET_KEY", "")];
    assert_eq!(find_with(None, None, &empty), Ok(None), "an empty variable counts as not set");
    assert_eq!(find_with(None, None, &[]), Ok(None));
}

/// A profile that `--profile` has chosen or not, with an access key and no secret.
fn profile(access_key: &str, is_first: bool) -> Chosen {
    let profile = Profile {
        name: "prod".parse().expect("a name"),
        place: Place::Server { url: URL.parse().expect("a URL"), environment: None, ca_file: None },
        access_key: access_key.parse().ok(),
        secret: None,
        output: None,
    };
    Chosen { profile, is_first }
}

#[test]
fn a_profile_that_was_chosen_acts_by_no_other_key_than_it_names() {
    let (named, other) = (pair(), pair());
    let find = |access_key: Option<&str>, is_first: bool, key: &str, secret: &Pair| {
        let chosen = profile(&named.access_key, is_first);
        let variables = [("KEYCTL_ACCESS_KEY", key), ("KEYCTL_SECRET_KEY", &secret.secret_key)];
        find_in(Some(&chosen), access_key, None, &variables)
    };
    assert_eq!(
        find(None, true, &other.access_key, &other),
        Ok(None),
        "the key of the environment is another"
    );
    assert_eq!(find(None, true, &named.access_key, &named), Ok(Some(named.joined.clone())));
    assert_eq!(
        find(None, true, "", &named),
        Ok(Some(named.joined.clone())),
        "the secret of the key it names"
    );
    assert_eq!(
        find(Some(&other.access_key), true, &other.access_key, &other),
        Ok(Some(other.joined.clone()))
    );
    assert_eq!(
        find(None, false, &other.access_key, &other),
        Ok(Some(other.joined.clone())),
        "one that was not chosen goes behind the environment"
    );
}

#[test]
fn half_a_pair_is_said() {
    let ours = pair();
    let access = [("KEYCTL_ACCESS_KEY", ours.access_key.as_str())];
    assert_eq!(
        find_with(None, None, &access),
        Err("keyctl: KEYCTL_ACCESS_KEY is set, but KEYCTL_SECRET_KEY is not".into())
    );
    let secret = [("RANCHER_SECRET_KEY", ours.secret_key.as_str())];
    assert_eq!(
        find_with(None, None, &secret),
        Err("keyctl: RANCHER_SECRET_KEY is set, but RANCHER_ACCESS_KEY is not".into())
    );
    assert_eq!(find_with(Some(&ours.access_key), None, &secret), Ok(Some(ours.joined)));
}

#[test]
fn standard_input_gives_a_secret_or_a_joined_pair() {
    let (ours, other) = (pair(), pair());
    for end in ["", "\n", "\r\n", "\nsecond line"] {
        let secret = format!("{}{end}", ours.secret_key);
        assert_eq!(find_with(Some(&ours.access_key), Some(&secret), &[]), Ok(Some(ours.joined.clone())));
        let joined = format!("{}{end}", ours.joined);
        assert_eq!(find_with(None, Some(&joined), &[]), Ok(Some(ours.joined.clone())));
    }
    let variable = [("KEYCTL_ACCESS_KEY", ours.access_key.as_str())];
    assert_eq!(find_with(None, Some(&ours.secret_key), &variable), Ok(Some(ours.joined.clone())));
    for (access_key, stdin) in [
        (None, ours.secret_key.as_str()),
        (Some(other.access_key.as_str()), &ours.joined),
        (Some(&ours.access_key), ""),
        (Some(&ours.access_key), "\n"),
        (Some("nonsense"), &ours.secret_key),
    ] {
        assert!(find_with(access_key, Some(stdin), &[]).is_err(), "{access_key:?}");
    }
}

#[test]
fn a_malformed_pair_is_said_without_its_secret() {
    let ours = pair();
    let mistyped = ours.secret_key.chars().rev().collect::<String>();
    let failure = find_with(Some(&ours.access_key), Some(&mistyped), &[]).expect_err("the checksum is wrong");
    assert_eq!(
        failure,
        "keyctl: the pair in standard input is malformed: \
         the secret key's checksum does not match: a character is wrong"
    );
    let endless = "A".repeat(100_000);
    assert!(find_with(Some(&ours.access_key), Some(&endless), &[]).is_err());
}

#[test]
fn netrc_gives_the_pair_of_the_host() {
    let (ours, other) = (pair(), pair());
    let text = format!(
        "machine {HOST} login anonymous password guest\n\
         machine {HOST} login {} password {}\n\
         machine {HOST} login {} password {}\n",
        ours.access_key, ours.secret_key, other.access_key, other.secret_key
    );
    let file = netrc(&text, 0o600);
    let variables = [("NETRC", file.path().to_str().expect("text"))];
    assert_eq!(find_with(None, None, &variables), Ok(Some(ours.joined)));
    assert_eq!(find_with(Some(&other.access_key), None, &variables), Ok(Some(other.joined)));
    assert_eq!(find_with(Some(&pair().access_key), None, &variables), Ok(None));
}

#[test]
fn netrc_is_found_at_home_and_may_be_missing_there() {
    let ours = pair();
    let home = tempfile::tempdir().expect("a folder");
    let variables = [("HOME", home.path().to_str().expect("text"))];
    assert_eq!(find_with(None, None, &variables), Ok(None));
    let file =
        netrc(&format!("machine {HOST} login {} password {}", ours.access_key, ours.secret_key), 0o600);
    std::fs::copy(file.path(), home.path().join(".netrc")).expect("a copy");
    assert_eq!(find_with(None, None, &variables), Ok(Some(ours.joined)));
}

#[test]
fn a_netrc_that_others_can_read_is_refused_when_it_would_be_used() {
    let ours = pair();
    let text = format!("machine {HOST} login {} password {}", ours.access_key, ours.secret_key);
    for mode in [0o640, 0o604, 0o620, 0o666] {
        let file = netrc(&text, mode);
        let failure = find_with(None, None, &[("NETRC", file.path().to_str().expect("text"))]);
        let failure = failure.expect_err("others can read it");
        assert!(failure.contains("can be read by others") && failure.contains("chmod 600"), "{failure}");
    }
    let file = netrc("machine other login a password b", 0o644);
    assert_eq!(find_with(None, None, &[("NETRC", file.path().to_str().expect("text"))]), Ok(None));
}

#[test]
fn a_netrc_that_was_named_must_be_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let missing = folder.path().join("netrc");
    for path in [missing.as_path(), folder.path()] {
        let failure = find_with(None, None, &[("NETRC", path.to_str().expect("text"))]);
        assert!(failure.expect_err("no such file").contains("cannot be read"));
    }
}
