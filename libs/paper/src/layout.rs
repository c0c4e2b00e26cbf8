//! A form on sheets of paper: where each line of text and each rule of the table stands, in points
//! from the top left. Draws nothing.

use crate::{
    Error,
    face::Face,
    form::{Align, Form, Paper},
    lines::wrap,
    table::{Cell, Line, Part, Room, Row, paginate},
};

mod rows;

/// A form laid out, once for all its copies.
pub(crate) struct Sheet {
    pub(crate) width: f32,
    pub(crate) height: f32,
    pub(crate) pages: Vec<Page>,
    /// The left and the top of the QR code on the first page.
    pub(crate) code: (f32, f32),
}

/// What stands on a page of each copy.
#[derive(Default)]
pub(crate) struct Page {
    pub(crate) texts: Vec<Text>,
    pub(crate) rules: Vec<Rule>,
}

/// A line of text.
pub(crate) struct Text {
    /// The left end of the base line.
    pub(crate) at: (f32, f32),
    pub(crate) size: f32,
    /// Room after each character.
    pub(crate) spread: f32,
    pub(crate) bold: bool,
    pub(crate) text: String,
}

/// A straight rule.
pub(crate) struct Rule {
    pub(crate) from: (f32, f32),
    pub(crate) to: (f32, f32),
    /// Whether it is of the outer frame.
    pub(crate) heavy: bool,
}

/// Lays out a form that has no faults. `code` is the side of its QR code.
pub(crate) fn lay_out(form: &Form, face: &Face, code: Option<f32>) -> Result<Sheet, Error> {
    let setting = Setting::of(form, face);
    let heading = setting.heading(code);
    let foot = setting.foot();
    let bottom = setting.height - BOTTOM - foot.tall - BAND;
    let room = Room {
        first: bottom - heading.tall - TOP - BAND,
        other: bottom - TOP - BAND,
        leading: setting.leading,
        pad: PAD,
    };
    let head = setting.head();
    let rows = setting.rows()?;
    let divided = paginate(rows, head.as_ref(), room);
    let count = divided.len();
    let mut pages = Vec::with_capacity(count);
    for (i, rows) in divided.into_iter().enumerate() {
        let mut page = Page::default();
        let mut top = TOP + BAND;
        if i == 0 {
            top += heading.tall;
            page.texts.extend(heading.texts.iter().map(Text::again));
        } else {
            page.texts.push(setting.running_title());
        }
        setting.place(&mut page, rows, top, room);
        page.texts.extend(foot.texts.iter().map(Text::again));
        let number = format!("第{}页　共{count}页", i + 1);
        let base = setting.height - BOTTOM - 3.0;
        page.texts.push(setting.centred(&number, SMALL, base));
        pages.push(page);
    }
    let right = setting.width - RIGHT;
    let code = (right - code.unwrap_or_default(), TOP + BAND);
    Ok(Sheet { width: setting.width, height: setting.height, pages, code })
}

/// The mark of a copy, at the top right of each of its pages.
pub(crate) fn copy_mark(form: &Form, copy: usize, sheet: &Sheet, face: &Face) -> Option<Text> {
    let name = form.copies.get(copy)?;
    let total = form.copies.len();
    let text = match (NUMBERS.get(total - 1), NUMBERS.get(copy)) {
        (Some(all), Some(this)) if total > 1 => format!("一式{all}份　第{this}份　{name}"),
        _ => name.clone(),
    };
    let x = sheet.width - RIGHT - face.width(&text, SMALL);
    Some(Text { at: (x, TOP + SMALL), size: SMALL, spread: 0.0, bold: false, text })
}

const NUMBERS: [&str; 10] = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十"];

const fn mm(length: f32) -> f32 {
    length * 72.0 / 25.4
}

const LONG: f32 = mm(297.0);
const SHORT: f32 = mm(210.0);
const TOP: f32 = mm(12.0);
const BOTTOM: f32 = mm(12.0);
/// The left edge is bound into the file.
const LEFT: f32 = mm(22.0);
const RIGHT: f32 = mm(15.0);
/// The line at the top and at the bottom of each page.
const BAND: f32 = 18.0;

const PAD: f32 = 3.5;
const SIDE: f32 = 4.0;
const TITLE: f32 = 22.0;
const AGENCY: f32 = 14.0;
const SMALL: f32 = 9.0;
const NOTE: f32 = 8.0;
/// The longest mark of a copy: 30 characters.
const COPY_MARK: f32 = 31.0 * SMALL;
const LEADING: f32 = 1.45;
/// Where the base line is, in parts of the size from the middle of a line.
const BASE: f32 = 0.38;

/// Lines that are placed, and how much height they take.
struct Block {
    texts: Vec<Text>,
    tall: f32,
}

