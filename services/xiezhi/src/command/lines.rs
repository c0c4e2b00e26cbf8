//! CSV files that people edit: read cell by cell, sent a thousand lines at once, and whatever is
//! wrong is named by its line and column, whether this program finds it or the service.

use std::{fmt, fs, path::Path, str::FromStr};

use anyhow::{Context as _, bail, ensure};
use chrono::NaiveDate;
use serde::Serialize;
use tonic::{Response, Status};

use crate::out;

/// By which spreadsheets know that a file is UTF-8.
const MARK: char = '\u{feff}';
/// How many lines the service takes at once.
const AT_ONCE: usize = 1000;

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Fault {
    /// Counted from 1, the head included.
    pub line: u64,
    /// The column, or what the service calls the field.
    pub column: String,
    /// What is wrong.
    pub fault: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, {}: {}", self.line, self.column, self.fault)
    }
}

/// A line as it is read.
#[derive(Debug)]
pub(crate) struct Line<'a> {
    heads: &'a [String],
    cells: csv::StringRecord,
    number: u64,
    faults: Vec<Fault>,
}

impl Line<'_> {
    /// The text of a cell; empty when the file has no such column.
    pub(crate) fn text(&self, column: &str) -> String {
        let at = self.heads.iter().position(|head| head == column);
        at.and_then(|at| self.cells.get(at)).unwrap_or_default().trim().to_owned()
    }

    /// What a cell says; an empty one says nothing.
    pub(crate) fn read<T: Default>(
        &mut self,
        column: &str,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> T {
        let text = self.text(column);
        if text.is_empty() {
            return T::default();
        }
        read(&text).unwrap_or_else(|fault| {
            self.faults.push(Fault { line: self.number, column: column.to_owned(), fault });
            T::default()
        })
    }

    /// The parts of a cell between `;`.
    pub(crate) fn list(&self, column: &str) -> Vec<String> {
        parts(&self.text(column)).map(str::to_owned).collect()
    }

    /// A whole number; 0 when the cell is empty.
    pub(crate) fn number(&mut self, column: &str) -> i32 {
        self.read(column, number)
    }

    /// Whole numbers between `;`.
    pub(crate) fn numbers(&mut self, column: &str) -> Vec<i32> {
        self.read(column, |text| parts(text).map(number).collect())
    }

    /// Yes or no; an empty cell says no.
    pub(crate) fn yes(&mut self, column: &str) -> bool {
        self.read(column, |text| match text.to_lowercase().as_str() {
            "true" | "yes" | "1" | "是" => Ok(true),
            "false" | "no" | "0" | "否" => Ok(false),
            _ => Err(format!("{text} is neither true nor false")),
        })
    }

    /// A day, as YYYY-MM-DD; spreadsheets write 2026/3/1.
    pub(crate) fn day(&mut self, column: &str) -> String {
        self.read(column, |text| {
            let day = text.replace('/', "-").parse::<NaiveDate>();
            day.map(|day| day.to_string()).map_err(|_| format!("{text} is no day YYYY-MM-DD"))
        })
    }

    /// Degrees, such as 30.123456, in millionths.
    pub(crate) fn degrees(&mut self, column: &str) -> i32 {
        self.read(column, degrees)
    }

    /// A time of the day, such as 08:30, in minutes.
    pub(crate) fn minutes(&mut self, column: &str) -> i32 {
        self.read(column, minutes)
    }
}

/// The parts of a text between `;`.
pub(crate) fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(';').map(str::trim).filter(|part| !part.is_empty())
}

fn number<N: FromStr>(text: &str) -> Result<N, String> {
    text.parse().map_err(|_| format!("{text} is no whole number in range"))
}

/// Millionths of a degree from decimal degrees.
fn degrees(text: &str) -> Result<i32, String> {
    let fault = || format!("{text} is no number of degrees with at most 6 decimals");
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let part = part.trim_end_matches('0');
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 3 || part.len() > 6 || !plain(whole) || !plain(part) {
        return Err(fault());
    }
    let millionths: i32 = format!("{whole}{part:0<6}").parse().map_err(|_| fault())?;
    Ok(sign * millionths)
}

