//! What is given: problems that make no sense are refused with everything that is wrong with them.

use solver::{
    Model,
    fault::{At, Fault, Wrong},
    problem::{Cap, Coordinates, Problem, Shift, Spacing, Travel},
};

use super::{
    county::{Week, week},
    made::{group, officer, small, visit},
};

fn faults(problem: Problem) -> Vec<Fault> {
    Model::build(problem).map(|_| ()).unwrap_err().0
}

fn fault(at: At, wrong: Wrong) -> Fault {
    Fault { at, wrong }
}

#[test]
fn all_faults_are_named_at_once() {
    let mut problem = small();
    problem.travel = Travel::Matrix(vec![vec![0, -3], vec![10]]);
    problem.resources[1].shifts.push(Shift { day: 0, from: 900, to: 1100 });
    problem.resources[0].pool = 9;
    problem.visits = vec![visit(), visit()];
    problem.visits[0].minutes = 0;
    problem.visits[1].windows[0].day = 4;
    problem.visits[1].recused = vec![99];
    problem.spacings = vec![Spacing { one: 1, other: 1, days: 2 }];
    problem.caps = vec![Cap { visits: vec![0, 7], at_most: 1 }];
    assert_eq!(
        faults(problem),
        [
            fault(At::Travel(0), Wrong::TravelNegative),
            fault(At::Travel(1), Wrong::TravelMissing),
            fault(At::Resource(0), Wrong::NoSuch("pool")),
            fault(At::Resource(1), Wrong::Overlap),
            fault(At::Visit(0), Wrong::NotPositive("length, weight and number of groups")),
            fault(At::Visit(1), Wrong::NoSuch("day")),
            fault(At::Visit(1), Wrong::NoSuch("resource")),
            fault(At::Spacing(0), Wrong::Twice),
            fault(At::Cap(0), Wrong::NoSuch("visit")),
        ]
    );
}

#[test]
fn what_is_too_large_is_refused_before_memory_is_spent() {
    let mut problem = small();
    problem.visits = vec![visit(); 100_001];
    let most = 100_000;
    assert_eq!(faults(problem), [fault(At::Problem, Wrong::TooMany { what: "visits", most })]);

    let mut problem = small();
    problem.travel = Travel::Coordinates(Coordinates {
        points: vec![(0, 0); 8193],
        road_permille: 1300,
        metres_per_minute: 583,
        start_minutes: 4,
    });
    let most = 8192;
    assert_eq!(faults(problem), [fault(At::Problem, Wrong::TooMany { what: "places", most })]);
}

#[test]
fn the_list_of_faults_is_bounded() {
    let mut problem = small();
    problem.visits = vec![visit(); 500];
    for visit in &mut problem.visits {
        visit.place = 5;
    }
    assert_eq!(faults(problem).len(), 100);
}

#[test]
fn a_problem_with_nothing_in_it_has_an_empty_plan() {
    let model = Model::build(small()).unwrap();
    let solution = super::made::solve(&model, 1000, 2);
    assert!(solution.plan.visits.is_empty() && !solution.cancelled);
    let mut problem = small();
    problem.resources.clear();
    problem.visits = vec![visit()];
    let model = Model::build(problem).unwrap();
    assert_eq!(super::made::solve(&model, 1000, 1).score.left_out, 1);
}

#[test]
fn more_groups_of_one_pool_than_there_are_bits_for_are_refused() {
    let mut problem = small();
    problem.resources = (0..20).map(|_| officer(0)).collect();
    problem.visits = vec![visit()];
    problem.visits[0].groups = vec![group(0, 1); 7];
    let wrong = Wrong::TooMany { what: "groups of one pool", most: 6 };
    assert!(faults(problem).contains(&fault(At::Visit(0), wrong)));
}

/// The script's own file, read with what the format says.
#[test]
fn the_generator_makes_the_weeks_of_the_script() {
    let file: serde_json::Value =
        serde_json::from_str(include_str!("../data/c60_60_s1.json")).unwrap();
    let made = week(Week { officers: 60, bodies: 6, visits: 60, days: 5, seed: 1, kits: Some(1) });
    let Travel::Matrix(rows) = &made.travel else { panic!("coordinates") };
    assert_eq!(serde_json::json!(rows), file["travel"]);
    for (visit, told) in made.visits.iter().zip(file["visits"].as_array().unwrap()) {
        assert_eq!(serde_json::json!(visit.recused), told["recused"]);
        assert_eq!((visit.place, visit.minutes, visit.weight), {
            let number = |name: &str| u32::try_from(told[name].as_u64().unwrap()).unwrap();
            (number("loc"), i32::try_from(number("duration")).unwrap(), number("weight"))
        });
        let groups: Vec<_> = visit
            .groups
            .iter()
            .map(|g| serde_json::json!({"pool": g.pool, "qual": g.qualification.unwrap_or(0), "count": g.count}))
            .collect();
        assert_eq!(serde_json::json!(groups), told["groups"]);
        let windows: Vec<_> = visit.windows.iter().map(|w| (w.day, w.from, w.to)).collect();
        assert_eq!(serde_json::json!(windows), told["windows"]);
    }
    for (resource, told) in made.resources.iter().zip(file["resources"].as_array().unwrap()) {
        let shifts: Vec<_> = resource.shifts.iter().map(|s| (s.day, s.from, s.to)).collect();
        assert_eq!(serde_json::json!(shifts), told["shifts"]);
        let held: Vec<_> =
            std::iter::once(0).chain(resource.qualifications.iter().map(|q| q.id)).collect();
        // Kits hold the common qualification alone, officers may hold more.
        assert_eq!(serde_json::json!(held), told["quals"]);
        assert_eq!((resource.pool, resource.base), {
            let number = |name: &str| u32::try_from(told[name].as_u64().unwrap()).unwrap();
            (number("pool"), number("base"))
        });
    }
    assert_eq!(made.spacings.len(), file["spacing"].as_array().unwrap().len());
    assert_eq!(
        made.visits[0].windows.len(),
        file["visits"][0]["windows"].as_array().unwrap().len()
    );
}
