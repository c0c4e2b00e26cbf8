//! Rows on pages: what is kept together, where a long row is cut, where the head comes again. Knows
//! heights and lines only, not what they say.

use std::collections::VecDeque;

use crate::form::Align;

/// A line of text in a cell.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line {
    pub(crate) text: String,
    pub(crate) align: Align,
}

/// A cell, from the left edge of the table.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Cell {
    pub(crate) x: f32,
    pub(crate) width: f32,
    pub(crate) lines: Vec<Line>,
}

/// What a row is, as far as pages care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// Text without a frame.
    Open,
    /// The titles of the columns.
    Head,
    /// A line of the list, which stands under the head.
    Item,
    /// Anything else with a frame.
    Plain,
    /// Signatures, which are never cut.
    Whole,
}

/// A row of cells.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    pub(crate) cells: Vec<Cell>,
    pub(crate) part: Part,
    /// Whether the next row must be on the same page as the end of this one.
    pub(crate) keep: bool,
    /// Whether this is the rest of a row that was cut.
    pub(crate) rest: bool,
}

/// The room on a page, and how tall a row of lines is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Room {
    /// The height for rows on the first page, under the heading.
    pub(crate) first: f32,
    /// The height for rows on every other page.
    pub(crate) other: f32,
    pub(crate) leading: f32,
    /// Above the first line of a row, and under the last.
    pub(crate) pad: f32,
}

impl Row {
    fn lines(&self) -> usize {
        self.cells.iter().map(|cell| cell.lines.len()).max().unwrap_or(0)
    }

    fn may_be_cut(&self) -> bool {
        !matches!(self.part, Part::Whole | Part::Head) && self.lines() > 1
    }

    /// Cuts the row after some lines.
    fn cut(mut self, after: usize) -> (Self, Self) {
        let mut rest = self.clone();
        for (cell, rest) in self.cells.iter_mut().zip(&mut rest.cells) {
            let at = after.min(cell.lines.len());
            rest.lines.drain(..at);
            cell.lines.truncate(at);
        }
        self.keep = false;
        rest.rest = true;
        (self, rest)
    }
}

impl Room {
    pub(crate) fn height(&self, row: &Row) -> f32 {
        self.of_lines(row.lines())
    }

    fn of_lines(&self, lines: usize) -> f32 {
        let lines = u16::try_from(lines).unwrap_or(u16::MAX);
        f32::from(lines) * self.leading + 2.0 * self.pad
    }

    /// How many lines of a row fit in a height.
    fn lines_in(&self, height: f32, row: &Row) -> usize {
        (0..row.lines()).rev().find(|lines| self.of_lines(*lines) <= height).unwrap_or(0)
    }
}

/// Divides the rows among pages. The head stands above the first item of each page.
pub(crate) fn paginate(mut rows: Vec<Row>, head: Option<&Row>, room: Room) -> Vec<Vec<Row>> {
    let head_height = head.map_or(0.0, |head| room.height(head));
    let full = room.other - head_height;
    loosen(&mut rows, full, room);

    let mut rows = VecDeque::from(rows);
    let (mut pages, mut page, mut left) = (Vec::new(), Vec::new(), room.first);
    while let Some(mut row) = rows.pop_front() {
        let needed = chain_height(&row, &rows, full, room);
        let height = room.height(&row);
        let headed = page.iter().any(|row: &Row| row.part == Part::Head);
        // What is kept with this row may be the first item.
        let above = if headed || row.part != Part::Item && !row.keep { 0.0 } else { head_height };
        let stays = above + needed <= left || needed > full && above + height <= left;
        if !stays {
            let fits = room.lines_in(left - above, &row);
            let cuts = height > full && row.may_be_cut();
            if cuts && (fits >= FEWEST || page.is_empty() && fits > 0) {
                let (start, rest) = row.cut(fits);
                rows.push_front(rest);
                row = start;
            } else if !page.is_empty() || room.first < room.other && pages.is_empty() {
                rows.push_front(row);
                pages.push(std::mem::take(&mut page));
                left = room.other;
                continue;
            }
        }
        if row.part == Part::Item
            && let Some(head) = head
            && !headed
        {
            left -= head_height;
            page.push(head.clone());
        }
        left -= room.height(&row);
        page.push(continued(row, &page));
    }
    if !page.is_empty() || pages.is_empty() {
        pages.push(page);
    }
    pages
}

