//! Reads back what this crate's PDF says, as a viewer does when text is searched: the codes that a
//! page shows, turned into characters by the font's `ToUnicode` table.

use std::{collections::HashMap, io::Read as _};

use flate2::read::ZlibDecoder;

/// What a PDF says.
pub(crate) struct Pdf {
    file: Vec<u8>,
    /// Every stream, unpacked.
    streams: Vec<Vec<u8>>,
}

impl Pdf {
    pub(crate) fn of(file: &[u8]) -> Self {
        assert!(file.starts_with(b"%PDF-1.") && file.ends_with(b"%%EOF"));
        let mut streams = Vec::new();
        let mut rest = file;
        while let Some(start) = find(rest, b"stream\n") {
            rest = &rest[start + 7..];
            let end = find(rest, b"endstream").unwrap();
            let mut plain = Vec::new();
            if ZlibDecoder::new(&rest[..end]).read_to_end(&mut plain).is_err() {
                plain = rest[..end].to_vec();
            }
            streams.push(plain);
            rest = &rest[end + 9..];
        }
        Self { file: file.to_vec(), streams }
    }

    /// How many pages its page tree counts.
    pub(crate) fn pages(&self) -> usize {
        let after = |at: usize| &self.file[at + b"/Count ".len()..];
        let count = find(&self.file, b"/Count ").map(after).unwrap();
        let digits = count.iter().take_while(|c| c.is_ascii_digit()).copied().collect();
        String::from_utf8(digits).unwrap().parse().unwrap()
    }

    pub(crate) fn has(&self, bytes: &[u8]) -> bool {
        find(&self.file, bytes).is_some()
            || self.streams.iter().any(|stream| find(stream, bytes).is_some())
    }

    /// The text of each page, in the order of the pages: each line as it was shown.
    pub(crate) fn text(&self) -> Vec<Vec<String>> {
        let characters = self.characters();
        let shows =
            |stream: &&Vec<u8>| stream.starts_with(b"q ") && find(stream, b"\nBT ").is_some();
        self.streams.iter().filter(shows).map(|stream| lines(stream, &characters)).collect()
    }

    /// The `ToUnicode` table: which characters a code stands for.
    fn characters(&self) -> HashMap<u16, String> {
        let mut characters = HashMap::new();
        let map = self.streams.iter().find(|s| find(s, b"beginbfchar").is_some()).unwrap();
        let map = String::from_utf8_lossy(map);
        for line in map.lines().filter(|line| line.starts_with('<') && line.contains("> <")) {
            let (code, text) = line.trim_matches(['<', '>']).split_once("> <").unwrap();
            let (Ok(code), 4) = (u16::from_str_radix(code, 16), code.len()) else { continue };
            let units = text.as_bytes().chunks(4);
            let units = units.map(|unit| std::str::from_utf8(unit).unwrap());
            let units: Vec<_> = units.map(|u| u16::from_str_radix(u, 16).unwrap()).collect();
            characters.insert(code, String::from_utf16(&units).unwrap());
        }
        characters
    }
}

/// The strings between BT and ET of a page, each as a line.
fn lines(stream: &[u8], characters: &HashMap<u16, String>) -> Vec<String> {
    let mut lines = Vec::new();
    let mut rest = stream;
    while let Some(start) = find(rest, b"\nBT ") {
        rest = &rest[start + 4..];
        let end = find(rest, b"\nET").unwrap();
        let codes = codes(&rest[..end]);
        lines.push(codes.iter().map(|code| characters[code].as_str()).collect());
        rest = &rest[end..];
    }
    lines
}

/// The two-byte codes in the strings of a text object, written as `(...)` or `<...>`.
fn codes(object: &[u8]) -> Vec<u16> {
    let mut bytes = Vec::new();
    let mut rest = object.iter().copied();
    while let Some(c) = rest.next() {
        match c {
            b'(' => literal(&mut rest, &mut bytes),
            b'<' => {
                let hex: Vec<u8> = rest.by_ref().take_while(|c| *c != b'>').collect();
                let pairs = hex.chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
                bytes.extend(pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()));
            }
            _ => {}
        }
    }
    assert!(bytes.len().is_multiple_of(2));
    bytes.chunks(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect()
}

fn literal(rest: &mut impl Iterator<Item = u8>, bytes: &mut Vec<u8>) {
    let mut depth = 0;
    while let Some(c) = rest.next() {
        match c {
            b')' if depth == 0 => return,
            b')' => depth -= 1,
            b'(' => depth += 1,
            _ => {}
        }
        bytes.push(match c {
            b'\\' => match rest.next().unwrap() {
                b'n' => b'\n',
                b'r' => b'\r',
                b't' => b'\t',
                b'b' => 8,
                b'f' => 12,
                digit @ b'0'..=b'7' => {
                    let octal = [digit, rest.next().unwrap(), rest.next().unwrap()];
                    u8::from_str_radix(std::str::from_utf8(&octal).unwrap(), 8).unwrap()
                }
                other => other,
            },
            other => other,
        });
    }
    panic!("a string without an end");
}

fn find(within: &[u8], what: &[u8]) -> Option<usize> {
    within.windows(what.len()).position(|window| window == what)
}
