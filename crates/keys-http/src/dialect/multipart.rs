//! Forms in parts (`multipart/form-data`, RFC 7578), as `curl -F` sends them.

/// The boundary between the parts, if the content type announces parts of a form. `Err` when it says no usable one.
pub(super) fn boundary(content_type: &str) -> Option<Result<&str, &'static str>> {
    let mut halves = content_type.splitn(2, ';');
    let essence = halves.next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let boundary = parameter(halves.next().unwrap_or_default(), "boundary");
    Some(match boundary {
        // RFC 2046 §5.1.1: 1 to 70 characters.
        Some(boundary) if (1..=70).contains(&boundary.len()) => Ok(boundary),
        Some(_) | None => Err("the content type says no boundary between the parts"),
    })
}

/// The fields of a form in parts, in their order.
///
/// # Errors
///
/// What is wrong with it, without repeating any of it: a secret may stand there.
pub(super) fn parse(body: &[u8], boundary: &str) -> Result<Vec<(String, String)>, &'static str> {
    let first = format!("--{boundary}");
    let between = format!("\r\n--{boundary}");
    // What stands before the first boundary is for readers that do not know parts.
    let mut rest = if body.starts_with(first.as_bytes()) {
        body.get(first.len()..).unwrap_or_default()
    } else {
        split_once(body, between.as_bytes()).ok_or("the form has no parts")?.1
    };
    let mut fields = Vec::new();
    loop {
        if rest.starts_with(b"--") {
            return Ok(fields);
        }
        let (line, behind) = split_once(rest, b"\r\n").ok_or(CUT)?;
        if !line.trim_ascii().is_empty() {
            return Err("something stands behind a boundary between the parts");
        }
        let (part, behind) = split_once(behind, between.as_bytes()).ok_or(CUT)?;
        fields.push(field(part)?);
        rest = behind;
    }
}

const CUT: &str = "the form ends within a part";

/// One part: its head says the name of the field, the rest is the value.
fn field(part: &[u8]) -> Result<(String, String), &'static str> {
    let (head, value) = split_once(part, b"\r\n\r\n").ok_or("a part of the form has no head")?;
    let head = std::str::from_utf8(head).map_err(|_| "the head of a part is not UTF-8")?;
    let disposition = head
        .split("\r\n")
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("content-disposition"))
        .map(|(_, value)| value)
        .ok_or("a part of the form does not say which field it is")?;
    if parameter(disposition, "filename").is_some() {
        return Err("a part of the form is a file; fields are text");
    }
    let name = parameter(disposition, "name").ok_or("a part of the form does not say which field it is")?;
    let value = std::str::from_utf8(value).map_err(|_| "a part of the form is not UTF-8")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// The value of a parameter, its quotes taken off. No name of a field and no boundary in use has one within.
fn parameter<'a>(parameters: &'a str, wanted: &str) -> Option<&'a str> {
    parameters
        .split(';')
        .filter_map(|parameter| parameter.split_once('='))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case(wanted))
        .map(|(_, value)| value.trim().trim_matches('"'))
}

fn split_once<'a>(bytes: &'a [u8], separator: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = bytes.windows(separator.len()).position(|window| window == separator)?;
    Some((bytes.get(..at)?, bytes.get(at + separator.len()..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CURL: &str = "--X\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\na & b\r\n\
        --X\r\nContent-Disposition: form-data; name=\"description\"\r\nContent-Type: text/plain\r\n\r\n\
        two\r\nlines\r\n--X--\r\n";

    #[test]
    fn a_form_in_parts_is_read() {
        let expected = [("name", "a & b"), ("description", "two\r\nlines")];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(parse(CURL.as_bytes(), "X").unwrap(), expected);
        let with_preamble = format!("ignored\r\n{CURL}ignored");
        assert_eq!(parse(with_preamble.as_bytes(), "X").unwrap(), expected);
        assert_eq!(parse(b"--X--", "X").unwrap(), []);
        assert_eq!(
            parse(b"--X\r\ncontent-disposition:form-data;name=n\r\n\r\n\r\n--X--", "X").unwrap().len(),
            1
        );
    }

    #[test]
    fn what_is_no_form_in_parts_is_refused() {
        for body in [
            "",
            "name=a",
            "--X",
            "--X\r\n",
            "--X\r\nContent-Disposition: form-data; name=\"n\"\r\n\r\nvalue",
            "--X\r\nContent-Disposition: form-data; name=\"n\"\r\n\r\n--X--",
            "--X\r\nContent-Disposition: form-data\r\n\r\nv\r\n--X--",
            "--X\r\nContent-Disposition: form-data; name=\"n\"; filename=\"f\"\r\n\r\nv\r\n--X--",
            "--X\r\n\r\nv\r\n--X--",
            "--Xtra\r\nContent-Disposition: form-data; name=\"n\"\r\n\r\nv\r\n--X--",
        ] {
            assert!(parse(body.as_bytes(), "X").is_err(), "{body:?}");
        }
        assert!(parse(b"--X\r\nContent-Disposition: form-data; name=n\r\n\r\n\xff\r\n--X--", "X").is_err());
    }

    #[test]
    fn every_beginning_of_a_form_is_read_or_refused() {
        for end in 0..CURL.len() {
            let cut = CURL.as_bytes().get(..end).unwrap();
            assert!(parse(cut, "X").is_err() || end + 2 >= CURL.len(), "{end}");
        }
    }

    #[test]
    fn the_boundary_stands_in_the_content_type() {
        assert_eq!(boundary("multipart/form-data; boundary=----x"), Some(Ok("----x")));
        assert_eq!(boundary("Multipart/Form-Data;charset=utf-8; Boundary=\"a b\""), Some(Ok("a b")));
        for unusable in [
            "multipart/form-data",
            "multipart/form-data; boundary=",
            &format!("multipart/form-data; boundary={}", "x".repeat(71)),
        ] {
            assert!(matches!(boundary(unusable), Some(Err(_))), "{unusable}");
        }
        for other in ["application/json", "multipart/mixed; boundary=x", ""] {
            assert_eq!(boundary(other), None);
        }
    }
}
