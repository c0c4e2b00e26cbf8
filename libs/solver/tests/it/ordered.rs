//! The second neighbourhood, on instances of the public benchmark and on what makes no sense.

use std::sync::atomic::AtomicBool;

use solver::order::{
    Annealer, Call, OrderCost, OrderFault, OrderPlan, OrderProblem, Second, Service, check,
};

use super::hhcrsp::read;

fn solve(problem: &OrderProblem, iterations: u64) -> OrderPlan {
    let annealer = Annealer { seed: 1, iterations };
    annealer.solve(problem, &AtomicBool::new(false)).unwrap()
}

/// A third of the cost, in thousandths, is at most what was published.
fn reaches(text: &str, iterations: u64, published: f64) {
    let problem = read(text);
    let plan = solve(&problem, iterations);
    assert_eq!(check::cost(&problem, &plan), Some(plan.cost));
    let thirds = format!("{}", plan.cost.total()).parse::<f64>().unwrap() / 3000.0;
    assert!(thirds <= published + 0.001, "{thirds} is worse than {published}");
}

#[test]
fn ten_patients_cost_what_was_published() {
    reaches(include_str!("../data/InstanzCPLEX_HCSRP_10_2.json"), 30_000, 246.627);
}

#[test]
fn twenty_five_patients_cost_what_was_published() {
    reaches(include_str!("../data/InstanzCPLEX_HCSRP_25_2.json"), 300_000, 476.049);
}

#[test]
fn fifty_patients_cost_little_more_than_was_published_after_a_moment() {
    reaches(include_str!("../data/InstanzCPLEX_HCSRP_50_1.json"), 400_000, 943.728 * 1.02);
}

#[test]
fn an_instance_without_its_table_of_distances_is_the_same() {
    let text = include_str!("../data/InstanzCPLEX_HCSRP_10_2.json");
    let mut file: serde_json::Value = serde_json::from_str(text).unwrap();
    file.as_object_mut().unwrap().remove("distances").unwrap();
    assert_eq!(read(&file.to_string()), read(text));
}

#[test]
fn the_same_seed_gives_the_same_order() {
    let problem = read(include_str!("../data/InstanzCPLEX_HCSRP_50_1.json"));
    assert_eq!(solve(&problem, 20_000), solve(&problem, 20_000));
}

fn two_calls() -> OrderProblem {
    let service = |carers: &[u32]| Service { length: 10, carers: carers.to_vec() };
    let second = Second { service: service(&[0, 1]), least: 5, most: 8 };
    let call =
        |place, second| Call { place, earliest: 100, due: 110, first: service(&[0]), second };
    OrderProblem {
        carers: 2,
        calls: vec![call(1, Some(second)), call(2, None)],
        travel: vec![vec![0, 3, 3], vec![3, 0, 4], vec![3, 4, 0]],
    }
}

#[test]
fn the_checker_of_orders_sees_what_is_wrong() {
    let problem = two_calls();
    let plan = solve(&problem, 1000);
    assert_eq!(check::cost(&problem, &plan), Some(plan.cost));
    // Carer 0 does both calls, 14 apart, the double one first or last; the other way is 4 + 3 + 3.
    assert_eq!(plan.cost, OrderCost { travel: 16, late: 4, latest: 4 });
    let broken = |change: &dyn Fn(&mut OrderPlan)| {
        let mut changed = plan.clone();
        change(&mut changed);
        check::cost(&problem, &changed)
    };
    assert_eq!(broken(&|p| p.served.truncate(1)), None);
    assert_eq!(broken(&|p| p.served[0] = p.served[1]), None);
    assert_eq!(broken(&|p| p.served[0].first.1 -= 20), None);
    assert_eq!(broken(&|p| p.served.iter_mut().for_each(|s| s.second = None)), None);
    assert_eq!(broken(&|p| p.served.iter_mut().for_each(|s| s.first.0 = 1)), None);
}

#[test]
fn what_makes_no_sense_is_refused() {
    let refused = |change: &dyn Fn(&mut OrderProblem)| {
        let mut problem = two_calls();
        change(&mut problem);
        let annealer = Annealer { seed: 1, iterations: 10 };
        annealer.solve(&problem, &AtomicBool::new(false)).unwrap_err()
    };
    assert_eq!(refused(&|p| p.calls.clear()), OrderFault::Size);
    assert_eq!(refused(&|p| p.travel[1][0] = -1), OrderFault::Travel);
    assert_eq!(refused(&|p| p.calls[1].place = 7), OrderFault::Call(1));
    assert_eq!(refused(&|p| p.calls[1].first.carers.clear()), OrderFault::Call(1));
    let alone = |p: &mut OrderProblem| {
        p.calls[0].second.iter_mut().for_each(|second| second.service.carers = vec![0]);
    };
    assert_eq!(refused(&alone), OrderFault::Call(0));
}
