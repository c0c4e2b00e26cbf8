//! What a form says, in words of the callers, and what of it cannot be printed. Text may have line
//! breaks where it can take more than a line.

/// A form to print. Empty parts are left out.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Form {
    /// The name of the form, such as 涉案物品清单.
    pub title: String,
    /// Its number, such as 余市监移〔2021〕12号.
    pub number: String,
    /// Whose form it is, printed above the title.
    pub agency: String,
    /// How the paper lies.
    pub paper: Paper,
    /// Paragraphs above the table, such as what a receipt says.
    pub opening: Vec<String>,
    /// Labels with their values, at the top of the table.
    pub facts: Vec<(String, String)>,
    /// The columns of the list.
    pub columns: Vec<Column>,
    /// The lines of the list: a cell for each column. 以下空白 is printed after the last.
    pub rows: Vec<Vec<String>>,
    /// Remarks under the list; numbered when there are several.
    pub remarks: Vec<String>,
    /// Who signs.
    pub signatures: Vec<SignatureBox>,
    /// Whom each copy is for: the form is printed once for each, or once if there are none.
    pub copies: Vec<String>,
    /// The content of a QR code at the top of the first page.
    pub qr: Option<String>,
    /// A note at the foot of each page.
    pub footer: String,
}

/// A4, one way or the other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Paper {
    /// 竖版, for few columns.
    #[default]
    Portrait,
    /// 横版, for many.
    Landscape,
}

/// A column of the list.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Its title.
    pub title: String,
    /// Its width, compared with the other columns.
    pub width_share: f32,
    /// Where its text stands.
    pub align: Align,
}

/// Where text stands between left and right.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Align {
    /// At the left, for words.
    #[default]
    Left,
    /// In the middle, for numbers of lines and short words.
    Center,
    /// At the right, for quantities.
    Right,
}

/// Room for a signature.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SignatureBox {
    /// As what somebody signs, such as 移交人.
    pub role: String,
    /// Who signs, where it is known.
    pub name: String,
    /// When it was signed; empty leaves room to write 年 月 日.
    pub date: String,
    /// Whether it needs the seal of the body: leaves room for it.
    pub seal: bool,
}

/// A field that cannot be printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Which, counted from zero: `rows[3]`.
    pub field: String,
    /// What is wrong with it.
    pub why: String,
}

impl Form {
    /// The same form with each of its texts changed.
    pub(crate) fn map_text(mut self, mut change: impl FnMut(&str) -> String) -> Self {
        let mut all = |text: &mut String| *text = change(text);
        [&mut self.title, &mut self.number, &mut self.agency, &mut self.footer]
            .into_iter()
            .for_each(&mut all);
        self.opening.iter_mut().for_each(&mut all);
        self.facts.iter_mut().flat_map(|(label, value)| [label, value]).for_each(&mut all);
        self.columns.iter_mut().for_each(|column| all(&mut column.title));
        self.rows.iter_mut().flatten().for_each(&mut all);
        self.remarks.iter_mut().for_each(&mut all);
        self.signatures
            .iter_mut()
            .flat_map(|b| [&mut b.role, &mut b.name, &mut b.date])
            .for_each(&mut all);
        self.copies.iter_mut().for_each(all);
        self
    }

    /// What cannot be printed, at most [`MAX_FAULTS`].
    pub(crate) fn faults(&self) -> Vec<Fault> {
        let mut faults = Faults::default();
        if self.title.trim().is_empty() {
            faults.add("title", "is empty");
        }
        self.short_enough(&mut faults);
        self.few_enough(&mut faults);
        self.is_a_table(&mut faults);
        faults.0
    }

