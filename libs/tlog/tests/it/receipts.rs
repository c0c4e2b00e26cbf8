//! Receipts: whole ones prove their row, and each tampering is named.

use tlog::{
    Broken, Checkpoint, Entry, EntryError, Hash, LogKey, OpenError, Receipt, ReceiptError, Vkey,
    inclusion,
};

use crate::{Tiles, log};

const ROW: &[u8] = b"{\"id\":123,\"payload\":\"...\"}";

/// A receipt for leaf 300 of 421, and the key to check it with.
fn receipt() -> (Receipt, Vec<Vkey>, LogKey) {
    let key = LogKey::generate("county.example/log").unwrap();
    let (mut tree, mut tiles): (_, Tiles) = log(300);
    let entry = Entry::of_row("referral", 123, ROW).unwrap();
    tiles.store(tree.append(&[entry.leaf_hash()]));
    tiles.store(tree.append(&crate::leaves(301, 421)));
    let head = Checkpoint { origin: key.name().into(), size: tree.size(), root: tree.root() };
    let receipt = Receipt {
        row: ROW.to_vec(),
        service: "referral".into(),
        row_id: 123,
        leaf_index: 300,
        inclusion: inclusion(300, 421, |tile| tiles.read(tile)).unwrap(),
        checkpoint: head.sign(&key).unwrap(),
    };
    (receipt, vec![key.verifier().clone()], key)
}

#[test]
fn a_receipt_proves_its_row_after_it_was_a_file() {
    let (receipt, vkeys, _) = receipt();
    let read = Receipt::parse(&receipt.to_json()).unwrap();
    assert_eq!(read, receipt);
    let proven = read.verify(&vkeys).unwrap();
    assert_eq!(proven.entry, Entry::of_row("referral", 123, ROW).unwrap());
    assert_eq!(
        (proven.checkpoint.origin.as_str(), proven.checkpoint.size),
        ("county.example/log", 421)
    );
}

#[test]
fn a_changed_row_or_place_is_not_in_the_log() {
    let (whole, vkeys, _) = receipt();
    let tampered: [fn(&mut Receipt); 7] = [
        |r| r.row[7] ^= 1,
        |r| r.row.push(b' '),
        |r| r.row.clear(),
        |r| r.service = "evidence".into(),
        |r| r.row_id = 124,
        |r| r.leaf_index = 301,
        |r| r.inclusion.swap(0, 1),
    ];
    for (number, tamper) in tampered.iter().enumerate() {
        let mut receipt = whole.clone();
        tamper(&mut receipt);
        assert_eq!(receipt.verify(&vkeys), Err(Broken::Root), "tampering {number}");
    }
}

