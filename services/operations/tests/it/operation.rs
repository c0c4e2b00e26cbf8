//! Joint operations: who may propose, take part, command, approve and end them, and who sees a refusal.

use proto::operations::v1 as pb;
use tonic::{Code, Status};

use crate::{
    make::{check, subject},
    schedule::WEEK,
    world::{Party, World, assert_told, fields, id, rule},
};

fn participant(agency: &str) -> pb::Participant {
    pb::Participant {
        agency: agency.to_owned(),
        duties: format!("what {agency} does"),
        matters: vec![format!("{agency}-FOOD")],
        ..pb::Participant::default()
    }
}

fn operation(initiator: &str, bodies: &[&str]) -> pb::JointOperation {
    pb::JointOperation {
        title: "Night market".to_owned(),
        initiator: initiator.to_owned(),
        participants: bodies.iter().map(|body| participant(body)).collect(),
        grounds: vec!["SAME_OBJECT".to_owned()],
        work_plan: "Meet at six, the whole street at once.".to_owned(),
        period_start: "2026-03-09".to_owned(),
        period_end: "2026-03-13".to_owned(),
        ..pb::JointOperation::default()
    }
}

impl Party {
    async fn propose(&self, operation: pb::JointOperation) -> Result<pb::JointOperation, Status> {
        let request = pb::ProposeOperationRequest {
            request_id: id(),
            operation: Some(operation),
            officer: self.officer("01"),
        };
        let made = self.client.clone().propose_operation(request).await?.into_inner();
        Ok(made.operation.unwrap())
    }

    async fn answer(&self, name: &str, reason: &str) -> Result<pb::JointOperation, Status> {
        let request = pb::AnswerOperationRequest {
            request_id: id(),
            name: name.to_owned(),
            confirms: reason.is_empty(),
            reason: reason.to_owned(),
            officer: self.officer("01"),
        };
        let made = self.client.clone().answer_operation(request).await?.into_inner();
        Ok(made.operation.unwrap())
    }

    async fn approve(&self, name: &str, number: &str) -> Result<pb::JointOperation, Status> {
        let request = pb::ApproveOperationRequest {
            request_id: id(),
            name: name.to_owned(),
            officer: self.officer(number),
        };
        let made = self.client.clone().approve_operation(request).await?.into_inner();
        Ok(made.operation.unwrap())
    }

    async fn close(&self, name: &str, why: Option<&str>) -> Result<pb::JointOperation, Status> {
        let request = pb::CloseOperationRequest {
            request_id: id(),
            name: name.to_owned(),
            cancelled: why.is_some(),
            reason: why.unwrap_or_default().to_owned(),
            officer: self.officer("01"),
        };
        let made = self.client.clone().close_operation(request).await?.into_inner();
        Ok(made.operation.unwrap())
    }

    async fn sees(&self, name: &str) -> bool {
        let request = pb::GetOperationRequest { name: name.to_owned() };
        let seen = self.client.clone().get_operation(request).await;
        let list = self.client.clone().list_operations(pb::ListOperationsRequest::default()).await;
        let listed = list.unwrap().into_inner().operations.iter().any(|one| one.name == name);
        assert_eq!(seen.is_ok(), listed);
        listed
    }
}

#[tokio::test]
async fn an_operation_is_proposed_confirmed_approved_and_closed() {
    let world = World::new().await;
    let (mkt, eco) = (world.agency("MKT").await, world.agency("ECO").await);
    let made = mkt.propose(operation("", &["MKT", "ECO"])).await.unwrap();
    assert_eq!((made.initiator.as_str(), made.command.as_str()), ("MKT", "MKT"));
    let told = mkt.approve(&made.name, "04").await.unwrap_err();
    assert_told(&told, Code::FailedPrecondition, "WRONG_STATE");
    let confirmed = eco.answer(&made.name, "").await.unwrap();
    assert_eq!(confirmed.state(), pb::JointOperationState::Confirmed);
    let told = mkt.approve(&made.name, "03").await.unwrap_err();
    assert_told(&told, Code::PermissionDenied, "WRONG_OFFICER");
    let told = eco.approve(&made.name, "04").await.unwrap_err();
    assert_told(&told, Code::PermissionDenied, "NOT_YOURS");
    let told = mkt.close(&made.name, None).await.unwrap_err();
    assert_eq!(rule(&told).0, "I-03");
    let approved = mkt.approve(&made.name, "04").await.unwrap();
    assert_eq!(approved.approved_by, "MKT-04");
    let told = eco.close(&made.name, None).await.unwrap_err();
    assert_told(&told, Code::PermissionDenied, "NOT_YOURS");
    let closed = mkt.close(&made.name, None).await.unwrap();
    assert_eq!(closed.state(), pb::JointOperationState::Closed);
    let told = mkt.close(&made.name, Some("again")).await.unwrap_err();
    assert_told(&told, Code::FailedPrecondition, "WRONG_STATE");
}

