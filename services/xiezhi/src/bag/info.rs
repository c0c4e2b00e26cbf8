//! bag-info.txt: what a bag says of itself beside its payload.

use proto::evidence::v1 as pb;

use super::{structure::Bag, write::plain};

/// The program that wrote the bag.
pub(super) const AGENT: &str = "Bag-Software-Agent";
/// This one.
pub(super) const THIS: &str = concat!("xiezhi ", env!("CARGO_PKG_VERSION"));
/// When it was written.
pub(super) const DATE: &str = "Bagging-Date";
/// Bytes and files of the payload.
pub(super) const OXUM: &str = "Payload-Oxum";

/// The lines for a bag that is written on a day, but for the last one.
pub(crate) fn lines(dossier: &pb::Dossier, day: &str) -> Vec<(&'static str, String)> {
    let line = |label, value: &str| (label, plain(value));
    vec![
        line("Source-Organization", &dossier.agency),
        line(DATE, day),
        line("External-Identifier", &dossier.name),
        line("External-Description", &dossier.title),
        line("Internal-Sender-Identifier", &dossier.case_no),
        line(AGENT, THIS),
    ]
}

/// That a bag says of itself what its dossier says, and nothing else. The day and the program are
/// what they are said to be.
pub(super) fn check(bag: &Bag, dossier: &pb::Dossier) -> Result<(), String> {
    let day = bag.info(DATE).unwrap_or_default();
    let mut expected = lines(dossier, day);
    expected.push((OXUM, bag.info(OXUM).unwrap_or_default().to_owned()));
    for ((label, value), line) in expected.iter().zip(bag.info_lines()) {
        let is = line.strip_prefix(label).and_then(|rest| rest.strip_prefix(": "));
        if is.is_none_or(|is| is != value && *label != AGENT) {
            return Err(format!("bag-info.txt: {label} is not that of {}", dossier.name));
        }
    }
    if bag.info_lines().count() == expected.len() {
        return Ok(());
    }
    Err("bag-info.txt has other lines than a bag of ours".to_owned())
}
