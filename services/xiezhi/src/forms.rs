//! The forms of a dossier for people to read, print and sign: 涉案物品清单, 移交清单, 回执.

mod hand_over;
mod items;
mod receipt;

use std::collections::BTreeMap;

use anyhow::Context as _;
use paper::form::{Align, Column, Form};
use proto::evidence::v1 as pb;

pub(crate) use receipt::Leaf;

/// The names of bodies, by their codes.
pub(crate) type Names = BTreeMap<String, String>;

/// The list of all items, 涉案物品清单.
pub(crate) fn involved_items(
    dossier: &pb::Dossier,
    items: &[pb::Item],
    names: &Names,
) -> anyhow::Result<Vec<u8>> {
    print(&items::form(dossier, items, names))
}

/// The list of a hand-over, 移交清单: what was listed beside what was counted.
pub(crate) fn hand_over(hand_over: &pb::HandOver, names: &Names) -> anyhow::Result<Vec<u8>> {
    print(&hand_over::form(hand_over, names))
}

/// The receipt of a completed hand-over, 回执, with the place of its row in the log.
pub(crate) fn receipt(
    hand_over: &pb::HandOver,
    leaf: &Leaf,
    names: &Names,
) -> anyhow::Result<Vec<u8>> {
    print(&receipt::form(hand_over, leaf, names))
}

fn print(form: &Form) -> anyhow::Result<Vec<u8>> {
    Ok(paper::print(form).with_context(|| form.title.clone())?.pdf)
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

/// A text that fits into one line of a form. What is cut off stands in the JSON beside it.
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
        let items = vec![item; 12];
        assert!(involved_items(&dossier, &items, &names).unwrap().starts_with(b"%PDF"));
    }
}
