//! The font of the forms: which characters it has and how wide they are. Text is set one glyph for
//! each character, which is right for Chinese and for the little Latin among it.

use std::collections::{BTreeSet, HashMap};

use skrifa::{
    FontRef, MetadataProvider as _,
    instance::{LocationRef, Size},
};

/// The file, which every PDF takes its glyphs from.
pub(crate) const FONT: &[u8] = include_bytes!("../fonts/NotoSerifCJKsc-subset.otf");

/// Stands for a character that the font lacks: 〓, the printers' mark for a missing sort.
pub(crate) const GETA: char = '\u{3013}';

/// A glyph, and its width in parts of the size.
#[derive(Clone, Copy)]
pub(crate) struct Glyph {
    pub(crate) id: u32,
    pub(crate) advance: f32,
}

pub(crate) struct Face {
    glyphs: HashMap<char, Glyph>,
    geta: Glyph,
}

impl Face {
    /// Reads the font; nothing if it is not one.
    pub(crate) fn embedded() -> Option<Self> {
        let font = FontRef::new(FONT).ok()?;
        let place = LocationRef::default();
        let em = f32::from(font.metrics(Size::unscaled(), place).units_per_em);
        let widths = font.glyph_metrics(Size::unscaled(), place);
        let glyphs: HashMap<_, _> = font
            .charmap()
            .mappings()
            .filter_map(|(code, id)| {
                let advance = widths.advance_width(id)? / em;
                Some((char::from_u32(code)?, Glyph { id: id.to_u32(), advance }))
            })
            .collect();
        let geta = *glyphs.get(&GETA)?;
        Some(Self { glyphs, geta })
    }

    pub(crate) fn glyph(&self, c: char) -> Glyph {
        self.glyphs.get(&c).copied().unwrap_or(self.geta)
    }

    /// How wide a text is at a size.
    pub(crate) fn width(&self, text: &str, size: f32) -> f32 {
        text.chars().map(|c| self.glyph(c).advance).sum::<f32>() * size
    }

    /// The text with 〓 for each character the font lacks, which goes into `missing`. So does one
    /// that cannot be seen, such as a mark that turns the direction of writing.
    pub(crate) fn known(&self, text: &str, missing: &mut BTreeSet<char>) -> String {
        let text = text.replace("\r\n", "\n");
        let shown = |c| match c {
            '\n' | '\r' => '\n',
            '\t' => ' ',
            c if self.glyphs.contains_key(&c) => c,
            c => {
                missing.insert(c);
                GETA
            }
        };
        text.chars().map(shown).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_font_has_what_forms_need() {
        let face = Face::embedded().unwrap();
        let mut missing = BTreeSet::new();
        let signs = "□☐☑✓№①⑴〔〕（）《》“”‘’—…·￥℃㎡〇ⅠｘＡāéü±×÷";
        let names = "镕堃喆昇珺赟燚𬱖邨";
        let text = face.known(&format!("{signs}{names}"), &mut missing);
        assert_eq!((text, missing), (format!("{signs}{names}"), BTreeSet::new()));
        assert!(face.glyphs.len() > 9_000);
    }

    #[test]
    fn a_character_it_lacks_is_shown_and_told() {
        let face = Face::embedded().unwrap();
        let mut missing = BTreeSet::new();
        let text = face.known("𠮷田\u{202e}龍\t\r\n。", &mut missing);
        assert_eq!(text, "〓田〓〓 \n。");
        assert_eq!(missing.into_iter().collect::<Vec<_>>(), ['\u{202e}', '龍', '𠮷']);
    }

    #[test]
    fn a_chinese_character_is_as_wide_as_the_size() {
        let face = Face::embedded().unwrap();
        assert!((face.width("物品，", 10.5) - 31.5).abs() < 0.001);
        assert!(face.width("80,000.00", 10.0) < 50.0);
    }
}
