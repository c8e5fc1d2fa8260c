//! Whether a page is made of our templates' elements and attributes only: what a caller has sent is text in it, never
//! markup, and in the shell of another API page data, never script.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// What stands in the templates: the names behind a `<`, and every word there is, among which are all attributes.
struct Vocabulary {
    elements: BTreeSet<String>,
    words: BTreeSet<String>,
}

static TEMPLATES: LazyLock<Vocabulary> = LazyLock::new(|| {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../crates/keys-http/templates");
    let mut known = Vocabulary { elements: BTreeSet::new(), words: BTreeSet::new() };
    for file in files(Path::new(folder)) {
        let text = fs::read_to_string(file).expect("a template is text");
        known.elements.extend(text.split('<').skip(1).map(|behind| run(behind, |letter| letter != '-')));
        known.words.extend(text.split(|letter: char| !is_of_a_name(letter)).map(str::to_owned));
    }
    known
});

/// The files of a folder and of those in it.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the templates are there");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

fn is_of_a_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '-'
}

/// The name a text begins with.
fn run(text: &str, also: impl Fn(char) -> bool) -> String {
    text.chars().take_while(|letter| is_of_a_name(*letter) && also(*letter)).collect()
}

/// Whether an attribute may stand in a page: none that runs anything or changes its looks.
fn is_ours(attribute: &str) -> bool {
    TEMPLATES.words.contains(attribute)
        && !attribute.to_ascii_lowercase().starts_with("on")
        && attribute != "style"
}

/// What addresses a page may lead to begin with.
const ADDRESSES: &[&str] = &["/", "http://", "https://", "#", "?"];

/// Fails on any element, attribute or kind of address that is none of the templates'.
pub(crate) fn are_ours(page: &str) {
    let rest = page.strip_prefix("<!doctype html>").expect("a page begins with its type");
    assert!(read(rest).is_empty(), "our pages run nothing");
}

/// As [`are_ours`], but for scripts that are files of ours.
pub(crate) fn are_ours_with_scripts(page: &str) {
    let rest = page.strip_prefix("<!doctype html>").expect("a page begins with its type");
    assert!(read(rest).iter().all(|script| script.is_empty()), "a script is written into the page");
    let mut scripts = page.split("<script").skip(1);
    assert!(scripts.all(|behind| behind.starts_with(" src=\"/assets/")), "a script is none of our files");
}

/// Fails on a shell with more than its two scripts, or with markup inside of them.
pub(crate) fn are_of_the_shell(page: &str) {
    let rest = page.strip_prefix("<!doctype html>").expect("a page begins with its type");
    let (comment, rest) = rest.split_once("-->").expect("the shell says who it is for");
    assert!(comment.starts_with("\n<!-- A program"), "{comment}");
    let scripts = read(rest);
    assert_eq!(scripts.len(), 2, "a script of somebody else's");
    assert!(scripts.iter().all(|script| !script.contains(['<', '>'])), "markup in a script: {scripts:?}");
}

/// Reads elements to the end, and returns the texts of scripts.
fn read(mut rest: &str) -> Vec<&str> {
    let mut scripts = Vec::new();
    while let Some((_, behind)) = rest.split_once('<') {
        let opens = !behind.starts_with('/');
        let behind = behind.strip_prefix('/').unwrap_or(behind);
        let end = behind.find(|letter: char| !letter.is_ascii_alphanumeric()).expect("an element ends");
        let (element, behind) = behind.split_at(end);
        assert!(TEMPLATES.elements.contains(element), "element <{element}> is none of ours");
        rest = attributes(behind);
        if opens && element == "script" {
            let (script, behind) = rest.split_once("</script>").expect("a script ends");
            scripts.push(script);
            rest = behind;
        }
    }
    scripts
}

/// Reads attributes to the end of their element and returns what stands behind.
fn attributes(mut rest: &str) -> &str {
    loop {
        rest = rest.trim_start();
        // Of a shape in a picture.
        rest = rest.strip_prefix('/').filter(|behind| behind.starts_with('>')).unwrap_or(rest);
        if let Some(behind) = rest.strip_prefix('>') {
            return behind;
        }
        let end = rest
            .find(|letter: char| !letter.is_ascii_alphabetic() && letter != '-')
            .expect("an attribute ends");
        let (name, behind) = rest.split_at(end);
        assert!(!name.is_empty() && is_ours(name), "attribute {name:?} is none of ours: {behind:.40}");
        rest = behind;
        // What htmx may do is a constant, and JSON.
        if let Some(behind) = rest.strip_prefix("='{").filter(|_| name == "content") {
            let (settings, behind) = behind.split_once("}'").expect("settings end");
            assert!(!settings.contains(['<', '\'']), "settings of htmx: {settings}");
            rest = behind;
        }
        if let Some(behind) = rest.strip_prefix("=\"") {
            let (value, behind) = behind.split_once('"').expect("a value ends");
            if matches!(name, "href" | "src" | "action") {
                let leads = ADDRESSES.iter().any(|start| value.starts_with(start));
                assert!(leads, "{name} leads to {value:?}");
            }
            rest = behind;
        }
    }
}
