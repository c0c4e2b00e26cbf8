//! Explanations: each is confirmed by the independent checker, and means what it says.

use solver::{
    Model, Plan,
    check::confirms,
    explain::{Explanation, Obstacle, Others},
    problem::{Cap, Days, Problem, Shift, Spacing},
    roster::Roster,
};

use super::{
    county::{Week, week},
    made::{INSPECTOR, day, group, officer, planned, small, solve, visit},
};

fn explained(problem: &Problem, plan: &Plan) -> Vec<Explanation> {
    let (roster, misfits) = Roster::open(Model::build(problem.clone()).unwrap(), plan);
    assert!(misfits.is_empty());
    roster.explain()
}

fn only(problem: &Problem) -> Explanation {
    let plan = planned(problem);
    let mut said = explained(problem, &plan);
    assert_eq!(said.len(), 1);
    assert!(confirms(problem, &plan, &said[0]), "{said:?}");
    said.remove(0)
}

#[test]
fn a_visit_nobody_is_qualified_for_says_so() {
    let mut problem = small();
    problem.visits = vec![visit()];
    problem.visits[0].groups[0].qualification = Some(INSPECTOR);
    let others = Others::default();
    assert_eq!(only(&problem).obstacles, [Obstacle::Short { group: 0, missing: 2, others }]);
}

#[test]
fn recusal_of_everyone_and_a_lapsed_certificate_are_told_apart() {
    let mut problem = small();
    problem.visits = vec![visit()];
    problem.visits[0].recused = vec![0];
    problem.resources[1].certified = Some(Days { first: 3, last: 9 });
    let others = Others { recused: 1, uncertified: 1, ..Others::default() };
    assert_eq!(only(&problem).obstacles, [Obstacle::Short { group: 0, missing: 2, others }]);
}

#[test]
fn one_officer_too_few_is_one_obstacle() {
    let mut problem = small();
    problem.visits = vec![visit()];
    problem.visits[0].groups = vec![group(0, 3), group(1, 1)];
    let others = Others { free: 2, ..Others::default() };
    assert_eq!(only(&problem).obstacles, [Obstacle::Short { group: 0, missing: 1, others }]);
    problem.resources.push(officer(0));
    assert_eq!(planned(&problem).visits.len(), 1);
}

#[test]
fn windows_spacing_and_caps_are_named() {
    let mut problem = small();
    problem.visits = vec![visit()];
    problem.visits[0].windows = vec![Shift { day: 0, from: 600, to: 630 }];
    assert_eq!(only(&problem).obstacles, [Obstacle::NoWindow]);

    problem.visits = vec![visit(), visit()];
    problem.visits[0].weight = 5;
    problem.spacings = vec![Spacing { one: 0, other: 1, days: 2 }];
    assert_eq!(only(&problem).obstacles, [Obstacle::Spacing { other: 0 }]);

    problem.spacings.clear();
    problem.caps = vec![Cap { visits: vec![0, 1], at_most: 1 }];
    assert_eq!(only(&problem).obstacles, [Obstacle::Cap { cap: 0 }]);
}

#[test]
fn nothing_that_still_has_a_place_is_left_out_of_a_short_search() {
    let problem =
        week(Week { officers: 500, bodies: 11, visits: 2000, days: 5, seed: 1, kits: Some(12) });
    let plan = solve(&Model::build(problem.clone()).unwrap(), 500, 1).plan;
    let said = explained(&problem, &plan);
    assert!(said.len() > 100, "the week is not full");
    let baseless: Vec<_> = said.iter().filter(|one| one.obstacles.is_empty()).collect();
    assert!(baseless.is_empty(), "{baseless:?}");
}

#[test]
fn every_explanation_of_a_full_week_is_confirmed_and_enough() {
    let problem = week(Week { officers: 60, bodies: 6, visits: 240, days: 5, seed: 1, kits: None });
    let model = Model::build(problem.clone()).unwrap();
    let plan = solve(&model, 3000, 1).plan;
    let said = explained(&problem, &plan);
    assert_eq!(said.len() + plan.visits.len(), 240);
    assert!(said.len() > 50, "the week is not full");
    for one in said.iter().step_by(7) {
        assert!(confirms(&problem, &plan, one), "{one:?}");
        let less = Explanation { obstacles: vec![], ..one.clone() };
        assert!(!confirms(&problem, &plan, &less));
    }
    // With what it asks for, the visit fits at the time it names.
    let short =
        said.iter().find(|one| matches!(one.obstacles[..], [Obstacle::Short { missing: 1, .. }]));
    let one = short.unwrap();
    let Obstacle::Short { group, .. } = one.obstacles[0] else { panic!("{one:?}") };
    let mut more = problem.clone();
    let asked = &problem.visits[one.visit as usize];
    let mut newcomer = officer(asked.groups[group as usize].pool);
    newcomer.base = asked.place;
    newcomer.shifts = vec![day(one.day)];
    newcomer.shifts[0].to = 1050;
    newcomer.qualifications = problem.resources[0].qualifications.clone();
    for id in [1, 2] {
        newcomer.qualifications.push(solver::problem::Qualification { id, valid: Days::ALL });
    }
    more.resources.push(newcomer);
    // For this visit alone.
    let index = u32::try_from(problem.resources.len()).unwrap();
    for (other, visit) in (0..).zip(&mut more.visits) {
        visit.recused.extend((other != one.visit).then_some(index));
    }
    let (mut roster, _) = Roster::open(Model::build(more).unwrap(), &plan);
    let entered = roster.fill((0, 0));
    assert!(entered.iter().any(|change| change.visit == one.visit), "{one:?}");
}
