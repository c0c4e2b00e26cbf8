//! Collects every field at fault, so that a caller mends its request once.

use std::fmt;

/// Every field of a request that is wrong, with the reason: never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violations(Vec<(String, String)>);

impl Violations {
    /// The fields and what is wrong with each, in the order found.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(field, fault)| (field.as_str(), fault.as_str()))
    }

    /// One fault alone.
    pub fn of(field: impl Into<String>, fault: impl Into<String>) -> Self {
        Self(vec![(field.into(), fault.into())])
    }
}

impl fmt::Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (field, fault)) in self.0.iter().enumerate() {
            write!(f, "{}{field}: {fault}", if i == 0 { "" } else { "; " })?;
        }
        Ok(())
    }
}

impl std::error::Error for Violations {}

/// Gathers faults while a request is parsed.
#[derive(Debug, Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Notes a fault.
    pub fn fault(&mut self, field: impl Into<String>, fault: impl Into<String>) {
        self.0.push((field.into(), fault.into()));
    }

    /// Notes `fault` unless `ok`.
    pub fn check(&mut self, ok: bool, field: impl Into<String>, fault: impl Into<String>) {
        if !ok {
            self.fault(field, fault);
        }
    }

    /// The value, or a noted fault.
    pub fn need<T>(
        &mut self,
        value: Option<T>,
        field: impl Into<String>,
        fault: impl Into<String>,
    ) -> Option<T> {
        if value.is_none() {
            self.fault(field, fault);
        }
        value
    }

    /// A text that is there and at most `max` bytes long.
    pub fn text(&mut self, value: &str, max: usize, field: &str) {
        self.check(!value.trim().is_empty(), field, "is missing");
        self.check(value.len() <= max, field, format!("is longer than {max} bytes"));
    }

    /// Ends the parse: every fault at once.
    pub fn done(self) -> Result<(), Violations> {
        if self.0.is_empty() { Ok(()) } else { Err(Violations(self.0)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_told_at_once() {
        let mut fields = Fields::default();
        fields.text("", 10, "title");
        fields.text("far too long", 5, "sector");
        fields.check(true, "fine", "never told");
        let told = fields.done().unwrap_err();
        assert_eq!(told.to_string(), "title: is missing; sector: is longer than 5 bytes");
    }
}
