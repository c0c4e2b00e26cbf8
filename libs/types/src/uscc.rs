//! Unified social credit codes: GB 32100-2015 around an organisation code of GB 11714-1997.

use std::fmt;

use crate::RegionCode;

/// The 31 signs; the place of a sign is its value (GB 32100). No I, O, S, V, Z.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// `3^i mod 31` (GB 32100).
const WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
/// The weights of the organisation code (GB 11714).
const ORGANISATION_WEIGHTS: [usize; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

/// A unified social credit code (统一社会信用代码) of 18 signs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uscc {
    code: String,
    region: RegionCode,
}

/// Why a text is not a unified social credit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UsccError {
    /// Not 18 characters.
    #[error("a unified social credit code has 18 characters")]
    Length,
    /// A character outside the alphabet; counted from 1.
    #[error("character {position} is not used in unified social credit codes")]
    Sign {
        /// Which character, counted from 1.
        position: usize,
    },
    /// Characters 3 to 8 are not a region code.
    #[error("characters 3 to 8 are not a region code")]
    Region,
    /// The check digit of the organisation code, character 17, is wrong (GB 11714).
    #[error("character 17 is not the check digit of the organisation code")]
    OrganisationCheck,
    /// The check digit, character 18, is wrong (GB 32100).
    #[error("character 18 is not the check digit")]
    Check,
}

impl Uscc {
    /// Reads a code as it is entered: both check digits must be right.
    ///
    /// # Errors
    /// The first thing wrong with it; the outer check digit before the inner.
    pub fn parse(code: &str) -> Result<Self, UsccError> {
        match Self::import(code)? {
            (_, Some(wrong)) => Err(wrong),
            (code, None) => Ok(code),
        }
    }

    /// Reads a code as another system holds it: a wrong check digit is a warning beside the code,
    /// because a few registered organisations have one (LAW 8.1).
    ///
    /// # Errors
    /// Length, alphabet and region: what no registered code can have wrong.
    pub fn import(code: &str) -> Result<(Self, Option<UsccError>), UsccError> {
        if code.chars().count() != 18 {
            return Err(UsccError::Length);
        }
        let mut values = [0; 18];
        for (i, (value, sign)) in values.iter_mut().zip(code.chars()).enumerate() {
            let place = ALPHABET.iter().position(|known| char::from(*known) == sign);
            *value = place.ok_or(UsccError::Sign { position: i + 1 })?;
        }
        let region = code.get(2..8).and_then(RegionCode::parse).ok_or(UsccError::Region)?;
        let warning = if values[17] != check(&values) {
            Some(UsccError::Check)
        } else if code.as_bytes().get(16) != Some(&organisation_check(code)) {
            Some(UsccError::OrganisationCheck)
        } else {
            None
        };
        Ok((Self { code: code.to_owned(), region }, warning))
    }

    /// The code itself.
    pub fn as_str(&self) -> &str {
        &self.code
    }

    /// Where it was registered.
    pub fn region(&self) -> RegionCode {
        self.region
    }
}

impl fmt::Display for Uscc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.code)
    }
}

/// The value of the 18th sign.
fn check(values: &[usize; 18]) -> usize {
    let sum: usize = values.iter().zip(WEIGHTS).map(|(value, weight)| value * weight).sum();
    (31 - sum % 31) % 31
}

/// The 17th sign. Here a letter is worth A = 10 to Z = 35, not its place in the alphabet above.
fn organisation_check(code: &str) -> u8 {
    let values = code.chars().skip(8).filter_map(|sign| sign.to_digit(36));
    let sum: usize =
        values.zip(ORGANISATION_WEIGHTS).map(|(value, weight)| value as usize * weight).sum();
    b"0X987654321"[sum % 11]
}
