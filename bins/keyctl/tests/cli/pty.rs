//! A person at a terminal: what is asked, what is typed, and what becomes of it.

use keys_core::Credential;

use crate::database::Installation;
use crate::profiles::Home;
use crate::server::CannedServer;
use crate::support::keyctl;
use crate::terminal::{END_OF_INPUT, INTERRUPT, Terminal};

impl Installation {
    fn at_a_terminal(&self, line: &str) -> Terminal {
        Terminal::start(&self.keyctl(line.split_whitespace()))
    }

    /// What a key's state is.
    fn state(&self, key: &str) -> String {
        self.run(&format!("get {key} --field state")).stdout.trim_end().to_owned()
    }

    /// With both keys Inactive, so that they can be deleted.
    fn inactive() -> Self {
        let installation = Self::new();
        assert_eq!(installation.run("deactivate 1c1 1c2").code, 0);
        installation
    }
}

#[test]
fn a_delete_is_confirmed_by_the_name_of_the_key() {
    let installation = Installation::inactive();
    let mut terminal = installation.at_a_terminal("delete 1c1 -o name");
    terminal.sees("This deletes API key 1c1 for good.\r\n");
    terminal.answers("To confirm, type its name (ci): ", "ci");
    let ended = terminal.ends();
    assert_eq!((ended.code, ended.stdout.as_str()), (0, "1c1\n"), "{ended:?}");
    assert_eq!(installation.state("1c1"), "deleted");
}

#[test]
fn a_key_without_a_name_is_confirmed_by_its_access_key() {
    let installation = Installation::inactive();
    let access_key = installation.run("get 1c2 --field accessKey").stdout.trim_end().to_owned();
    let mut terminal = installation.at_a_terminal("delete 1c2");
    terminal.answers(&format!("To confirm, type its access key ({access_key}): "), &access_key);
    assert_eq!(terminal.ends().code, 0);
    assert_eq!(installation.state("1c2"), "deleted");
}

#[test]
fn several_are_listed_and_confirmed_by_how_many_they_are() {
    let installation = Installation::inactive();
    let mut terminal = installation.at_a_terminal("delete 1c1 1c2");
    terminal.sees("ID   ACCESS KEY ");
    terminal.sees("1c1");
    terminal.sees("1c2");
    terminal.sees("This deletes these 2 API keys for good.");
    terminal.answers("To confirm, type how many they are (2): ", "2");
    assert_eq!(terminal.ends().code, 0);
    assert_eq!(["1c1", "1c2"].map(|key| installation.state(key)), ["deleted", "deleted"]);
}

#[test]
fn anything_else_does_nothing() {
    let installation = Installation::inactive();
    for typed in ["", "y", "yes", "CI", "1c1"] {
        let mut terminal = installation.at_a_terminal("delete 1c1");
        terminal.answers("(ci): ", typed);
        let ended = terminal.ends();
        assert_eq!((ended.code, ended.stdout.as_str()), (1, ""), "{typed:?}: {ended:?}");
        assert!(
            ended.screen.ends_with("\nkeyctl: what was typed is not ci: nothing was done\n"),
            "{ended:?}"
        );
    }
    let mut terminal = installation.at_a_terminal("delete 1c1");
    terminal.sees("(ci): ");
    terminal.types(END_OF_INPUT);
    let ended = terminal.ends();
    assert_eq!(ended.code, 1);
    assert!(
        ended.screen.ends_with("(ci): \nkeyctl: what was typed is not ci: nothing was done\n"),
        "{ended:?}"
    );
    let mut terminal = installation.at_a_terminal("delete 1c1");
    terminal.sees("(ci): ");
    terminal.types(INTERRUPT);
    assert_eq!(terminal.ends().code, 130);
    assert_eq!(installation.state("1c1"), "inactive");
}

