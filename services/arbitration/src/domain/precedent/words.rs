//! A text as the set of its pairs of neighbouring characters.

/// Two neighbouring characters.
pub(super) type Pair = u64;

/// The most pairs of one text: what comes later says little that is new.
const PAIRS_MAX: usize = 300;

/// The pairs of some texts, each once, in the order of their first coming. Marks, spaces and letter
/// case make no difference; a pair does not reach across them.
pub(super) fn pairs(texts: &[&str]) -> Vec<Pair> {
    let mut seen = std::collections::HashSet::new();
    let mut pairs = Vec::new();
    for text in texts {
        let mut before: Option<char> = None;
        for letter in text.chars() {
            if !letter.is_alphanumeric() {
                before = None;
                continue;
            }
            let letter = letter.to_lowercase().next().unwrap_or(letter);
            if let Some(before) = before.replace(letter) {
                let pair = u64::from(u32::from(before)) << 32 | u64::from(u32::from(letter));
                if seen.insert(pair) {
                    pairs.push(pair);
                }
                if pairs.len() == PAIRS_MAX {
                    return pairs;
                }
            }
        }
    }
    pairs
}

/// The two characters.
pub(super) fn shown(pair: Pair) -> String {
    let half = |bits: u64| u32::try_from(bits & 0xffff_ffff).ok().and_then(char::from_u32);
    [half(pair >> 32), half(pair)].into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_its_pairs_whatever_its_marks() {
        let shown: Vec<String> =
            pairs(&["占用耕地，取土。", "耕地 AB", "ab"]).into_iter().map(shown).collect();
        assert_eq!(shown, ["占用", "用耕", "耕地", "取土", "ab"]);
        assert_eq!(pairs(&["，。", "土"]), [0; 0]);
    }
}
