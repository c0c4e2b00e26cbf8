//! Entries of the catalogue as the rows of a spreadsheet, and rows as entries. Knows no mesh.

use anyhow::{Context as _, bail, ensure};
use prost_reflect::{FieldDescriptor, Kind};
use proto::catalogue::v1::{Entry, EntryKind, entry};
use serde_json::{Map, Value, json};

use super::kind_word;
use crate::out::Contract;

/// The kinds of entries, each a sheet of its own.
pub(super) const KINDS: [EntryKind; 7] = [
    EntryKind::Matter,
    EntryKind::Power,
    EntryKind::Area,
    EntryKind::Posting,
    EntryKind::Benchmark,
    EntryKind::MinorViolation,
    EntryKind::Boundary,
];
/// By which spreadsheets know that a file is UTF-8.
const MARK: char = '\u{feff}';
/// The column that says which entry a row is.
const KEY: &str = "key";
/// The message of an entry.
const ENTRY: &str = "xiezhi.catalogue.v1.Entry";

/// What a cell of a column holds.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Cell {
    Text,
    /// A day: spreadsheets write 2022-07-01 as 2022/7/1.
    Day,
    Whole,
    YesNo,
    /// A word of an enum, without what all its names begin with.
    Word(String),
    Texts,
    Bases,
    Conditions,
}

/// A column.
#[derive(Clone, Debug)]
struct Column {
    name: String,
    cell: Cell,
}

/// The kind of an entry.
pub(super) fn kind_of(entry: &Entry) -> EntryKind {
    match &entry.entry {
        None => EntryKind::Unspecified,
        Some(entry::Entry::Matter(_)) => EntryKind::Matter,
        Some(entry::Entry::Power(_)) => EntryKind::Power,
        Some(entry::Entry::Area(_)) => EntryKind::Area,
        Some(entry::Entry::Posting(_)) => EntryKind::Posting,
        Some(entry::Entry::Benchmark(_)) => EntryKind::Benchmark,
        Some(entry::Entry::MinorViolation(_)) => EntryKind::MinorViolation,
        Some(entry::Entry::Boundary(_)) => EntryKind::Boundary,
    }
}

/// The entries as one JSON list, without what only the catalogue says of them.
pub(super) fn to_json(contract: &Contract, entries: &[Entry]) -> anyhow::Result<String> {
    let entries: anyhow::Result<Vec<Value>> = entries
        .iter()
        .map(|entry| {
            let mut value = contract.json(ENTRY, &plain(entry))?;
            if let Some(fields) = value.as_object_mut() {
                fields.retain(|name, _| !name.ends_with("_revision"));
            }
            Ok(value)
        })
        .collect();
    Ok(format!("{}\n", serde_json::to_string_pretty(&entries?)?))
}

/// Reads a JSON list of entries.
pub(super) fn from_json(contract: &Contract, text: &str) -> anyhow::Result<Vec<Entry>> {
    let list: Vec<Value> = serde_json::from_str(text).context("not a JSON list of entries")?;
    let entries = list.into_iter().enumerate();
    entries
        .map(|(at, one)| contract.read(ENTRY, one).with_context(|| format!("entry {}", at + 1)))
        .collect()
}

/// The entries of one kind as CSV.
pub(super) fn to_csv(
    contract: &Contract,
    kind: EntryKind,
    entries: &[Entry],
) -> anyhow::Result<String> {
    let columns = columns(contract, kind)?;
    let mut rows = csv::Writer::from_writer(Vec::new());
    let heads = [KEY].into_iter().chain(columns.iter().map(|column| column.name.as_str()));
    rows.write_record(heads)?;
    let field = kind_word(kind).to_lowercase();
    for entry in entries.iter().filter(|entry| kind_of(entry) == kind) {
        let value = contract.json(ENTRY, entry)?;
        let cells = columns.iter().map(|column| print(column, &value[&field][&column.name]));
        rows.write_record([entry.key.clone()].into_iter().chain(cells))?;
    }
    let bytes = rows.into_inner().context("a sheet")?;
    Ok(format!("{MARK}{}", String::from_utf8(bytes)?))
}