#[tokio::test]
async fn who_declines_is_seen_above() {
    let world = World::new().await;
    let (mkt, eco, cae) =
        (world.agency("MKT").await, world.agency("ECO").await, world.agency("CAE").await);
    let (office, county) = (world.agency("GDO").await, world.agency("GOV-C").await);
    let made = mkt.propose(operation("MKT", &["MKT", "ECO", "CAE"])).await.unwrap();
    assert!(office.sees(&made.name).await && !county.sees(&made.name).await);
    assert!(!world.agency("EMG").await.sees(&made.name).await);
    let request = pb::AnswerOperationRequest {
        request_id: id(),
        name: made.name.clone(),
        officer: "ECO-01".to_owned(),
        ..pb::AnswerOperationRequest::default()
    };
    let told = eco.client.clone().answer_operation(request).await.unwrap_err();
    assert_eq!(fields(&told), ["reason"]);
    let after = eco.answer(&made.name, "no officers that week").await.unwrap();
    assert_eq!(after.state(), pb::JointOperationState::Proposed, "two are left");
    assert!(county.sees(&made.name).await);
    let seen = after.participants.iter().find(|one| one.agency == "ECO").unwrap();
    assert_eq!((seen.answer.as_str(), seen.reason.as_str()), ("DECLINED", "no officers that week"));
    let told = eco.answer(&made.name, "").await.unwrap_err();
    assert_eq!(rule(&told).0, "O-03");
    let after = cae.answer(&made.name, "nor have we").await.unwrap();
    assert_eq!(after.state(), pb::JointOperationState::Cancelled, "one body is no joint operation");
}

#[tokio::test]
async fn the_guidance_office_proposes_and_allocates_and_never_inspects() {
    let world = World::new().await;
    let (office, mkt) = (world.agency("GDO").await, world.agency("MKT").await);
    let mut wanted = operation("MKT", &["MKT", "ECO"]);
    wanted.participants[1].officers = 4;
    wanted.command = "GDO".to_owned();
    let told = mkt.propose(wanted.clone()).await.unwrap_err();
    assert_told(&told, Code::PermissionDenied, "NOT_YOURS");
    assert_eq!(rule(&told).0, "O-04");
    let made = office.propose(wanted).await.unwrap();
    assert_eq!((made.proposer.as_str(), made.participants[1].officers), ("GDO", 4));
    let told = office.propose(operation("MKT", &["MKT", "GDO"])).await.unwrap_err();
    assert_eq!(rule(&told).0, "I-01");
    // The initiator whom the office named is asked as well.
    let eco = world.agency("ECO").await;
    eco.answer(&made.name, "").await.unwrap();
    let confirmed = mkt.answer(&made.name, "").await.unwrap();
    assert_eq!(confirmed.state(), pb::JointOperationState::Confirmed);
    let closed = office.close(&made.name, Some("a typhoon")).await.unwrap();
    assert_eq!(closed.close_reason, "a typhoon");
}

#[tokio::test]
async fn what_cannot_be_proposed_says_why() {
    let world = World::new().await;
    let mkt = world.agency("MKT").await;
    let told = mkt.propose(operation("MKT", &["MKT"])).await.unwrap_err();
    assert_eq!(rule(&told).0, "O-01");
    let told = mkt.propose(operation("MKT", &["ECO", "CAE"])).await.unwrap_err();
    assert_eq!(rule(&told).0, "O-03");
    let told = mkt.propose(operation("ECO", &["MKT", "ECO"])).await.unwrap_err();
    assert_told(&told, Code::PermissionDenied, "NOT_YOURS");
    let mut foreign = operation("MKT", &["MKT", "ECO"]);
    foreign.participants[1].matters = vec!["MKT-FOOD".to_owned()];
    let told = mkt.propose(foreign).await.unwrap_err();
    assert_eq!(rule(&told).0, "I-02");
    assert_eq!(fields(&told), ["operation.participants[1].matters[0]"]);
    let command =
        pb::JointOperation { command: "CAE".to_owned(), ..operation("", &["MKT", "ECO"]) };
    let told = mkt.propose(command).await.unwrap_err();
    assert_eq!(rule(&told).0, "O-04");
    let mut faulty = operation("MKT", &["MKT", "ECO", "ECO"]);
    faulty.participants[0].duties.clear();
    faulty.work_plan.clear();
    faulty.grounds = vec!["WHIM".to_owned()];
    let told = mkt.propose(faulty).await.unwrap_err();
    assert_eq!(
        fields(&told),
        [
            "operation.work_plan",
            "operation.grounds",
            "operation.participants[0].duties",
            "operation.participants[2].agency"
        ]
    );
}

