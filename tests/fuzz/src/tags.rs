//! Whether a page is made of our templates' elements and attributes only: what a caller has sent is text in it, never
//! markup, and in the shell of another API page data, never script.

const ELEMENTS: &[&str] = &[
    "a", "b", "body", "button", "caption", "code", "dd", "details", "div", "dl", "dt", "form", "h1", "h2",
    "head", "header", "html", "img", "input", "label", "li", "link", "main", "meta", "nav", "ol", "optgroup",
    "option", "p", "pre", "section", "select", "span", "strong", "summary", "table", "tbody", "td",
    "textarea", "th", "thead", "time", "title", "tr", "ul",
];

const ATTRIBUTES: &[&str] = &[
    "action",
    "alt",
    "aria-current",
    "aria-describedby",
    "aria-hidden",
    "aria-invalid",
    "aria-label",
    "aria-labelledby",
    "aria-sort",
    "autocomplete",
    "charset",
    "class",
    "content",
    "data-label",
    "datetime",
    "for",
    "height",
    "href",
    "id",
    "label",
    "lang",
    "maxlength",
    "method",
    "name",
    "nonce",
    "rel",
    "required",
    "role",
    "rows",
    "scope",
    "selected",
    "src",
    "step",
    "tabindex",
    "type",
    "value",
    "width",
];

/// What addresses a page may lead to begin with.
const ADDRESSES: &[&str] = &["/", "http://", "https://", "#", "?"];

/// Fails on any element, attribute or kind of address that is none of the templates'.
pub(crate) fn are_ours(page: &str) {
    let rest = page.strip_prefix("<!doctype html>").expect("a page begins with its type");
    assert!(read(rest).is_empty(), "our pages run nothing");
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
        assert!(element == "script" || ELEMENTS.contains(&element), "element <{element}> is none of ours");
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
        if let Some(behind) = rest.strip_prefix('>') {
            return behind;
        }
        let end = rest
            .find(|letter: char| !letter.is_ascii_lowercase() && letter != '-')
            .expect("an attribute ends");
        let (name, behind) = rest.split_at(end);
        assert!(ATTRIBUTES.contains(&name), "attribute {name:?} is none of ours");
        rest = behind;
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