/// Reads a sheet: its kind is the one whose columns it has. Every cell at fault is named at once.
pub(super) fn from_csv(contract: &Contract, text: &str) -> anyhow::Result<Vec<Entry>> {
    let text = text.strip_prefix(MARK).unwrap_or(text);
    let mut rows = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let heads: Vec<String> = rows.headers()?.iter().map(|head| head.trim().to_owned()).collect();
    let (kind, columns) = sheet_of(contract, &heads)?;
    let field = kind_word(kind).to_lowercase();
    let (mut entries, mut faults) = (Vec::new(), Vec::new());
    for (at, row) in rows.records().enumerate() {
        let row = row?;
        // A spreadsheet leaves empty rows at the end.
        if row.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let (mut key, mut fields) = (String::new(), Map::new());
        for (head, cell) in heads.iter().zip(&row) {
            if head == KEY {
                cell.trim().clone_into(&mut key);
            }
            let Some(column) = columns.iter().find(|column| column.name == *head) else { continue };
            match read(column, cell.trim()) {
                Ok(value) => drop(fields.insert(head.clone(), value)),
                // The line of the heads is the first.
                Err(fault) => faults.push(format!("row {}, {head}: {fault}", at + 2)),
            }
        }
        let mut entry = Map::from_iter([(KEY.to_owned(), json!(key))]);
        entry.insert(field.clone(), Value::Object(fields));
        match contract.read(ENTRY, Value::Object(entry)) {
            Ok(entry) => entries.push(entry),
            Err(fault) => faults.push(format!("row {}: {fault:#}", at + 2)),
        }
    }
    ensure!(faults.is_empty(), "{}", faults.join("\n  "));
    Ok(entries)
}

/// The entry without what only the catalogue says of it.
pub(super) fn plain(entry: &Entry) -> Entry {
    Entry { since_revision: 0, until_revision: 0, ..entry.clone() }
}

/// The kind whose columns these are.
fn sheet_of(contract: &Contract, heads: &[String]) -> anyhow::Result<(EntryKind, Vec<Column>)> {
    let mut nearest: Option<(usize, String)> = None;
    for kind in KINDS {
        let columns = columns(contract, kind)?;
        let known = |head: &str| head == KEY || columns.iter().any(|one| one.name == head);
        let strange: Vec<&str> =
            heads.iter().map(String::as_str).filter(|head| !known(head)).collect();
        let missing = columns.iter().map(|one| one.name.as_str());
        let missing: Vec<&str> =
            missing.filter(|name| !heads.iter().any(|head| head == name)).collect();
        let wrong = strange.len() + missing.len();
        if wrong == 0 {
            return Ok((kind, columns));
        }
        if nearest.as_ref().is_none_or(|(least, _)| wrong < *least) {
            let (kind, missing, strange) =
                (kind_word(kind), missing.join(", "), strange.join(", "));
            let told = format!("nearest is {kind}: it lacks [{missing}] and has [{strange}] more");
            nearest = Some((wrong, told));
        }
    }
    bail!("its columns are of no kind of entries; {}", nearest.unwrap_or_default().1)
}

fn columns(contract: &Contract, kind: EntryKind) -> anyhow::Result<Vec<Column>> {
    let field = kind_word(kind).to_lowercase();
    let entry = contract.fields(ENTRY)?;
    let field = entry.iter().find(|one| one.name() == field).context("no such kind of entries")?;
    let of = field.kind();
    let message = of.as_message().context("an entry is a message")?;
    Ok(message
        .fields()
        .map(|field| Column { name: field.name().to_owned(), cell: cell(&field) })
        .collect())
}

fn cell(field: &FieldDescriptor) -> Cell {
    if let Kind::Enum(words) = field.kind() {
        let first = words.values().next().map(|value| value.name().to_owned());
        return Cell::Word(first.unwrap_or_default().replace("UNSPECIFIED", ""));
    }
    match (field.name(), field.is_list()) {
        ("bases", _) => Cell::Bases,
        ("conditions", _) => Cell::Conditions,
        ("valid_from" | "valid_to", _) => Cell::Day,
        (_, true) => Cell::Texts,
        (_, false) if field.kind() == Kind::Bool => Cell::YesNo,
        (_, false) if matches!(field.kind(), Kind::Int32 | Kind::Int64) => Cell::Whole,
        (_, false) => Cell::Text,
    }
}

