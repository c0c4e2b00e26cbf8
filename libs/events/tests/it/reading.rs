//! A row in its canonical form: with marks, without, and as it was before there were any.

use std::fmt::Write as _;

use db::journal::{self, Entry};
use events::{Asked, Unread, canonical, read_journal};
use prost::Message as _;
use proto::journal::v1::{Marks, Row};
use sea_orm::DbErr;

use crate::{entry, fresh, noon};

/// The bytes of a row of before there were marks, written down then: they are in the log for ever.
const BEFORE: &str = "\
    0a08726566657272616c10071a0608c09694cd062214726566657272616c2e61636365707465642e\
    76312a0b726566657272616c732f313209646f636b6574732f315203010203\
";

fn row(marks: Vec<u8>) -> journal::Row {
    journal::Row {
        cursor: journal::Cursor { txid: 0, id: 7 },
        at: noon(),
        kind: "referral.accepted.v1".into(),
        resource: "referrals/1".into(),
        docket: "dockets/1".into(),
        agency: String::new(),
        officer: String::new(),
        step: String::new(),
        payload: vec![1, 2, 3],
        request_id: String::new(),
        attestation: None,
        marks,
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

#[test]
fn a_row_without_marks_has_the_bytes_of_before_there_were_any() {
    let bytes = canonical("referral", row(Vec::new())).unwrap().encode_to_vec();
    assert_eq!(hex(&bytes), BEFORE);
    let read = Row::decode(bytes.as_slice()).unwrap();
    assert_eq!((read.marks.as_ref(), read.encode_to_vec()), (None, bytes));
}

#[test]
fn marks_come_after_everything_else() {
    let marks = Marks { rule: "T-14".into(), ..Marks::default() }.encode_to_vec();
    let bytes = canonical("referral", row(marks.clone())).unwrap().encode_to_vec();
    assert_eq!(hex(&bytes), format!("{BEFORE}6a06{}", hex(&marks)));
}

#[tokio::test]
async fn marks_are_read_with_their_row_and_cry_when_they_do_not_read() {
    let db = fresh().await;
    let marks = Marks { summary: "it happened".into(), ..Marks::default() };
    for bytes in [marks.encode_to_vec(), vec![255]] {
        let entry = Entry { marks: bytes, ..entry("referrals/1".into()) };
        db.write::<_, DbErr, _>(|tx| Box::pin(async move { journal::append(tx, entry).await }))
            .await
            .unwrap();
    }
    let asked = |row_id| Asked { cursor: String::new(), page_size: 1, wait_ms: 10_000, row_id };
    let page = read_journal(&db, "referral", &asked(0)).await.unwrap();
    assert_eq!(page.rows[0].marks, Some(marks));
    let next = Asked { cursor: page.next_cursor, ..asked(0) };
    let unread = read_journal(&db, "referral", &next).await.unwrap_err();
    assert!(matches!(unread, Unread::Corrupt(_)), "{unread}");
}
