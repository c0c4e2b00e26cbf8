//! Prints the forms of a case (lists of items, hand-over sheets, receipts) as PDF for a clerk:
//! Chinese text set by its rules, in a font that is part of the crate. The same form gives the
//! same bytes. Knows nothing of cases, services or the time.

pub mod form;

mod face;
mod layout;
mod lines;
mod pdf;
mod qr;
mod table;

use std::collections::BTreeSet;

use face::Face;
use form::{Fault, Form};

/// What was printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printed {
    /// The file.
    pub pdf: Vec<u8>,
    /// How many pages it has, over all copies.
    pub pages: usize,
    /// The characters that the font lacks, in order, each once. Each is printed as 〓.
    pub missing: Vec<char>,
}

/// Why a form was not printed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Fields of the form that cannot be printed: all of them, up to a bound.
    #[error("the form cannot be printed: {}", told(.0))]
    Unfit(Vec<Fault>),
    /// More pages than anybody would print.
    #[error("the form takes {pages} pages with all its copies; at most {limit} are printed")]
    TooManyPages {
        /// How many pages it would be.
        pages: usize,
        /// How many are allowed.
        limit: usize,
    },
    /// More than a QR code can hold and still be read from paper.
    #[error("qr: {bytes} bytes do not fit in a QR code that can be read from paper; {limit} do")]
    QrTooLong {
        /// The length of the content.
        bytes: usize,
        /// What always fits.
        limit: usize,
    },
    /// The font that is part of the crate cannot be read.
    #[error("the embedded font cannot be read")]
    Font,
    /// The PDF could not be written.
    #[error("the PDF could not be written: {0}")]
    Pdf(String),
}

/// Prints a form with all its copies into one PDF.
///
/// # Errors
///
/// When fields of the form are at fault, when it is too large, or when the PDF cannot be written.
pub fn print(form: &Form) -> Result<Printed, Error> {
    let faults = form.faults();
    if !faults.is_empty() {
        return Err(Error::Unfit(faults));
    }
    let face = Face::embedded().ok_or(Error::Font)?;
    let code = form.qr.as_deref().map(qr::Code::of).transpose()?;

    let mut missing = BTreeSet::new();
    let form = form.clone().map_text(|text| face.known(text, &mut missing));
    let sheet = layout::lay_out(&form, &face, code.as_ref().map(qr::Code::side))?;
    let pages = sheet.pages.len() * form.copies.len().max(1);
    if pages > MAX_PAGES {
        return Err(Error::TooManyPages { pages, limit: MAX_PAGES });
    }
    let pdf = pdf::write(&form, &sheet, &face, code.as_ref())?;
    Ok(Printed { pdf, pages, missing: missing.into_iter().collect() })
}

const MAX_PAGES: usize = 5_000;

fn told(faults: &[Fault]) -> String {
    let each: Vec<_> =
        faults.iter().map(|fault| format!("{}: {}", fault.field, fault.why)).collect();
    each.join("; ")
}
