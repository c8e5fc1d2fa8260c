//! Nothing that others wrote can move the cursor, ring, recolour, hide or turn what is shown.

/// Whether a character must not reach a terminal: a control, or an invisible one that breaks a line, turns the
/// direction of text or hides in it.
///
/// The joiners U+200C and U+200D stay: Persian and the scripts of India are written with them, and emoji made of them. So
/// do the sixteen that choose between two shapes of the character before them.
pub(crate) fn is_dangerous(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{00AD}'
                | '\u{034F}'
                | '\u{061C}'
                | '\u{115F}'
                | '\u{1160}'
                | '\u{17B4}'
                | '\u{17B5}'
                | '\u{180B}'..='\u{180F}'
                | '\u{200B}'
                | '\u{200E}'
                | '\u{200F}'
                | '\u{2028}'..='\u{202E}'
                | '\u{2060}'..='\u{206F}'
                | '\u{3164}'
                | '\u{FEFF}'
                | '\u{FFA0}'
                | '\u{FFF0}'..='\u{FFFB}'
                | '\u{1BCA0}'..='\u{1BCA3}'
                | '\u{1D173}'..='\u{1D17A}'
                | '\u{E0000}'..='\u{E0FFF}'
        )
}

/// The text on one line, with `\n`, `\t`, `\r` and `\u{…}` in place of what [`is_dangerous`].
pub(crate) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for character in text.chars() {
        if is_dangerous(character) {
            line.extend(character.escape_default());
        } else {
            line.push(character);
        }
    }
    line
}

/// JSON text with `\uXXXX` in place of what [`is_dangerous`]; it means the same.
///
/// In JSON without added white space such characters stand inside strings only, so this may look at characters
/// alone.
pub(crate) fn json(text: &str) -> String {
    // With room for escapes and for the end of the line: a text that moves leaves a secret behind.
    let mut escaped = String::with_capacity(2 * text.len() + 1);
    for character in text.chars() {
        if is_dangerous(character) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                escaped.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            escaped.push(character);
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use std::ops::RangeInclusive;

    use super::*;

    /// Every control character, and every character with Unicode's `Bidi_Control` property.
    fn controls_and_bidi() -> impl Iterator<Item = char> {
        let bidi = ['\u{061C}', '\u{200E}', '\u{200F}'];
        let bidi = bidi.into_iter().chain('\u{202A}'..='\u{202E}').chain('\u{2066}'..='\u{2069}');
        ('\0'..=char::MAX).filter(|character| character.is_control()).chain(bidi)
    }

    #[test]
    fn every_control_and_bidi_character_is_escaped_on_a_line() {
        let mut seen = 0;
        for character in controls_and_bidi() {
            let line = one_line(&format!("a{character}b"));
            assert!(!line.chars().any(is_dangerous), "{character:?} came through as {line:?}");
            assert!(line.starts_with("a\\") && line.ends_with('b'), "{line:?}");
            seen += 1;
        }
        assert_eq!(seen, 65 + 12);
    }

    /// What Unicode 17 calls `Default_Ignorable_Code_Point`: nothing is shown in its place.
    const INVISIBLE: &[RangeInclusive<char>] = &[
        '\u{00AD}'..='\u{00AD}',
        '\u{034F}'..='\u{034F}',
        '\u{061C}'..='\u{061C}',
        '\u{115F}'..='\u{1160}',
        '\u{17B4}'..='\u{17B5}',
        '\u{180B}'..='\u{180F}',
        '\u{200B}'..='\u{200F}',
        '\u{202A}'..='\u{202E}',
        '\u{2060}'..='\u{206F}',
        '\u{3164}'..='\u{3164}',
        '\u{FE00}'..='\u{FE0F}',
        '\u{FEFF}'..='\u{FEFF}',
        '\u{FFA0}'..='\u{FFA0}',
        '\u{FFF0}'..='\u{FFF8}',
        '\u{1BCA0}'..='\u{1BCA3}',
        '\u{1D173}'..='\u{1D17A}',
        '\u{E0000}'..='\u{E0FFF}',
    ];

    #[test]
    fn what_is_invisible_is_escaped_but_for_what_people_write_with() {
        // The joiners, and what chooses between two shapes of the character before it, such as an emoji and a sign.
        let written = |character| matches!(character, '\u{200C}' | '\u{200D}' | '\u{FE00}'..='\u{FE0F}');
        for character in INVISIBLE.iter().flat_map(Clone::clone) {
            assert_eq!(is_dangerous(character), !written(character), "U+{:04X}", u32::from(character));
        }
    }

    #[test]
    fn every_dangerous_character_is_escaped_in_json_and_means_the_same() {
        for character in ('\0'..=char::MAX).filter(|character| is_dangerous(*character)) {
            let text = serde_json::to_string(&format!("a{character}b")).expect("text is JSON");
            let escaped = json(&text);
            assert!(!escaped.chars().any(is_dangerous), "{character:?} came through as {escaped:?}");
            let back: String = serde_json::from_str(&escaped).expect("it is JSON still");
            assert_eq!(back, format!("a{character}b"));
        }
    }

    #[test]
    fn what_people_write_stays_as_it_is() {
        for text in [r"Grüße, 日本語, ✓, C:\dir, 'quoted' and emoji 🔑", "می\u{200c}خواهم", "👩\u{200d}🚀"]
        {
            assert_eq!(one_line(text), text);
            assert_eq!(json(text), text);
        }
    }

    #[test]
    fn line_breaks_stay_readable() {
        assert_eq!(one_line("a\tb\r\nc\u{1b}[31m\u{202e}"), r"a\tb\r\nc\u{1b}[31m\u{202e}");
    }
}
