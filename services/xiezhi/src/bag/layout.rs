//! What lies where in a bag. A path follows from the messages alone, so that who checks a bag knows
//! where each file must be, and that no other is there.

use std::collections::{BTreeMap, BTreeSet};

use proto::evidence::v1 as pb;

/// The payload begins with it.
pub(crate) const DOSSIER: &str = "data/dossier.json";
/// Every item, as `ListItemsResponse`.
pub(crate) const ITEMS: &str = "data/items.json";
/// How each item may be used, for each use.
pub(crate) const ASSESSMENT: &str = "data/assessment.json";
/// What the bodies are called, by their codes: the forms are printed with it.
pub(crate) const AGENCIES: &str = "data/agencies.json";
/// The signed note that every receipt is proven with.
pub(crate) const CHECKPOINT: &str = "data/checkpoint.txt";
/// 涉案物品清单.
pub(crate) const INVOLVED: &str = "data/forms/involved-items.pdf";
/// The receipts lie in it.
pub(crate) const RECEIPTS: &str = "data/receipts/";

/// The service whose rows a dossier has.
pub(crate) const SERVICE: &str = "evidence";

/// The longest name of a file, in bytes.
const NAME_MAX: usize = 120;

/// The custody chain of an item, as `ListCustodyResponse`.
pub(crate) fn custody(number: i32) -> String {
    format!("data/custody/{number}.json")
}

/// The hand-over with a number, as `HandOver`.
pub(crate) fn hand_over(number: usize) -> String {
    format!("data/hand-overs/{number}.json")
}

/// Its list as a form, 移交清单.
pub(crate) fn hand_over_form(number: usize) -> String {
    format!("data/forms/hand-over-{number}.pdf")
}

/// Its receipt as a form, 回执.
pub(crate) fn receipt_form(number: usize) -> String {
    format!("data/forms/receipt-{number}.pdf")
}

/// The receipt of a journal row.
pub(crate) fn receipt(service: &str, row: i64) -> String {
    format!("{RECEIPTS}{service}-{row}.json")
}

/// Where each content lies: those of the items, and the photographs of the hand-overs.
pub(crate) fn contents<'a>(
    items: &'a [pb::Item],
    photos: &'a BTreeMap<usize, Vec<pb::Content>>,
) -> Vec<(&'a pb::Content, String)> {
    let of_items = items
        .iter()
        .map(|item| (format!("{}-{}", item.number, safe(&item.code)), item.contents.as_slice()));
    let of_hand_overs =
        photos.iter().map(|(number, photos)| (format!("hand-over-{number}"), photos.as_slice()));
    let mut placed = Vec::new();
    for (folder, contents) in of_items.chain(of_hand_overs) {
        let mut taken = BTreeSet::new();
        for content in contents {
            let name = free(&safe(&content.file_name), &mut taken);
            placed.push((content, format!("data/content/{folder}/{name}")));
        }
    }
    placed
}

/// A name that any file system takes, of one part. Names that a tool reads otherwise than another
/// (percent signs, line ends) are avoided.
pub(crate) fn safe(name: &str) -> String {
    let plain = |c: char| {
        let special = matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' | '%' | '~');
        if special || c.is_control() || c == '\u{2028}' || c == '\u{2029}' { '_' } else { c }
    };
    let name: String = name.chars().map(plain).collect();
    let name = name.trim_matches(|c: char| c == '.' || c.is_whitespace());
    let (stem, end) = split(name);
    let stem = cut(stem, NAME_MAX.saturating_sub(end.len()));
    let name = format!("{stem}{end}");
    let name = name.trim_end_matches(|c: char| c == '.' || c.is_whitespace());
    if name.is_empty() { "file".to_owned() } else { name.to_owned() }
}

/// The name, or the name with the first number that is not taken. Some file systems know no
/// difference of case.
fn free(name: &str, taken: &mut BTreeSet<String>) -> String {
    let (stem, end) = split(name);
    let numbered = (2..).map(|number: u32| format!("{stem} ({number}){end}"));
    let mut names = std::iter::once(name.to_owned()).chain(numbered);
    let name = names.find(|name| !taken.contains(&name.to_lowercase())).unwrap_or_default();
    taken.insert(name.to_lowercase());
    name
}

/// A name and its end, such as `.jpg`.
fn split(name: &str) -> (&str, &str) {
    match name.rfind('.') {
        Some(at) if at > 0 && name.len() - at <= 16 => name.split_at(at),
        _ => (name, ""),
    }
}

fn cut(text: &str, bytes: usize) -> &str {
    let end = (0..=bytes.min(text.len())).rev().find(|at| text.is_char_boundary(*at));
    text.get(..end.unwrap_or(0)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_safe_on_every_file_system() {
        for (name, is) in [
            ("scan.pdf", "scan.pdf"),
            ("../../etc/passwd", "_.._etc_passwd"),
            ("C:\\a\nb%.txt", "C__a_b_.txt"),
            ("...", "file"),
            ("", "file"),
            (" 照片 .JPG ", "照片 .JPG"),
            (".bashrc", "bashrc"),
        ] {
            assert_eq!(safe(name), is, "{name:?}");
        }
        let long = safe(&format!("{}.jpeg", "证".repeat(300)));
        assert!(long.len() <= NAME_MAX && long.ends_with("证.jpeg"), "{long}");
    }

    #[test]
    fn equal_names_of_one_item_get_numbers_and_those_of_two_items_do_not() {
        let content = |file_name: &str| pb::Content {
            file_name: file_name.to_owned(),
            ..pb::Content::default()
        };
        let names = ["a.jpg", "A.JPG", "a (2).jpg", "a.jpg"];
        let item = |number: i32, code: &str| pb::Item {
            number,
            code: code.to_owned(),
            contents: names.map(content).to_vec(),
            ..pb::Item::default()
        };
        let items = [item(1, "WP/1"), item(2, "WP/1")];
        let photos = [(1, vec![content("a.jpg")])].into();
        let paths: Vec<String> = contents(&items, &photos).into_iter().map(|one| one.1).collect();
        let one = ["a.jpg", "A (2).JPG", "a (2) (2).jpg", "a (3).jpg"];
        let folder = |folder: &str| one.map(|name| format!("data/content/{folder}/{name}"));
        assert_eq!(paths[..4], folder("1-WP_1"));
        assert_eq!(paths[4..8], folder("2-WP_1"));
        assert_eq!(paths[8..], ["data/content/hand-over-1/a.jpg"]);
    }
}