/// What stands in a cell.
fn print(column: &Column, value: &Value) -> String {
    let texts = |one: &dyn Fn(&Value) -> String| {
        let parts = value.as_array().into_iter().flatten().map(|part| escape(&one(part)));
        parts.collect::<Vec<_>>().join("; ")
    };
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    match &column.cell {
        Cell::Text | Cell::Day => text(value),
        // JSON leaves out what is zero or false; 64 bits are text in it, 32 a number.
        Cell::Whole if value.is_null() => "0".to_owned(),
        Cell::Whole => value.as_str().map_or_else(|| value.to_string(), str::to_owned),
        Cell::YesNo => value.as_bool().unwrap_or_default().to_string(),
        Cell::Word(stem) => text(value).trim_start_matches(stem.as_str()).to_owned(),
        Cell::Texts => texts(&text),
        Cell::Bases => texts(&|one| {
            let (from, to) = (text(&one["valid_from"]), text(&one["valid_to"]));
            let days = if from.is_empty() && to.is_empty() {
                String::new()
            } else {
                format!(" {from}..{to}")
            };
            format!("{} [{}]{days}", text(&one["citation"]), text(&one["verified"]))
        }),
        Cell::Conditions => texts(&|one| {
            let part = |name: &str| text(&one[name]);
            format!("{} {} {}", part("fact"), part("operator"), part("value"))
        }),
    }
}

/// What a cell says.
fn read(column: &Column, text: &str) -> Result<Value, String> {
    match &column.cell {
        Cell::Text => Ok(json!(text)),
        Cell::Day => Ok(json!(day(text))),
        Cell::Whole if text.is_empty() => Ok(json!(0)),
        Cell::Whole => {
            let number = text.parse::<i64>().map_err(|_| format!("{text} is no whole number"))?;
            Ok(json!(number))
        }
        Cell::YesNo => match text.to_lowercase().as_str() {
            "true" => Ok(json!(true)),
            "false" | "" => Ok(json!(false)),
            _ => Err(format!("{text} is neither true nor false")),
        },
        Cell::Word(stem) if text.is_empty() => Ok(json!(format!("{stem}UNSPECIFIED"))),
        Cell::Word(stem) => Ok(json!(format!("{stem}{}", text.to_uppercase()))),
        Cell::Texts => Ok(json!(split(text))),
        Cell::Bases => split(text).iter().map(|part| basis(part)).collect(),
        Cell::Conditions => split(text).iter().map(|part| condition(part)).collect(),
    }
}

/// `2022/7/1` is 2022-07-01; what is no day stays as it is, and the catalogue says so.
fn day(text: &str) -> String {
    let parts: Vec<&str> = text.split(['-', '/']).collect();
    let [year, month, day] = parts.as_slice() else { return text.to_owned() };
    format!("{year}-{month:0>2}-{day:0>2}")
}

/// `act art. 1 [V] 2022-01-01..2024-12-31`; the days may be absent.
fn basis(text: &str) -> Result<Value, String> {
    let fault = || format!("{text} is not `act and article [V] first day..last day`");
    let (citation, rest) = text.rsplit_once('[').ok_or_else(fault)?;
    let (verified, days) = rest.split_once(']').ok_or_else(fault)?;
    let days = days.trim();
    let (from, to) =
        if days.is_empty() { ("", "") } else { days.split_once("..").ok_or_else(fault)? };
    Ok(json!({
        "citation": citation.trim(), "verified": verified.trim(),
        "valid_from": day(from.trim()), "valid_to": day(to.trim()),
    }))
}

/// `area_m2 >= 10`.
fn condition(text: &str) -> Result<Value, String> {
    let mut parts = text.splitn(3, ' ').map(str::trim);
    let (Some(fact), Some(operator), Some(value)) = (parts.next(), parts.next(), parts.next())
    else {
        return Err(format!("{text} is not `fact operator value`, such as area_m2 >= 10"));
    };
    Ok(json!({ "fact": fact, "operator": operator, "value": value }))
}

fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace(';', "\\;")
}

