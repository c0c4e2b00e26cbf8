//! Requests for assistance: answers, terms, rungs raised once, and who answers in time.

use operations::{Calendar, Operations};
use proto::operations::v1 as pb;
use server::{Ready, Stop};
use tonic::{Code, Status};

use crate::{
    make::{count, journal},
    world::{Party, World, assert_told, fields, id, local},
};

/// Runs the loops of a replica with a short tick.
pub(crate) fn start(operations: &Operations) -> Stop {
    let (ready, stop) = (Ready::default(), Stop::default());
    let options = operations::config::Worker { tick_ms: 3, directory_ms: 60_000, save_ms: 20 };
    operations.start(options, events::Bus::in_process(), &ready, &stop);
    stop
}

/// Stops the loops once they have finished what they are at.
pub(crate) async fn finish(stop: Stop) {
    stop.now();
    stop.finished().await;
}

impl Party {
    pub(crate) async fn ask(
        &self,
        addressee: &str,
        kind: pb::AssistanceKind,
    ) -> pb::AssistanceRequest {
        let request = pb::RequestAssistanceRequest {
            request_id: id(),
            addressee: addressee.to_owned(),
            kind: kind.into(),
            text: "Is this meat?".to_owned(),
            officer: self.officer("01"),
            ..pb::RequestAssistanceRequest::default()
        };
        let made = self.client.clone().request_assistance(request).await.unwrap().into_inner();
        made.assistance_request.unwrap()
    }

    pub(crate) async fn act(
        &self,
        one: &pb::AssistanceRequest,
        act: &str,
        text: &str,
    ) -> Result<pb::AssistanceRequest, Status> {
        let request = pb::AnswerAssistanceRequest {
            request_id: id(),
            name: one.name.clone(),
            etag: one.etag.clone(),
            act: act.to_owned(),
            text: text.to_owned(),
            evidence: Vec::new(),
            officer: self.officer("01"),
        };
        let made = self.client.clone().answer_assistance(request).await?.into_inner();
        Ok(made.assistance_request.unwrap())
    }

    pub(crate) async fn assistance(&self, name: &str) -> Result<pb::AssistanceRequest, Status> {
        let request = pb::GetAssistanceRequest { name: name.to_owned() };
        let found = self.client.clone().get_assistance(request).await?.into_inner();
        Ok(found.assistance_request.unwrap())
    }

    async fn statistics(&self) -> Vec<pb::AssistanceStatistics> {
        let request = pb::GetAssistanceStatisticsRequest {
            from_day: "2026-03-01".to_owned(),
            to_day: "2026-03-31".to_owned(),
        };
        let found = self.client.clone().get_assistance_statistics(request).await.unwrap();
        found.into_inner().statistics
    }
}

#[tokio::test]
async fn a_request_is_accepted_and_answered() {
    let world = World::new().await;
    let (mkt, eco) = (world.agency("MKT").await, world.agency("ECO").await);
    let one = mkt.ask("ECO", pb::AssistanceKind::Records).await;
    // Five working days from Monday: the Monday after, 24:00.
    assert_eq!(one.due_time.unwrap().seconds, local("2026-03-10 00:00").timestamp());
    let accepted = eco.act(&one, "ACCEPT", "").await.unwrap();
    let told = eco.act(&one, "ANSWER", "it is").await.unwrap_err();
    assert_told(&told, Code::Aborted, "STALE");
    let told = mkt.act(&accepted, "ANSWER", "it is").await.unwrap_err();
    assert_told(&told, Code::PermissionDenied, "NOT_YOURS");
    let told = eco.act(&accepted, "ACCEPT", "").await.unwrap_err();
    assert_told(&told, Code::FailedPrecondition, "WRONG_STATE");
    let answered = eco.act(&accepted, "ANSWER", "it is").await.unwrap();
    assert_eq!((answered.state(), answered.late), (pb::AssistanceState::Answered, false));
    let told = eco.act(&answered, "DECLINE", "no").await.unwrap_err();
    assert_told(&told, Code::FailedPrecondition, "WRONG_STATE");
    let told = world.agency("CAE").await.assistance(&one.name).await.unwrap_err();
    assert_told(&told, Code::NotFound, "NOT_FOUND");
    let list = pb::ListAssistanceRequest {
        filter: "state = \"ANSWERED\" AND late = false".to_owned(),
        ..pb::ListAssistanceRequest::default()
    };
    let found = eco.client.clone().list_assistance(list).await.unwrap().into_inner();
    assert_eq!(found.assistance_requests.len(), 1);
}

