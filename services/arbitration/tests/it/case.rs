//! The calls of one dispute, filled so that they are lawful; a test spoils what it is about.

use std::time::Duration;

use proto::arbitration::v1::{self as pb, step::Kind};
use tonic::Status;

use crate::world::{Party, World, id};

/// Spoil on farmland: `by` and `others` both claim it.
pub(crate) fn opening(by: &Party, others: &[&str]) -> pb::OpenDisputeRequest {
    pb::OpenDisputeRequest {
        request_id: id(),
        kind: pb::DisputeKind::Positive.into(),
        others: others.iter().map(|one| (*one).to_owned()).collect(),
        subject: Some(pb::Subject {
            title: "渣土堆放在农田".to_owned(),
            matter: "M046".to_owned(),
            place: "330999005".to_owned(),
            act_date: "2026-02-20".to_owned(),
            docket: format!("dockets/{}", id()),
            facts: "某公司在耕地上堆放工程渣土，破坏种植条件".to_owned(),
            ..pb::Subject::default()
        }),
        position: Some(position()),
        officer: by.officer("01"),
        ..pb::OpenDisputeRequest::default()
    }
}

pub(crate) fn position() -> pb::StatePosition {
    pb::StatePosition {
        stance: pb::Stance::Claims.into(),
        text: "属于本机关职责".to_owned(),
        basis: vec!["土地管理法 art. 75".to_owned()],
        evidence: Vec::new(),
    }
}

pub(crate) fn apply() -> Kind {
    Kind::Apply(pb::Apply { text: "协商不成，申请协调".to_owned() })
}

pub(crate) fn accept() -> Kind {
    Kind::Accept(pb::Accept {})
}

pub(crate) fn forward() -> Kind {
    Kind::Forward(pb::Forward {})
}

pub(crate) fn vote(competent: &str) -> Kind {
    Kind::Vote(pb::Vote { competent: competent.to_owned(), reason: "职责相符".to_owned() })
}

pub(crate) fn propose(competent: &str) -> Kind {
    Kind::ProposeOutcome(pb::ProposeOutcome {
        competent: competent.to_owned(),
        reason: "职责相符".to_owned(),
        effective_from: String::new(),
    })
}

pub(crate) fn answer(agrees: bool) -> Kind {
    Kind::AnswerOutcome(pb::AnswerOutcome { agrees, reason: "意见".to_owned() })
}

pub(crate) fn escalate() -> Kind {
    Kind::Escalate(pb::Escalate { reason: "协调不成".to_owned() })
}

pub(crate) fn decide(competent: &str, from: &str) -> Kind {
    Kind::Decide(pb::Decide {
        competent: competent.to_owned(),
        reason: "土地管理法规定由其负责".to_owned(),
        basis: vec!["土地管理法 art. 75".to_owned()],
        effective_from: from.to_owned(),
        decision_no: "云政争〔2026〕1号".to_owned(),
    })
}

pub(crate) fn interim(lead: &str) -> Kind {
    Kind::OrderInterim(pb::OrderInterim {
        lead: lead.to_owned(),
        measures: vec!["立即制止继续倾倒".to_owned()],
        reason: "避免损害扩大".to_owned(),
    })
}

pub(crate) fn withdraw() -> Kind {
    Kind::Withdraw(pb::Withdraw { reason: "已自行解决".to_owned() })
}

pub(crate) fn acknowledge() -> Kind {
    Kind::AcknowledgeDecision(pb::AcknowledgeDecision {})
}

pub(crate) fn session() -> Kind {
    Kind::RecordSession(pb::RecordSession {
        held_on: "2026-03-02".to_owned(),
        present: vec!["AGR".to_owned(), "NAT".to_owned()],
        minutes: "各方陈述意见".to_owned(),
        minutes_sha256: "ab".repeat(32),
    })
}

