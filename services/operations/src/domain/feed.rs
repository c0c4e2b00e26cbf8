//! An officer's visits as iCalendar (RFC 5545): escaped, folded at 75 octets, lines end with CRLF.

use chrono::{DateTime, Utc};

/// The longest line, in octets (RFC 5545, 3.1).
const LINE_OCTETS: usize = 75;

/// One visit in the feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What tells it from every other for ever.
    pub uid: String,
    /// Counts the changes.
    pub sequence: i32,
    /// When it starts.
    pub start_at: DateTime<Utc>,
    /// When it ends.
    pub end_at: DateTime<Utc>,
    /// One line.
    pub summary: String,
    /// Where.
    pub location: String,
    /// Latitude and longitude, in millionths of a degree.
    pub geo: (i32, i32),
    /// With whom, what for, with what.
    pub description: String,
}

/// The feed as of `now`.
pub fn feed(name: &str, entries: &[Entry], now: DateTime<Utc>) -> String {
    let mut text = String::new();
    let mut line = |line: &str| fold(&mut text, line);
    line("BEGIN:VCALENDAR");
    line("VERSION:2.0");
    line("PRODID:-//Xiezhi//Operations//EN");
    line("CALSCALE:GREGORIAN");
    line(&format!("X-WR-CALNAME:{}", escaped(name)));
    for entry in entries {
        line("BEGIN:VEVENT");
        line(&format!("UID:{}", entry.uid));
        line(&format!("DTSTAMP:{}", stamp(now)));
        line(&format!("SEQUENCE:{}", entry.sequence));
        line(&format!("DTSTART:{}", stamp(entry.start_at)));
        line(&format!("DTEND:{}", stamp(entry.end_at)));
        line(&format!("SUMMARY:{}", escaped(&entry.summary)));
        line(&format!("LOCATION:{}", escaped(&entry.location)));
        line(&format!("GEO:{};{}", degrees(entry.geo.0), degrees(entry.geo.1)));
        line(&format!("DESCRIPTION:{}", escaped(&entry.description)));
        line("STATUS:CONFIRMED");
        line("END:VEVENT");
    }
    line("END:VCALENDAR");
    text
}

fn stamp(at: DateTime<Utc>) -> String {
    at.format("%Y%m%dT%H%M%SZ").to_string()
}

fn degrees(e6: i32) -> String {
    let sign = if e6 < 0 { "-" } else { "" };
    let size = e6.unsigned_abs();
    format!("{sign}{}.{:06}", size / 1_000_000, size % 1_000_000)
}

/// Text as a value (RFC 5545, 3.3.11). Other control characters have no place in one.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// Adds a line; a longer one goes on after a break and a space, never within a character.
fn fold(text: &mut String, line: &str) {
    let mut octets = 0;
    for c in line.chars() {
        if octets + c.len_utf8() > LINE_OCTETS {
            text.push_str("\r\n ");
            octets = 1;
        }
        text.push(c);
        octets += c.len_utf8();
    }
    text.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_escaped_and_folded_between_characters() {
        let entry = Entry {
            uid: "1@xiezhi".to_owned(),
            sequence: 2,
            start_at: "2026-03-02T01:00:00Z".parse().unwrap(),
            end_at: "2026-03-02T02:00:00Z".parse().unwrap(),
            summary: "饭".repeat(40),
            location: "Lake; Road, 5\\6".to_owned(),
            geo: (30_000_001, -120_500_000),
            description: "one\ntwo\r".to_owned(),
        };
        let text = feed("MKT-01", &[entry], "2026-03-01T00:00:00Z".parse().unwrap());
        assert!(text.split_terminator("\r\n").all(|line| line.len() <= LINE_OCTETS), "{text}");
        assert!(text.ends_with("END:VCALENDAR\r\n"));
        let unfolded = text.replace("\r\n ", "");
        assert!(unfolded.contains(&"饭".repeat(40)));
        assert!(unfolded.contains("LOCATION:Lake\\; Road\\, 5\\\\6\r\n"));
        assert!(unfolded.contains("GEO:30.000001;-120.500000\r\n"));
        assert!(unfolded.contains("DESCRIPTION:one\\ntwo\r\n"));
        assert!(unfolded.contains("DTSTART:20260302T010000Z\r\n"));
        assert!(!text.replace("\r\n", "").contains(['\r', '\n']));
    }
}
