//! Travel times from a sheet: a head of places, and a row of minutes for each.

use std::{fs, path::Path};

use anyhow::{Context as _, ensure};
use proto::operations::v1::TravelMatrix;

/// Reads a matrix; every cell at fault is named.
pub(super) fn read(file: &Path) -> anyhow::Result<TravelMatrix> {
    let name = || file.display().to_string();
    let text = fs::read_to_string(file).with_context(name)?;
    matrix(&text).with_context(name)
}

fn matrix(text: &str) -> anyhow::Result<TravelMatrix> {
    let mut rows = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    // Its first cell stands above the names of the rows.
    let places: Vec<String> =
        rows.headers()?.iter().skip(1).map(|place| place.trim().to_owned()).collect();
    let (mut minutes, mut names, mut faults) = (Vec::new(), Vec::new(), Vec::new());
    for row in rows.records() {
        let row = row?;
        let line = row.position().map_or(0, csv::Position::line);
        names.push(row.get(0).unwrap_or_default().trim().to_owned());
        if row.len() != places.len() + 1 {
            faults.push(format!(
                "line {line}: {} cells, and the head has {}",
                row.len(),
                places.len() + 1
            ));
        }
        for (place, cell) in places.iter().zip(row.iter().skip(1)) {
            match cell.trim().parse::<i32>() {
                Ok(number) if number >= 0 => minutes.push(number),
                _ => faults.push(format!("line {line}, {place}: {cell:?} is no number of minutes")),
            }
        }
    }
    ensure!(faults.is_empty(), "{}", faults.join("\n  "));
    ensure!(names == places, "the rows are not those of the head, in its order");
    Ok(TravelMatrix { places, minutes })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_matrix_names_every_cell_that_is_no_time() {
        let read = matrix(",a,b\na,0,7\nb,9,0\n").unwrap();
        assert_eq!((read.places, read.minutes), (vec!["a".into(), "b".into()], vec![0, 7, 9, 0]));
        let told = format!("{:#}", matrix(",a,b\na,0,-7\nb,,0,1\n").unwrap_err());
        for fault in ["line 2, b: \"-7\"", "line 3, a: \"\"", "line 3: 4 cells"] {
            assert!(told.contains(fault), "{fault}: {told}");
        }
        assert!(matrix(",a,b\nb,0,7\na,9,0\n").is_err(), "another order");
    }
}