/// How many lines of a row are worth a cut.
const FEWEST: usize = 3;

/// The height of a row with those that must be on its page.
fn chain_height(row: &Row, after: &VecDeque<Row>, full: f32, room: Room) -> f32 {
    let mut needed = room.height(row);
    let mut keep = row.keep;
    for next in after {
        if !keep {
            break;
        }
        needed += start_height(next, full, room);
        keep = next.keep;
    }
    needed
}

/// The height of what must stand together at the start of a row.
fn start_height(row: &Row, full: f32, room: Room) -> f32 {
    let height = room.height(row);
    if height > full && row.may_be_cut() { room.of_lines(FEWEST) } else { height }
}

/// Cuts rows that, with what must be kept with their end, are taller than a page: the end stays with
/// what follows, and the start may stand before it.
fn loosen(rows: &mut Vec<Row>, full: f32, room: Room) {
    let mut below = 0.0;
    for i in (0..rows.len()).rev() {
        let keep = rows[i].keep;
        let with = if keep { below } else { 0.0 };
        let lines = rows[i].lines();
        let height = room.height(&rows[i]);
        if keep && height + with > full && lines > FEWEST && rows[i].may_be_cut() {
            let end = room.of_lines(FEWEST.min(lines - 1));
            if end + with <= full {
                let (start, rest) = rows[i].clone().cut(lines - FEWEST.min(lines - 1));
                rows[i] = rest;
                rows.insert(i, start);
                below = room.of_lines(FEWEST);
                continue;
            }
        }
        below = start_height(&rows[i], full, room) + with;
    }
}