/// A form with the measures it is set by.
struct Setting<'a> {
    form: &'a Form,
    face: &'a Face,
    width: f32,
    height: f32,
    /// Between the margins.
    body: f32,
    size: f32,
    leading: f32,
}

impl<'a> Setting<'a> {
    fn of(form: &'a Form, face: &'a Face) -> Self {
        let (width, height) = match form.paper {
            Paper::Portrait => (SHORT, LONG),
            Paper::Landscape => (LONG, SHORT),
        };
        let size = match form.columns.len() {
            0 => 12.0,
            1..=8 => 10.5,
            // Many columns share the width.
            _ => 9.0,
        };
        let body = width - LEFT - RIGHT;
        Self { form, face, width, height, body, size, leading: size * LEADING }
    }

    /// Agency and title in the middle, the number at the right, the code beside them.
    fn heading(&self, code: Option<f32>) -> Block {
        let beside = code.map_or(0.0, |side| side + SIDE);
        let room = self.body - 2.0 * beside;
        let mut texts = Vec::new();
        let mut y = TOP + BAND;
        for (text, size, spread, bold) in
            [(&self.form.agency, AGENCY, 1.0, false), (&self.form.title, TITLE, 3.0, true)]
        {
            let lines = wrap(text, room, |c| self.face.glyph(c).advance * size + spread);
            for text in lines.into_iter().filter(|line| !line.is_empty()) {
                let count = u16::try_from(text.chars().count()).unwrap_or_default();
                let wide = self.face.width(&text, size) + f32::from(count.max(1) - 1) * spread;
                let x = LEFT + (self.body - wide) / 2.0;
                texts.push(Text { at: (x, y + size), size, spread, bold, text });
                y += size * LEADING + 2.0;
            }
        }
        if let Some(side) = code {
            let x = self.width - RIGHT - side / 2.0 - self.face.width(SCAN, NOTE) / 2.0;
            let under = TOP + BAND + side + NOTE;
            texts.push(self.plain(SCAN, (x, under - 4.0), NOTE));
            y = y.max(under);
        }
        if !self.form.number.is_empty() {
            let text = format!("编号：{}", self.form.number);
            for line in self.wrapped(&text, self.body, self.size) {
                let x = self.width - RIGHT - self.face.width(&line, self.size);
                texts.push(self.plain(&line, (x, y + self.size), self.size));
                y += self.leading;
            }
        }
        y += 6.0;
        Block { texts, tall: y - TOP - BAND }
    }

    fn foot(&self) -> Block {
        let lines = self.wrapped(&self.form.footer, self.body, NOTE);
        let lines: Vec<_> = lines.into_iter().filter(|line| !line.is_empty()).collect();
        let count = u16::try_from(lines.len()).unwrap_or_default();
        let tall = f32::from(count) * NOTE * LEADING;
        let mut y = self.height - BOTTOM - BAND - tall + 4.0;
        let mut texts = Vec::new();
        for line in lines {
            y += NOTE * LEADING;
            texts.push(self.plain(&line, (LEFT, y - 3.0), NOTE));
        }
        Block { texts, tall }
    }

    /// The title again, as much as there is room for beside the mark of the copy.
    fn running_title(&self) -> Text {
        let text = format!("{}（续）　{}", self.form.title, self.form.number);
        let room = self.body - COPY_MARK;
        let line = self.wrapped(&text, room, SMALL).into_iter().next().unwrap_or_default();
        self.plain(line.trim_end(), (LEFT, TOP + SMALL), SMALL)
    }

    fn plain(&self, text: &str, at: (f32, f32), size: f32) -> Text {
        Text { at, size, spread: 0.0, bold: false, text: text.to_owned() }
    }

    fn centred(&self, text: &str, size: f32, base: f32) -> Text {
        let x = LEFT + (self.body - self.face.width(text, size)) / 2.0;
        self.plain(text, (x, base), size)
    }

    fn wrapped(&self, text: &str, width: f32, size: f32) -> Vec<String> {
        wrap(text, width, |c| self.face.glyph(c).advance * size)
    }

    fn cell(&self, x: f32, width: f32, text: &str, align: Align) -> Cell {
        let lines = self.wrapped(text, width - 2.0 * SIDE, self.size);
        let lines = lines.into_iter().map(|text| Line { text, align }).collect();
        Cell { x, width, lines }
    }

