//! The lists of a bag: a digest and a path in each line (RFC 8493 section 2.1.3).

use std::collections::BTreeMap;

/// SHA-256 in hexadecimal digits, by the path from the bag's folder.
pub(super) type Manifest = BTreeMap<String, String>;

/// The text of a list, in the order of the paths.
pub(super) fn print(manifest: &Manifest) -> String {
    manifest.iter().map(|(path, digest)| format!("{digest}  {}\n", encoded(path))).collect()
}

/// Reads what [`print`] writes, and nothing that looks otherwise: a list has one form, so that no
/// byte of it can be changed and mean the same.
pub(super) fn parse(name: &str, text: &str) -> Result<Manifest, String> {
    let mut manifest = Manifest::new();
    for (number, line) in (1..).zip(text.lines()) {
        let fault = |what: &str| Err(format!("{name}, line {number}: {what}"));
        let Some((digest, path)) = line.split_once("  ") else {
            return fault("is not a digest, two spaces and a path");
        };
        if !is_digest(digest) {
            return fault("does not begin with the 64 hexadecimal digits of SHA-256");
        }
        let Some(path) = decoded(path).filter(|path| stays_inside(path)) else {
            return fault("names no path inside the bag");
        };
        if manifest.insert(path, digest.to_owned()).is_some() {
            return fault("names a path a second time");
        }
    }
    if print(&manifest) == text {
        return Ok(manifest);
    }
    Err(format!(
        "{name}: the lines are not in the order of their paths, or do not end as they should"
    ))
}

fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

fn stays_inside(path: &str) -> bool {
    path.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

/// Line ends and the sign of the encoding itself are written as percent and two digits.
fn encoded(path: &str) -> String {
    path.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn decoded(path: &str) -> Option<String> {
    let (mut text, mut rest) = (String::new(), path);
    while let Some((before, behind)) = rest.split_once('%') {
        text.push_str(before);
        text.push(match behind.get(..2)? {
            "25" => '%',
            "0D" => '\r',
            "0A" => '\n',
            _ => return None,
        });
        rest = behind.get(2..)?;
    }
    text.push_str(rest);
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_as_it_was_written_whatever_its_paths() {
        let paths = ["data/a", "data/b  c", "data/100%", "data/two\nlines", "data/\r\n%0A", "数据"];
        let manifest: Manifest = paths.map(|path| (path.to_owned(), "ab".repeat(32))).into();
        let text = print(&manifest);
        assert!(text.contains("data/100%25\n") && text.contains("data/two%0Alines\n"), "{text}");
        assert_eq!(parse("m", &text).unwrap(), manifest);
    }

    #[test]
    fn a_list_in_any_other_form_is_refused_with_its_line() {
        let digest = "ab".repeat(32);
        for (line, fault) in [
            (format!("{digest} data/a\n"), "line 1: is not a digest, two"),
            (format!("{}  data/a\n", "AB".repeat(32)), "line 1: does not begin"),
            (format!("{digest}  data/a%2F\n"), "line 1: names no path"),
            (format!("{digest}  data/a%\n"), "line 1: names no path"),
            (format!("{digest}  ../a\n"), "line 1: names no path"),
            (format!("{digest}  /a\n"), "line 1: names no path"),
            (format!("{digest}  a\n{digest}  a\n"), "line 2: names a path a second"),
            (format!("{digest}  b\n{digest}  a\n"), "order"),
            (format!("{digest}  a\r\n"), "order"),
            (format!("{digest}  a"), "order"),
        ] {
            let told = parse("m", &line).unwrap_err();
            assert!(told.contains(fault), "{line}: {told}");
        }
    }
}