/// What would be refused is not asked about, and what was said to be meant is not either.
#[test]
fn nobody_is_asked_in_vain() {
    let installation = Installation::new();
    let ended = installation.at_a_terminal("delete 1c1").ends();
    assert_eq!((ended.code, ended.stdout.as_str()), (5, ""));
    assert!(ended.screen.starts_with("keyctl: 1c1: cannot delete a key that is active"), "{ended:?}");
    assert_eq!(installation.at_a_terminal("env delete 1a5 -y").ends().code, 0);
    assert_eq!(installation.at_a_terminal("env delete 1a5 --yes").ends().code, 5);
    assert_eq!(installation.at_a_terminal("delete 1c1 --dry-run").ends().code, 5);
}

#[test]
fn environments_and_people_are_confirmed_too() {
    let installation = Installation::new();
    let mut terminal = installation.at_a_terminal("env delete 1a5");
    terminal.sees("This removes environment 1a5: the keys there are refused from then on.");
    terminal.answers("type its name (Default): ", "Default");
    assert_eq!(terminal.ends().code, 0);
    assert_eq!(installation.run("user add --name Ada").code, 0);
    assert_eq!(installation.run("user disable 1a6").code, 0);
    let mut terminal = installation.at_a_terminal("user remove 1a6");
    terminal.sees("This removes account 1a6 for good.");
    terminal.answers("type its name (Ada): ", "Ada");
    assert_eq!(terminal.ends().code, 0);
}

#[test]
fn many_at_once_are_shown_before_they_move() {
    let installation = Installation::new();
    let mut terminal = installation.at_a_terminal("deactivate --all --creator 1a1");
    terminal.sees("1c1");
    terminal.sees("1c2");
    terminal.sees("This deactivates these 2 API keys: refused from then on.");
    terminal.answers("type how many they are (2): ", "3");
    let ended = terminal.ends();
    assert_eq!((ended.code, ended.stdout.as_str()), (1, ""));
    assert!(ended.screen.ends_with("keyctl: what was typed is not 2: nothing was done\n"), "{ended:?}");
    assert_eq!(installation.state("1c1"), "active");
    let mut terminal = installation.at_a_terminal("deactivate --all --creator 1a1 -o name");
    terminal.answers("type how many they are (2): ", "2");
    assert_eq!(terminal.ends().stdout, "1c1\n1c2\n");
    // Nothing is left to ask about.
    let ended = installation.at_a_terminal("deactivate --all --creator 1a1 -o name").ends();
    assert_eq!((ended.code, ended.stdout.as_str(), ended.screen.as_str()), (0, "", ""));
}

const NOBODY: &str = "{\"id\":\"r-1\",\"type\":\"error\",\"status\":401,\"code\":\"Unauthorized\",\"message\":\"Unauthorized\"}";
const NO_KEYS: &str = "{\"type\":\"collection\",\"resourceType\":\"apiKey\",\"links\":{},\"data\":[]}";

/// A server that asks for a key once, and a run that lists its keys at a terminal.
fn asked_for_a_key(more: &[&str]) -> (CannedServer, Terminal) {
    let server = CannedServer::start([(401, NOBODY.to_owned()), (200, NO_KEYS.to_owned())]);
    let url = server.url();
    let words = ["--url", &url, "list"].into_iter().chain(more.iter().copied());
    let terminal = Terminal::start(&keyctl(words));
    (server, terminal)
}

fn pair() -> Credential {
    Credential::generate(&mut getrandom::SysRng).expect("randomness")
}

#[test]
fn a_pair_that_the_server_wants_is_asked_for_and_its_secret_not_shown() {
    let pair = pair();
    let access_key = pair.access_key().to_string();
    for named in [false, true] {
        let more = if named { vec!["--access-key", &access_key] } else { vec![] };
        let (server, mut terminal) = asked_for_a_key(&more);
        if !named {
            terminal.answers("Access key: ", pair.access_key().as_str());
        }
        terminal.answers_unseen("Secret key: ", pair.secret_key().expose());
        let ended = terminal.ends();
        assert_eq!(ended.code, 0, "{ended:?}");
        assert!(!ended.screen.contains(pair.secret_key().expose()), "{ended:?}");
        let requests = server.requests();
        let presented: Vec<_> = requests.iter().map(|request| request.header("authorization")).collect();
        assert!(matches!(presented.as_slice(), [None, Some(_)]), "{presented:?}");
    }
}

