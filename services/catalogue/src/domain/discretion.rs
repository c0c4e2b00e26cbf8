//! Which grade of a benchmark and which minor routes fit some facts, explained (LAW.md S-10 to S-12).

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use chrono::NaiveDate;

use super::{
    decimal::Decimal,
    entry::{Benchmark, Condition, MinorViolation, Operator},
};

/// What is known of the act.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    /// Facts by name: numbers, true or false, or text.
    pub facts: &'a BTreeMap<String, String>,
    /// The day of the act.
    pub act_date: NaiveDate,
    /// Whether no minor route is open because the act may be a crime (S-12).
    pub minor_closed: bool,
}

/// One entry that was compared with the facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried {
    /// Key of the entry.
    pub key: String,
    /// Whether all its conditions hold.
    pub fits: bool,
    /// Each comparison in words.
    pub comparisons: Vec<String>,
}

/// What was found, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The grade that fits.
    pub benchmark: Option<Arc<Benchmark>>,
    /// The grades that were tried, in their order.
    pub benchmarks_tried: Vec<Tried>,
    /// The minor routes that are open, in the order of the law.
    pub routes: Vec<Arc<MinorViolation>>,
    /// The routes that were tried.
    pub routes_tried: Vec<Tried>,
    /// Facts that conditions ask for and nobody gave.
    pub missing: BTreeSet<String>,
}

/// Whether conditions hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Fits,
    Not,
    /// Nothing speaks against it, but a fact is missing.
    Open,
}

/// Tries the grades in their order, then the routes in that of the law.
///
/// The first grade that fits is the one; where a grade before it cannot be excluded, because a fact
/// is missing, there is none yet.
pub fn look_up(
    benchmarks: &[Arc<Benchmark>],
    routes: &[Arc<MinorViolation>],
    facts: &Facts<'_>,
) -> Found {
    let mut found = Found::default();
    let mut grades: Vec<_> =
        benchmarks.iter().filter(|grade| grade.span.holds(facts.act_date)).collect();
    grades.sort_by(|a, b| (a.order, &a.grade).cmp(&(b.order, &b.grade)));
    for grade in grades {
        let (verdict, comparisons) = compare(&grade.conditions, facts, &mut found.missing);
        let key = format!("{}/{}/{}", grade.matter, grade.grade, grade.span.from);
        let fits = verdict == Verdict::Fits;
        found.benchmarks_tried.push(Tried { key, fits, comparisons });
        if fits {
            found.benchmark = Some(Arc::clone(grade));
        }
        if verdict != Verdict::Not {
            break;
        }
    }
    let mut listed: Vec<_> = routes.iter().filter(|one| one.span.holds(facts.act_date)).collect();
    listed.sort_by_key(|one| one.route);
    for route in listed {
        let (verdict, mut comparisons) = compare(&route.conditions, facts, &mut found.missing);
        let fits = verdict == Verdict::Fits && !facts.minor_closed;
        if facts.minor_closed {
            comparisons.push(
                "suspected crime: no minor route is open (S-12: Penalty Law art. 27, 57(1)(4))"
                    .to_owned(),
            );
        }
        let key = format!("{}/{}/{}", route.matter, route.route.as_str(), route.span.from);
        found.routes_tried.push(Tried { key, fits, comparisons });
        if fits {
            found.routes.push(Arc::clone(route));
        }
    }
    found
}

fn compare(
    conditions: &[Condition],
    facts: &Facts<'_>,
    missing: &mut BTreeSet<String>,
) -> (Verdict, Vec<String>) {
    let (mut verdict, mut comparisons) = (Verdict::Fits, Vec::new());
    for condition in conditions {
        let Condition { fact, operator, value } = condition;
        let sign = operator.as_str();
        let Some(said) = facts.facts.get(fact) else {
            missing.insert(fact.clone());
            comparisons.push(format!("{fact} ? {sign} {value}: not said"));
            verdict = if verdict == Verdict::Not { Verdict::Not } else { Verdict::Open };
            continue;
        };
        let said = said.trim();
        let told = match holds(said, *operator, value) {
            Some(true) => "yes",
            Some(false) => "no",
            None => "no, it is not a number",
        };
        comparisons.push(format!("{fact} {said} {sign} {value}: {told}"));
        if told != "yes" {
            verdict = Verdict::Not;
        }
    }
    (verdict, comparisons)
}

/// Whether the comparison holds; none when a number is asked for and something else was said.
fn holds(said: &str, operator: Operator, value: &str) -> Option<bool> {
    let Some(number) = Decimal::parse(value) else {
        // True, false and text are equal or not; a revision with another comparison is at fault.
        return Some((said == value) == (operator == Operator::Equal));
    };
    let said = Decimal::parse(said)?;
    Some(match operator {
        Operator::AtLeast => said >= number,
        Operator::Above => said > number,
        Operator::AtMost => said <= number,
        Operator::Below => said < number,
        Operator::Equal => said == number,
        Operator::Other => said != number,
    })
}

