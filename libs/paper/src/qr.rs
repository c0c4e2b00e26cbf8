//! A QR code that a phone reads from paper: correction level M, and no smaller than print allows.

use qrcodegen::{QrCode, QrCodeEcc, QrSegment, Version};

use crate::Error;

pub(crate) struct Code(QrCode);

impl Code {
    pub(crate) fn of(content: &str) -> Result<Self, Error> {
        let segments = QrSegment::make_segments(content);
        let largest = Version::new(LARGEST);
        QrCode::encode_segments_advanced(
            &segments,
            QrCodeEcc::Medium,
            Version::MIN,
            largest,
            None,
            false,
        )
        .map(Self)
        .map_err(|_| Error::QrTooLong { bytes: content.len(), limit: LIMIT })
    }

    /// How wide it is with the white around it, in points.
    pub(crate) fn side(&self) -> f32 {
        let modules: u16 = self.0.size().try_into().unwrap_or_default();
        f32::from(modules + 2 * QUIET) * MODULE
    }

    /// Its black bars: from the left, from the top, how wide; each [`MODULE`] high. In points.
    pub(crate) fn bars(&self) -> Vec<(f32, f32, f32)> {
        let size: u16 = self.0.size().try_into().unwrap_or_default();
        let black = |x: u16, y: u16| self.0.get_module(x.into(), y.into());
        let mut bars = Vec::new();
        for y in 0..size {
            let mut x = 0;
            while x < size {
                let length = (x..size).take_while(|x| black(*x, y)).count();
                let length = u16::try_from(length).unwrap_or_default();
                if length > 0 {
                    let place = |n: u16| f32::from(n + QUIET) * MODULE;
                    bars.push((place(x), place(y), f32::from(length) * MODULE));
                }
                x += length + 1;
            }
        }
        bars
    }
}

/// The side of a square of the code: 0.4 mm, which office printers and phones manage.
pub(crate) const MODULE: f32 = 0.4 * 72.0 / 25.4;

/// The white around a code, in squares, by its standard.
const QUIET: u16 = 4;

/// The largest version, of 117 squares: at 0.4 mm each it takes 5 cm of the page.
const LARGEST: u8 = 25;

/// How many bytes that version holds at level M.
const LIMIT: usize = 997;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_read_from_paper_is_bounded() {
        let widest = Code::of(&"物".repeat(332)).unwrap();
        assert!((widest.side() - 125.0 * MODULE).abs() < 0.01);
        assert!(Code::of(&"a".repeat(LIMIT)).is_ok());
        let error = Code::of(&"a".repeat(LIMIT + 1)).err();
        assert!(matches!(error, Some(Error::QrTooLong { bytes: 998, limit: 997 })), "{error:?}");
    }

    #[test]
    fn the_bars_cover_the_black_squares() {
        let code = Code::of("https://example.cn/r/1").unwrap();
        let size = code.0.size();
        let each = (0..size).flat_map(|y| (0..size).map(move |x| (x, y)));
        let black: u16 = each.map(|(x, y)| u16::from(code.0.get_module(x, y))).sum();
        let long: f32 = code.bars().iter().map(|(_, _, long)| long / MODULE).sum();
        assert!((long - f32::from(black)).abs() < 0.1, "{long} {black}");
        let (x, y, long) = code.bars()[0];
        // The finder at the top left: seven squares, after the white.
        assert_eq!((x, y, long), (4.0 * MODULE, 4.0 * MODULE, 7.0 * MODULE));
    }
}
