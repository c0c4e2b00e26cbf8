//! One's own WIT: taken when it is of use, renewed in time, not used after its end.

use auth::{Credentials, WorkloadKey, issue_wit};
use chrono::Duration;
use types::Workload;

use crate::world::World;

#[test]
fn a_wit_is_renewed_after_two_thirds_of_its_life_and_not_used_after_its_end() {
    let world = World::new();
    let start = world.clock.now();
    assert!(!world.caller.needs_renewal(start + Duration::minutes(39)));
    assert!(world.caller.needs_renewal(start + Duration::minutes(40)));
    assert_eq!(world.caller.expires_at(), Some(start + Duration::hours(1)));
    world.clock.advance(Duration::hours(1));
    assert_eq!(world.caller.wit(), None);
}

#[test]
fn without_a_wit_there_is_something_to_renew() {
    let world = World::new();
    let key = WorkloadKey::generate().unwrap();
    let fresh =
        Credentials::new(key, Workload::service(&world.domain, "gateway"), world.clock.clone());
    assert!(fresh.needs_renewal(world.clock.now()));
    assert_eq!(fresh.wit(), None);
}

#[test]
fn a_wit_of_another_workload_or_another_key_is_not_taken() {
    let world = World::new();
    let held = world.caller.wit();
    let issue = |sub: &Workload, key: &WorkloadKey| {
        let iss = Workload::service(&world.domain, "identity");
        let now = world.clock.now();
        issue_wit(&world.issuer, &iss, sub, key.public(), now, Duration::hours(1)).unwrap()
    };
    let other = WorkloadKey::generate().unwrap();
    let refused = |wit: String| world.caller.set_wit(wit).unwrap_err().word();
    assert_eq!(refused(issue(world.callee.workload(), world.caller.key())), "WIT_SUBJECT");
    assert_eq!(refused(issue(world.caller.workload(), &other)), "WIT_KEY");
    assert_eq!(refused("rubbish".to_owned()), "WIT_MALFORMED");
    assert_eq!(world.caller.wit(), held, "the old one stays");
}

#[test]
fn no_wit_is_issued_for_more_than_an_hour() {
    let world = World::new();
    let iss = Workload::service(&world.domain, "identity");
    let (sub, key) = (world.caller.workload(), world.caller.key().public());
    let now = world.clock.now();
    let wit = issue_wit(&world.issuer, &iss, sub, key, now, Duration::days(9)).unwrap();
    world.caller.set_wit(wit).unwrap();
    assert_eq!(world.caller.expires_at(), Some(now + Duration::hours(1)));
}