    /// Puts rows on a page, one under the other, and rules around their cells.
    fn place(&self, page: &mut Page, rows: Vec<Row>, top: f32, room: Room) {
        let (left, right) = (LEFT, LEFT + self.body);
        let mut rule = |from, to, heavy| page.rules.push(Rule { from, to, heavy });
        let mut y = top;
        let mut above = Part::Open;
        let mut rows = rows.into_iter().peekable();
        while let Some(row) = rows.next() {
            let height = room.height(&row);
            let framed = row.part != Part::Open;
            if framed {
                let goes_on = row.rest && !matches!(above, Part::Open | Part::Head);
                if !goes_on {
                    rule((left, y), (right, y), above == Part::Open);
                }
                let bottom = y + height;
                for x in row.cells.iter().skip(1).map(|cell| left + cell.x) {
                    rule((x, y), (x, bottom), false);
                }
                for x in [left, right] {
                    rule((x, y), (x, bottom), true);
                }
                if rows.peek().is_none_or(|next| next.part == Part::Open) {
                    rule((left, bottom), (right, bottom), true);
                }
            }
            page.texts.extend(row.cells.iter().flat_map(|cell| self.texts(cell, &row, y, room)));
            above = row.part;
            y += height;
        }
    }

    /// The lines of a cell in a row at `y`; short cells stand in the middle of their row.
    fn texts(&self, cell: &Cell, row: &Row, y: f32, room: Room) -> Vec<Text> {
        let count = u16::try_from(cell.lines.len()).unwrap_or(u16::MAX);
        let spare = room.height(row) - f32::from(count) * room.leading;
        let middle = matches!(row.part, Part::Head | Part::Item | Part::Plain) && !row.rest;
        let mut y = y + if middle { spare / 2.0 } else { room.pad };
        let mut texts = Vec::new();
        for line in &cell.lines {
            let spare = cell.width - 2.0 * SIDE - self.face.width(&line.text, self.size);
            let indent = match line.align {
                Align::Left => 0.0,
                Align::Center => spare / 2.0,
                Align::Right => spare,
            };
            let base = y + room.leading / 2.0 + BASE * self.size;
            if !line.text.is_empty() {
                texts.push(self.plain(
                    &line.text,
                    (LEFT + cell.x + SIDE + indent, base),
                    self.size,
                ));
            }
            y += room.leading;
        }
        texts
    }
}

/// What stands under the code.
const SCAN: &str = "扫码核验";

impl Text {
    fn again(&self) -> Self {
        Self { text: self.text.clone(), ..*self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::{Column, SignatureBox};

    #[test]
    fn nothing_leaves_the_paper_when_every_field_is_at_its_limit() {
        let face = Face::embedded().unwrap();
        let long = |count| "物".repeat(count);
        let column = |_| Column { title: long(20), width_share: 1.0, align: Align::Right };
        let signature = SignatureBox { role: long(20), name: long(60), date: long(20), seal: true };
        for (paper, columns) in
            [(Paper::Portrait, 13), (Paper::Landscape, 16), (Paper::Portrait, 0)]
        {
            let form = Form {
                title: long(60),
                number: long(60),
                agency: long(60),
                paper,
                opening: vec![long(4_000); 3],
                facts: vec![(long(20), long(4_000)), (long(20), long(2))],
                columns: (0..columns).map(column).collect(),
                rows: vec![vec![long(300); columns]; 3],
                remarks: vec![long(4_000); 3],
                signatures: vec![signature.clone(); 12],
                copies: vec![long(20); 10],
                qr: None,
                footer: long(200),
            };
            assert_eq!(form.faults(), []);
            let sheet = lay_out(&form, &face, Some(125.0 * crate::qr::MODULE)).unwrap();
            assert!(sheet.pages.len() > 3);
            let inside = |(x, y): (f32, f32)| {
                (LEFT..=sheet.width - RIGHT + 0.1).contains(&x)
                    && (TOP..=sheet.height - BOTTOM).contains(&y)
            };
            for (i, page) in sheet.pages.iter().enumerate() {
                let foot = sheet.height - BOTTOM - BAND;
                let lowest = page.rules.iter().map(|rule| rule.to.1).fold(0.0, f32::max);
                assert!(lowest < foot, "{paper:?} page {i}: {lowest}");
                let mark = copy_mark(&form, 9, &sheet, &face);
                if i > 0 {
                    let running = page.texts.iter().find(|text| text.at.1 < TOP + BAND).unwrap();
                    let end = running.at.0 + face.width(&running.text, running.size);
                    assert!(mark.iter().all(|mark| end < mark.at.0), "{}", running.text);
                }
                for text in page.texts.iter().chain(&mark) {
                    assert!(inside(text.at), "{paper:?} page {i}: {:?} {}", text.at, text.text);
                    let end = text.at.0 + face.width(&text.text, text.size);
                    assert!(inside((end, text.at.1)), "{paper:?} page {i}: {end} {}", text.text);
                }
            }
        }
    }
}
