//! Compares facts with the criminal thresholds (`data/thresholds.json`): a suggestion with its
//! article, never a decision (LAW.md 1.4 Q4).

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;

/// One threshold.
#[derive(Clone, Debug, Deserialize)]
pub struct Threshold {
    /// e.g. `TH-ENV-01`.
    pub id: String,
    /// 罪名.
    pub offence_zh: String,
    /// Article of the Criminal Law.
    pub criminal_law_article: String,
    /// The fact it asks for.
    pub fact_field: String,
    operator: String,
    value: serde_json::Value,
    unit: String,
    /// Judicial interpretation and article.
    pub basis: String,
    /// V, S, M or D.
    pub verified: String,
}

/// A threshold that facts reach.
#[derive(Clone, Debug)]
pub struct Suggestion {
    /// Which.
    pub threshold: &'static Threshold,
    /// The comparison in words.
    pub comparison: String,
}

impl Threshold {
    /// The comparison of a fact in words.
    pub fn comparison(&self, fact: &str) -> String {
        format!("{} {fact} {} {} {}", self.fact_field, self.operator, self.value, self.unit)
    }
}

#[derive(Deserialize)]
struct File {
    thresholds: Vec<Threshold>,
}

static THRESHOLDS: LazyLock<Vec<Threshold>> = LazyLock::new(|| {
    serde_json::from_str::<File>(include_str!("../../data/thresholds.json"))
        .map(|file| file.thresholds)
        .unwrap_or_default()
});

/// Every threshold.
pub fn thresholds() -> &'static [Threshold] {
    &THRESHOLDS
}

/// The thresholds that `facts` reach; or every fact that cannot be compared.
pub fn screen(facts: &BTreeMap<String, String>) -> Result<Vec<Suggestion>, Vec<(String, String)>> {
    let (mut reached, mut faults) = (Vec::new(), Vec::new());
    for threshold in thresholds() {
        let Some(fact) = facts.get(&threshold.fact_field) else { continue };
        match meets(threshold, fact.trim()) {
            Ok(false) => {}
            Ok(true) => reached
                .push(Suggestion { threshold, comparison: threshold.comparison(fact.trim()) }),
            Err(fault) => {
                let field = format!("facts.{}", threshold.fact_field);
                if !faults.iter().any(|(known, _)| *known == field) {
                    faults.push((field, fault.to_owned()));
                }
            }
        }
    }
    if faults.is_empty() { Ok(reached) } else { Err(faults) }
}

fn meets(threshold: &Threshold, fact: &str) -> Result<bool, &'static str> {
    if let Some(wanted) = threshold.value.as_bool() {
        let fact: bool = fact.parse().map_err(|_| "is neither true nor false")?;
        return Ok(fact == wanted);
    }
    let limit = threshold.value.as_f64().ok_or("has a threshold without a number")?;
    let fact: f64 = fact.parse().map_err(|_| "is not a number")?;
    if !fact.is_finite() || fact < 0.0 {
        return Err("is not a number of things");
    }
    match threshold.operator.as_str() {
        ">=" => Ok(fact >= limit),
        ">" => Ok(fact > limit),
        _ => Err("has a threshold with an unknown operator"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(facts: &[(&str, &str)]) -> Vec<&'static str> {
        let facts = facts.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        screen(&facts).unwrap().iter().map(|one| one.threshold.id.as_str()).collect()
    }

    #[test]
    fn every_threshold_can_be_reached_and_missed() {
        assert_eq!(thresholds().len(), 41);
        for threshold in thresholds() {
            let (over, under) = match threshold.value.as_f64() {
                Some(limit) => ((limit + 1.0).to_string(), (limit - 1.0).to_string()),
                None => ("true".to_owned(), "false".to_owned()),
            };
            let field = threshold.fact_field.as_str();
            assert!(ids(&[(field, &over)]).contains(&threshold.id.as_str()), "{}", threshold.id);
            assert!(!ids(&[(field, &under)]).contains(&threshold.id.as_str()), "{}", threshold.id);
        }
    }

    #[test]
    fn at_least_and_more_than_differ_at_the_limit() {
        assert_eq!(ids(&[("hazardous_waste_mass", "3")]), ["TH-ENV-01"]);
        let lead = "multiple_of_standard(Pb,Hg,Cd,Cr,As,Tl,Sb)";
        assert!(ids(&[(lead, "3")]).is_empty());
    }

    #[test]
    fn facts_that_cannot_be_compared_are_all_named() {
        let facts = BTreeMap::from([
            ("hazardous_waste_mass".to_owned(), "much".to_owned()),
            ("toxic_non_food_material_added".to_owned(), "perhaps".to_owned()),
            ("colour".to_owned(), "blue".to_owned()),
        ]);
        assert_eq!(screen(&facts).unwrap_err().len(), 2);
    }
}