#[test]
fn a_flipped_bit_in_any_byte_of_the_proof_is_found() {
    let (whole, vkeys, _) = receipt();
    for place in 0..whole.inclusion.len() {
        for bit in (0..256).step_by(7) {
            let mut receipt = whole.clone();
            receipt.inclusion[place].0[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(receipt.verify(&vkeys), Err(Broken::Root), "bit {bit} of hash {place}");
        }
    }
}

#[test]
fn each_tampering_is_called_by_its_name() {
    let (whole, vkeys, key) = receipt();
    let broken = |tamper: &dyn Fn(&mut Receipt)| {
        let mut receipt = whole.clone();
        tamper(&mut receipt);
        receipt.verify(&vkeys).unwrap_err()
    };
    assert_eq!(broken(&|r| r.service = "Referral".into()), Broken::Entry(EntryError::Service));
    assert_eq!(broken(&|r| r.row_id = -1), Broken::Entry(EntryError::Row));
    assert_eq!(broken(&|r| r.checkpoint.clear()), Broken::Checkpoint(OpenError::Note));
    assert_eq!(
        broken(&|r| r.checkpoint = r.checkpoint.replace("421", "422")),
        Broken::Checkpoint(OpenError::Signature { name: "county.example/log".into() })
    );
    assert_eq!(broken(&|r| r.leaf_index = 421), Broken::Index { index: 421, size: 421 });
    assert_eq!(broken(&|r| r.leaf_index = u64::MAX), Broken::Index { index: u64::MAX, size: 421 });
    let want = whole.inclusion.len();
    let got = want - 1;
    assert_eq!(broken(&|r| r.inclusion.truncate(got)), Broken::Length { want, got });
    assert_eq!(broken(&|r| r.inclusion.clear()), Broken::Length { want, got: 0 });

    // A true checkpoint of the same log, but of another tree.
    let other = Checkpoint { origin: key.name().into(), size: 421, root: Hash::EMPTY };
    let other = other.sign(&key).unwrap();
    assert_eq!(broken(&|r| r.checkpoint = other.clone()), Broken::Root);
}

#[test]
fn a_receipt_of_an_unknown_log_is_not_trusted() {
    let (receipt, _, _) = receipt();
    let unsigned = Broken::Checkpoint(OpenError::Unsigned);
    assert_eq!(receipt.verify(&[]), Err(unsigned.clone()));
    // Another key in the same name is another key.
    let other = LogKey::generate("county.example/log").unwrap();
    assert_eq!(receipt.verify(&[other.verifier().clone()]), Err(unsigned.clone()));
    assert_eq!(unsigned.to_string(), "the checkpoint is not signed by a log key that is trusted");
}

#[test]
fn the_first_of_several_faults_is_named() {
    let (mut receipt, vkeys, _) = receipt();
    receipt.leaf_index = 9_999;
    receipt.inclusion.clear();
    assert_eq!(receipt.verify(&vkeys), Err(Broken::Index { index: 9_999, size: 421 }));
    receipt.checkpoint.push('x');
    assert_eq!(receipt.verify(&vkeys), Err(Broken::Checkpoint(OpenError::Note)));
}

#[test]
fn a_file_that_is_no_receipt_names_every_member_at_fault() {
    let refused = Receipt::parse(
        r#"{"type":"x","row":"*","row_id":1.5,"leaf_index":-1,"inclusion":["AA=="],"checkpoint":null}"#,
    )
    .unwrap_err();
    let ReceiptError::Members(faults) = &refused else { panic!("{refused}") };
    let members: Vec<&str> = faults.iter().map(|fault| fault.member).collect();
    assert_eq!(
        members,
        ["type", "row", "service", "row_id", "leaf_index", "inclusion", "checkpoint"]
    );
    assert!(refused.to_string().contains("`row` must be base64; `service` must be a text"));
}

#[test]
fn unknown_and_repeated_members_are_refused_by_name() {
    let (receipt, _, _) = receipt();
    let json = receipt.to_json();
    let with = |more: &str| {
        let told = Receipt::parse(&json.replacen('{', &format!("{{{more},"), 1)).unwrap_err();
        let ReceiptError::Json(told) = told else { panic!("{told}") };
        told
    };
    assert!(with(r#""extra":1"#).contains("unknown field `extra`"));
    assert!(with(r#""row_id":1"#).contains("duplicate field `row_id`"));
    assert!(matches!(Receipt::parse("{"), Err(ReceiptError::Json(_))));
    assert!(matches!(Receipt::parse("[]"), Err(ReceiptError::Members(_) | ReceiptError::Json(_))));
}

#[test]
fn a_receipt_is_bounded() {
    let (receipt, _, _) = receipt();
    let large = format!("{}{}", receipt.to_json(), " ".repeat(1024 * 1024));
    assert_eq!(Receipt::parse(&large), Err(ReceiptError::Large));

    let mut long = receipt;
    long.inclusion = vec![Hash::EMPTY; 65];
    let refused = Receipt::parse(&long.to_json()).unwrap_err();
    let ReceiptError::Members(faults) = &refused else { panic!("{refused}") };
    assert_eq!(faults[0].member, "inclusion");
}
