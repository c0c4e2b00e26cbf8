//! The parts of a form as rows of cells: text, facts, the list, remarks, signatures.

use super::{SIDE, Setting};
use crate::{
    Error,
    form::{Align, Column, Fault, Paper, SignatureBox},
    table::{Cell, Line, Part, Row},
};

impl Setting<'_> {
    pub(super) fn head(&self) -> Option<Row> {
        let columns = &self.form.columns;
        let cell = |((x, width), column): ((f32, f32), &Column)| {
            self.cell(x, width, &column.title, Align::Center)
        };
        let cells: Vec<_> = self.columns().into_iter().zip(columns).map(cell).collect();
        (!cells.is_empty()).then(|| row(cells, Part::Head))
    }

    /// Where each column is, from the left edge of the table, and how wide.
    fn columns(&self) -> Vec<(f32, f32)> {
        let shares: f32 = self.form.columns.iter().map(|column| column.width_share).sum();
        let mut x = 0.0;
        let place = |column: &Column| {
            let width = self.body * column.width_share / shares;
            x += width;
            (x - width, width)
        };
        self.form.columns.iter().map(place).collect()
    }

    /// Everything between heading and foot, from top to bottom.
    pub(super) fn rows(&self) -> Result<Vec<Row>, Error> {
        let mut rows: Vec<_> = self.form.opening.iter().map(|text| self.paragraph(text)).collect();
        rows.extend(self.facts());
        rows.extend(self.items()?);
        rows.extend(self.remarks());
        // What is signed stands over the signatures, at least its end.
        let signatures = self.signatures();
        let tail = usize::from(!signatures.is_empty()) * 3;
        for row in rows.iter_mut().rev().take(tail) {
            row.keep = true;
        }
        rows.extend(signatures);
        Ok(rows)
    }

    /// Each line of it is indented, but not whom it addresses: 余姚市公安局：
    fn paragraph(&self, text: &str) -> Row {
        let indent = |line: &str| match line.ends_with('：') {
            true => line.to_owned(),
            false => format!("　　{line}"),
        };
        let indented: Vec<_> = text.split('\n').map(indent).collect();
        let mut cell = self.cell(0.0, self.body, &indented.join("\n"), Align::Left);
        cell.lines.push(Line { text: String::new(), align: Align::Left });
        row(vec![cell], Part::Open)
    }

    /// Labels and values: two short ones on a line, a long one on its own.
    fn facts(&self) -> Vec<Row> {
        let widest = self.form.facts.iter().map(|(label, _)| self.face.width(label, self.size));
        let label = widest.fold(4.0 * self.size, f32::max) + 2.0 * SIDE + 0.1;
        let label = label.min(self.body / 5.0);
        let half = self.body / 2.0;
        let short = |fact: &&(String, String)| {
            self.wrapped(&fact.1, half - label - 2.0 * SIDE, self.size).len() == 1
        };
        let pair = |x: f32, width: f32, (name, value): &(String, String)| {
            let name = self.cell(x, label, name, Align::Center);
            [name, self.cell(x + label, width - label, value, Align::Left)]
        };
        let mut rows = Vec::new();
        let mut facts = self.form.facts.iter().peekable();
        while let Some(fact) = facts.next() {
            let beside = short(&fact).then(|| facts.next_if(|next| short(next))).flatten();
            let cells = match beside {
                Some(beside) => [pair(0.0, half, fact), pair(half, half, beside)].concat(),
                None => pair(0.0, self.body, fact).to_vec(),
            };
            rows.push(row(cells, Part::Plain));
        }
        rows
    }

    fn items(&self) -> Result<Vec<Row>, Error> {
        let columns = self.columns();
        let narrow = columns.iter().enumerate().filter(|(_, (_, width))| {
            // Two characters, so that a column of text is not a column of characters.
            *width < 2.0 * self.size + 2.0 * SIDE
        });
        let faults: Vec<_> = narrow
            .map(|(i, _)| Fault {
                field: format!("columns[{i}].width_share"),
                why: "leaves the column narrower than two characters".to_owned(),
            })
            .collect();
        if !faults.is_empty() {
            return Err(Error::Unfit(faults));
        }
        if columns.is_empty() {
            return Ok(Vec::new());
        }
        let item = |cells: &Vec<String>| {
            let each = cells.iter().zip(&columns).zip(&self.form.columns);
            let cells =
                each.map(|((text, (x, width)), column)| self.cell(*x, *width, text, column.align));
            row(cells.collect(), Part::Item)
        };
        let mut rows: Vec<_> = self.form.rows.iter().map(item).collect();
        // Nobody can write another line into the list.
        let end = self.cell(0.0, self.body, "（以下空白）", Align::Center);
        rows.push(row(vec![end], Part::Item));
        if let [.., last, _] = rows.as_mut_slice() {
            last.keep = true;
        }
        Ok(rows)
    }

    fn remarks(&self) -> Option<Row> {
        let remarks = &self.form.remarks;
        let text = match remarks.as_slice() {
            [] => return None,
            [only] => only.clone(),
            several => {
                let each = several.iter().enumerate();
                let each: Vec<_> = each.map(|(i, text)| format!("{}．{text}", i + 1)).collect();
                each.join("\n")
            }
        };
        let label = 4.0 * self.size + 2.0 * SIDE;
        let name = self.cell(0.0, label, "备　注", Align::Center);
        let text = self.cell(label, self.body - label, &text, Align::Left);
        Some(row(vec![name, text], Part::Plain))
    }

    /// Boxes of equal width, a few on a line.
    fn signatures(&self) -> Vec<Row> {
        let boxes = &self.form.signatures;
        let most: u16 = match self.form.paper {
            Paper::Portrait => 3,
            Paper::Landscape => 4,
        };
        let lines = boxes.len().div_ceil(most.into()).max(1);
        let each = boxes.len().div_ceil(lines).max(1);
        let mut rows = Vec::new();
        for boxes in boxes.chunks(each) {
            let count = u16::try_from(boxes.len()).unwrap_or(most);
            let width = self.body / f32::from(count);
            let place = |(i, signature)| self.signature(f32::from(i) * width, width, signature);
            rows.push(row((0_u16..).zip(boxes).map(place).collect(), Part::Whole));
        }
        // On one page, if a page can hold them.
        if let [before @ .., _] = rows.as_mut_slice() {
            before.iter_mut().for_each(|row| row.keep = true);
        }
        rows
    }

    fn signature(&self, x: f32, width: f32, signature: &SignatureBox) -> Cell {
        let line = |text: &str, align| Line { text: text.to_owned(), align };
        let role = format!("{}：{}", signature.role, signature.name);
        let mut cell = self.cell(x, width, &role, Align::Left);
        cell.lines.push(line("签名：", Align::Left));
        cell.lines.extend([line("", Align::Left), line("", Align::Left)]);
        cell.lines.push(line(if signature.seal { "（印章）" } else { "" }, Align::Center));
        let blank = signature.date.is_empty();
        let date = if blank { "　　　　年　　月　　日" } else { &signature.date };
        cell.lines.extend(self.cell(x, width, date, Align::Right).lines);
        cell
    }
}

fn row(cells: Vec<Cell>, part: Part) -> Row {
    Row { cells, part, keep: false, rest: false }
}
