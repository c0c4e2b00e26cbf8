//! Reads the fields of requests, and notes every fault.

use chrono::{DateTime, NaiveDate, Utc};
use server::Fields;
use types::page;

use crate::events;

/// A day YYYY-MM-DD.
pub(super) fn day(fields: &mut Fields, text: &str, field: &str) -> Option<NaiveDate> {
    // chrono also reads days without leading zeros; one day has one spelling here.
    let day = text.parse::<NaiveDate>().ok().filter(|day| day.to_string() == text);
    fields.need(day, field, "is not a date YYYY-MM-DD")
}

/// The first and last day of a period, in order.
pub(super) fn period(
    fields: &mut Fields,
    (start, end): (&str, &str),
    (start_field, end_field): (&str, &str),
) -> Option<(NaiveDate, NaiveDate)> {
    let start = day(fields, start, start_field);
    let end = day(fields, end, end_field);
    let (start, end) = (start?, end?);
    fields.check(start <= end, end_field, "is before the first day");
    (start <= end).then_some((start, end))
}

/// An instant that must be there.
pub(super) fn instant(
    fields: &mut Fields,
    at: Option<&prost_types::Timestamp>,
    field: &str,
) -> Option<DateTime<Utc>> {
    fields.need(at.and_then(events::instant), field, "is missing or out of range")
}

/// A whole number between two bounds.
pub(super) fn number(
    fields: &mut Fields,
    value: i32,
    (least, most): (u32, u32),
    field: impl Into<String>,
) -> u32 {
    let value = u32::try_from(value).ok().filter(|value| (least..=most).contains(value));
    fields.need(value, field, format!("is not between {least} and {most}")).unwrap_or(least)
}

/// A place on earth, in millionths of a degree.
pub(super) fn place(fields: &mut Fields, (latitude, longitude): (i32, i32), field: &str) {
    let fits = |value: i32, most: i32| (-most..=most).contains(&value);
    fields.check(fits(latitude, 90_000_000), format!("{field}latitude_e6"), "is no latitude");
    fields.check(fits(longitude, 180_000_000), format!("{field}longitude_e6"), "is no longitude");
}

/// A word for programs: 1 to 40 characters without spaces, or nothing.
pub(super) fn is_word(text: &str) -> bool {
    text.len() <= 40 && !text.chars().any(|c| c.is_whitespace() || c.is_control() || c == '/')
}

/// Notes what is no word.
pub(super) fn word(fields: &mut Fields, text: &str, field: impl Into<String>) {
    fields.check(is_word(text), field, "is not a word of at most 40 bytes");
}

/// Some words, each once: matters, qualifications.
pub(super) fn words(fields: &mut Fields, words: &[String], most: usize, field: &str) {
    fields.check(words.len() <= most, field, format!("are more than {most}"));
    for (at, one) in words.iter().enumerate().take(most) {
        let fits = !one.is_empty() && is_word(one);
        fields.check(fits, format!("{field}[{at}]"), "is not a word of at most 40 bytes");
        fields.check(!words[..at].contains(one), format!("{field}[{at}]"), "is there twice");
    }
}

/// A text that may be empty, at most `max` bytes long.
pub(super) fn at_most(fields: &mut Fields, text: &str, max: usize, field: impl Into<String>) {
    fields.check(text.len() <= max, field, format!("is longer than {max} bytes"));
}

/// The name of a subject: 18 characters of its code, and the place if there are several.
pub(super) fn is_subject(name: &str) -> bool {
    let Some(id) = name.strip_prefix("subjects/") else { return false };
    let (code, place) = id.split_once('-').unwrap_or((id, ""));
    types::Uscc::import(code).is_ok()
        && place.len() <= 5
        && place.bytes().all(|b| b.is_ascii_digit())
        && !place.starts_with('0')
        && !id.ends_with('-')
}

/// A page of a list.
#[derive(Clone, Debug)]
pub(super) struct Page {
    /// How many rows.
    pub size: usize,
    /// Where the page before ended.
    pub cursor: Option<String>,
    filter: String,
}

