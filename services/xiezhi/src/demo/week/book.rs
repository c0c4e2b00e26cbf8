//! What must come of the week, beside what came.

use std::fmt::Display;

use client::Error;

/// One thing that must come.
#[derive(Debug)]
pub(super) struct Expectation {
    pub what: String,
    pub expected: String,
    pub came: String,
    pub holds: bool,
}

/// All of them, in the order of the week.
#[derive(Debug, Default)]
pub(super) struct Book(pub Vec<Expectation>);

impl Book {
    /// That a number or a word is this one.
    pub(super) fn equal(&mut self, what: &str, expected: impl Display, came: impl Display) {
        let (expected, came) = (expected.to_string(), came.to_string());
        let holds = expected == came;
        self.0.push(Expectation { what: what.to_owned(), expected, came, holds });
    }

    /// That something holds, of which `came` says how it is.
    pub(super) fn holds(&mut self, what: &str, expected: &str, came: impl Display, holds: bool) {
        let (what, expected) = (what.to_owned(), expected.to_owned());
        self.0.push(Expectation { what, expected, came: came.to_string(), holds });
    }

    /// That there is no fault; those that there are, are named.
    pub(super) fn faultless(&mut self, what: &str, faults: &[String]) {
        let some: Vec<&str> = faults.iter().take(3).map(String::as_str).collect();
        let came = if faults.is_empty() {
            "none".to_owned()
        } else {
            format!("{}: {}", faults.len(), some.join("; "))
        };
        self.equal(what, "none", came);
    }

    /// That a call is refused under a rule.
    pub(super) fn refused<T>(&mut self, what: &str, rule: &str, answer: Result<T, tonic::Status>) {
        let came = match answer.map_err(Error::from) {
            Ok(_) => "went through".to_owned(),
            Err(error) => match error.rules.first() {
                Some(broken) => format!("refused by {}", broken.id),
                None => format!("{:?} {}", error.code, error.reason),
            },
        };
        self.equal(what, format!("refused by {rule}"), came);
    }

    /// How many did not hold.
    pub(super) fn unexpected(&self) -> usize {
        self.0.iter().filter(|one| !one.holds).count()
    }
}
