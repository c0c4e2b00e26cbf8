//! What a leaf commits to.

use proptest::prelude::*;
use tlog::{Entry, EntryError, Hash};

const LINE: &str = "xiezhi-journal-v1 referral 123 \
                    ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

#[test]
fn an_entry_is_one_line_with_the_digest_of_the_row() {
    // SHA-256 of "abc", FIPS 180-4.
    let entry = Entry::of_row("referral", 123, b"abc").unwrap();
    assert_eq!(String::from_utf8(entry.bytes()).unwrap(), LINE);
    assert_eq!(Entry::parse(LINE.as_bytes()), Ok(entry.clone()));
    assert_eq!(entry.leaf_hash(), Hash::leaf(LINE.as_bytes()));
}

#[test]
fn a_line_with_another_spelling_is_no_entry() {
    let refuse = |from: &str, to: &str| {
        let line = LINE.replacen(from, to, 1);
        assert_ne!(line, LINE);
        Entry::parse(line.as_bytes()).unwrap_err()
    };
    assert_eq!(refuse("v1", "v2"), EntryError::Layout);
    assert_eq!(refuse(" 123", "  123"), EntryError::Layout);
    assert_eq!(refuse("15ad", "15ad "), EntryError::Layout);
    assert_eq!(refuse("15ad", "15ad\n"), EntryError::Digest);
    assert_eq!(refuse("15ad", "15AD"), EntryError::Digest);
    assert_eq!(refuse("15ad", "15"), EntryError::Digest);
    assert_eq!(refuse("15ad", "15a"), EntryError::Digest);
    assert_eq!(refuse("15ad", "15adad"), EntryError::Digest);
    assert_eq!(refuse(" 123", " 0123"), EntryError::Row);
    assert_eq!(refuse(" 123", " +123"), EntryError::Row);
    assert_eq!(refuse(" 123", " -123"), EntryError::Row);
    assert_eq!(refuse(" 123", " 9223372036854775808"), EntryError::Row);
    assert_eq!(refuse("referral", "Referral"), EntryError::Service);
    assert_eq!(refuse("referral", "1referral"), EntryError::Service);
    assert_eq!(refuse("referral", "ref_erral"), EntryError::Service);
    assert_eq!(refuse("referral", ""), EntryError::Service);
    assert_eq!(refuse("referral", &"r".repeat(64)), EntryError::Service);
    assert_eq!(Entry::parse(b""), Err(EntryError::Layout));
    assert_eq!(Entry::parse(&[0xff]), Err(EntryError::Layout));
    assert!(Entry::new("r".repeat(63), 0, [0; 32]).is_ok());
}

proptest! {
    #[test]
    fn every_entry_is_read_back(
        service in "[a-z][a-z0-9-]{0,62}", row in 0_i64.., digest: [u8; 32]
    ) {
        let entry = Entry::new(service, row, digest).unwrap();
        prop_assert!(entry.bytes().len() <= 166);
        prop_assert_eq!(Entry::parse(&entry.bytes()), Ok(entry));
    }
}
