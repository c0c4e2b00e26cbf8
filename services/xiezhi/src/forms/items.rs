//! 涉案物品清单: everything in a dossier, and where it is.

use paper::form::{Align, Form, Paper, SignatureBox};
use proto::evidence::v1 as pb;

use super::{Names, column, day, facts, line, money, name, quantity};

/// The most lines; what is beyond stands in items.json.
const LINES: usize = 2_000;

pub(super) fn form(dossier: &pb::Dossier, items: &[pb::Item], names: &Names) -> Form {
    let mut remarks = Vec::new();
    if items.len() > LINES {
        remarks.push(format!("本清单列前 {LINES} 件，共 {} 件，其余见 items.json。", items.len()));
    }
    let rows = items.iter().take(LINES).map(|item| {
        let custody = item.custody.clone().unwrap_or_default();
        let holder = name(names, &custody.holder);
        vec![
            item.number.to_string(),
            item.title.clone(),
            item.code.clone(),
            quantity(&item.quantity, &item.unit),
            item.features.clone(),
            item.source.clone(),
            money(item.value_fen),
            custody.seal_no,
            format!("{holder} {}", custody.storage_place).trim().to_owned(),
        ]
    });
    let signature =
        |role: &str, seal| SignatureBox { role: role.to_owned(), seal, ..SignatureBox::default() };
    Form {
        title: "涉案物品清单".to_owned(),
        number: line(&dossier.case_no),
        agency: line(names.get(&dossier.agency).unwrap_or(&dossier.agency)),
        paper: Paper::Landscape,
        facts: facts([
            ("案件", dossier.title.clone()),
            ("办案人员", dossier.investigators.join("、")),
            ("立卷日期", day(dossier.create_time)),
            ("卷宗", dossier.name.clone()),
        ]),
        columns: vec![
            column("序号", 1.0, Align::Center),
            column("名称", 2.2, Align::Left),
            column("编号", 2.0, Align::Left),
            column("数量", 1.5, Align::Right),
            column("特征", 3.0, Align::Left),
            column("来源", 2.5, Align::Left),
            column("价值", 1.7, Align::Right),
            column("封条", 1.5, Align::Left),
            column("存放地点", 2.5, Align::Left),
        ],
        rows: rows.collect(),
        remarks,
        signatures: vec![
            signature("当事人", false),
            signature("办案人员", false),
            signature("办案机关", true),
        ],
        ..Form::default()
    }
}
