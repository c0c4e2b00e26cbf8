//! Region codes of GB/T 2260.

use std::fmt;

/// The code of an administrative division at county level or above: two digits each for province,
/// prefecture and county, `00` where the division is larger (GB/T 2260), such as `330727`.
///
/// Only the shape is checked: codes are assigned and withdrawn every year, and papers keep the
/// old ones.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RegionCode([u8; 6]);

impl RegionCode {
    /// Reads six digits: a province that is not `00`, and no county without its prefecture.
    pub fn parse(code: &str) -> Option<Self> {
        let digits: [u8; 6] = code.as_bytes().try_into().ok()?;
        let ok = digits.iter().all(u8::is_ascii_digit)
            && digits[..2] != *b"00"
            && (digits[2..4] != *b"00" || digits[4..] == *b"00");
        ok.then_some(Self(digits))
    }

    /// The province, such as `330000`.
    pub fn province(self) -> Self {
        let [a, b, ..] = self.0;
        Self([a, b, b'0', b'0', b'0', b'0'])
    }

    /// The prefecture, such as `330700`; the province itself for the code of a province.
    pub fn prefecture(self) -> Self {
        let [a, b, c, d, ..] = self.0;
        Self([a, b, c, d, b'0', b'0'])
    }
}

impl fmt::Display for RegionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|digit| write!(f, "{}", char::from(*digit)))
    }
}

impl fmt::Debug for RegionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
