//! Draws what was laid out into a PDF whose text can be searched and copied. Gives it no date and
//! no random name, so that the same form gives the same bytes.

use krilla::{
    Document,
    geom::{PathBuilder, Point, Rect},
    metadata::Metadata,
    page::PageSettings,
    paint::{Fill, LineCap, Stroke},
    surface::Surface,
    text::{Font, GlyphId, KrillaGlyph},
};

use crate::{
    Error,
    face::{FONT, Face},
    form::Form,
    layout::{Page, Sheet, Text, copy_mark},
    qr::{Code, MODULE},
};

/// Writes each copy of a form, one after the other.
pub(crate) fn write(
    form: &Form,
    sheet: &Sheet,
    face: &Face,
    code: Option<&Code>,
) -> Result<Vec<u8>, Error> {
    let font = Font::new(FONT.into(), 0).ok_or(Error::Font)?;
    let pen = Pen { face, font };
    let size = PageSettings::from_wh(sheet.width, sheet.height)
        .ok_or_else(|| Error::Pdf("the paper has no size".to_owned()))?;
    let title = format!("{} {}", form.title, form.number);
    let about = Metadata::new()
        .title(title.trim_end().to_owned())
        .language("zh-CN".to_owned())
        .creator("xiezhi".to_owned());

    let mut document = Document::new();
    document.set_metadata(about);
    for copy in 0..form.copies.len().max(1) {
        let mark = copy_mark(form, copy, sheet, face);
        for (i, page) in sheet.pages.iter().enumerate() {
            let mut drawn = document.start_page_with(size.clone());
            let mut surface = drawn.surface();
            if let Some(code) = code.filter(|_| i == 0) {
                draw_code(&mut surface, code, sheet.code);
            }
            draw_rules(&mut surface, page);
            mark.iter().chain(&page.texts).for_each(|text| pen.draw(&mut surface, text));
            surface.finish();
            drawn.finish();
        }
    }
    document.finish().map_err(|error| Error::Pdf(error.to_string()))
}

struct Pen<'a> {
    face: &'a Face,
    font: Font,
}

impl Pen<'_> {
    fn draw(&self, surface: &mut Surface<'_>, text: &Text) {
        let glyph = |(at, c): (usize, char)| {
            let glyph = self.face.glyph(c);
            let advance = glyph.advance + text.spread / text.size;
            let range = at..at + c.len_utf8();
            KrillaGlyph::new(GlyphId::new(glyph.id), advance, 0.0, 0.0, 0.0, range, None)
        };
        let glyphs: Vec<_> = text.text.char_indices().map(glyph).collect();
        // There is one weight of the font: bold is the outline of the glyphs, drawn too.
        let outline = Stroke { width: text.size / 40.0, ..Stroke::default() };
        surface.set_fill(Some(Fill::default()));
        surface.set_stroke(text.bold.then_some(outline));
        let at = Point::from_xy(text.at.0, text.at.1);
        surface.draw_glyphs(at, &glyphs, self.font.clone(), &text.text, text.size, false);
    }
}

fn draw_rules(surface: &mut Surface<'_>, page: &Page) {
    surface.set_fill(None);
    for (heavy, width) in [(false, 0.5), (true, 1.0)] {
        let mut path = PathBuilder::new();
        for rule in page.rules.iter().filter(|rule| rule.heavy == heavy) {
            path.move_to(rule.from.0, rule.from.1);
            path.line_to(rule.to.0, rule.to.1);
        }
        if let Some(path) = path.finish() {
            // Square, so that the corners of the frame are whole.
            let stroke = Stroke { width, line_cap: LineCap::Square, ..Stroke::default() };
            surface.set_stroke(Some(stroke));
            surface.draw_path(&path);
        }
    }
}

fn draw_code(surface: &mut Surface<'_>, code: &Code, (left, top): (f32, f32)) {
    let mut path = PathBuilder::new();
    for (x, y, width) in code.bars() {
        if let Some(bar) = Rect::from_xywh(left + x, top + y, width, MODULE) {
            path.push_rect(bar);
        }
    }
    if let Some(path) = path.finish() {
        surface.set_stroke(None);
        surface.set_fill(Some(Fill::default()));
        surface.draw_path(&path);
    }
}
