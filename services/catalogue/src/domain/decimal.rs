//! Decimal numbers as they are written, compared exactly: 0.1 is 0.1.

use std::cmp::Ordering;

/// The most characters a number has.
const LONGEST: usize = 40;

/// A number as its sign and digits: `-12.50` is (true, "12", "5").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimal<'a> {
    negative: bool,
    whole: &'a str,
    part: &'a str,
}

impl<'a> Decimal<'a> {
    /// Reads digits, with one sign before and one point between.
    pub fn parse(text: &'a str) -> Option<Self> {
        let digits = text.strip_prefix('-');
        let (negative, digits) = (digits.is_some(), digits.unwrap_or(text));
        let (whole, part) = digits.split_once('.').map_or((digits, None), |(w, p)| (w, Some(p)));
        let plain = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let ok = text.len() <= LONGEST && plain(whole) && part.is_none_or(plain);
        let (whole, part) =
            (whole.trim_start_matches('0'), part.unwrap_or_default().trim_end_matches('0'));
        // There is one zero.
        let negative = negative && !(whole.is_empty() && part.is_empty());
        ok.then_some(Self { negative, whole, part })
    }
}

impl Ord for Decimal<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        let size = |one: &Self, two: &Self| {
            let whole = one.whole.len().cmp(&two.whole.len()).then(one.whole.cmp(two.whole));
            whole.then(one.part.cmp(two.part))
        };
        match (self.negative, other.negative) {
            (false, false) => size(self, other),
            (true, true) => size(other, self),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
    }
}

impl PartialOrd for Decimal<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Decimal<'_> {
        Decimal::parse(text).unwrap()
    }

    #[test]
    fn numbers_compare_as_they_are_written() {
        for (less, more) in
            [("9", "10"), ("0.1", "0.12"), ("-2", "-1"), ("-1", "0"), ("0.9", "1"), ("2.5", "10.1")]
        {
            assert!(read(less) < read(more), "{less} < {more}");
        }
        assert_eq!((read("010.50"), read("-0.0")), (read("10.5"), read("0")));
    }

    #[test]
    fn what_is_no_number_is_not_read() {
        for wrong in ["", "-", ".5", "5.", "1e3", "1,000", "+1", "１", "1.2.3", &"1".repeat(41)] {
            assert_eq!(Decimal::parse(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn whole_numbers_compare_as_integers_do(one in any::<i64>(), two in any::<i64>()) {
            let (a, b) = (one.to_string(), two.to_string());
            prop_assert_eq!(read(&a).cmp(&read(&b)), one.cmp(&two));
        }
    }
}
