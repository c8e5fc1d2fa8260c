//! Answers written out, to be kept as snapshots.

use crate::support::Reply;

/// A document, with the members in their order and one on each line, and without the id of the request.
pub(crate) fn written(reply: &Reply) -> String {
    let id = reply.header("x-request-id").unwrap();
    format!("{}\n{}", reply.status.as_u16(), pretty(&reply.text().replace(id, "<request id>")))
}

/// JSON on many lines. Parsing it and writing it again would sort its members.
fn pretty(json: &str) -> String {
    let (mut text, mut depth, mut quoted, mut escaped) = (String::new(), 0, false, false);
    let mut before = ' ';
    for letter in json.chars() {
        let opens = !quoted && matches!(letter, '{' | '[');
        let closes = !quoted && matches!(letter, '}' | ']');
        if closes {
            depth -= 1;
        }
        let empty = closes && matches!(before, '{' | '[');
        if (closes && !empty) || (!quoted && matches!(before, '{' | '[' | ',') && !closes) {
            text.push('\n');
            text.extend(std::iter::repeat_n("  ", depth));
        }
        text.push(letter);
        if opens {
            depth += 1;
        }
        if letter == '"' && !escaped {
            quoted = !quoted;
        }
        escaped = quoted && letter == '\\' && !escaped;
        before = if quoted { ' ' } else { letter };
    }
    text
}

/// The same, with the headers that say what to do about an error.
pub(crate) fn written_with_advice(reply: &Reply) -> String {
    let advice = ["x-api-schemas", "allow", "www-authenticate", "retry-after"];
    let lines = advice.iter().filter_map(|name| Some(format!("{name}: {}\n", reply.header(name)?)));
    format!("{}{}", lines.collect::<String>(), written(reply))
}
