//! Where a line may end: Chinese anywhere but beside marks that belong to their neighbour, Latin
//! words and numbers only around them.

/// Breaks a text into lines no wider than `width`, if one character is not already wider.
pub(crate) fn wrap(text: &str, width: f32, advance: impl Fn(char) -> f32) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let characters: Vec<char> = paragraph.chars().collect();
        let mut rest = characters.as_slice();
        loop {
            let (line, after) = rest.split_at(line_end(rest, width, &advance));
            let line: String = line.iter().collect();
            lines.push(line.trim_end_matches(' ').to_owned());
            rest = after;
            while let [' ', after @ ..] = rest {
                rest = after;
            }
            if rest.is_empty() {
                break;
            }
        }
    }
    lines
}

/// How many characters go on the first line: at least one, unless there are none.
fn line_end(text: &[char], width: f32, advance: impl Fn(char) -> f32) -> usize {
    let mut used = 0.0;
    let over = text.iter().position(|c| {
        used += advance(*c);
        // Spaces may hang over the edge: they are cut off.
        *c != ' ' && used > width + ROUNDING
    });
    let Some(over) = over else { return text.len() };
    let fits = over.max(1);
    let last = |may: fn(char, char) -> bool| {
        (1..=fits).rev().find(|end| text.get(*end).is_none_or(|next| may(text[end - 1], *next)))
    };
    last(may_end).or_else(|| last(is_joint)).or_else(|| last(may_split)).unwrap_or(fits)
}

/// Widths are sums of many parts.
const ROUNDING: f32 = 0.01;

/// Whether a line may end between two characters.
fn may_end(before: char, after: char) -> bool {
    let sticks = is_latin(before) && is_latin(after)
        || before.is_ascii_digit() && UNITS.contains(after)
        || before == '第' && after.is_ascii_digit()
        || before == after && PAIRS.contains(before)
        || after == ' '
        || [before, after].contains(&'\u{a0}');
    !sticks && may_split(before, after)
}

/// Whether two characters of a word that is longer than a line are its best place to be cut.
fn is_joint(before: char, after: char) -> bool {
    "-/_:".contains(before) && is_latin(after) && may_split(before, after)
}

/// Whether a word that is longer than a line may be cut between two characters.
fn may_split(before: char, after: char) -> bool {
    !NOT_FIRST.contains(after) && !NOT_LAST.contains(before)
}

const NOT_FIRST: &str = "、。，．；：？！）》」』】〕〉］｝’”·％‰℃々～,.;:?!)]}%";
const NOT_LAST: &str = "（《「『【〔〈［｛‘“￥№([{$";
/// Two of them are one mark.
const PAIRS: &str = "—…";
/// What a number is not parted from: money, time, articles of a law.
const UNITS: &str = "元角分万亿年月日时号条款项第页份";

/// Letters and signs of which words, numbers, dates and addresses are made.
fn is_latin(c: char) -> bool {
    c.is_ascii_graphic() || ('\u{a1}'..='\u{24f}').contains(&c) && c.is_alphabetic()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Chinese is 2 wide, the rest 1.
    fn lines(text: &str, width: f32) -> Vec<String> {
        wrap(text, width, |c| if c.is_ascii() { 1.0 } else { 2.0 })
    }

    #[test]
    fn chinese_breaks_between_any_two_characters() {
        assert_eq!(lines("涉案物品清单", 4.0), ["涉案", "物品", "清单"]);
        assert_eq!(lines("涉案物品", 8.0), ["涉案物品"]);
    }

    #[test]
    fn no_line_begins_with_a_mark_that_closes() {
        for mark in "、。，；：？！）》」』】".chars() {
            let text = format!("甲乙丙{mark}丁");
            assert_eq!(lines(&text, 6.0), ["甲乙", &format!("丙{mark}丁")], "{mark}");
        }
    }

    #[test]
    fn no_line_ends_with_a_mark_that_opens() {
        for mark in "（《「『【".chars() {
            let text = format!("甲乙{mark}丙丁");
            assert_eq!(lines(&text, 6.0), ["甲乙", &format!("{mark}丙丁")], "{mark}");
        }
        assert_eq!(lines("甲《「乙", 6.0), ["甲", "《「乙"]);
    }

    #[test]
    fn dashes_and_dots_come_in_pairs() {
        assert_eq!(lines("甲乙——丙", 6.0), ["甲乙", "——丙"]);
        assert_eq!(lines("甲乙……丙", 6.0), ["甲乙", "……丙"]);
    }

    #[test]
    fn numbers_and_words_stay_together_when_they_fit() {
        assert_eq!(lines("现金80,000.00元整", 12.0), ["现金", "80,000.00元", "整"]);
        assert_eq!(lines("于2021-07-28扣押", 12.0), ["于2021-07-28", "扣押"]);
        assert_eq!(lines("型号HP LaserJet机", 12.0), ["型号HP", "LaserJet机"]);
        assert_eq!(lines("依照第234条办", 8.0), ["依照", "第234条", "办"]);
    }

    #[test]
    fn what_is_longer_than_the_line_breaks_anywhere() {
        assert_eq!(lines("abcdefghij", 4.0), ["abcd", "efgh", "ij"]);
        assert_eq!(lines("甲abcdefgh", 4.0), ["甲", "abcd", "efgh"]);
        assert_eq!(lines("WP-2021-0002", 9.0), ["WP-2021-", "0002"]);
        assert_eq!(lines("1234,5678", 4.0), ["123", "4,56", "78"]);
        assert_eq!(lines("。。。。", 4.0), ["。。", "。。"]);
        assert_eq!(lines("物品", 1.0), ["物", "品"]);
    }

    #[test]
    fn spaces_at_the_ends_of_lines_go() {
        assert_eq!(lines("abc  def", 4.0), ["abc", "def"]);
        assert_eq!(lines("　　首行", 6.0), ["　　首", "行"]);
        assert_eq!(lines("abcd ", 4.0), ["abcd"]);
    }

    #[test]
    fn line_breaks_stay() {
        assert_eq!(lines("甲\n\n乙", 9.0), ["甲", "", "乙"]);
        assert_eq!(lines("", 9.0), [""]);
    }

    #[test]
    fn nothing_is_lost_at_any_width() {
        let text = "《现金》80,000.00元（人民币），第12条……sha256:0f3e——“完”。";
        for width in 1..60_u8 {
            assert_eq!(lines(text, f32::from(width)).concat(), text, "{width}");
        }
    }
}
