//! 涉案物品清单: everything in a dossier, and where it is.

use paper::form::{Align, Form, MAX_CHARACTERS, MAX_TEXT, Paper, SignatureBox};
use proto::evidence::v1 as pb;

use super::{Names, column, day, facts, line, money, name, quantity};

/// The most lines; what is beyond stands in items.json.
const LINES: usize = 2_000;

pub(super) fn form(dossier: &pb::Dossier, items: &[pb::Item], names: &Names) -> Form {
    let rows = lines(items, names);
    let mut remarks = Vec::new();
    if items.len() > rows.len() {
        let (listed, all) = (rows.len(), items.len());
        remarks.push(format!("本清单列前 {listed} 件，共 {all} 件，其余见 items.json。"));
    }
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
            column("编号", 1.9, Align::Left),
            column("数量", 1.4, Align::Right),
            column("特征", 2.6, Align::Left),
            column("来源", 2.3, Align::Left),
            column("来源文书", 2.8, Align::Left),
            column("价值", 1.9, Align::Right),
            column("封条", 1.5, Align::Left),
            column("存放地点", 2.4, Align::Left),
        ],
        rows,
        remarks,
        signatures: vec![
            // E-10: officer, holder and witness sign (MPS procedure art. 230).
            signature("持有人（当事人）", false),
            signature("见证人", false),
            signature("办案人员", false),
            signature("办案机关", true),
        ],
        ..Form::default()
    }
}

/// A line for each item, as far as a form has room.
fn lines(items: &[pb::Item], names: &Names) -> Vec<Vec<String>> {
    let line = |item: &pb::Item| {
        let custody = item.custody.clone().unwrap_or_default();
        let holder = name(names, &custody.holder);
        vec![
            item.number.to_string(),
            item.title.clone(),
            item.code.clone(),
            quantity(&item.quantity, &item.unit),
            item.features.clone(),
            item.source.clone(),
            papers(item),
            money(item.value_fen),
            custody.seal_no,
            format!("{holder} {}", custody.storage_place).trim().to_owned(),
        ]
    };
    let mut characters = 0;
    let fits = |line: &Vec<String>| {
        characters += line.iter().map(|cell| cell.chars().count()).sum::<usize>();
        characters <= MAX_CHARACTERS
    };
    items.iter().take(LINES).map(line).take_while(fits).collect()
}

/// The papers that prove where an item comes from, with who signed them, and what was noted when
/// the holder did not.
fn papers(item: &pb::Item) -> String {
    let paper = |paper: &pb::SourcePaper| {
        let title = word(&PAPERS, &paper.code);
        let signed: Vec<&str> = paper.signed_by.iter().map(|one| word(&SIGNERS, one)).collect();
        let signed = match signed.as_slice() {
            [] => "未签名".to_owned(),
            some => format!("{}签名", some.join("、")),
        };
        format!("{title} {}（{signed}）", paper.number)
    };
    let mut lines: Vec<String> = item.source_papers.iter().map(paper).collect();
    let refusal = item.collection.as_ref().map_or("", |one| one.refusal_to_sign.as_str());
    if !refusal.is_empty() {
        lines.push(format!("持有人拒绝签名：{refusal}"));
    }
    lines.join("\n").chars().take(MAX_TEXT).collect()
}

/// What the papers are called. One with another code is printed with it.
const PAPERS: [(&str, &str); 5] = [
    ("SEIZURE_LIST", "扣押清单"),
    ("SEIZURE_DECISION", "扣押决定书"),
    ("COLLECTION_RECORD", "提取笔录"),
    ("INSPECTION_RECORD", "检查笔录"),
    ("SAMPLING_RECORD", "抽样记录"),
];

/// Who may have signed one.
const SIGNERS: [(&str, &str); 3] =
    [("OFFICERS", "办案人员"), ("HOLDER", "持有人"), ("WITNESS", "见证人")];

fn word<'a>(words: &[(&'a str, &'a str)], code: &'a str) -> &'a str {
    words.iter().find(|(known, _)| *known == code).map_or(code, |(_, word)| word)
}