/// Reads what page is asked for.
pub(super) fn page(fields: &mut Fields, size: i32, token: &str, filter: &str) -> Page {
    let size = fields.need(page::Size::of(size).ok(), "page_size", "is negative").unwrap_or(1);
    let mut cursor = None;
    if !token.is_empty() {
        cursor = page::Token::decode(filter, token);
        fields.check(cursor.is_some(), "page_token", "does not belong to this list");
    }
    Page { size, cursor, filter: filter.to_owned() }
}

impl Page {
    /// How many rows to read: one more than asked says whether there is a next page.
    pub(super) fn want(&self) -> u64 {
        u64::try_from(self.size + 1).unwrap_or(u64::MAX)
    }

    /// Cuts `rows` to the page, and gives the token of the next one.
    pub(super) fn cut<T>(&self, rows: &mut Vec<T>, name: impl Fn(&T) -> String) -> String {
        let more = rows.len() > self.size;
        rows.truncate(self.size);
        let last = rows.last().filter(|_| more);
        last.map(|last| page::Token::encode(&self.filter, &name(last))).unwrap_or_default()
    }
}

/// Reads the subset of AIP-160 that lists know: `field = value` joined by AND; each pair goes to
/// `take`, which says whether it knows the field, and what is wrong with the value.
pub(super) fn filter(
    fields: &mut Fields,
    text: &str,
    known: &str,
    mut take: impl FnMut(&str, String) -> Result<bool, String>,
) {
    if text.len() > 1000 {
        fields.fault("filter", "is longer than 1000 bytes");
        return;
    }
    for part in text.split(" AND ").map(str::trim).filter(|part| !part.is_empty()) {
        let Some((field, value)) = part.split_once('=') else {
            fields.fault("filter", format!("{part:?} is not field = value"));
            continue;
        };
        match take(field.trim(), value.trim().trim_matches('"').to_owned()) {
            Ok(true) => {}
            Ok(false) => fields.fault("filter", format!("{:?} is none of {known}", field.trim())),
            Err(fault) => fields.fault("filter", fault),
        }
    }
}

/// The etag of a version.
pub(super) fn etag(version: i32) -> String {
    format!("\"{version}\"")
}

/// The version behind an etag, or a noted fault.
pub(super) fn version(fields: &mut Fields, etag: &str) -> Option<i32> {
    let version = || etag.strip_prefix('"')?.strip_suffix('"')?.parse().ok();
    fields.need(version(), "etag", "is missing or malformed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_has_one_spelling() {
        assert!(is_subject("subjects/91330000MA27U0W40Q"), "the check digit is not asked here");
        assert!(is_subject("subjects/91330000MA27U0W40Q-2"));
        for wrong in ["91330000MA27U0W40Q", "subjects/9133", "subjects/91330000MA27U0W40Q-"] {
            assert!(!is_subject(wrong), "{wrong}");
        }
        assert!(!is_subject("subjects/91330000MA27U0W40Q-02"));
        assert!(!is_subject("subjects/91330000MA27U0W40Q-0"));
    }

    #[test]
    fn a_day_has_one_spelling() {
        let mut fields = Fields::default();
        assert!(day(&mut fields, "2026-03-02", "day").is_some());
        assert!(day(&mut fields, "2026-3-2", "day").is_none());
        assert!(day(&mut fields, "2026-02-30", "day").is_none());
    }

    #[test]
    fn a_filter_names_fields_of_the_list_only() {
        let mut fields = Fields::default();
        let mut taken = Vec::new();
        filter(&mut fields, "tier = \"D\" AND team = x AND odd", "tier", |field, value| {
            taken.push(value);
            Ok(field == "tier")
        });
        assert_eq!(taken, ["D", "x"]);
        let told = fields.done().unwrap_err().to_string();
        assert!(told.contains("\"team\"") && told.contains("\"odd\""), "{told}");
    }
}
