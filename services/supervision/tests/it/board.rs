//! What is due: on whose board it stands, in what order, and when it leaves.

use chrono::Duration;
use command::marks::{Marks, Term, timestamp};
use proto::supervision::v1 as pb;
use server::Stop;
use tonic::Code;

use crate::{
    story::{monday, opens, received, row, sends, sent, term},
    world::{Client, World, assert_told, fields},
};

async fn due(client: &mut Client, filter: &str) -> Vec<pb::DueItem> {
    let asked = pb::ListDueRequest { filter: filter.into(), ..Default::default() };
    client.list_due(asked).await.unwrap().into_inner().items
}

fn ids(items: &[pb::DueItem]) -> Vec<&str> {
    items.iter().map(|one| one.id.as_str()).collect()
}

fn due_after(id: &str, days: i64) -> Term {
    Term { due_time: Some(timestamp(monday() + Duration::days(days))), ..term(id) }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_term_stands_on_the_boards_of_its_parties_and_overseers_and_on_no_other() {
    let world = World::new().await;
    world.tell(vec![opens(term("1"))]).await;
    for (body, sees) in
        [("PSB", 1), ("MKT", 1), ("GDO", 1), ("JUS", 1), ("PRO", 1), ("ECO", 0), ("CRT", 0)]
    {
        assert_eq!(due(&mut world.agency(body), "").await.len(), sees, "{body}");
    }
    world.pass(Duration::days(3));
    let items = due(&mut world.agency("MKT"), "").await;
    let one = &items[0];
    assert_eq!((one.service.as_str(), one.rule.as_str()), ("referral", "T-14"));
    assert_eq!((one.holder.as_str(), one.rung()), ("PSB", pb::DueRung::Near));
    assert_eq!((one.age_seconds, one.late_seconds), (3 * 86_400, 0));
    assert!(one.follows.contains("P-05"), "{}", one.follows);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_due_first_comes_first_and_pages_are_stable() {
    let world = World::new().await;
    let days = [5, 2, 9, 1, 7];
    world.tell(days.iter().map(|day| opens(due_after(&day.to_string(), *day))).collect()).await;
    let mut psb = world.agency("PSB");
    let (mut seen, mut page_token) = (Vec::new(), String::new());
    loop {
        let asked = pb::ListDueRequest { page_size: 2, page_token, ..Default::default() };
        let page = psb.list_due(asked).await.unwrap().into_inner();
        seen.extend(page.items.into_iter().map(|one| one.id));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!(seen, ["1", "2", "5", "7", "9"]);
    // An overseer reads in the same order, by another way.
    assert_eq!(ids(&due(&mut world.agency("GDO"), "").await), ["1", "2", "5", "7", "9"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_board_is_read_by_body_rung_form_service_and_docket() {
    let world = World::new().await;
    let late = due_after("late", 1);
    world.tell(vec![opens(late), opens(term("early")), sends(sent("e", "PRO"))]).await;
    world.pass(Duration::days(1));
    for body in ["MKT", "GDO"] {
        let mut client = world.agency(body);
        for (filter, expected) in [
            ("agency = \"PSB\"", vec!["late", "early"]),
            ("rung = \"OVERDUE\"", vec!["e", "late"]),
            ("rung = \"OVERDUE\" AND form = \"TERM\"", vec!["late"]),
            ("rung = \"RUNNING\"", vec!["early"]),
            ("kind = \"NOTICE\"", vec!["e"]),
            ("service = \"evidence\"", vec![]),
            ("docket = \"dockets/1\" AND agency = \"PRO\"", vec!["e"]),
        ] {
            assert_eq!(ids(&due(&mut client, filter).await), expected, "{body}: {filter}");
        }
    }
    let asked = pb::ListDueRequest {
        filter: "colour = \"red\"".into(),
        page_size: -1,
        ..Default::default()
    };
    let refused = world.agency("MKT").list_due(asked).await.unwrap_err();
    assert_told(&refused, Code::InvalidArgument, "FIELDS");
    assert_eq!(fields(&refused), ["page_size", "filter"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_or_acknowledged_leaves_the_board() {
    let world = World::new().await;
    world.tell(vec![opens(term("t")), sends(sent("e", "PRO"))]).await;
    assert_eq!(due(&mut world.agency("MKT"), "").await.len(), 2);
    let kept = Term { state: "KEPT".into(), end_time: term("t").due_time, ..term("t") };
    world.tell(vec![opens(kept), sends(received(sent("e", "PRO")))]).await;
    for body in ["MKT", "PSB", "PRO", "GDO"] {
        assert!(due(&mut world.agency(body), "").await.is_empty(), "{body}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_missed_and_is_still_owed_stays_on_the_board() {
    let world = World::new().await;
    let missed = Term { state: "MISSED".into(), ..due_after("t", 1) };
    world.tell(vec![opens(missed.clone())]).await;
    world.pass(Duration::days(2));
    let items = due(&mut world.agency("PSB"), "").await;
    assert_eq!((items[0].state.as_str(), items[0].late_seconds), ("MISSED", 86_400));
    world.tell(vec![opens(Term { end_time: Some(timestamp(monday())), ..missed })]).await;
    assert!(due(&mut world.agency("PSB"), "").await.is_empty(), "it was done late");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_board_counts_by_body_and_rung_and_names_the_oldest() {
    let world = World::watching().await;
    world.tell(vec![opens(due_after("a", 1)), opens(due_after("b", 2)), opens(term("c"))]).await;
    world.pass(Duration::days(2));
    world.looked().await;
    for body in ["MKT", "GDO"] {
        let board = world.agency(body).get_board(pb::GetBoardRequest {}).await.unwrap();
        let cells = board.into_inner().cells;
        let overdue = cells
            .iter()
            .find(|cell| cell.agency == "PSB" && cell.rung() == pb::DueRung::Overdue)
            .unwrap();
        assert_eq!((overdue.count, overdue.form()), (2, pb::DueForm::Term), "{body}");
        assert_eq!(overdue.oldest.as_ref().unwrap().id, "a", "{body}");
        let half = cells.iter().find(|cell| cell.rung() == pb::DueRung::Half).unwrap();
        assert_eq!((half.agency.as_str(), half.count), ("PSB", 1), "{body}");
    }
    let strange = world.agency("ECO").get_board(pb::GetBoardRequest {}).await.unwrap();
    assert!(strange.into_inner().cells.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_notice_is_a_warning_within_a_minute_and_settles_when_it_arrives() {
    let world = World::watching().await;
    world.tell(vec![sends(sent("e", "PRO")), sends(sent("in time", "PRO"))]).await;
    world.tell(vec![sends(received(sent("in time", "PRO")))]).await;
    world.pass(Duration::seconds(59));
    world.looked().await;
    assert!(world.warnings("PRO", 0).await.iter().all(|one| one.owner != "PRO"));
    world.pass(Duration::seconds(1));
    let mut raised = world.warnings("MKT", 2).await;
    raised.retain(|one| one.owner == "PRO");
    assert_eq!(raised.len(), 1, "{raised:?}");
    assert_eq!(
        (raised[0].rule.as_str(), raised[0].item_id.as_str()),
        ("EXCHANGE_UNACKNOWLEDGED", "e")
    );
    world.tell(vec![sends(received(sent("e", "PRO")))]).await;
    let asked = pb::GetWarningRequest { name: raised[0].name.clone() };
    let one = world.agency("PRO").get_warning(asked).await.unwrap().into_inner().warning.unwrap();
    assert_eq!((one.state(), one.closed_by.as_str()), (pb::WarningState::Closed, ""));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_terms_on_one_duty_both_are_shown_and_the_earlier_one_alarms() {
    let world = World::watching().await;
    let other = Term { rule: "T-14b".into(), ..due_after("later", 10) };
    world.tell(vec![opens(term("earlier")), opens(other.clone())]).await;
    let items = due(&mut world.agency("MKT"), "").await;
    assert_eq!(ids(&items), ["earlier", "later"]);
    assert_eq!((items[0].earlier_rule.as_str(), items[1].earlier_rule.as_str()), ("", "T-14"));
    world.pass(Duration::days(11));
    world.looked().await;
    let late: Vec<String> =
        world.warnings("PSB", 1).await.into_iter().map(|one| one.item_id).collect();
    assert_eq!(late, ["earlier"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_term_that_is_extended_is_raised_anew_and_one_told_again_is_not() {
    let world = World::watching().await;
    world.tell(vec![opens(due_after("t", 1))]).await;
    world.pass(Duration::days(1));
    assert_eq!(world.warnings("PSB", 1).await[0].rule, "TERM_OVERDUE");
    world.tell(vec![opens(due_after("t", 1))]).await;
    world.looked().await;
    assert_eq!(world.warnings("PSB", 1).await.len(), 1);
    world.tell(vec![opens(due_after("t", 2))]).await;
    world.pass(Duration::days(1));
    assert_eq!(world.warnings("PSB", 2).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_term_stands_there_and_alarms_only_once_it_runs_again() {
    let world = World::watching().await;
    world.tell(vec![opens(Term { state: "SUSPENDED".into(), ..due_after("t", 1) })]).await;
    world.pass(Duration::days(2));
    world.looked().await;
    assert!(world.warnings("PSB", 0).await.is_empty());
    assert_eq!(due(&mut world.agency("PSB"), "").await[0].rung(), pb::DueRung::Running);
    world.tell(vec![opens(due_after("t", 1))]).await;
    assert_eq!(world.warnings("PSB", 1).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn marks_that_do_not_read_stop_nothing() {
    let world = World::new().await;
    let bad = Term { state: "LATE".into(), holder: "nobody".into(), ..term("bad") };
    world.tell(vec![opens(bad), opens(term("good"))]).await;
    assert_eq!(ids(&due(&mut world.agency("PSB"), "").await), ["good"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_bodies_learn_what_one_sent_and_the_other_lacks_in_both_directions() {
    let world = World::new().await;
    let back = command::marks::Exchange {
        sender: "PRO".into(),
        receiver: "MKT".into(),
        ..received(sent("back", "MKT"))
    };
    let exchanges = [sent("lost", "PRO"), sent("had", "PRO"), back, sent("other", "PSB")];
    world.tell(exchanges.into_iter().map(sends).collect()).await;
    // The digest is told when it is sent, and not again.
    let rest = command::marks::Exchange { digest: String::new(), ..received(sent("had", "PRO")) };
    world.tell(vec![sends(rest)]).await;
    world.pass(Duration::minutes(5));
    let held = |id: &str, digest: &str| pb::HeldExchange {
        service: "referral".into(),
        id: id.into(),
        digest: digest.into(),
    };
    let (good, wrong) = ("AB".repeat(32), "cd".repeat(32));
    let asked = |counterpart: &str, held: Vec<pb::HeldExchange>| pb::ReconcileExchangesRequest {
        counterpart: counterpart.into(),
        from_time: Some(timestamp(monday() - Duration::hours(1))),
        to_time: Some(timestamp(monday() + Duration::hours(1))),
        held,
    };
    let pro =
        vec![held("had", &good), held("back", &wrong), held("made up", ""), held("other", "")];
    let told = world.agency("PRO").reconcile_exchanges(asked("MKT", pro)).await.unwrap();
    let told = told.into_inner();
    let names =
        |some: &[pb::KnownExchange]| some.iter().map(|one| one.id.clone()).collect::<Vec<_>>();
    assert_eq!(names(&told.lacking), ["lost"]);
    assert_eq!(names(&told.differing), ["back"]);
    assert_eq!(names(&told.unacknowledged), ["lost"]);
    assert_eq!(told.unacknowledged[0].waiting_seconds, 300);
    let unknown: Vec<&str> = told.unknown.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(unknown, ["made up", "other"], "what is between others is not known to these two");
    assert_eq!(told.agreed, 1);
    let told = world.agency("MKT").reconcile_exchanges(asked("PRO", Vec::new())).await.unwrap();
    assert_eq!(names(&told.into_inner().lacking), ["back", "had", "lost"]);

    let refused = world
        .agency("MKT")
        .reconcile_exchanges(pb::ReconcileExchangesRequest {
            counterpart: "MKT".into(),
            held: vec![held("", ""), held("x", ""), held("x", "")],
            ..Default::default()
        })
        .await
        .unwrap_err();
    assert_told(&refused, Code::InvalidArgument, "FIELDS");
    let at_fault = fields(&refused);
    for field in ["counterpart", "from_time", "to_time", "held[0].id", "held[2].id"] {
        assert!(at_fault.iter().any(|one| one == field), "{field}: {at_fault:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_three_replicas_of_which_one_stops_each_rung_is_raised_once() {
    let world = World::new().await;
    let many = (0..300).map(|at| {
        let term = due_after(&at.to_string(), 1);
        let entry = row("STEP_TAKEN", Marks::new().term(term));
        db::journal::Entry { resource: format!("referrals/{at}"), ..entry }
    });
    world.tell(many.collect()).await;
    let stops: Vec<Stop> = (0..3).map(|_| Stop::default()).collect();
    for stop in &stops {
        let replica = world.replica().await.unwrap();
        world.tend(&replica, stop);
    }
    world.pass(Duration::days(1));
    stops[0].now();
    let raised = world.warnings("PSB", 100).await;
    assert_eq!(raised.len(), 100, "a page");
    let all = async {
        loop {
            let (mut names, mut page_token) = (Vec::new(), String::new());
            loop {
                let asked =
                    pb::ListWarningsRequest { page_size: 1000, page_token, ..Default::default() };
                let page = world.agency("PSB").list_warnings(asked).await.unwrap().into_inner();
                names.extend(page.warnings.into_iter().map(|one| one.item_id));
                page_token = page.next_page_token;
                if page_token.is_empty() {
                    break;
                }
            }
            if names.len() >= 300 {
                return names;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    let mut names = tokio::time::timeout(std::time::Duration::from_secs(60), all).await.unwrap();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), 300);
    let journal = "SELECT count(*) AS rows FROM journal WHERE kind = 'WARNING_RAISED'";
    assert_eq!(world.number(journal).await, 300, "and told once");
    for stop in &stops {
        stop.now();
    }
}