/// The parts between `;`, where it is not written `\;`.
fn split(text: &str) -> Vec<String> {
    let (mut parts, mut part, mut signs) = (Vec::new(), String::new(), text.chars());
    while let Some(sign) = signs.next() {
        match sign {
            '\\' => part.extend(signs.next()),
            ';' => parts.push(std::mem::take(&mut part)),
            _ => part.push(sign),
        }
    }
    parts.push(part);
    parts.retain(|part| !part.trim().is_empty());
    parts.iter().map(|part| part.trim().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use proto::catalogue::v1 as pb;

    use super::*;

    fn entries() -> Vec<Entry> {
        let basis = |citation: &str, from: &str, to: &str| pb::Basis {
            citation: citation.to_owned(),
            verified: "V".to_owned(),
            valid_from: from.to_owned(),
            valid_to: to.to_owned(),
        };
        let matter = pb::Matter {
            code: "M041".to_owned(),
            name_zh: "对非法倾倒、堆放、处置危险废物的行政处罚".to_owned(),
            regime: pb::Regime::Specialised.into(),
            bases: vec![
                basis("固体废物污染环境防治法 art. 79, 112", "", "2026-08-14"),
                basis("生态环境法典 [草案]; art. 1170", "2026-08-15", ""),
                basis("公路法 art. 76", "", ""),
            ],
            linked_offences: vec!["a; b \\ c".to_owned(), "污染环境罪 art. 338".to_owned()],
            note: "\"quoted\", with\na second line".to_owned(),
            ..Default::default()
        };
        let condition = pb::Condition {
            fact: "area_m2".to_owned(),
            operator: ">=".to_owned(),
            value: "ten or so".to_owned(),
        };
        let benchmark = pb::Benchmark {
            matter: "M001".to_owned(),
            grade: "LIGHT".to_owned(),
            conditions: vec![condition],
            order: 2,
            fine_max_fen: 5_000_000_000,
            ..Default::default()
        };
        let power = pb::Power {
            matter: "M009".to_owned(),
            by_township: true,
            source: pb::PowerSource::Duty.into(),
            valid_from: "2000-01-01".to_owned(),
            ..Default::default()
        };
        let kinds = [
            ("M041", entry::Entry::Matter(matter)),
            ("M001/LIGHT/2022-01-01", entry::Entry::Benchmark(benchmark)),
            ("M009/TOWNSHIP/330999/2000-01-01", entry::Entry::Power(power)),
        ];
        let made = kinds.map(|(key, entry)| Entry {
            key: key.to_owned(),
            entry: Some(entry),
            ..Default::default()
        });
        made.to_vec()
    }

    #[test]
    fn what_a_sheet_says_is_what_was_written_to_it() {
        let contract = Contract::load().unwrap();
        let entries = entries();
        let mut read = Vec::new();
        for kind in KINDS {
            let text = to_csv(&contract, kind, &entries).unwrap();
            assert!(text.starts_with(MARK));
            read.extend(from_csv(&contract, &text).unwrap());
        }
        read.sort_by(|one, other| one.key.cmp(&other.key));
        let mut wanted = entries.clone();
        wanted.sort_by(|one, other| one.key.cmp(&other.key));
        assert_eq!(read, wanted);
        let json = to_json(&contract, &entries).unwrap();
        assert_eq!(from_json(&contract, &json).unwrap(), entries);
    }

    #[test]
    fn a_spreadsheet_may_write_days_its_own_way_and_leave_empty_rows() {
        let contract = Contract::load().unwrap();
        let text = "region,name_zh,government,brigade,valid_from,valid_to,key\n\
            330999004,云溪街道,TG-T04,BR-T04,2022/7/1,,\n,,,,,,\n";
        let entries = from_csv(&contract, text).unwrap();
        let [Entry { entry: Some(entry::Entry::Area(area)), key, .. }] = entries.as_slice() else {
            panic!("{entries:?}");
        };
        assert_eq!((area.valid_from.as_str(), key.as_str()), ("2022-07-01", ""));
    }

    #[test]
    fn every_cell_at_fault_is_named_at_once() {
        let contract = Contract::load().unwrap();
        let (head, row) = (
            "matter,grade,conditions,order,penalty,fine_min_fen,fine_max_fen,basis,verified,\
             valid_from,valid_to",
            "M001,LIGHT,area,first,,1.5,,,V,2022-01-01,",
        );
        let told = format!("{:#}", from_csv(&contract, &format!("{head}\n{row}\n")).unwrap_err());
        for word in ["row 2, conditions: area is not", "row 2, order: first", "fine_min_fen: 1.5"] {
            assert!(told.contains(word), "{word}: {told}");
        }
        let told = format!("{:#}", from_csv(&contract, "region,name,valid_from\n").unwrap_err());
        assert!(told.contains("nearest is AREA") && told.contains("[name]"), "{told}");
    }
}
