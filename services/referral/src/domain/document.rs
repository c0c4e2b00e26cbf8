//! The forms of the case (`data/documents.json`): which fields each must have.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;

/// A paper of the case, as it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Which form, e.g. `REFERRAL_LETTER`.
    pub code: String,
    /// Its fields.
    pub fields: BTreeMap<String, String>,
    /// The lines of a list.
    pub lines: Vec<BTreeMap<String, String>>,
    /// SHA-256 of the signed original as 64 hexadecimal digits, or empty.
    pub sha256: String,
}

/// One form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name_zh: String,
    /// Who issues it.
    pub issuer: String,
    /// To whom.
    pub addressee: String,
    /// The rules that ask for it.
    pub rules: Vec<String>,
    /// The fields it must have; on each line where it is a list.
    pub fields: Vec<FormField>,
    /// Whether it is a list.
    pub list: bool,
}

/// A field of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormField {
    /// Its name.
    pub name: String,
    /// How many entries, separated by commas, it must have; 0 when it may be absent.
    pub entries: usize,
}

/// The most fields one document, and bytes one field, may have.
const FIELDS_MAX: usize = 64;
const FIELD_BYTES_MAX: usize = 16 * 1024;
/// The most lines a list may have.
const LINES_MAX: usize = 1000;

/// The lists: their fields stand on each line.
const LISTS: &[&str] = &["INVOLVED_ITEM_LIST", "HAND_OVER_SHEET", "E_DATA_LIST"];

#[derive(Deserialize)]
struct File {
    documents: Vec<FileForm>,
}

#[derive(Deserialize)]
struct FileForm {
    code: String,
    name_zh: String,
    issuer: String,
    addressee: String,
    rule_ids: Vec<String>,
    required_fields: Vec<String>,
}

static FORMS: LazyLock<BTreeMap<String, Form>> = LazyLock::new(|| {
    let file: File =
        serde_json::from_str(include_str!("../../data/documents.json")).unwrap_or(File {
            documents: Vec::new(), // cannot happen: the tests below read the same text
        });
    file.documents.into_iter().map(|form| (form.code.clone(), form_of(form))).collect()
});

fn form_of(form: FileForm) -> Form {
    Form {
        list: LISTS.contains(&form.code.as_str()),
        fields: form.required_fields.iter().map(|text| field_of(text)).collect(),
        code: form.code,
        name_zh: form.name_zh,
        issuer: form.issuer,
        addressee: form.addressee,
        rules: form.rule_ids,
    }
}

/// Reads `name`, `name?`, `name(>=2)`, `name=7d`, `name:TO` and `name+more`.
fn field_of(text: &str) -> FormField {
    let end = text.find(['?', '(', '=', ':', '+']).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let entries = match rest.as_bytes().first() {
        Some(b'?') => 0,
        Some(b'(') => rest.trim_matches(|c: char| !c.is_ascii_digit()).parse().unwrap_or(1),
        _ => 1,
    };
    FormField { name: name.to_owned(), entries }
}

/// Every form, by code.
pub fn forms() -> impl Iterator<Item = &'static Form> {
    FORMS.values()
}

/// The form with this code.
pub fn form(code: &str) -> Option<&'static Form> {
    FORMS.get(code)
}

/// Whether a paper is addressed to an agency.
pub fn is_for_agencies(code: &str) -> bool {
    form(code).is_some_and(|form| form.addressee.contains("ADMIN_AGENCY"))
}

/// Everything wrong with `document`, each fault under its field; `at` is its place in the request.
pub fn faults(document: &Document, at: usize) -> Vec<(String, String)> {
    let here = format!("documents[{at}]");
    let Some(form) = form(&document.code) else {
        return vec![(format!("{here}.code"), format!("{} is not a form", document.code))];
    };
    let mut faults = Vec::new();
    if !document.sha256.is_empty() && !is_sha256(&document.sha256) {
        faults.push((format!("{here}.sha256"), "is not 64 hexadecimal digits".to_owned()));
    }
    if document.lines.len() > LINES_MAX {
        faults.push((format!("{here}.lines"), format!("more than {LINES_MAX}")));
        return faults;
    }
    if form.list {
        if document.lines.is_empty() {
            faults.push((format!("{here}.lines"), format!("{} has no line", form.code)));
        }
        for (i, line) in document.lines.iter().enumerate() {
            record_faults(form, line, &format!("{here}.lines[{i}]"), &mut faults);
        }
    } else {
        record_faults(form, &document.fields, &format!("{here}.fields"), &mut faults);
    }
    faults
}

fn record_faults(
    form: &Form,
    record: &BTreeMap<String, String>,
    here: &str,
    faults: &mut Vec<(String, String)>,
) {
    if record.len() > FIELDS_MAX {
        faults.push((here.to_owned(), format!("more than {FIELDS_MAX} fields")));
    }
    for (name, value) in record {
        if value.len() > FIELD_BYTES_MAX {
            faults.push((format!("{here}.{name}"), format!("longer than {FIELD_BYTES_MAX} bytes")));
        }
    }
    for field in form.fields.iter().filter(|field| field.entries > 0) {
        let value = record.get(&field.name).map_or("", |value| value.trim());
        let entries = value.split([',', '，', '、']).filter(|one| !one.trim().is_empty()).count();
        if value.is_empty() {
            let fault = format!("is missing: {} ({}) must have it", form.code, form.name_zh);
            faults.push((format!("{here}.{}", field.name), fault));
        } else if entries < field.entries {
            let fault = format!("needs at least {}, separated by commas", field.entries);
            faults.push((format!("{here}.{}", field.name), fault));
        }
    }
}

fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_read() {
        assert_eq!(forms().count(), 42);
        assert!(forms().all(|form| !form.fields.is_empty()));
    }

    #[test]
    fn a_field_may_be_optional_or_have_a_least_number() {
        assert_eq!(field_of("decision_no?"), FormField { name: "decision_no".into(), entries: 0 });
        assert_eq!(field_of("team(>=2)"), FormField { name: "team".into(), entries: 2 });
        assert_eq!(field_of("due=7d"), FormField { name: "due".into(), entries: 1 });
        let name = |text| field_of(text).name;
        assert_eq!(name("copy_to:PROCURATORATE"), "copy_to");
        assert_eq!(name("officers+certificate"), "officers");
    }

    #[test]
    fn every_missing_field_is_named_at_once() {
        let receipt = Document {
            code: "RECEIPT".into(),
            fields: BTreeMap::from([("receiver".into(), "  ".into())]),
            lines: Vec::new(),
            sha256: "abc".into(),
        };
        let fields: Vec<String> = faults(&receipt, 2).into_iter().map(|(field, _)| field).collect();
        let here = "documents[2]";
        assert_eq!(
            fields,
            [
                format!("{here}.sha256"),
                format!("{here}.fields.received_at"),
                format!("{here}.fields.receiver"),
                format!("{here}.fields.signature"),
            ]
        );
    }

    #[test]
    fn a_list_is_checked_line_by_line() {
        let list = Document {
            code: "INVOLVED_ITEM_LIST".into(),
            fields: BTreeMap::new(),
            lines: vec![BTreeMap::new()],
            sha256: String::new(),
        };
        assert_eq!(faults(&list, 0).len(), 6);
        assert!(faults(&list, 0)[0].0.starts_with("documents[0].lines[0]."));
    }
}
