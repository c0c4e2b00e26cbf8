//! Forms for people to read, print and sign: 涉案物品清单, 移交清单, 回执 of a dossier, and 行政检查通知书.

mod hand_over;
mod inspection;
mod items;
mod receipt;

use std::collections::BTreeMap;

use anyhow::Context as _;
use paper::form::{Align, Column, Form};
use proto::evidence::v1 as pb;

pub(crate) use inspection::{Inspection, Matters};
pub(crate) use receipt::{Leaf, completion};

/// The names of bodies, by their codes.
pub(crate) type Names = BTreeMap<String, String>;

/// The list of all items, 涉案物品清单.
pub(crate) fn involved_items(
    dossier: &pb::Dossier,
    items: &[pb::Item],
    names: &Names,
) -> anyhow::Result<Vec<u8>> {
    print(items::form(dossier, items, names))
}

/// The list of a hand-over, 移交清单: what was listed beside what was counted.
pub(crate) fn hand_over(hand_over: &pb::HandOver, names: &Names) -> anyhow::Result<Vec<u8>> {
    print(hand_over::form(hand_over, names))
}

/// The receipt of a completed hand-over, 回执, with the place of its row in the log.
pub(crate) fn receipt(
    hand_over: &pb::HandOver,
    leaf: &Leaf,
    names: &Names,
) -> anyhow::Result<Vec<u8>> {
    print(receipt::form(hand_over, leaf, names))
}

/// The notice of a visit, 行政检查通知书.
pub(crate) fn inspection(inspection: &Inspection, names: &Names) -> anyhow::Result<Vec<u8>> {
    print(inspection::form(inspection, names))
}

/// Prints a form; one of more pages than anybody prints with its cells cut.
fn print(mut form: Form) -> anyhow::Result<Vec<u8>> {
    let mut printed = paper::print(&form);
    if matches!(printed, Err(paper::Error::TooManyPages { .. })) {
        form.rows.iter_mut().flatten().for_each(|cell| *cell = line(cell));
        form.remarks.push("过长的文字从略（…），全文见证据包中的 JSON 文件。".to_owned());
        printed = paper::print(&form);
    }
    Ok(printed.with_context(|| form.title.clone())?.pdf)
}

fn name(names: &Names, code: &str) -> String {
    names.get(code).map_or_else(|| code.to_owned(), |name| format!("{name}（{code}）"))
}

fn column(title: &str, width_share: f32, align: Align) -> Column {
    Column { title: title.to_owned(), width_share, align }
}

fn facts<const N: usize>(facts: [(&str, String); N]) -> Vec<(String, String)> {
    let facts = facts.into_iter().filter(|(_, value)| !value.trim().is_empty());
    facts.map(|(label, value)| (label.to_owned(), value)).collect()
}

/// A text of one line, no longer than a name. What is cut off stands in the JSON beside it.
fn line(text: &str) -> String {
    const MAX: usize = 60;
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if plain.chars().count() <= MAX {
        return plain;
    }
    plain.chars().take(MAX - 1).chain(['…']).collect()
}

/// A day as papers write it.
fn day(at: Option<prost_types::Timestamp>) -> String {
    let time = at.and_then(|at| chrono::DateTime::from_timestamp(at.seconds, 0));
    let local = time.map(|time| time.with_timezone(&clock::SHANGHAI));
    local.map(|day| day.format("%Y年%-m月%-d日").to_string()).unwrap_or_default()
}

fn quantity(number: &str, unit: &str) -> String {
    format!("{number} {unit}").trim().to_owned()
}