#[tokio::test]
async fn what_is_taken_back_owes_nothing() {
    let world = World::new().await;
    let (mkt, eco) = (world.agency("MKT").await, world.agency("ECO").await);
    let one = mkt.ask("ECO", pb::AssistanceKind::Testing).await;
    let withdraw = |party: &Party| {
        let request = pb::WithdrawAssistanceRequest {
            request_id: id(),
            name: one.name.clone(),
            reason: "found it ourselves".to_owned(),
            officer: party.officer("01"),
        };
        let mut client = party.client.clone();
        async move { client.withdraw_assistance(request).await }
    };
    let told = withdraw(&eco).await.unwrap_err();
    assert_told(&told, Code::PermissionDenied, "NOT_YOURS");
    withdraw(&mkt).await.unwrap();
    let told = withdraw(&mkt).await.unwrap_err();
    assert_told(&told, Code::FailedPrecondition, "WRONG_STATE");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_rung_is_raised_once_by_whoever_is_faster_and_goes_up_when_overdue() {
    const REQUESTS: usize = 8;
    let world = World::new().await;
    let (mkt, superior) = (world.agency("MKT").await, world.agency("ECO-M").await);
    let mut asked = Vec::new();
    for _ in 0..REQUESTS {
        asked.push(mkt.ask("ECO", pb::AssistanceKind::Records).await.name);
    }
    let second = world.replica(Calendar::open("").unwrap()).await;
    let workers = [start(&world.operations), start(&second)];
    for (at, rungs) in [("2026-03-06 09:00", 1), ("2026-03-08 20:00", 2), ("2026-03-10 00:00", 3)] {
        assert!(superior.assistance(&asked[0]).await.is_err(), "not before it is overdue");
        world.clock.set(local(at));
        for name in &asked {
            while mkt.assistance(name).await.unwrap().rungs.len() < rungs {
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
        }
    }
    for worker in workers {
        finish(worker).await;
    }
    let all = REQUESTS * 3;
    let rows = journal(&world, |rows| count(rows, "ASSISTANCE_RUNG") >= all).await;
    assert_eq!(count(&rows, "ASSISTANCE_RUNG"), all);
    let seen = superior.assistance(&asked[0]).await.unwrap();
    assert_eq!(seen.escalated_to, ["ECO-M"]);
    assert_eq!(seen.rungs, ["HALF", "NEAR", "OVERDUE"]);
}

#[tokio::test]
async fn statistics_say_who_answers_in_time() {
    let world = World::new().await;
    let (mkt, eco, office) =
        (world.agency("MKT").await, world.agency("ECO").await, world.agency("GDO").await);
    let one = mkt.ask("ECO", pb::AssistanceKind::Records).await;
    let two = mkt.ask("ECO", pb::AssistanceKind::Records).await;
    mkt.ask("ECO", pb::AssistanceKind::Records).await;
    eco.ask("CAE", pb::AssistanceKind::Forces).await;
    world.clock.set(local("2026-03-02 12:00"));
    eco.act(&one, "ANSWER", "it is").await.unwrap();
    world.clock.set(local("2026-03-20 10:00"));
    let late = eco.act(&two, "ANSWER", "it is too").await.unwrap();
    assert!(late.late);
    let seen = office.statistics().await;
    assert_eq!(seen.len(), 2);
    let of = seen.iter().find(|one| one.agency == "ECO").unwrap();
    assert_eq!((of.received, of.answered, of.answered_in_time), (3, 2, 1));
    assert_eq!((of.open, of.overdue, of.median_minutes), (1, 1, 120));
    assert_eq!(eco.statistics().await.len(), 1, "a body sees its own");
    assert!(mkt.statistics().await.is_empty());
}

#[tokio::test]
async fn every_wrong_field_of_a_request_is_told() {
    let world = World::new().await;
    let mkt = world.agency("MKT").await;
    let request = pb::RequestAssistanceRequest {
        request_id: "1".to_owned(),
        addressee: "MKT".to_owned(),
        working_days: 61,
        about: "elsewhere/1".to_owned(),
        officer: mkt.officer("01"),
        ..pb::RequestAssistanceRequest::default()
    };
    let told = mkt.client.clone().request_assistance(request.clone()).await.unwrap_err();
    let expected = ["request_id", "text", "kind", "working_days", "about", "addressee"];
    assert_eq!(fields(&told), expected);
    let request = pb::RequestAssistanceRequest {
        request_id: id(),
        addressee: "NOBODY".to_owned(),
        text: "help".to_owned(),
        kind: pb::AssistanceKind::Forces.into(),
        working_days: 0,
        about: String::new(),
        ..request
    };
    let told = mkt.client.clone().request_assistance(request).await.unwrap_err();
    assert_eq!(fields(&told), ["addressee"]);
    let eco = world.agency("ECO").await;
    let one = mkt.ask("ECO", pb::AssistanceKind::Records).await;
    let told = eco.act(&one, "SHRUG", "").await.unwrap_err();
    assert_eq!(fields(&told), ["act"]);
    let told = eco.act(&one, "DECLINE", "").await.unwrap_err();
    assert_eq!(fields(&told), ["text"]);
}
