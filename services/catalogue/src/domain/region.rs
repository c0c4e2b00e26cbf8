//! Places and territories: region codes of a county, or of a township in it.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use types::RegionCode;

/// A county (GB/T 2260, 6 digits) or a township in it (GB/T 10114, 3 digits more).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Region {
    county: u32,
    /// 0: the whole county.
    township: u16,
}

impl Region {
    /// Reads 6 digits, or 9 of which the last three are not 000.
    pub fn parse(code: &str) -> Option<Self> {
        let (county, township) = code.split_at_checked(6)?;
        RegionCode::parse(county)?;
        let digits =
            matches!(township.len(), 0 | 3) && township.bytes().all(|b| b.is_ascii_digit());
        let township = match township {
            "" => 0,
            "000" => return None,
            _ if !digits => return None,
            digits => digits.parse().ok()?,
        };
        Some(Self { county: county.parse().ok()?, township })
    }

    /// The county it is, or is in.
    pub fn county(self) -> Self {
        Self { township: 0, ..self }
    }

    /// Whether it is a township.
    pub fn is_township(self) -> bool {
        self.township != 0
    }

    /// Whether `place` is it, or lies in it.
    pub fn covers(self, place: Self) -> bool {
        self.county == place.county && (self.township == 0 || self.township == place.township)
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:06}", self.county)?;
        if self.is_township() { write!(f, "{:03}", self.township) } else { Ok(()) }
    }
}

impl Serialize for Region {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Region {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Self::parse(&code).ok_or_else(|| D::Error::custom("not a region code"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_county_covers_its_townships_and_no_other_county() {
        let read = |code| Region::parse(code).unwrap();
        let (county, township) = (read("330999"), read("330999004"));
        assert!(county.covers(township) && county.covers(county) && township.covers(township));
        assert!(!township.covers(county) && !township.covers(read("330999005")));
        assert!(!county.covers(read("330998004")));
        assert_eq!((township.county(), township.to_string().as_str()), (county, "330999004"));
    }

    #[test]
    fn what_is_no_region_code_is_not_read() {
        for wrong in ["", "33099", "3309990", "330999000", "33099900x", "000999", "330999+04", "县"]
        {
            assert_eq!(Region::parse(wrong), None, "{wrong}");
        }
    }
}
