//! Pages of lists.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use proptest::prelude::*;
use types::page::{NegativeSize, Size, Token};

#[test]
fn a_page_size_has_a_default_and_a_limit() {
    assert_eq!(Size::of(0), Ok(100));
    assert_eq!(Size::of(1), Ok(1));
    assert_eq!(Size::of(1000), Ok(1000));
    assert_eq!(Size::of(1001), Ok(1000));
    assert_eq!(Size::of(i32::MAX), Ok(1000));
    assert_eq!(Size::of(-1), Err(NegativeSize));
    assert_eq!(Size::of(i32::MIN), Err(NegativeSize));
}

#[test]
fn a_token_that_was_never_given_out_is_refused() {
    // The last one is a whole layout with a wrong fingerprint.
    for token in ["", "AQ", "not base64!", "AQAAAAAAAAAA", "AQAAAAAAAAAAYQ"] {
        assert_eq!(Token::decode("", token), None, "{token}");
    }
}

#[test]
fn a_letter_cannot_move_from_filter_to_cursor() {
    // The same letters and fingerprint, cut elsewhere: `ab` and `c` made into `a` and `bc`.
    let mut bytes = URL_SAFE_NO_PAD.decode(Token::encode("ab", "c")).unwrap();
    let cursor = bytes.len() - 1;
    bytes.insert(cursor, b'b');
    assert_eq!(Token::decode("a", &URL_SAFE_NO_PAD.encode(bytes)), None);
}

proptest! {
    #[test]
    fn a_token_gives_its_cursor_back_under_its_own_filter(filter in ".*", cursor in ".*") {
        let token = Token::encode(&filter, &cursor);
        prop_assert!(token.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
        prop_assert_eq!(Token::decode(&filter, &token), Some(cursor));
    }

    #[test]
    fn a_token_of_another_filter_is_refused(a in ".*", b in ".*", cursor in ".*") {
        prop_assume!(a != b);
        prop_assert_eq!(Token::decode(&b, &Token::encode(&a, &cursor)), None);
    }

    #[test]
    fn a_token_with_one_character_changed_is_refused(cursor in "[a-z0-9]{1,40}", place in 0_usize..12) {
        let token = Token::encode("open", &cursor);
        let mut bytes = token.clone().into_bytes();
        bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(bytes).unwrap();
        prop_assert_eq!(Token::decode("open", &changed), None);
    }

    #[test]
    fn no_text_makes_decoding_panic(token in "[A-Za-z0-9_-]{0,60}") {
        let _ = Token::decode("open", &token);
    }
}
