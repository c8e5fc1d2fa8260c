//! Every character there is, offered to a name and to a description.

use keys_core::{Description, DescriptionError, Name, NameError};
use proptest::prelude::*;

/// What is refused, written as numbers from the Unicode tables (`Cc`, `Bidi_Control`, `Zl`, `Zp`), first and last.
const CONTROLS: [(u32, u32); 2] = [(0x00, 0x1F), (0x7F, 0x9F)];
const DIRECTIONS: [(u32, u32); 4] = [(0x061C, 0x061C), (0x200E, 0x200F), (0x202A, 0x202E), (0x2066, 0x2069)];
const LINE_SEPARATORS: [(u32, u32); 1] = [(0x2028, 0x2029)];
const TAB_AND_LINE_BREAKS: [u32; 3] = [0x09, 0x0A, 0x0D];

fn within(ranges: &[(u32, u32)], code: u32) -> bool {
    ranges.iter().any(|(first, last)| (*first..=*last).contains(&code))
}

fn refused_in_name(code: u32) -> bool {
    within(&CONTROLS, code) || within(&DIRECTIONS, code) || within(&LINE_SEPARATORS, code)
}

fn refused_in_description(code: u32) -> bool {
    (within(&CONTROLS, code) || within(&DIRECTIONS, code)) && !TAB_AND_LINE_BREAKS.contains(&code)
}

#[test]
fn every_code_point_is_accepted_or_refused_by_the_table() {
    let (mut offered, mut surrogates, mut named, mut described) = (0, 0, 0, 0);
    for code in 0..=0x10_FFFF_u32 {
        offered += 1;
        // Surrogates are code points and no characters: no Rust text can hold one.
        let Some(character) = char::from_u32(code) else {
            surrogates += 1;
            continue;
        };
        let text = format!("a{character}");
        match Name::new(text.as_str()) {
            Ok(name) => {
                assert!(!refused_in_name(code), "U+{code:04X}");
                assert_eq!(name.as_str(), text, "byte for byte");
                named += 1;
            }
            Err(error) => {
                assert!(refused_in_name(code), "U+{code:04X}");
                assert_eq!(error, NameError::Forbidden { character, position: 1 });
            }
        }
        match Description::new(text.as_str()) {
            Ok(description) => {
                assert!(!refused_in_description(code), "U+{code:04X}");
                assert_eq!(description.as_str(), text, "byte for byte");
                described += 1;
            }
            Err(error) => {
                assert!(refused_in_description(code), "U+{code:04X}");
                assert_eq!(error, DescriptionError::Forbidden { character, position: 1 });
            }
        }
    }
    assert_eq!((offered, surrogates), (1_114_112, 2_048));
    // 32 + 33 controls, 12 directions, 2 separators; a description takes three and two of these back.
    assert_eq!(offered - surrogates - named, 79);
    assert_eq!(offered - surrogates - described, 74);
}

#[test]
fn length_is_counted_in_characters_not_bytes() {
    for character in ['a', 'é', '名', '🔑'] {
        let text = |count: usize| character.to_string().repeat(count);
        assert!(Name::new("").is_ok());
        assert!(Name::new(text(255)).is_ok());
        assert_eq!(Name::new(text(256)), Err(NameError::TooLong { length: 256 }));
        assert!(Description::new("").is_ok());
        assert!(Description::new(text(1_024)).is_ok());
        assert_eq!(Description::new(text(1_025)), Err(DescriptionError::TooLong { length: 1_025 }));
    }
}

#[test]
fn nothing_is_trimmed_or_normalised() {
    // Blanks at both ends, a decomposed é beside a composed one, a ligature, a no-break space, a zero-width joiner.
    let text = "  e\u{301} \u{e9} \u{fb01} \u{a0}\u{200d}  ";
    assert_eq!(Name::new(text).unwrap().as_str(), text);
    assert_eq!(Description::new(text).unwrap().to_string(), text);
}

#[test]
fn a_text_too_long_says_so_before_it_says_what_else_is_wrong() {
    assert_eq!(Name::new("\n".repeat(300)), Err(NameError::TooLong { length: 300 }));
    assert_eq!(Description::new("\0".repeat(2_000)), Err(DescriptionError::TooLong { length: 2_000 }));
}

proptest! {
    #[test]
    fn any_text_is_kept_byte_for_byte_or_refused(text in any::<String>()) {
        match text.parse::<Name>() {
            Ok(name) => prop_assert_eq!(name.as_str(), text.as_str()),
            Err(_) => prop_assert!(text.chars().any(|one| refused_in_name(u32::from(one)))),
        }
        match text.parse::<Description>() {
            Ok(description) => prop_assert_eq!(description.as_str(), text.as_str()),
            Err(_) => prop_assert!(text.chars().any(|one| refused_in_description(u32::from(one)))),
        }
    }
}