/// Whether such a condition can hold at all: only numbers have an order.
pub fn is_sound(condition: &Condition) -> bool {
    let equality = matches!(condition.operator, Operator::Equal | Operator::Other);
    equality || Decimal::parse(&condition.value).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        entry::{Mark, Route, testing::span},
        span::day,
    };

    fn condition(fact: &str, sign: &str, value: &str) -> Condition {
        let operator = Operator::parse(sign).unwrap();
        Condition { fact: fact.into(), operator, value: value.into() }
    }

    fn grade(grade: &str, order: i32, conditions: Vec<Condition>) -> Arc<Benchmark> {
        Arc::new(Benchmark {
            matter: "M008".into(),
            grade: grade.into(),
            conditions,
            order,
            penalty: String::new(),
            fine_min_fen: 0,
            fine_max_fen: 0,
            basis: String::new(),
            mark: Mark::D,
            span: span("2023-01-01", ""),
        })
    }

    fn grades() -> Vec<Arc<Benchmark>> {
        vec![
            grade("ORDINARY", 2, vec![condition("area_m2", "<", "100")]),
            grade(
                "LIGHT",
                1,
                vec![condition("area_m2", "<=", "10.0"), condition("stopped", "=", "true")],
            ),
            grade("SERIOUS", 3, vec![condition("area_m2", ">=", "100")]),
        ]
    }

    fn routes() -> Vec<Arc<MinorViolation>> {
        let route = |route, conditions| {
            let (matter, basis) = ("M008".to_owned(), String::new());
            let span = span("2023-01-01", "");
            Arc::new(MinorViolation { matter, route, conditions, basis, mark: Mark::D, span })
        };
        vec![
            route(Route::Promise, vec![]),
            route(Route::NoPenalty, vec![condition("harm", "!=", "true")]),
        ]
    }

    fn ask(facts: &[(&str, &str)], minor_closed: bool) -> Found {
        let facts = facts.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let act_date = day("2026-01-05").unwrap();
        look_up(&grades(), &routes(), &Facts { facts: &facts, act_date, minor_closed })
    }

    #[test]
    fn the_first_grade_that_fits_is_taken_and_every_comparison_told() {
        let found = ask(&[("area_m2", "10"), ("stopped", "true")], false);
        assert_eq!(found.benchmark.unwrap().grade, "LIGHT");
        assert_eq!(
            found.benchmarks_tried[0].comparisons,
            ["area_m2 10 <= 10.0: yes", "stopped true = true: yes"]
        );
        let found = ask(&[("area_m2", "12.5"), ("stopped", "true")], false);
        assert_eq!(found.benchmark.unwrap().grade, "ORDINARY");
        let tried: Vec<_> = found.benchmarks_tried.iter().map(|one| one.fits).collect();
        assert_eq!(tried, [false, true]);
        let found = ask(&[("area_m2", "many"), ("stopped", "true")], false);
        assert!(found.benchmark.is_none());
        assert_eq!(
            found.benchmarks_tried[2].comparisons,
            ["area_m2 many >= 100: no, it is not a number"]
        );
    }

    #[test]
    fn a_missing_fact_leaves_the_grade_open_and_is_named() {
        let found = ask(&[("area_m2", "9")], false);
        assert!(found.benchmark.is_none(), "LIGHT cannot be excluded");
        assert_eq!(found.missing.iter().collect::<Vec<_>>(), ["harm", "stopped"]);
        let found = ask(&[("area_m2", "90")], false);
        assert_eq!(found.benchmark.unwrap().grade, "ORDINARY", "LIGHT is excluded all the same");
    }

    #[test]
    fn routes_come_in_the_order_of_the_law_and_a_suspected_crime_closes_them() {
        let open = ask(&[("harm", "false")], false).routes;
        assert_eq!(
            open.iter().map(|one| one.route).collect::<Vec<_>>(),
            [Route::NoPenalty, Route::Promise]
        );
        let closed = ask(&[("harm", "false")], true);
        assert!(closed.routes.is_empty());
        assert!(
            closed
                .routes_tried
                .iter()
                .all(|one| one.comparisons.iter().any(|said| said.contains("S-12")))
        );
    }

    #[test]
    fn what_is_not_in_force_on_the_day_is_not_tried() {
        let facts = BTreeMap::new();
        let act_date = day("2022-12-31").unwrap();
        let found =
            look_up(&grades(), &routes(), &Facts { facts: &facts, act_date, minor_closed: false });
        assert_eq!(found, Found::default());
    }

    #[test]
    fn only_numbers_have_an_order() {
        assert!(
            is_sound(&condition("area_m2", ">=", "10"))
                && is_sound(&condition("harm", "=", "true"))
        );
        assert!(!is_sound(&condition("harm", ">=", "true")));
    }
}
