//! `.netrc`: which login and password to use for a machine, as curl and ftp read it.
//!
//! The format has no specification; this reads what curl reads: words separated by white space, `machine NAME` or
//! `default`, then `login`, `password` and `account` with their values, comments from `#` to the end of the line where
//! a keyword could stand, `macdef` up to an empty line, and words in double quotes with `\"`, `\\`, `\n`, `\r`, `\t`.

use std::fmt;

use zeroize::Zeroizing;

/// One login of the file.
pub(crate) struct Entry {
    /// The user name; for us the access key.
    pub(crate) login: String,
    /// The password; for us the secret key.
    pub(crate) password: Zeroizing<String>,
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry").field("login", &self.login).finish_non_exhaustive()
    }
}

/// The complete entries that hold for a machine, in the order of the file; `default` holds for every machine.
///
/// Whatever else the file contains is passed over: it belongs to other programs too.
pub(crate) fn entries_for(text: &str, host: &str) -> Vec<Entry> {
    let mut parser =
        Parser { words: Words { rest: text }, host, applies: false, partial: Partial::default() };
    let mut found = Vec::new();
    while let Some(word) = parser.words.next_keyword() {
        if let Some(entry) = parser.keyword(&word) {
            found.push(entry);
        }
    }
    found.extend(parser.partial.take());
    found
}

struct Parser<'a> {
    words: Words<'a>,
    host: &'a str,
    /// Whether the entry being read holds for the machine.
    applies: bool,
    partial: Partial,
}

impl Parser<'_> {
    /// Reads on from a keyword; gives the entry that it ends, if it ends one.
    fn keyword(&mut self, word: &str) -> Option<Entry> {
        match word {
            "machine" => {
                let ended = self.partial.take();
                self.applies =
                    self.words.next_value().is_some_and(|name| name.eq_ignore_ascii_case(self.host));
                ended
            }
            "default" => {
                let ended = self.partial.take();
                self.applies = true;
                ended
            }
            "macdef" => {
                self.words.skip_macro();
                None
            }
            "login" => {
                self.partial.login = self.words.next_value().filter(|_| self.applies);
                None
            }
            "password" => {
                self.partial.password = self.words.next_value().filter(|_| self.applies);
                None
            }
            "account" => {
                self.words.next_value();
                None
            }
            _ => None,
        }
    }
}

#[derive(Default)]
struct Partial {
    login: Option<Zeroizing<String>>,
    password: Option<Zeroizing<String>>,
}

impl Partial {
    fn take(&mut self) -> Option<Entry> {
        let Self { login, password } = std::mem::take(self);
        Some(Entry { login: login?.as_str().to_owned(), password: password? })
    }
}

struct Words<'a> {
    rest: &'a str,
}