/// A step on a dispute as it was seen: a decision by the head, everything else by an officer.
pub(crate) fn step(by: &Party, seen: &pb::Dispute, kind: Kind) -> pb::TakeStepRequest {
    let officer = if matches!(kind, Kind::Decide(_)) { "04" } else { "01" };
    pb::TakeStepRequest {
        request_id: id(),
        name: seen.name.clone(),
        etag: seen.etag.clone(),
        officer: by.officer(officer),
        step: Some(pb::Step { kind: Some(kind) }),
    }
}

impl Party {
    pub(crate) async fn open(
        &self,
        request: pb::OpenDisputeRequest,
    ) -> Result<pb::Dispute, Status> {
        Ok(self.client.clone().open_dispute(request).await?.into_inner().dispute.unwrap())
    }

    /// Takes exactly this step.
    pub(crate) async fn call(&self, request: pb::TakeStepRequest) -> Result<pb::Dispute, Status> {
        Ok(self.client.clone().take_step(request).await?.into_inner().dispute.unwrap())
    }

    /// Takes a step on a dispute as it is now.
    pub(crate) async fn take(&self, name: &str, kind: Kind) -> pb::Dispute {
        let seen = self.see(name).await;
        self.call(step(self, &seen, kind)).await.unwrap()
    }

    /// The refusal of a step on a dispute as it is now.
    pub(crate) async fn refused(&self, name: &str, kind: Kind) -> Status {
        let seen = self.see(name).await;
        self.call(step(self, &seen, kind)).await.unwrap_err()
    }

    pub(crate) async fn get(&self, name: &str) -> Result<pb::GetDisputeResponse, Status> {
        let request = pb::GetDisputeRequest { name: name.to_owned() };
        Ok(self.client.clone().get_dispute(request).await?.into_inner())
    }

    pub(crate) async fn see(&self, name: &str) -> pb::Dispute {
        self.get(name).await.unwrap().dispute.unwrap()
    }

    pub(crate) async fn list(&self, filter: &str) -> Vec<pb::Dispute> {
        let request = pb::ListDisputesRequest { filter: filter.to_owned(), ..Default::default() };
        self.client.clone().list_disputes(request).await.unwrap().into_inner().disputes
    }

    pub(crate) async fn timeline(&self, name: &str) -> Vec<pb::Event> {
        let request = pb::GetTimelineRequest { name: name.to_owned(), ..Default::default() };
        self.client.clone().get_timeline(request).await.unwrap().into_inner().events
    }

    /// The dispute once it is as a test waits for it to be.
    pub(crate) async fn wait(
        &self,
        name: &str,
        enough: impl Fn(&pb::Dispute) -> bool,
    ) -> pb::Dispute {
        let waiting = async {
            loop {
                let seen = self.see(name).await;
                if enough(&seen) {
                    return seen;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), waiting).await.unwrap()
    }
}

/// A dispute between two bodies of one world, and those above them.
pub(crate) struct Case {
    pub(crate) world: World,
    /// The applicant.
    pub(crate) one: Party,
    pub(crate) two: Party,
    pub(crate) gdo: Party,
    pub(crate) gov: Party,
    pub(crate) name: String,
    pub(crate) docket: String,
}

impl Case {
    pub(crate) async fn new() -> Self {
        Self::between("AGR", "NAT").await
    }

    pub(crate) async fn between(one: &str, two: &str) -> Self {
        Self::of(World::new().await, one, two).await
    }

    pub(crate) async fn of(world: World, one: &str, two: &str) -> Self {
        let (one, two) = (world.agency(one).await, world.agency(two).await);
        let (gdo, gov) = (world.agency("GDO").await, world.agency("GOV-C").await);
        let dispute = one.open(opening(&one, &[&two.code])).await.unwrap();
        let docket = dispute.subject.unwrap().docket;
        Self { world, one, two, gdo, gov, name: dispute.name, docket }
    }

    /// Before the guidance office, alone or with the other two, which has forwarded it.
    pub(crate) async fn before_forum(self) -> Self {
        self.one.take(&self.name, apply()).await;
        self.gdo.take(&self.name, accept()).await;
        self.gdo.take(&self.name, forward()).await;
        self
    }
}
