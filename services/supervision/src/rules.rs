//! The rules of warnings as the service reads them when it starts: a file in the crate.

use anyhow::{Context as _, ensure};

use crate::domain::rule::Rules;

/// The rules of `rules.toml`, checked.
pub(crate) fn load() -> anyhow::Result<Rules> {
    let rules: Rules = toml::from_str(include_str!("../rules.toml")).context("rules.toml")?;
    let faults = rules.faults();
    ensure!(faults.is_empty(), "rules.toml: {}", faults.join("; "));
    Ok(rules)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::rule::Owner;

    #[test]
    fn the_rules_are_whole() {
        assert!(load().unwrap().get("TERM_OVERDUE").is_some());
    }

    #[test]
    fn a_rule_that_stands_twice_or_fits_nothing_is_named() {
        let mut rules = load().unwrap();
        let mut again = rules.rules[0].clone();
        again.owner = Owner::Actor;
        rules.rules.push(again);
        let told = rules.faults().join("; ");
        assert!(told.contains("TERM_NEAR: stands twice") && told.contains("do not fit"), "{told}");
    }
}
