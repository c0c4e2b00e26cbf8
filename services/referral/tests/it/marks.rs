//! What supervision learns from the marks of the journal alone, whatever the payloads say.

use proto::journal::v1::{Exchange, Row, Term};

use crate::{
    case::{Case, file},
    journal::read,
    worker::{finish, start},
    world::{World, local},
};

/// How the terms of a rule stood, row by row, as `(step, state, whether nothing is owed any more)`.
fn course(rows: &[Row], rule: &str) -> Vec<(String, String, bool)> {
    let of = |row: &Row| -> Vec<(String, Term)> {
        let marks = row.marks.clone().unwrap_or_default();
        marks.terms.into_iter().map(|term| (row.step.clone(), term)).collect()
    };
    let terms = rows.iter().flat_map(of).filter(|(_, term)| term.rule == rule);
    terms.map(|(step, term)| (step, term.state, term.end_time.is_some())).collect()
}

fn exchanges(rows: &[Row]) -> Vec<Exchange> {
    rows.iter().flat_map(|row| row.marks.clone().unwrap_or_default().exchanges).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_term_is_followed_from_its_opening_over_its_rungs_to_its_end() {
    let case = Case::new().await.accepted().await;
    let mut log = case.world.caller(&case.world.referral, World::service("supervision")).await;
    case.world.clock.set(local("2026-03-10 09:00"));
    let worker = start(&case.world.referral);
    read(&mut log, 7 + 9, 0).await;
    finish(worker).await;
    case.psb.take(&case.name, file()).await;
    let (rows, _) = read(&mut log, 7 + 9 + 1, 0).await;

    let step = |step: &str, state: &str, ended| (step.to_owned(), state.to_owned(), ended);
    let kept = course(&rows, "T-10");
    assert_eq!(kept, [step("DELIVER", "RUNNING", false), step("SIGN_RECEIPT", "KEPT", true)]);
    let missed = course(&rows, "T-14");
    // All three rungs were raised at once: after each of these rows the term is missed.
    assert_eq!(
        missed,
        [
            step("SIGN_RECEIPT", "RUNNING", false),
            step("HALF", "MISSED", false),
            step("NEAR", "MISSED", false),
            step("OVERDUE", "MISSED", false),
            step("FILE", "MISSED", true),
        ]
    );
    let opened = rows.iter().find(|row| row.step == "SIGN_RECEIPT").unwrap();
    let marks = opened.marks.as_ref().unwrap();
    let term = marks.terms.iter().find(|term| term.rule == "T-14").unwrap();
    assert_eq!((term.holder.as_str(), &term.owed_to[..]), ("PSB", &["MKT".to_owned()][..]));
    assert_eq!((term.length.as_str(), term.verified.as_str()), ("3 DAY", "V"));
    assert!(!term.duty.is_empty() && term.basis.contains("310") && !term.service_target);
    let times = [&term.start_time, &term.half_time, &term.near_time, &term.due_time];
    assert!(times.into_iter().map(|at| at.as_ref().unwrap().seconds).is_sorted());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leg_is_an_exchange_from_its_delivery_to_its_receipt() {
    let case = Case::new().await.accepted().await;
    let mut log = case.world.caller(&case.world.referral, World::service("supervision")).await;
    let (rows, _) = read(&mut log, 7, 0).await;

    let [sent, received] = &exchanges(&rows)[..] else { panic!("one exchange in two rows") };
    assert_eq!((sent.state.as_str(), received.state.as_str()), ("SENT", "ACKNOWLEDGED"));
    assert_eq!((sent.sender.as_str(), sent.receiver.as_str()), ("MKT", "PSB"));
    assert_eq!((sent.kind.as_str(), sent.digest.len()), ("REFERRAL", 64));
    assert_eq!((&sent.id, sent.send_time), (&received.id, received.send_time));
    let seconds = |at: &Option<prost_types::Timestamp>| at.as_ref().map(|at| at.seconds);
    assert_eq!(seconds(&sent.end_time), None);
    assert!(seconds(&received.end_time) >= seconds(&received.send_time));

    let docket = rows[0].marks.as_ref().unwrap();
    let about = docket.case.as_ref().unwrap();
    assert_eq!((about.matter.as_str(), about.sector.as_str()), ("M033", "FOOD"));
    let suggests = docket.values.iter().find(|value| value.name == "suggests").unwrap();
    assert_eq!(suggests.text, "1", "the threshold that the facts reach");
    assert_eq!(docket.shown_to, ["MKT"]);
    assert!(!docket.summary.contains("二甲双胍"), "what an officer wrote stays in the payload");
    let delivered = rows.iter().find(|row| row.step == "DELIVER").unwrap();
    let marks = delivered.marks.as_ref().unwrap();
    assert!(["PSB", "PRO"].iter().all(|body| marks.shown_to.iter().any(|one| one == body)));
    assert_eq!(
        (marks.rule.as_str(), marks.case.clone().unwrap().state.as_str()),
        ("T-05", "DELIVERED")
    );
}
