//! Files of pairs: what is read of them, and what is said of what is wrong.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

const ACCESS: &str = "8B7D2A6C0F1E4D5A9C3B";
const SECRET: &str = "6m9KzAbCdEfGhJkLmNpQrStUvWxYz123456789ab";
const OTHER: &str = "AAAA2A6C0F1E4D5A9C3B";
const NATIVE: &str = "KC7Q0WVN3TZ5H8RJ2M4X";
const NATIVE_SECRET: &str = "Zq7WnT0cVb3JkX9sLdYfGhR5mPa2EuQo8i27K6mq";

/// What was read of each pair: line, access key, name, description.
fn read_pairs(text: &str) -> Result<Vec<[String; 4]>, Vec<String>> {
    let pairs = parse(text, None).map_err(|problems| problems.told().collect::<Vec<_>>())?;
    let told = pairs.lines.iter().zip(&pairs.pairs).map(|(line, pair)| {
        let name = pair.name.as_ref().map_or("-", Name::as_str);
        let description = pair.description.as_ref().map_or("-", Description::as_str);
        [line.to_string(), pair.credential.access_key().to_string(), name.to_owned(), description.to_owned()]
    });
    Ok(told.collect())
}

fn problems(text: &str) -> Vec<String> {
    match read_pairs(text) {
        Err(problems) => problems,
        Ok(read) => panic!("{text:?} was read as {read:?}"),
    }
}

#[test]
fn lines_are_pairs_in_every_way_they_are_kept() {
    let text = format!(
        "# from the vault\n\n{ACCESS} {SECRET}\r\n  {OTHER}:{SECRET}   build box, the old one \n\
         kc_{NATIVE}_{NATIVE_SECRET}\tours"
    );
    assert_eq!(
        read_pairs(&text).unwrap(),
        [["3", ACCESS, "-", "-"], ["4", OTHER, "build box, the old one", "-"], ["5", NATIVE, "ours", "-"],]
    );
    // Line ends of old.
    let text = format!("{ACCESS} {SECRET}\r{OTHER} {SECRET} x\r");
    assert_eq!(read_pairs(&text).unwrap()[1], ["2", OTHER, "x", "-"]);
}

#[test]
fn columns_come_in_any_order_and_under_the_names_they_have() {
    let headers = [
        "name,publicValue,secretValue,description",
        "Name,\"Access Key\",secret_key,Description",
        "name,accessKey,secretKey,description",
    ];
    for header in headers {
        for end in ["\n", "\r\n", "\r"] {
            let text = format!(
                "{header}{end}\"say \"\"hi\"\"\",{ACCESS}, {SECRET} ,\"one, two{end}three\"{end}{end},{OTHER},\"{SECRET}\","
            );
            let expected =
                [["2", ACCESS, "say \"hi\"", &format!("one, two{end}three")], ["5", OTHER, "-", "-"]];
            assert_eq!(read_pairs(&text).unwrap(), expected, "{header}");
        }
    }
    let text = format!("accessKey,secretKey,created,expiresAt\n{ACCESS},{SECRET},2016-04-02T10:11:12Z,\n");
    let pairs = parse(&text, None).unwrap();
    assert_eq!(pairs.pairs[0].created, "2016-04-02T10:11:12Z".parse().ok());
    assert_eq!(pairs.pairs[0].expires_at, None);
}

#[test]
fn a_format_that_is_said_is_not_guessed() {
    let text = format!("{ACCESS} {SECRET} a,b");
    assert_eq!(read_pairs(&text).unwrap()[0][2], "a,b");
    assert!(parse(&text, Some(PairFormat::Csv)).is_err());
    let text = format!("accessKey,secretKey\n{ACCESS},{SECRET}");
    assert!(parse(&text, Some(PairFormat::Lines)).is_err());
}

#[test]
fn what_is_wrong_is_told_by_line_and_column() {
    let mistyped = NATIVE_SECRET.replace("mq", "mp");
    let long = "n".repeat(256);
    let table = [
        (
            format!("{ACCESS} {SECRET}\n{ACCESS}{SECRET}"),
            "line 2: expected ACCESS SECRET, ACCESS:SECRET or kc_ACCESS_SECRET",
        ),
        (format!("8b7d2A6C0F1E4D5A9C3B {SECRET}"), "line 1, accessKey: an access key is `KC` and 18"),
        (format!("{ACCESS} short"), "line 1, secretKey: a secret key has 40 characters"),
        (format!("{NATIVE} {mistyped}"), "line 1, secretKey: the secret key's checksum"),
        (format!("kc_{NATIVE}_{mistyped}"), "line 1, secretKey: the secret key's checksum"),
        (format!("{ACCESS} {SECRET} {long}"), "line 1, name: a name has at most 255 characters"),
        (format!("{ACCESS} {SECRET} a\u{202e}b"), "line 1, name: a name has no control or text-direction"),
        (
            format!("accessKey,secretKey,description\n{ACCESS},{SECRET},\u{7}"),
            "line 2, description: a description has no control characters",
        ),
        (format!("accessKey,secretKey,created\n{ACCESS},{SECRET},yesterday"), "line 2, created: "),
        (format!("accessKey,secretKey,expires\n{ACCESS},{SECRET},90d"), "line 2, expires: "),
        (
            "accessKey,secretKey,nmae".to_owned(),
            "line 1: the column nmae is unknown; known are accessKey, secretKey",
        ),
        ("accessKey,secretKey,".to_owned(), "line 1: column 3 is unknown"),
        ("accessKey,name".to_owned(), "line 1: no column is called secretKey"),
        ("accessKey,secretKey,publicValue".to_owned(), "line 1: two columns are called accessKey"),
        (format!("{ACCESS},{SECRET},ci"), "line 1: a CSV begins with the names of its columns"),
        (
            format!("accessKey,secretKey,name\n{ACCESS},{SECRET}"),
            "line 2: 2 columns, where the first line names 3",
        ),
        (
            format!("{ACCESS} {SECRET}\n\n{ACCESS} {}", SECRET.replace('m', "n")),
            "line 3, accessKey: line 1 has this access key with another secret key",
        ),
        (format!("{ACCESS} {SECRET} {}", "x".repeat(LONGEST)), "line 1: longer than 16384 bytes"),
        (
            format!("accessKey,secretKey,name\n{ACCESS},{SECRET},{}", "x".repeat(LONGEST)),
            "line 2: longer than 16 KiB",
        ),
    ];
    for (text, expected) in table {
        let told = problems(&text);
        assert!(told.len() == 1 && told[0].starts_with(expected), "{text}: {told:?}");
        assert!(!told[0].contains(SECRET) && !told[0].contains(&mistyped), "{told:?}");
    }
}