/// Decimal degrees from millionths of a degree.
pub(crate) fn in_degrees(millionths: i32) -> String {
    let sign = if millionths < 0 { "-" } else { "" };
    let (whole, part) =
        (millionths.unsigned_abs() / 1_000_000, millionths.unsigned_abs() % 1_000_000);
    format!("{sign}{whole}.{part:06}")
}

/// Minutes of the day from HH:MM; 24:00 is the end of the day.
pub(crate) fn minutes(text: &str) -> Result<i32, String> {
    let read = |text: &str, most: i32| text.parse::<i32>().ok().filter(|n| (0..=most).contains(n));
    let time = text.split_once(':').and_then(|(hour, minute)| {
        let minutes = read(hour, 24)? * 60 + read(minute, 59)?;
        (minutes <= 1440).then_some(minutes)
    });
    time.ok_or_else(|| format!("{text} is no time of the day HH:MM"))
}

/// HH:MM from minutes of the day.
pub(crate) fn in_hours(minutes: i32) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// The lines of a file.
#[derive(Debug)]
pub(crate) struct Lines<T> {
    good: Vec<(u64, T)>,
    faults: Vec<Fault>,
}

/// Reads a file whose head has these columns, `needed` of them at least.
pub(crate) fn open<T>(
    file: &Path,
    (needed, others): (&[&str], &[&str]),
    make: impl Fn(&mut Line<'_>) -> T,
) -> anyhow::Result<Lines<T>> {
    let name = || file.display().to_string();
    let bytes = fs::read(file).with_context(name)?;
    let text = String::from_utf8(bytes)
        .with_context(|| format!("{}: save it as `CSV UTF-8` in the spreadsheet", name()))?;
    read(&text, (needed, others), make).with_context(name)
}

fn read<T>(
    text: &str,
    (needed, others): (&[&str], &[&str]),
    make: impl Fn(&mut Line<'_>) -> T,
) -> anyhow::Result<Lines<T>> {
    let text = text.strip_prefix(MARK).unwrap_or(text);
    let mut rows = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let heads: Vec<String> = rows.headers()?.iter().map(|head| head.trim().to_owned()).collect();
    let known = |head: &str| needed.contains(&head) || others.contains(&head);
    let strange: Vec<&str> = heads.iter().map(String::as_str).filter(|head| !known(head)).collect();
    let has = |column: &&&str| heads.iter().any(|head| head == **column);
    let missing: Vec<&str> = needed.iter().filter(|column| !has(column)).copied().collect();
    ensure!(
        strange.is_empty() && missing.is_empty(),
        "line 1: the head lacks [{}] and has [{}] more; its columns are {}, and of these may be \
         absent {}",
        missing.join(", "),
        strange.join(", "),
        [needed, others].concat().join(","),
        others.join(",")
    );
    let mut lines = Lines { good: Vec::new(), faults: Vec::new() };
    for row in rows.records() {
        let cells = row?;
        // A spreadsheet leaves empty rows at the end.
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let number = cells.position().map_or(0, |at| line_of(text, at));
        let mut line = Line { heads: &heads, cells, number, faults: Vec::new() };
        if line.cells.len() != heads.len() {
            let fault = format!("are {}, and the head has {}", line.cells.len(), heads.len());
            line.faults.push(Fault { line: number, column: "cells".to_owned(), fault });
        }
        for column in needed {
            if line.text(column).is_empty() {
                let (column, fault) = ((*column).to_owned(), "is empty".to_owned());
                line.faults.push(Fault { line: number, column, fault });
            }
        }
        let made = make(&mut line);
        if line.faults.is_empty() {
            lines.good.push((number, made));
        }
        lines.faults.extend(line.faults);
    }
    Ok(lines)
}

/// The line on which a row begins: the reader counts the empty lines before it to the row.
fn line_of(text: &str, at: &csv::Position) -> u64 {
    let rest = usize::try_from(at.byte()).ok().and_then(|at| text.as_bytes().get(at..));
    let empty = rest.unwrap_or_default().iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
    let empty = empty.filter(|byte| **byte == b'\n').count();
    at.line() + u64::try_from(empty).unwrap_or_default()
}

/// What became of the lines.
#[derive(Debug)]
pub(crate) struct Sent<A> {
    /// What the service answered, a thousand lines each.
    pub answers: Vec<A>,
    /// How many lines it took.
    pub taken: usize,
    /// The lines that were left out; none unless that was asked for.
    pub left_out: Vec<Fault>,
}

impl<T: Clone> Lines<T> {
    /// All lines, or every fault at once.
    pub(crate) fn all(self) -> anyhow::Result<Vec<T>> {
        refuse(&self.faults)?;
        Ok(self.good.into_iter().map(|(_, made)| made).collect())
    }

    /// The number of each good line.
    pub(crate) fn numbers(&self) -> Vec<u64> {
        self.good.iter().map(|(number, _)| *number).collect()
    }

    /// Sends the lines, which the service knows as `field[0]`, `field[1]`, …: none when one is at
    /// fault, unless only `partial`ly: then those at fault are left out.
    pub(crate) async fn send<A>(
        self,
        (field, partial): (&str, bool),
        send: impl AsyncFn(Vec<T>) -> Result<Response<A>, Status>,
    ) -> anyhow::Result<Sent<A>> {
        let Self { good, faults } = self;
        if !partial {
            refuse(&faults)?;
        }
        let mut sent = Sent { answers: Vec::new(), taken: 0, left_out: faults };
        for batch in good.chunks(AT_ONCE) {
            let mut batch = batch.to_vec();
            while !batch.is_empty() {
                let numbers: Vec<u64> = batch.iter().map(|(number, _)| *number).collect();
                let made = batch.iter().map(|(_, made)| made.clone()).collect();
                match send(made).await {
                    Ok(answer) => {
                        sent.answers.push(answer.into_inner());
                        sent.taken += batch.len();
                        break;
                    }
                    Err(status) => {
                        let (error, named) = located(status, field, &numbers);
                        if !partial || named.is_empty() {
                            return Err(refused(error, sent.taken));
                        }
                        batch.retain(|(number, _)| named.iter().all(|one| one.line != *number));
                        sent.left_out.extend(named);
                    }
                }
            }
        }
        Ok(sent)
    }
}

impl<A> Sent<A> {
    /// Says which lines were left out.
    pub(crate) fn print_left_out(&self) -> anyhow::Result<()> {
        self.left_out.iter().try_for_each(|fault| out::line(format!("left out: {fault}")))
    }
}

/// Every fault that this program found.
fn refuse(faults: &[Fault]) -> anyhow::Result<()> {
    if faults.is_empty() {
        return Ok(());
    }
    let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
    bail!("nothing was imported:\n  {}", told.join("\n  "))
}

/// What a service refused, its fields by the lines they came from.
pub(crate) fn located(status: Status, field: &str, numbers: &[u64]) -> (client::Error, Vec<Fault>) {
    let mut error = client::Error::from(status);
    let mut named = Vec::new();
    for one in &mut error.fields {
        let inner = one.field.strip_prefix(field).and_then(|rest| rest.strip_prefix('['));
        let inner = inner.and_then(|rest| rest.split_once(']'));
        let number = inner.and_then(|(at, _)| numbers.get(at.parse::<usize>().ok()?));
        if let (Some((_, column)), Some(line)) = (inner, number) {
            let column = column.trim_start_matches('.');
            let column = if column.is_empty() { "line" } else { column }.to_owned();
            named.push(Fault { line: *line, column: column.clone(), fault: one.fault.clone() });
            one.field = format!("line {line}, {column}");
        }
    }
    if !named.is_empty() {
        // The service's own sentence counts from nought, and knows no lines.
        "lines of the file are refused".clone_into(&mut error.message);
        error.zh = None;
    }
    (error, named)
}

fn refused(error: client::Error, taken: usize) -> anyhow::Error {
    let kept = match taken {
        0 => "nothing was imported".to_owned(),
        taken => format!("the first {taken} good lines are in already"),
    };
    client::Error { message: format!("{}; {kept}", error.message), ..error }.into()
}

/// A file for a spreadsheet.
pub(crate) fn written(
    heads: &[&str],
    rows: impl Iterator<Item = Vec<String>>,
) -> anyhow::Result<String> {
    let mut file = csv::Writer::from_writer(Vec::new());
    file.write_record(heads)?;
    for row in rows {
        file.write_record(row)?;
    }
    let bytes = file.into_inner().context("a sheet")?;
    Ok(format!("{MARK}{}", String::from_utf8(bytes)?))
}

#[cfg(test)]
mod tests {
    use tonic::Code;
    use tonic_types::{ErrorDetails, StatusExt as _};

    use super::*;

    const COLUMNS: (&[&str], &[&str]) = (&["code", "latitude"], &["from", "ratio", "day", "key"]);

    type Made = (String, i32, i32, Vec<i32>, String, bool);

    fn made(text: &str) -> anyhow::Result<Lines<Made>> {
        read(text, COLUMNS, |line| {
            let (code, at, from) =
                (line.text("code"), line.degrees("latitude"), line.minutes("from"));
            (code, at, from, line.numbers("ratio"), line.day("day"), line.yes("key"))
        })
    }

    #[test]
    fn a_line_says_what_its_cells_say() {
        let text = "\u{feff}latitude,code,from,ratio,day,key\n-30.5,K1,08:30,1;2 ; 3,2026/3/1,yes\n,,,,,\n";
        let [one] = made(text).unwrap().all().unwrap().try_into().unwrap();
        let ratio = vec![1, 2, 3];
        assert_eq!(one, ("K1".to_owned(), -30_500_000, 510, ratio, "2026-03-01".to_owned(), true));
        assert_eq!(in_degrees(-30_500_000), "-30.500000");
        assert_eq!(degrees(&in_degrees(120_000_001)), Ok(120_000_001));
        assert_eq!(minutes(&in_hours(1440)), Ok(1440));
    }

    #[test]
    fn every_line_at_fault_is_named_with_its_column() {
        let text = "code,latitude,from,ratio,day,key\n\"K\n1\",30,8,1;x,2026-02-30,maybe\nK2,,,,,\nK3,1.1234567\n";
        let told = format!("{:#}", made(text).unwrap().all().unwrap_err());
        let faults = ["line 2, from", "line 2, ratio: x is", "line 2, day", "line 2, key: maybe"];
        for fault in faults.iter().chain(&["line 4, latitude: is empty", "line 5, cells: are 2"]) {
            assert!(told.contains(fault), "{fault}: {told}");
        }
        assert!(told.contains("line 5, latitude: 1.1234567 is no number"), "{told}");
    }

    #[test]
    fn a_head_that_lacks_a_column_or_has_a_strange_one_says_which_there_are() {
        let told = format!("{:#}", made("code,lat\n").unwrap_err());
        assert!(told.contains("lacks [latitude] and has [lat] more"), "{told}");
    }

    fn refusal(fields: &[(&str, &str)]) -> Status {
        let mut details = ErrorDetails::new();
        for (field, fault) in fields {
            details.add_bad_request_violation(*field, *fault);
        }
        Status::with_error_details(Code::InvalidArgument, "kits[1].kind", details)
    }

    #[tokio::test]
    async fn what_the_service_refuses_is_named_by_the_line_it_came_from() {
        let lines = || made("code,latitude\nK1,1\n\nK2,2\nK3,3\n").unwrap();
        let send = async |batch: Vec<Made>| {
            let bad = batch.iter().position(|one| one.0 == "K2");
            match bad {
                Some(at) => Err(refusal(&[(&format!("kits[{at}].kind"), "is no word")])),
                None => Ok(Response::new(batch.len())),
            }
        };
        let told = lines().send(("kits", false), send).await.unwrap_err();
        let told = told.downcast::<client::Error>().unwrap();
        assert_eq!(told.fields[0].field, "line 4, kind");
        assert_eq!(told.message, "lines of the file are refused; nothing was imported");
        let sent = lines().send(("kits", true), send).await.unwrap();
        assert_eq!((sent.taken, sent.answers), (2, vec![2]));
        assert_eq!(sent.left_out[0].to_string(), "line 4, kind: is no word");
        // What is no fault of a line ends it, partial or not.
        let away =
            async |_: Vec<Made>| Err::<Response<()>, _>(refusal(&[("officer", "is missing")]));
        assert!(lines().send(("kits", true), away).await.is_err());
    }
}
