//! Citizen identity numbers (GB 11643-1999), which are never shown whole by accident.

use std::fmt;

use chrono::NaiveDate;

/// The weights of the first 17 digits (GB 11643, ISO 7064 MOD 11-2).
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/// The check character, by the weighted sum modulo 11.
const CHECKS: &[u8; 11] = b"10X98765432";

/// A citizen identity number (公民身份号码) of 18 characters.
///
/// `Debug` and `Display` show it masked; [`CitizenId::reveal`] is the one way to the whole.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct CitizenId {
    number: String,
    birth: NaiveDate,
}

/// Why a text is not a citizen identity number. Says nothing of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CitizenIdError {
    /// Not 18 characters.
    #[error("a citizen identity number has 18 characters")]
    Length,
    /// Something else than 17 digits and a digit or X.
    #[error("a citizen identity number is 17 digits, then a digit or X")]
    Digits,
    /// Characters 7 to 14 are no date.
    #[error("characters 7 to 14 are not a date")]
    Birth,
    /// The check character is wrong.
    #[error("character 18 is not the check character")]
    Check,
}

/// The sex a number was given for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sex {
    /// Even sequence number.
    Female,
    /// Odd sequence number.
    Male,
}

impl CitizenId {
    /// Reads a number; a lower-case `x` at the end is kept as `X`.
    ///
    /// The address is not compared with the regions of today: a number keeps the address it was
    /// given with, and the standard's own example is a region that no longer exists.
    ///
    /// # Errors
    /// The first thing wrong with it.
    pub fn parse(number: &str) -> Result<Self, CitizenIdError> {
        if number.chars().count() != 18 {
            return Err(CitizenIdError::Length);
        }
        let number = number.strip_suffix('x').map_or(number.to_owned(), |rest| format!("{rest}X"));
        let (digits, last) = number.split_at_checked(17).ok_or(CitizenIdError::Digits)?;
        if !digits.bytes().all(|b| b.is_ascii_digit())
            || !last.bytes().all(|b| b.is_ascii_digit() || b == b'X')
        {
            return Err(CitizenIdError::Digits);
        }
        let birth = birth(digits).ok_or(CitizenIdError::Birth)?;
        if last.as_bytes() != [check(digits)] {
            return Err(CitizenIdError::Check);
        }
        Ok(Self { number, birth })
    }

    /// The number with the birth date hidden: `330727********0012`.
    pub fn masked(&self) -> String {
        let (address, rest) = self.number.split_at(6);
        let (_, order) = rest.split_at(8);
        format!("{address}********{order}")
    }

    /// The whole number, for a sealed document or an encrypted column; never for a log.
    pub fn reveal(&self) -> &str {
        &self.number
    }

    /// The date of birth.
    pub fn birth(&self) -> NaiveDate {
        self.birth
    }

    /// The sex the number was given for.
    pub fn sex(&self) -> Sex {
        let order = self.number.as_bytes().get(16).copied().unwrap_or_default();
        if order % 2 == 0 { Sex::Female } else { Sex::Male }
    }
}

impl fmt::Display for CitizenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl fmt::Debug for CitizenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CitizenId({self})")
    }
}

/// The date in digits 7 to 14, when there is such a day.
fn birth(digits: &str) -> Option<NaiveDate> {
    let year = digits.get(6..10)?.parse().ok()?;
    let month = digits.get(10..12)?.parse().ok()?;
    let day = digits.get(12..14)?.parse().ok()?;
    NaiveDate::from_ymd_opt(year, month, day)
}

/// The check character of 17 digits.
fn check(digits: &str) -> u8 {
    let values = digits.chars().filter_map(|digit| digit.to_digit(10));
    let sum: u32 = values.zip(WEIGHTS).map(|(value, weight)| value * weight).sum();
    CHECKS[sum as usize % 11]
}