#[tokio::test]
async fn checks_of_an_operation_are_those_of_confirmed_participants() {
    let world = World::new().await;
    let (mkt, eco, cae) =
        (world.agency("MKT").await, world.agency("ECO").await, world.agency("CAE").await);
    mkt.put_subjects(vec![subject(1, pb::Tier::A)]).await.unwrap();
    let made = mkt.propose(operation("MKT", &["MKT", "ECO", "CAE"])).await.unwrap();
    let of = |matter: &str| pb::Check {
        source: made.name.clone(),
        origin: pb::CheckOrigin::Special.into(),
        ..check(1, matter, ("2026-03-09", "2026-03-13"))
    };
    let told = eco.add_checks(vec![of("ECO-FOOD")]).await.unwrap_err();
    assert_eq!(fields(&told), ["checks[0].source", "checks[0].source"]);
    eco.answer(&made.name, "").await.unwrap();
    cae.answer(&made.name, "no").await.unwrap();
    eco.add_checks(vec![of("ECO-FOOD")]).await.unwrap();
    mkt.add_checks(vec![of("MKT-FOOD")]).await.unwrap();
    let told = cae.add_checks(vec![of("CAE-FOOD")]).await.unwrap_err();
    assert_eq!(fields(&told), ["checks[0].source"]);
    let told = world.agency("EMG").await.add_checks(vec![of("EMG-FOOD")]).await.unwrap_err();
    assert_eq!(fields(&told), ["checks[0].source"]);
    let merged = world.agency("GDO").await.merge(("2026-03-09", "2026-03-13")).await.unwrap();
    assert_eq!((merged.checks, merged.visits), (2, 1));
}

#[tokio::test]
async fn an_operation_that_ends_leaves_the_checks_of_others_to_another_visit() {
    let world = World::new().await;
    let (office, mkt, eco) =
        (world.agency("GDO").await, world.agency("MKT").await, world.agency("ECO").await);
    mkt.put_subjects(vec![subject(1, pb::Tier::B)]).await.unwrap();
    let made = mkt.propose(operation("", &["MKT", "ECO"])).await.unwrap();
    eco.answer(&made.name, "").await.unwrap();
    mkt.approve(&made.name, "04").await.unwrap();
    let week = ("2026-03-09", "2026-03-13");
    let of_it = pb::Check { source: made.name.clone(), ..check(1, "MKT-FOOD", week) };
    mkt.add_checks(vec![of_it]).await.unwrap();
    eco.add_checks(vec![check(1, "ECO-SMOKE", week)]).await.unwrap();
    assert_eq!(office.merge(week).await.unwrap().visits, 1);
    mkt.close(&made.name, Some("the market moved")).await.unwrap();
    let ended = office.visits("state = \"CANCELLED\"").await.remove(0);
    assert_eq!(ended.operation, made.name);
    assert!(ended.cancel_reason.contains(&made.name), "{}", ended.cancel_reason);
    let again = office.merge(week).await.unwrap();
    assert_eq!((again.checks, again.visits), (1, 1), "that of ECO, which has its own reason");
    let next = office.visits("state = \"PLANNED\"").await.remove(0);
    assert_eq!((next.groups.len(), next.groups[0].agency.as_str()), (1, "ECO"));
}

#[tokio::test]
async fn an_operation_does_not_end_while_officers_are_sent_by_it() {
    let week = crate::schedule::Week::empty().await;
    week.mkt.with_officers().await;
    let made = pb::JointOperation {
        period_start: WEEK.0.to_owned(),
        period_end: WEEK.1.to_owned(),
        ..operation("", &["MKT", "ECO"])
    };
    let made = week.mkt.propose(made).await.unwrap();
    week.eco.answer(&made.name, "").await.unwrap();
    week.mkt.approve(&made.name, "04").await.unwrap();
    let of_it = pb::Check { source: made.name.clone(), ..check(1, "MKT-FOOD", WEEK) };
    week.mkt.add_checks(vec![of_it]).await.unwrap();
    week.office.merge(WEEK).await.unwrap();
    let draft = week.draft().await;
    week.office.publish(&draft).await.unwrap();
    let told = week.mkt.close(&made.name, None).await.unwrap_err();
    assert_eq!((told.code(), rule(&told).0.as_str()), (Code::FailedPrecondition, "O-03"));
    assert!(told.message().contains("1 visits are dispatched"), "{}", told.message());
    // Nobody came, and nobody will: it does not stay open for ever.
    week.world.clock.set(crate::world::local("2026-03-09 09:00"));
    week.mkt.close(&made.name, None).await.unwrap();
}