/// A reader that forgives would store the secrets between two quotes as part of a description.
#[test]
fn a_quote_that_was_forgotten_swallows_no_lines() {
    let header = "accessKey,secretKey,description";
    let table = [
        // Never closed.
        (
            format!("{header}\n{ACCESS},{SECRET},\"old\n{OTHER},{SECRET},new\n"),
            "line 2: a quote that is not closed",
        ),
        // Closed by the one that opens another field.
        (
            format!("{header}\n{ACCESS},{SECRET},\"old\n{OTHER},{SECRET},\"new\"\n"),
            "line 3: text behind a closing quote",
        ),
        (
            format!("{header}\n{ACCESS},{SECRET},old\"\n"),
            "line 2: a quote inside a field that is not in quotes",
        ),
        (format!("{header}\n{ACCESS},{SECRET},\"old\"er\n"), "line 2: text behind a closing quote"),
        (
            format!("{header}\n{ACCESS},{SECRET}, \"old\"\n"),
            "line 2: a quote inside a field that is not in quotes",
        ),
        (
            format!("{header}\n{ACCESS},{SECRET},\"{}\"\n", "x".repeat(LONGEST)),
            "line 2: a quote that is not closed",
        ),
    ];
    for (text, expected) in table {
        let told = problems(&text);
        assert!(told.len() == 1 && told[0].starts_with(expected), "{text}: {told:?}");
    }
}

#[test]
fn every_wrong_line_counts_and_not_all_are_shown() {
    let text: String = (0..100).map(|_| "nonsense\n").collect();
    let told = problems(&format!("{text}{ACCESS} {SECRET}\n"));
    assert_eq!(told.len(), 21);
    assert!(told[19].starts_with("line 20: "), "{told:?}");
    assert_eq!(told[20], "and 80 more");
}

#[test]
fn a_pair_that_is_said_again_is_one_pair() {
    let text = format!("{ACCESS} {SECRET} first\n{OTHER} {SECRET}\n{ACCESS}:{SECRET} second\n");
    let pairs = parse(&text, None).unwrap();
    assert_eq!((pairs.lines, pairs.repeated), (vec![1, 2], 1));
    assert_eq!(pairs.pairs[0].name.as_ref().map(Name::as_str), Some("first"));
}

/// Texts with what means something to a CSV, and what does not.
fn field() -> impl Strategy<Value = String> {
    "[a-z\",\r\n é]{0,12}"
}

fn quoted(field: &str) -> String {
    format!("\"{}\"", field.replace('"', "\"\""))
}

proptest! {
    #[test]
    fn what_is_written_by_the_book_is_read_as_it_was(rows in vec(vec(field(), 1..5), 1..5)) {
        let lines = rows.iter().map(|row| row.iter().map(|field| quoted(field)).collect::<Vec<_>>().join(","));
        let text = lines.collect::<Vec<_>>().join("\r\n");
        let read: Vec<Vec<String>> = csv::Records::of(&text)
            .map(|record| record.unwrap_or_else(|_| panic!("{text:?}")))
            .map(|record| record.fields.iter().map(|field| field.as_str().to_owned()).collect())
            .collect();
        let kept: Vec<_> = rows.into_iter().filter(|row| *row != [""]).collect();
        prop_assert_eq!(read, kept);
    }

    #[test]
    fn the_line_of_a_record_is_where_it_begins(rows in vec("[a-z\n\r]{1,8}", 1..6)) {
        let mut text = String::new();
        let mut begins = Vec::new();
        for row in &rows {
            begins.push(1 + text.lines().flat_map(|line| line.split('\r')).count() as u64);
            text.push_str(&quoted(row));
            text.push('\n');
        }
        let read: Vec<u64> = csv::Records::of(&text).map(|record| record.unwrap_or_else(|_| panic!()).line).collect();
        prop_assert_eq!(read, begins);
    }

    #[test]
    fn no_text_makes_it_fall_or_tell_a_secret(
        before in "(accessKey|secretKey|name|[\",\n\r :#A-F0-9]){0,12}",
        between in "[\",\n\r :]{0,3}",
        after in "[\",\n\r :a-z]{0,12}",
        format in prop_oneof![Just(None), Just(Some(PairFormat::Csv)), Just(Some(PairFormat::Lines))],
    ) {
        let text = format!("{before}{ACCESS}{between}{SECRET}{after}");
        if let Err(problems) = parse(&text, format) {
            for told in problems.told() {
                prop_assert!(!told.contains(SECRET.split_at(12).0), "{:?}: {}", text, told);
            }
        }
    }

    #[test]
    fn nor_does_any_other(text in any::<String>()) {
        let _ = parse(&text, None);
        let _ = parse(&text, Some(PairFormat::Csv));
    }
}
