//! 回执: that a hand-over was completed, and where the log has it.

use paper::form::{Form, SignatureBox};
use proto::{evidence::v1 as pb, journal::v1::Row};
use tlog::{Entry, Receipt};

use super::{Names, day, facts, line, name};

/// Where a journal row stands in the log.
#[derive(Clone, Debug)]
pub(crate) struct Leaf {
    /// Which log.
    pub(crate) origin: String,
    /// Its place.
    pub(crate) index: u64,
    /// Number of the row in the journal of the evidence service.
    pub(crate) row: i64,
    /// SHA-256 of the row, 64 hexadecimal digits.
    pub(crate) digest: String,
}

impl Leaf {
    /// Where a receipt says that its row stands.
    pub(crate) fn of(receipt: &Receipt) -> Option<Self> {
        let entry = Entry::of_row(&receipt.service, receipt.row_id, &receipt.row).ok()?;
        Some(Self {
            origin: receipt.checkpoint.lines().next().unwrap_or_default().to_owned(),
            index: receipt.leaf_index,
            row: receipt.row_id,
            digest: entry.digest().iter().map(|byte| format!("{byte:02x}")).collect(),
        })
    }

    /// What the QR code says, to be compared with the receipt in the bag.
    fn code(&self) -> String {
        format!("{}\n{}\nevidence {}\n{}", self.origin, self.index, self.row, self.digest)
    }
}

/// The row of the moment when custody moved.
pub(crate) fn completion<'a>(hand_over: &pb::HandOver, rows: &'a [Row]) -> Option<&'a Row> {
    let is = |row: &&Row| {
        row.kind == "evidence.hand_over_completed.v1" && row.resource == hand_over.name
    };
    rows.iter().find(is)
}

pub(super) fn form(hand_over: &pb::HandOver, leaf: &Leaf, names: &Names) -> Form {
    let (giver, receiver) = (name(names, &hand_over.giver), name(names, &hand_over.receiver));
    let accepted = |line: &&pb::HandOverLine| line.count.as_ref().is_some_and(|one| one.accepted);
    let taken = hand_over.lines.iter().filter(accepted).count();
    let signature = hand_over.signatures.iter().find(|one| one.agency == hand_over.receiver);
    Form {
        title: "涉案物品移交回执".to_owned(),
        number: line(&hand_over.name),
        agency: line(names.get(&hand_over.receiver).unwrap_or(&hand_over.receiver)),
        opening: vec![format!(
            "{giver}：你单位移交的涉案物品清单所列 {} 项，经当面清点，我单位接收 {taken} 项。接收情况\
             以双方签名的移交清单为准。",
            hand_over.lines.len()
        )],
        facts: facts([
            ("接收机关", receiver),
            ("移交地点", hand_over.place.clone()),
            ("完成日期", day(hand_over.complete_time)),
            ("清单摘要", hand_over.list_sha256.clone()),
            ("日志", leaf.origin.clone()),
            ("日志位置", leaf.index.to_string()),
            ("记录", format!("evidence {}", leaf.row)),
            ("记录摘要", leaf.digest.clone()),
        ]),
        remarks: vec![
            "二维码载明该移交记录在透明日志中的位置和摘要，可与证据包中的回执文件核对。".to_owned(),
        ],
        signatures: vec![SignatureBox {
            role: "接收人".to_owned(),
            name: line(signature.map_or("", |one| &one.officer)),
            date: day(signature.and_then(|one| one.time)),
            seal: true,
        }],
        qr: Some(leaf.code()),
        ..Form::default()
    }
}