#[test]
fn what_is_typed_and_is_no_pair_is_not_sent() {
    let (server, mut terminal) = asked_for_a_key(&[]);
    terminal.answers("Access key: ", pair().access_key().as_str());
    // The checksum belongs to the pair.
    let other = pair();
    let secret = other.secret_key().expose().get(1..).unwrap_or_default();
    terminal.answers_unseen("Secret key: ", secret);
    let ended = terminal.ends();
    assert_eq!(ended.code, 2, "{ended:?}");
    assert!(ended.screen.contains("the pair in what was typed is malformed"), "{ended:?}");
    assert!(!ended.screen.contains(secret), "{ended:?}");
    assert_eq!(server.lines().len(), 1);
}

#[test]
fn who_stops_while_a_secret_is_asked_for_has_the_terminal_back() {
    let access_key = pair().access_key().to_string();
    let (_server, mut terminal) = asked_for_a_key(&["--access-key", &access_key]);
    terminal.sees("Secret key: ");
    terminal.hides_what_is_typed("Secret key: ");
    terminal.types(INTERRUPT);
    assert!(terminal.leaves_it_as_it_was());
    // The second time as well as the first.
    let installation = Installation::new();
    let mut terminal = installation.at_a_terminal("user password 1a1 --login boss");
    terminal.answers_unseen("New password: ", "a long enough one");
    terminal.sees("The same again: ");
    terminal.hides_what_is_typed("The same again: ");
    terminal.types(INTERRUPT);
    assert!(terminal.leaves_it_as_it_was());
}

#[test]
fn a_new_password_is_asked_for_twice() {
    let installation = Installation::new();
    let line = "user password 1a1 --login boss";
    let mut terminal = installation.at_a_terminal(line);
    terminal.answers_unseen("New password: ", "a long enough one");
    terminal.answers_unseen("The same again: ", "a long enough two");
    let ended = terminal.ends();
    assert_eq!((ended.code, ended.stdout.as_str()), (2, ""), "{ended:?}");
    assert!(ended.screen.contains("keyctl: what was typed differs, so nothing was done"), "{ended:?}");
    let mut terminal = installation.at_a_terminal(line);
    for prompt in ["New password: ", "The same again: "] {
        terminal.answers_unseen(prompt, "a long enough one");
    }
    let ended = terminal.ends();
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(!ended.screen.contains("long enough"), "{ended:?}");
}

#[test]
fn a_secret_is_typed_into_a_profile_and_confirmed_away() {
    let (home, pair) = (Home::new(), pair());
    let access_key = pair.access_key().to_string();
    let words = ["profile", "set", "prod", "--url", "http://h", "--access-key", &access_key, "--ask-secret"];
    let mut terminal = Terminal::start(&home.keyctl(words));
    terminal.answers_unseen("Secret key: ", pair.secret_key().expose());
    let ended = terminal.ends();
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(!ended.screen.contains(pair.secret_key().expose()), "{ended:?}");
    assert!(!ended.stdout.contains(pair.secret_key().expose()), "{ended:?}");
    for (typed, code) in [("yes", 1), ("prod", 0)] {
        let mut terminal = Terminal::start(&home.keyctl(["profile", "remove", "prod"]));
        terminal.sees("This removes profile prod, and the secret in it.");
        terminal.answers("To confirm, type its name (prod): ", typed);
        assert_eq!(terminal.ends().code, code);
    }
    home.run("profile show prod").failed(3, &["there is no profile prod"]);
}