    fn short_enough(&self, faults: &mut Faults) {
        faults.line("title", &self.title, MAX_NAME);
        faults.line("number", &self.number, MAX_NAME);
        faults.line("agency", &self.agency, MAX_NAME);
        faults.line("footer", &self.footer, MAX_FOOTER);
        for (i, (label, value)) in self.facts.iter().enumerate() {
            faults.line(&format!("facts[{i}]"), label, MAX_LABEL);
            faults.text(&format!("facts[{i}]"), value);
        }
        for (i, text) in self.opening.iter().enumerate() {
            faults.text(&format!("opening[{i}]"), text);
        }
        for (i, text) in self.remarks.iter().enumerate() {
            faults.text(&format!("remarks[{i}]"), text);
        }
        for (i, copy) in self.copies.iter().enumerate() {
            faults.line(&format!("copies[{i}]"), copy, MAX_LABEL);
        }
        for (i, signature) in self.signatures.iter().enumerate() {
            faults.line(&format!("signatures[{i}].role"), &signature.role, MAX_LABEL);
            faults.line(&format!("signatures[{i}].name"), &signature.name, MAX_NAME);
            faults.line(&format!("signatures[{i}].date"), &signature.date, MAX_LABEL);
        }
    }

    fn few_enough(&self, faults: &mut Faults) {
        faults.count("opening", self.opening.len(), MAX_PARAGRAPHS);
        faults.count("facts", self.facts.len(), MAX_PARAGRAPHS);
        faults.count("columns", self.columns.len(), MAX_COLUMNS);
        faults.count("rows", self.rows.len(), MAX_ROWS);
        faults.count("remarks", self.remarks.len(), MAX_PARAGRAPHS);
        faults.count("signatures", self.signatures.len(), MAX_SIGNATURES);
        faults.count("copies", self.copies.len(), MAX_COPIES);
        let characters: usize = self.rows.iter().flatten().map(|cell| cell.chars().count()).sum();
        if characters > MAX_CHARACTERS {
            faults.add("rows", &format!("{characters} characters, at most {MAX_CHARACTERS}"));
        }
    }

    fn is_a_table(&self, faults: &mut Faults) {
        for (i, column) in self.columns.iter().enumerate() {
            faults.line(&format!("columns[{i}].title"), &column.title, MAX_LABEL);
            if !column.width_share.is_finite() || column.width_share <= 0.0 {
                faults.add(&format!("columns[{i}].width_share"), "is not a number above zero");
            }
        }
        let columns = self.columns.len();
        for (i, row) in self.rows.iter().enumerate() {
            if row.len() != columns {
                let why = format!("has {} cells for {columns} columns", row.len());
                faults.add(&format!("rows[{i}]"), &why);
            }
            for (k, cell) in row.iter().enumerate() {
                faults.text_at(cell, || format!("rows[{i}][{k}]"));
            }
        }
    }
}

/// How many faults are told at once.
pub const MAX_FAULTS: usize = 20;
/// How many lines a list may have.
pub const MAX_ROWS: usize = 10_000;
/// How many characters the lines of a list may have together.
pub const MAX_CHARACTERS: usize = 2_000_000;
/// How many characters one text may have: a value, a cell, a paragraph.
pub const MAX_TEXT: usize = 4_000;
/// How many columns a list may have.
pub const MAX_COLUMNS: usize = 16;
/// How many may sign.
pub const MAX_SIGNATURES: usize = 12;
/// How many copies there may be.
pub const MAX_COPIES: usize = 10;

const MAX_PARAGRAPHS: usize = 40;
const MAX_NAME: usize = 60;
const MAX_LABEL: usize = 20;
const MAX_FOOTER: usize = 200;

#[derive(Default)]
struct Faults(Vec<Fault>);

impl Faults {
    fn add(&mut self, field: &str, why: &str) {
        if self.0.len() < MAX_FAULTS {
            self.0.push(Fault { field: field.to_owned(), why: why.to_owned() });
        }
    }

    fn count(&mut self, field: &str, count: usize, limit: usize) {
        if count > limit {
            self.add(field, &format!("there are {count}, at most {limit}"));
        }
    }

    fn text(&mut self, field: &str, text: &str) {
        self.text_at(text, || field.to_owned());
    }

    fn text_at(&mut self, text: &str, field: impl Fn() -> String) {
        // A text of few bytes has few characters: most are not counted.
        if text.len() > MAX_TEXT && text.chars().count() > MAX_TEXT {
            self.add(&field(), &format!("is longer than {MAX_TEXT} characters"));
        }
    }

    fn line(&mut self, field: &str, text: &str, limit: usize) {
        if text.chars().count() > limit {
            self.add(field, &format!("is longer than {limit} characters"));
        }
        if text.contains(['\n', '\r']) {
            self.add(field, "has a line break");
        }
    }
}