/// Says at the top of a page that a row goes on.
fn continued(mut row: Row, page: &[Row]) -> Row {
    let first = page.iter().all(|row| row.part == Part::Head);
    if first
        && row.rest
        && row.part != Part::Open
        && row.cells.len() > 1
        && let Some(cell) = row.cells.first_mut()
        && cell.lines.is_empty()
    {
        cell.lines.push(Line { text: "（续）".to_owned(), align: Align::Center });
    }
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines of 10, no pad: 10 lines on the first page, 20 on the others.
    const ROOM: Room = Room { first: 100.0, other: 200.0, leading: 10.0, pad: 0.0 };

    fn row(part: Part, lines: usize, name: &str) -> Row {
        let line = |i| Line { text: format!("{name}{i}"), align: Align::Left };
        let number = Cell { x: 0.0, width: 9.0, lines: vec![line(0)] };
        let text = Cell { x: 9.0, width: 9.0, lines: (0..lines).map(line).collect() };
        Row { cells: vec![number, text], part, keep: false, rest: false }
    }

    fn kept(row: Row) -> Row {
        Row { keep: true, ..row }
    }

    /// Each page as the first and the last line of each row.
    fn shape(pages: &[Vec<Row>]) -> Vec<Vec<String>> {
        let ends = |row: &Row| {
            let lines = &row.cells[1].lines;
            let mark = if row.cells[0].lines.iter().any(|line| line.text == "（续）") {
                "+"
            } else {
                ""
            };
            format!("{mark}{}-{}", lines[0].text, lines[lines.len() - 1].text)
        };
        pages.iter().map(|page| page.iter().map(ends).collect()).collect()
    }

    #[test]
    fn the_head_comes_again_on_each_page_of_the_list() {
        let rows = (0..6).map(|_| row(Part::Item, 6, "i")).collect();
        let pages = paginate(rows, Some(&row(Part::Head, 2, "h")), ROOM);
        let expected = [vec!["h0-h1", "i0-i5"], vec!["h0-h1", "i0-i5", "i0-i5", "i0-i5"]];
        assert_eq!(shape(&pages)[..2], expected);
        assert_eq!(shape(&pages)[2], ["h0-h1", "i0-i5", "i0-i5"]);
    }

    #[test]
    fn the_head_is_only_where_the_list_is() {
        let rows =
            vec![row(Part::Plain, 2, "f"), row(Part::Item, 2, "i"), row(Part::Plain, 20, "r")];
        let pages = paginate(rows, Some(&row(Part::Head, 1, "h")), ROOM);
        // A remark of a whole page is cut: with a head there would be no room for it.
        assert_eq!(shape(&pages), [vec!["f0-f1", "h0-h0", "i0-i1", "r0-r4"], vec!["+r5-r19"]]);
    }

    #[test]
    fn a_row_taller_than_a_page_goes_on_with_the_next() {
        let rows = vec![row(Part::Item, 4, "a"), row(Part::Item, 50, "b"), row(Part::Item, 1, "c")];
        let pages = paginate(rows, Some(&row(Part::Head, 1, "h")), ROOM);
        let expected = [
            vec!["h0-h0", "a0-a3", "b0-b4"],
            vec!["h0-h0", "+b5-b23"],
            vec!["h0-h0", "+b24-b42"],
            vec!["h0-h0", "+b43-b49", "c0-c0"],
        ];
        assert_eq!(shape(&pages), expected);
    }

    #[test]
    fn a_row_that_fits_on_a_page_is_not_cut() {
        let rows = vec![row(Part::Item, 4, "a"), row(Part::Item, 19, "b")];
        let pages = paginate(rows, None, ROOM);
        assert_eq!(shape(&pages), [["a0-a3"], ["b0-b18"]]);
    }

    #[test]
    fn signatures_take_the_last_row_with_them() {
        let rows = vec![
            row(Part::Item, 3, "a"),
            kept(row(Part::Item, 3, "b")),
            kept(row(Part::Plain, 2, "r")),
            row(Part::Whole, 3, "s"),
        ];
        let pages = paginate(rows, None, ROOM);
        assert_eq!(shape(&pages), [vec!["a0-a2"], vec!["b0-b2", "r0-r1", "s0-s2"]]);
    }

    #[test]
    fn signatures_take_the_end_of_a_row_longer_than_a_page_with_them() {
        let rows = vec![kept(row(Part::Item, 27, "a")), row(Part::Whole, 6, "s")];
        let pages = paginate(rows, None, ROOM);
        let all = shape(&pages);
        let [.., last] = all.as_slice() else { panic!("{all:?}") };
        assert!(last.len() > 1 && last[0].contains("a"), "{all:?}");
        assert_eq!(last[last.len() - 1], "s0-s5");
        assert!(pages.iter().all(|page| page.iter().map(|r| ROOM.height(r)).sum::<f32>() <= 200.0));
    }

    #[test]
    fn nothing_is_lost_and_no_page_overflows() {
        for tall in 1..70 {
            for tail in 1..25 {
                let rows = vec![
                    row(Part::Plain, tall % 9 + 1, "f"),
                    row(Part::Item, 3, "a"),
                    kept(row(Part::Item, tall, "b")),
                    kept(row(Part::Item, 1, "e")),
                    kept(row(Part::Plain, tail, "r")),
                    row(Part::Whole, tail % 12 + 1, "s"),
                ];
                let lines: usize = rows.iter().map(Row::lines).sum();
                let pages = paginate(rows, Some(&row(Part::Head, 2, "h")), ROOM);
                let printed = pages.iter().flatten().filter(|row| row.part != Part::Head);
                assert_eq!(printed.map(Row::lines).sum::<usize>(), lines, "{tall} {tail}");
                for (i, page) in pages.iter().enumerate() {
                    let height: f32 = page.iter().map(|row| ROOM.height(row)).sum();
                    let room = if i == 0 { ROOM.first } else { ROOM.other };
                    assert!(height <= room, "{tall} {tail}: {:?}", shape(&pages));
                }
                let last = &pages[pages.len() - 1];
                assert!(last.len() > 1, "{tall} {tail}: {:?}", shape(&pages));
            }
        }
    }
}
