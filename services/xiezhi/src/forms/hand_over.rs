//! 移交清单: each line as it was listed and as it was found, in three copies.

use paper::form::{Align, Form, Paper, SignatureBox};
use proto::evidence::v1 as pb;

use super::{Names, column, day, facts, line, money, name, quantity};

pub(super) fn form(hand_over: &pb::HandOver, names: &Names) -> Form {
    let (giver, receiver) = (name(names, &hand_over.giver), name(names, &hand_over.receiver));
    let signed = |side: &str, role: &str, officer: &str| {
        let signature = hand_over.signatures.iter().find(|one| one.agency == side);
        SignatureBox {
            role: role.to_owned(),
            name: line(signature.map_or(officer, |one| &one.officer)),
            date: day(signature.and_then(|one| one.time)),
            seal: true,
        }
    };
    let mut remarks = Vec::new();
    if hand_over.property_under_measure {
        let told =
            format!("移交财物系查封、扣押财物，已于{}书面告知当事人。", hand_over.party_told_on);
        remarks.push(told);
    }
    if hand_over.completes {
        remarks.push("本案涉案物品及其他材料至此全部移交。".to_owned());
    }
    if !hand_over.list_sha256.is_empty() {
        remarks.push(format!("双方所签清单的 SHA-256：{}", hand_over.list_sha256));
    }
    if !hand_over.reason.is_empty() {
        remarks.push(hand_over.reason.clone());
    }
    Form {
        title: "涉案物品移交清单".to_owned(),
        number: line(&hand_over.name),
        agency: line(names.get(&hand_over.giver).unwrap_or(&hand_over.giver)),
        paper: Paper::Landscape,
        facts: facts([
            ("移交机关", giver),
            ("接收机关", receiver),
            ("移交地点", hand_over.place.clone()),
            ("移送", hand_over.referral.clone()),
            ("保管人", hand_over.custodian.clone()),
            ("完成日期", day(hand_over.complete_time)),
        ]),
        columns: vec![
            column("序号", 0.9, Align::Center),
            column("名称", 2.0, Align::Left),
            column("编号", 1.7, Align::Left),
            column("移交数量", 1.5, Align::Right),
            column("清点数量", 1.5, Align::Right),
            column("特征", 2.3, Align::Left),
            column("来源", 2.2, Align::Left),
            column("价值", 1.9, Align::Right),
            column("移交时状况、封条", 2.0, Align::Left),
            column("清点时状况、封条", 2.0, Align::Left),
            column("存放地点", 2.0, Align::Left),
            column("照片", 0.9, Align::Center),
            column("差异", 1.9, Align::Left),
            column("接收", 0.9, Align::Center),
        ],
        rows: hand_over.lines.iter().map(row).collect(),
        remarks,
        signatures: vec![
            signed(&hand_over.giver, "移交人", &hand_over.giver_officer),
            signed(&hand_over.receiver, "接收人", &hand_over.receiver_officer),
            SignatureBox {
                role: "保管人".to_owned(),
                name: line(&hand_over.custodian),
                ..SignatureBox::default()
            },
        ],
        copies: ["移交机关", "保管人", "存卷"].map(str::to_owned).to_vec(),
        ..Form::default()
    }
}

fn row(listed: &pb::HandOverLine) -> Vec<String> {
    let state = |condition: &str, seal: &str| match seal {
        "" => condition.to_owned(),
        seal => format!("{condition}\n封条 {seal}"),
    };
    let count = listed.count.clone();
    let accepted = count.as_ref().map_or("", |count| if count.accepted { "是" } else { "否" });
    let found = count.unwrap_or_default();
    vec![
        listed.line_no.to_string(),
        listed.title.clone(),
        listed.code.clone(),
        quantity(&listed.quantity, &listed.unit),
        if accepted.is_empty() {
            String::new()
        } else {
            quantity(&found.counted_quantity, &listed.unit)
        },
        listed.features.clone(),
        listed.source.clone(),
        money(listed.value_fen),
        state(&listed.condition, &listed.seal_no),
        state(&found.condition, &found.seal_no),
        match found.storage_place.as_str() {
            "" => listed.storage_place.clone(),
            place => format!("{}\n移至 {place}", listed.storage_place).trim().to_owned(),
        },
        photos(&found.photos),
        found.discrepancy,
        accepted.to_owned(),
    ]
}

/// How many photographs were taken on counting; they lie beside the list.
fn photos(photos: &[String]) -> String {
    if photos.is_empty() { String::new() } else { format!("{}张", photos.len()) }
}