/// Fen as yuan.
fn money(fen: i64) -> String {
    if fen == 0 { String::new() } else { format!("{}.{:02}元", fen / 100, fen % 100) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What documents.json asks of a form, as field and value, printed by `form`.
    fn asked_for(code: &str, form: &Form, values: &[(&str, &str)]) {
        let all: serde_json::Value =
            serde_json::from_str(include_str!("../../referral/data/documents.json")).unwrap();
        let paper = all["documents"].as_array().unwrap().iter().find(|one| one["code"] == code);
        let mut printed: Vec<&str> = form.rows.iter().flatten().map(String::as_str).collect();
        printed.extend(form.facts.iter().map(|(_, value)| value.as_str()));
        printed.extend(form.remarks.iter().map(String::as_str));
        printed.extend(form.signatures.iter().flat_map(|one| [&*one.name, &*one.date]));
        for field in paper.unwrap()["required_fields"].as_array().unwrap() {
            let field = field.as_str().unwrap();
            let known = values.iter().find(|(name, _)| *name == field);
            let value = known.unwrap_or_else(|| panic!("the test knows no {field}")).1;
            assert!(printed.iter().any(|text| text.contains(value)), "{code} has no {field}");
        }
    }

    #[test]
    fn the_list_of_a_hand_over_says_all_that_documents_json_asks_of_it() {
        let time = Some(prost_types::Timestamp { seconds: 1_772_442_000, nanos: 0 });
        let signed = |agency: &str, officer: &str| pb::HandOverSignature {
            agency: agency.to_owned(),
            officer: officer.to_owned(),
            time,
            ..pb::HandOverSignature::default()
        };
        let line = pb::HandOverLine {
            line_no: 17,
            title: "白酒".to_owned(),
            code: "WP-9".to_owned(),
            quantity: "12".to_owned(),
            unit: "瓶".to_owned(),
            features: "批号示例".to_owned(),
            source: "现场扣押".to_owned(),
            condition: "完好".to_owned(),
            seal_no: "封-1".to_owned(),
            value_fen: 123_456,
            storage_place: "物证室A架".to_owned(),
            count: Some(pb::LineCount {
                photos: vec!["contents/1".to_owned(), "contents/2".to_owned()],
                storage_place: "二号库".to_owned(),
                ..pb::LineCount::default()
            }),
            ..pb::HandOverLine::default()
        };
        let given = pb::HandOver {
            giver: "MKT".to_owned(),
            receiver: "PSB".to_owned(),
            lines: vec![line],
            signatures: vec![signed("MKT", "MKT-01"), signed("PSB", "PSB-01")],
            ..pb::HandOver::default()
        };
        let form = hand_over::form(&given, &Names::new());
        asked_for(
            "HAND_OVER_SHEET",
            &form,
            &[
                ("line_no", "17"),
                ("name", "白酒"),
                ("number", "WP-9"),
                ("quantity", "12 瓶"),
                ("features", "批号示例"),
                ("source", "现场扣押"),
                ("condition", "完好"),
                ("seal_no", "封-1"),
                ("hand_over_person", "MKT-01"),
                ("receiver", "PSB-01"),
                ("signed_at", "2026年3月2日"),
                ("photos", "2张"),
            ],
        );
        // LAW.md 4.3 asks for two things more.
        let cells = form.rows.concat().join("\n");
        for word in ["1234.56元", "物证室A架", "移至 二号库"] {
            assert!(cells.contains(word), "{word}: {cells}");
        }
    }

    #[test]
    fn the_list_of_items_says_all_that_documents_json_asks_of_it_and_a_witness_signs() {
        let item = pb::Item {
            title: "白酒".to_owned(),
            quantity: "12".to_owned(),
            unit: "瓶".to_owned(),
            features: "批号示例".to_owned(),
            source_papers: vec![pb::SourcePaper {
                code: "SEIZURE_LIST".to_owned(),
                number: "扣〔2026〕1号".to_owned(),
                signed_by: vec!["OFFICERS".to_owned(), "WITNESS".to_owned()],
            }],
            collection: Some(pb::Collection {
                refusal_to_sign: "当事人离开".to_owned(),
                ..pb::Collection::default()
            }),
            custody: Some(pb::Custody {
                storage_place: "物证室A架".to_owned(),
                ..pb::Custody::default()
            }),
            ..pb::Item::default()
        };
        let form = items::form(&pb::Dossier::default(), &[item], &Names::new());
        let paper = "扣押清单 扣〔2026〕1号（办案人员、见证人签名）";
        asked_for(
            "INVOLVED_ITEM_LIST",
            &form,
            &[
                ("name", "白酒"),
                ("quantity", "12"),
                ("unit", "瓶"),
                ("features", "批号示例"),
                ("storage_place", "物证室A架"),
                ("source_papers", paper),
            ],
        );
        assert!(form.rows.concat().join("\n").contains("持有人拒绝签名：当事人离开"));
        let roles: Vec<&str> = form.signatures.iter().map(|one| one.role.as_str()).collect();
        assert_eq!(roles, ["持有人（当事人）", "见证人", "办案人员", "办案机关"]);
    }

    #[test]
    fn the_notice_of_an_inspection_says_all_that_documents_json_asks_of_it() {
        use proto::operations::v1 as ops;
        let time = |seconds| Some(prost_types::Timestamp { seconds, nanos: 0 });
        let group = |agency: &str, officers: [&str; 2], over_cap: &str| ops::Group {
            agency: agency.to_owned(),
            matters: vec!["M032".to_owned()],
            assigned: officers.map(str::to_owned).to_vec(),
            over_cap: over_cap.to_owned(),
            ..ops::Group::default()
        };
        let inspection = Inspection {
            visit: ops::Visit {
                notice_no: "GDO检通〔2026〕1号".to_owned(),
                start_time: time(1_772_442_000),
                end_time: time(1_772_445_600),
                groups: vec![
                    group("MKT", ["MKT-01", "MKT-02"], ""),
                    group("ECO", ["ECO-01", "ECO-02"], "群众投诉"),
                ],
                ..ops::Visit::default()
            },
            subject: ops::Subject { display_name: "餐馆1".to_owned(), ..ops::Subject::default() },
            counts: vec![ops::InspectionCount {
                agency: "MKT".to_owned(),
                counted: 2,
                exempt: 1,
                cap: 4,
                ..ops::InspectionCount::default()
            }],
            matters: [(
                "M032".to_owned(),
                ("无证经营".to_owned(), "食品安全法 art. 122".to_owned()),
            )]
            .into(),
        };
        let form = inspection::form(&inspection, &Names::new());
        asked_for(
            "INSPECTION_NOTICE",
            &form,
            &[
                ("basis", "食品安全法 art. 122"),
                ("scope", "无证经营（M032）"),
                ("officers+certificate", "MKT-01\nMKT-02"),
                ("frequency_info", "本年度已检查3次，年度上限4次"),
                ("recusal_right", "有权申请回避"),
            ],
        );
        assert!(form.rows[1][4].contains("群众投诉"), "{:?}", form.rows);
        assert!(form.opening[0].contains("2026年3月2日 17:00至18:00"), "{:?}", form.opening);
        let pdf = super::inspection(&inspection, &Names::new()).unwrap();
        assert!(pdf.starts_with(b"%PDF"));
    }

    #[test]
    fn the_forms_of_the_largest_lists_are_printed() {
        let long = "长".repeat(400);
        let line = |line_no: i32| pb::HandOverLine {
            line_no,
            title: long.clone(),
            features: long.clone(),
            count: Some(pb::LineCount { discrepancy: long.clone(), ..pb::LineCount::default() }),
            ..pb::HandOverLine::default()
        };
        let given = pb::HandOver {
            name: "handOvers/1".to_owned(),
            place: long.clone(),
            lines: (1..=1000).map(line).collect(),
            ..pb::HandOver::default()
        };
        let names = [("MKT".to_owned(), long.clone())].into();
        assert!(hand_over(&given, &names).unwrap().starts_with(b"%PDF"));
        let leaf = Leaf {
            origin: "x".repeat(255),
            index: u64::MAX,
            row: i64::MAX,
            digest: "ab".repeat(32),
        };
        assert!(receipt(&given, &leaf, &names).unwrap().starts_with(b"%PDF"));
        let item = pb::Item { title: long.clone(), code: long.clone(), ..pb::Item::default() };
        let dossier = pb::Dossier {
            title: long.repeat(3),
            agency: "MKT".to_owned(),
            case_no: long.clone(),
            ..pb::Dossier::default()
        };
        let items = vec![item.clone(); 12];
        assert!(involved_items(&dossier, &items, &names).unwrap().starts_with(b"%PDF"));
        // More than a form has room for: what is left out stands in items.json.
        let source_paper =
            pb::SourcePaper { code: "X".repeat(64), number: long.clone(), ..Default::default() };
        let source = "来".repeat(4000);
        let item = pb::Item { source, source_papers: vec![source_paper; 20], ..item };
        let form = items::form(&dossier, &vec![item; 300], &names);
        let characters: usize = form.rows.iter().flatten().map(|cell| cell.chars().count()).sum();
        assert!(characters <= paper::form::MAX_CHARACTERS, "{characters}");
        assert!(form.remarks[0].starts_with(&format!("本清单列前 {} 件", form.rows.len())));
    }
}