impl Words<'_> {
    /// The next word where a keyword may stand, so that a word beginning with `#` is a comment.
    fn next_keyword(&mut self) -> Option<Zeroizing<String>> {
        loop {
            self.rest = self.rest.trim_start();
            if !self.rest.starts_with('#') {
                return self.next_value();
            }
            self.rest = self.rest.split_once('\n').map_or("", |(_, rest)| rest);
        }
    }

    /// The next word, whatever it begins with.
    fn next_value(&mut self) -> Option<Zeroizing<String>> {
        self.rest = self.rest.trim_start();
        if let Some(quoted) = self.rest.strip_prefix('"') {
            return Some(self.quoted(quoted));
        }
        let (word, rest) = self.rest.split_once(char::is_whitespace).unwrap_or((self.rest, ""));
        // The white space is kept: an empty line ends a macro.
        self.rest = self.rest.strip_prefix(word).unwrap_or(rest);
        (!word.is_empty()).then(|| Zeroizing::new(word.to_owned()))
    }

    /// A word in double quotes; one that is never closed goes to the end of its line.
    fn quoted(&mut self, text: &str) -> Zeroizing<String> {
        let mut word = Zeroizing::new(String::new());
        let mut characters = text.chars();
        while let Some(character) = characters.next() {
            match character {
                '"' | '\n' => break,
                '\\' => match characters.next() {
                    Some('n') => word.push('\n'),
                    Some('r') => word.push('\r'),
                    Some('t') => word.push('\t'),
                    Some(other) => word.push(other),
                    None => break,
                },
                other => word.push(other),
            }
        }
        // `as_str` of the iterator is a suffix of `text`, and so of what `rest` points into.
        let consumed = self.rest.len().saturating_sub(characters.as_str().len());
        self.rest = self.rest.get(consumed..).unwrap_or("");
        word
    }

    /// Skips a macro's name and its lines, up to an empty one.
    fn skip_macro(&mut self) {
        let mut lines = self.rest.split_inclusive('\n');
        let skipped: usize = lines
            .by_ref()
            .take_while(|line| !line.trim_end_matches(['\n', '\r']).is_empty())
            .map(str::len)
            .sum();
        self.rest = self.rest.get(skipped..).unwrap_or("");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, host: &str) -> Vec<(String, String)> {
        entries_for(text, host)
            .into_iter()
            .map(|entry| (entry.login, entry.password.as_str().to_owned()))
            .collect()
    }

    #[test]
    fn a_machine_is_found_however_the_file_is_written() {
        let files = [
            "machine keys.example login KC1 password s1",
            "machine keys.example\n  login KC1\n  password s1\n",
            "machine\nkeys.example\nlogin\nKC1\npassword\ns1",
            "\tmachine\tkeys.example\tpassword\ts1\tlogin\tKC1\r\n",
            "machine other login a password b\nmachine KEYS.Example login KC1 password s1\n",
            "# machine keys.example login no password no\nmachine keys.example login KC1 password s1 # tail",
            "machine keys.example login KC1 account x password s1",
            "machine keys.example account login login KC1 password s1",
            "machine keys.example login \"KC1\" password \"s1\"",
            "macdef init\nmachine keys.example login no password no\n\nmachine keys.example login KC1 password s1",
            "machine x macdef init\ncd /\n\nmachine keys.example login KC1 password s1",
            "machine keys.example port 80 login KC1 password s1",
            "default login KC1 password s1",
        ];
        for file in files {
            assert_eq!(read(file, "keys.example"), [("KC1".into(), "s1".into())], "{file:?}");
        }
    }

    #[test]
    fn other_machines_and_half_entries_give_nothing() {
        let files = [
            "",
            "   \n\n",
            "machine",
            "machine keys.example",
            "machine keys.example login",
            "machine keys.example login KC1",
            "machine keys.example login KC1 password",
            "machine keys.example password s1",
            "machine keys.example.evil login KC1 password s1",
            "machine evil-keys.example login KC1 password s1",
            "machine keys.example:8080 login KC1 password s1",
            "machine keys.example login KC1 machine other password s1",
            "login KC1 password s1",
            "macdef init\nmachine keys.example login KC1 password s1",
            "# machine keys.example login KC1 password s1",
            "#machine keys.example login KC1 password s1",
        ];
        for file in files {
            assert_eq!(read(file, "keys.example"), [], "{file:?}");
        }
    }

    #[test]
    fn every_entry_of_a_machine_is_given_in_order() {
        let file = "machine h login a password 1\nmachine h login b password 2\ndefault login c password 3";
        let expected = [("a", "1"), ("b", "2"), ("c", "3")].map(|(a, b)| (a.to_owned(), b.to_owned()));
        assert_eq!(read(file, "h"), expected);
    }

    #[test]
    fn values_may_be_quoted_and_begin_with_a_hash() {
        assert_eq!(
            read(r#"machine h login "a \"b\\ c" password #1\"#, "h"),
            [("a \"b\\ c".into(), "#1\\".into())]
        );
        assert_eq!(
            read("machine h login a password \"never closed", "h"),
            [("a".into(), "never closed".into())]
        );
        assert_eq!(read("machine h login \"\" password \"\"", "h"), [(String::new(), String::new())]);
    }

    #[test]
    fn hostile_files_end() {
        let long = "machine h ".repeat(20_000);
        let quotes = "\"".repeat(50_000);
        let slashes = format!("machine h login \"{}", "\\".repeat(50_001));
        let nul = "machine h\0 login \u{202e} password \u{1b}[2J";
        for file in [long.as_str(), &quotes, &slashes, nul, "\u{feff}machine h login a password b", "macdef"]
        {
            assert!(read(file, "h").len() <= 1);
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_at_all_is_read_to_its_end(text in "\\PC*|[\"\\\\#a \n]*|(machine |default |login |password |macdef |h |\n|\"|#)*") {
            for entry in entries_for(&text, "h") {
                proptest::prop_assert!(entry.login.len() + entry.password.len() <= text.len());
            }
        }

        #[test]
        fn any_pair_that_is_quoted_comes_back(login in "\\PC*", password in "(?s).*", before in "[a-z \n]*") {
            let quoted = |text: &str| {
                let text = text.replace('\\', r"\\").replace('"', "\\\"").replace('\n', r"\n");
                format!("\"{text}\"")
            };
            let before = before.replace("macdef", "").replace("login", "").replace("password", "");
            let file = format!("{before}\nmachine h login {} password {}", quoted(&login), quoted(&password));
            proptest::prop_assert_eq!(read(&file, "h"), [(login, password)]);
        }
    }

    #[test]
    fn the_password_is_not_shown_in_debug_output() {
        let entries = entries_for("machine h login KC1 password hush", "h");
        assert_eq!(format!("{entries:?}"), "[Entry { login: \"KC1\", .. }]");
    }
}
