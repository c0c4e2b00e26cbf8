//! The small files that a replay makes for evidence: a record as text, a picture, a recording. Each
//! is a whole file of its format, and no two items have the same.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

/// The picture's size.
const WIDTH: u32 = 96;
const HEIGHT: u32 = 64;
/// Samples of the recording: one second.
const SAMPLES: u32 = 8000;

/// A text of `name: value` lines under a title.
pub(super) fn text(title: &str, lines: &[(&str, &str)]) -> Vec<u8> {
    let mut text = format!("{title}\n\n");
    for (name, value) in lines {
        // Writing into a string cannot fail.
        let _ = writeln!(text, "{name}: {value}");
    }
    text.into_bytes()
}

/// A table as comma-separated values: a few rows that `about` tells apart from any other.
pub(super) fn table(about: &str, rows: u32) -> Vec<u8> {
    let mut text = format!("no,about,check\n# {about}\n");
    for row in 1..=rows {
        let check = hex(&Sha256::digest(format!("{about} {row}")));
        let _ = writeln!(text, "{row},{about},{}", &check[..16]);
    }
    text.into_bytes()
}

/// A grey picture (PNG) of bars whose pattern is that of `about`.
pub(super) fn picture(about: &str) -> Vec<u8> {
    let bars = Sha256::digest(about);
    let mut rows = Vec::new();
    for y in 0..HEIGHT {
        // Filter 0: the bytes are the pixels.
        rows.push(0);
        rows.extend((0..WIDTH).map(|x| shade(&bars, x, y)));
    }
    let mut png = vec![0x89];
    png.extend(b"PNG\r\n\x1a\n");
    let mut head = Vec::new();
    head.extend(WIDTH.to_be_bytes());
    head.extend(HEIGHT.to_be_bytes());
    // Eight bits of grey, the one compression and filter there is, not interlaced.
    head.extend([8, 0, 0, 0, 0]);
    chunk(&mut png, *b"IHDR", &head);
    chunk(&mut png, *b"IDAT", &zlib(&rows));
    chunk(&mut png, *b"IEND", &[]);
    png
}

/// A recording (WAV): a second of a tone whose pitch is that of `about`.
pub(super) fn recording(about: &str) -> Vec<u8> {
    let bytes = Sha256::digest(about);
    // Half a period in samples: 200 to 500 Hz.
    let half = 8 + u32::from(bytes[0] % 12);
    let mut wav = Vec::new();
    wav.extend(b"RIFF");
    wav.extend((36 + SAMPLES).to_le_bytes());
    wav.extend(b"WAVEfmt ");
    wav.extend(16u32.to_le_bytes());
    // PCM, one channel.
    wav.extend([1, 0, 1, 0]);
    wav.extend(SAMPLES.to_le_bytes());
    wav.extend(SAMPLES.to_le_bytes());
    // One byte a sample, of eight bits.
    wav.extend([1, 0, 8, 0]);
    wav.extend(b"data");
    wav.extend(SAMPLES.to_le_bytes());
    // Two recordings of one pitch differ in their loudness.
    let loud = 32 + bytes[1] % 64;
    let tone = |at: u32| if (at / half).is_multiple_of(2) { 128 + loud } else { 128 - loud };
    wav.extend((0..SAMPLES).map(tone));
    wav
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The shade of a pixel: 16 by 16 fields, each of its own grey.
fn shade(bars: &[u8], x: u32, y: u32) -> u8 {
    let field = usize::try_from(x / 6 + y / 4).unwrap_or_default();
    bars[field % bars.len()]
}

fn chunk(png: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    png.extend(u32::try_from(data.len()).unwrap_or(u32::MAX).to_be_bytes());
    let checked = [&kind, data].concat();
    png.extend(&checked);
    png.extend(crc32(&checked).to_be_bytes());
}

/// A zlib stream (RFC 1950) of stored blocks: nothing is compressed.
fn zlib(data: &[u8]) -> Vec<u8> {
    let mut stream = vec![0x78, 0x01];
    let mut blocks = data.chunks(usize::from(u16::MAX)).peekable();
    while let Some(block) = blocks.next() {
        let length = u16::try_from(block.len()).unwrap_or(u16::MAX);
        stream.push(u8::from(blocks.peek().is_none()));
        stream.extend(length.to_le_bytes());
        stream.extend((!length).to_le_bytes());
        stream.extend(block);
    }
    stream.extend(adler32(data).to_be_bytes());
    stream
}

fn adler32(data: &[u8]) -> u32 {
    let (a, b) = data.iter().fold((1u32, 0u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65521;
        (a, (b + a) % 65521)
    });
    b << 16 | a
}

fn crc32(data: &[u8]) -> u32 {
    let step = |crc: u32| if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
    let byte = |crc: u32, byte: &u8| (0..8).fold(crc ^ u32::from(*byte), |crc, _| step(crc));
    !data.iter().fold(u32::MAX, byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sums_are_those_of_their_standards() {
        // The check values of the two algorithms.
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(adler32(b"Wikipedia"), 0x11E6_0398);
        assert_eq!(crc32(b"IEND"), 0xAE42_6082);
    }

    #[test]
    fn the_picture_is_a_png_of_its_size() {
        let png = picture("K01-01");
        assert!(png.starts_with(b"\x89PNG\r\n\x1a\n"));
        assert_eq!(png[16..24], [0, 0, 0, 96, 0, 0, 0, 64]);
        assert!(png.ends_with(&[0, 0, 0, 0, b'I', b'E', b'N', b'D', 0xAE, 0x42, 0x60, 0x82]));
        assert_ne!(png, picture("K01-02"));
    }

    #[test]
    fn the_recording_is_a_wave_file_as_long_as_it_says() {
        let wav = recording("K07-02");
        let length = u32::from_le_bytes(wav[4..8].try_into().unwrap());
        assert_eq!(usize::try_from(length).unwrap() + 8, wav.len());
        assert_eq!(wav.len(), 44 + 8000);
        assert_ne!(wav, recording("K06-02"));
    }

    #[test]
    fn the_same_item_has_the_same_files() {
        assert_eq!(table("K01-02", 20), table("K01-02", 20));
        let record = text("清单", &[("名称", "糖果")]);
        assert_eq!(String::from_utf8(record).unwrap(), "清单\n\n名称: 糖果\n");
    }
}
