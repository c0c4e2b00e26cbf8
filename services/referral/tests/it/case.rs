//! The calls of one case, filled so that they are lawful; a test spoils what it is about.

use std::{collections::BTreeMap, time::Duration};

use proto::referral::v1::{self as pb, step::Kind};
use referral::domain::document;
use tonic::Status;

use crate::world::{Party, World, id};

/// A lawful document: every field of its form filled.
pub(crate) fn paper(code: &str) -> pb::Document {
    let form = document::form(code).unwrap();
    let fields: BTreeMap<String, String> =
        form.fields.iter().map(|field| (field.name.clone(), "甲、乙".to_owned())).collect();
    let (fields, lines) = if form.list {
        (BTreeMap::new(), vec![pb::DocumentLine { fields }])
    } else {
        (fields, Vec::new())
    };
    pb::Document { code: code.to_owned(), fields, lines, sha256: String::new() }
}

/// A docket in the sector FOOD, whose facts reach a threshold.
pub(crate) fn docket(by: &Party, title: &str) -> pb::OpenDocketRequest {
    let fact = ("toxic_non_food_material_added".to_owned(), "true".to_owned());
    pb::OpenDocketRequest {
        request_id: id(),
        title: title.to_owned(),
        sector: "FOOD".to_owned(),
        matter: "M033".to_owned(),
        facts: BTreeMap::from([fact]),
        officer: by.officer("01"),
        earlier_penalties: Vec::new(),
        place: String::new(),
    }
}

/// A referral of that docket to the police of the same level.
pub(crate) fn referral(by: &Party, docket: &str) -> pb::OpenReferralRequest {
    pb::OpenReferralRequest {
        request_id: id(),
        docket: docket.to_owned(),
        procedure: "CRIMINAL_REFERRAL".to_owned(),
        offence: "生产、销售有毒、有害食品罪 art. 144".to_owned(),
        officer: by.officer("01"),
        ..pb::OpenReferralRequest::default()
    }
}

/// The papers a step must bring, and who must take it.
#[expect(clippy::wildcard_enum_match_arm, reason = "most steps need no paper and any officer")]
fn lawful(kind: &Kind) -> (&'static [&'static str], &'static str) {
    match kind {
        Kind::SubmitReport(_) => (&["REFERRAL_REPORT"], "01"),
        Kind::Approve(_) | Kind::Decline(_) => (&[], "04"),
        Kind::Deliver(_) => {
            (&["REFERRAL_LETTER", "INVESTIGATION_REPORT", "INVOLVED_ITEM_LIST"], "01")
        }
        Kind::SignReceipt(_) => (&["RECEIPT"], "01"),
        Kind::RequestSupplement(_) => (&["SUPPLEMENT_NOTICE"], "01"),
        Kind::Forward(_) => (&["FORWARD_NOTICE"], "01"),
        Kind::HandOver(_) | Kind::CompleteTransfer(_) => (&["HAND_OVER_SHEET"], "01"),
        Kind::RequestReconsideration(_) => (&["RECONSIDERATION_REQUEST"], "01"),
        Kind::UpholdNotFiling(_) => (&["RECONSIDERATION_DECISION"], "01"),
        Kind::SuggestSupervision(_) => (&["SUPERVISION_SUGGESTION"], "01"),
        Kind::DemandReasons(_) => (&["REASONS_DEMAND"], "01"),
        Kind::StateReasons(_) => (&["REASONS_STATEMENT"], "01"),
        Kind::OrderToFile(_) => (&["ORDER_TO_FILE"], "01"),
        Kind::IssueReferralOpinion(_) => (&["PROCURATORIAL_OPINION_REFER"], "09"),
        _ => onward(kind),
    }
}

/// The same on the way through procuratorate and court, and back.
#[expect(clippy::wildcard_enum_match_arm, reason = "most steps need no paper and any officer")]
fn onward(kind: &Kind) -> (&'static [&'static str], &'static str) {
    match kind {
        Kind::Prosecute(_) => (&["INDICTMENT"], "01"),
        Kind::NotProsecute(_) => (&["NON_PROSECUTION_DECISION"], "01"),
        Kind::PronounceJudgment(_) | Kind::DecideAppeal(_) => (&["JUDGMENT"], "01"),
        Kind::ReturnSlip(_) => (&["EXECUTION_SLIP"], "01"),
        Kind::NotifyJudgment(_) => (&["JUDGMENT_NOTICE"], "01"),
        Kind::TransferForPenalty(_) | Kind::TransferToAgency(_) | Kind::TransferCrime(_) => {
            (&["TRANSFER_LETTER"], "01")
        }
        Kind::SuspendReview(_) => (&["SUSPENSION_DECISION"], "01"),
        Kind::RecordConsultation(_) => (&["CONSULTATION_REPLY"], "01"),
        Kind::DeliverOpinion(_) => (&["PROCURATORIAL_OPINION_PENALTY"], "01"),
        Kind::ReplyToOpinion(_) => (&["OPINION_REPLY"], "01"),
        Kind::RemindParty(_) => (&["REMINDER_NOTICE"], "01"),
        Kind::ApplyForEnforcement(_) => (&["EXECUTION_APPLICATION", "PENALTY_DECISION"], "01"),
        Kind::GrantEnforcement(_) | Kind::RefuseEnforcement(_) => (&["EXECUTION_RULING"], "01"),
        Kind::TransferLead(_) => (&["LEAD_LETTER"], "01"),
        Kind::SendAdvice(_) => (&["JUDICIAL_ADVICE"], "04"),
        _ => (&[], "01"),
    }
}

/// A step on a referral as it was seen.
pub(crate) fn step(by: &Party, seen: &pb::Referral, kind: Kind) -> pb::TakeStepRequest {
    let (papers, officer) = lawful(&kind);
    let papers = match (&kind, seen.state.as_str()) {
        (Kind::ServeNotice(_), "FILED") => &["FILING_NOTICE"][..],
        (Kind::ServeNotice(_), "NOT_FILED") => &["NON_FILING_NOTICE"],
        _ => papers,
    };
    pb::TakeStepRequest {
        request_id: id(),
        name: seen.name.clone(),
        etag: seen.etag.clone(),
        officer: by.officer(officer),
        documents: papers.iter().map(|code| paper(code)).collect(),
        step: Some(pb::Step { kind: Some(kind) }),
    }
}

pub(crate) fn team(by: &Party) -> Kind {
    Kind::AppointTeam(pb::AppointTeam { officers: vec![by.officer("01"), by.officer("02")] })
}

pub(crate) fn file() -> Kind {
    Kind::File(pb::File { filing_no: "云公立字〔2026〕1号".to_owned() })
}

pub(crate) fn not_file() -> Kind {
    Kind::NotFile(pb::NotFile { reason: "情节显著轻微".to_owned() })
}

pub(crate) fn deliver() -> Kind {
    Kind::Deliver(pb::Deliver {})
}

pub(crate) fn receipt() -> Kind {
    Kind::SignReceipt(pb::SignReceipt {})
}

pub(crate) fn notice() -> Kind {
    Kind::ServeNotice(pb::ServeNotice {})
}

impl Party {
    pub(crate) async fn open_docket(&self, title: &str) -> pb::Docket {
        let answer = self.client.clone().open_docket(docket(self, title)).await.unwrap();
        answer.into_inner().docket.unwrap()
    }

    /// A docket and a referral in it.
    pub(crate) async fn open(&self, title: &str) -> pb::Referral {
        let docket = self.open_docket(title).await;
        let request = referral(self, &docket.name);
        let answer = self.client.clone().open_referral(request).await.unwrap();
        answer.into_inner().referral.unwrap()
    }

    /// Takes exactly this step.
    pub(crate) async fn call(
        &self,
        request: pb::TakeStepRequest,
    ) -> Result<pb::TakeStepResponse, Status> {
        Ok(self.client.clone().take_step(request).await?.into_inner())
    }

    /// Takes a lawful step on a referral as it is now.
    pub(crate) async fn take(&self, name: &str, kind: Kind) -> pb::Referral {
        self.took(name, kind).await.referral.unwrap()
    }

    /// The same, with what the step opened.
    pub(crate) async fn took(&self, name: &str, kind: Kind) -> pb::TakeStepResponse {
        let seen = self.get(name).await.unwrap().referral.unwrap();
        self.call(step(self, &seen, kind)).await.unwrap()
    }

    /// The refusal of a lawful step, changed by `spoil`, on a referral as it is now.
    pub(crate) async fn refused(
        &self,
        name: &str,
        kind: Kind,
        spoil: impl FnOnce(&mut pb::TakeStepRequest),
    ) -> Status {
        let seen = self.get(name).await.unwrap().referral.unwrap();
        let mut request = step(self, &seen, kind);
        spoil(&mut request);
        self.call(request).await.unwrap_err()
    }

    pub(crate) async fn get(&self, name: &str) -> Result<pb::GetReferralResponse, Status> {
        let request = pb::GetReferralRequest { name: name.to_owned() };
        Ok(self.client.clone().get_referral(request).await?.into_inner())
    }

    pub(crate) async fn state(&self, name: &str) -> String {
        self.get(name).await.unwrap().referral.unwrap().state
    }

    /// The newest term of a rule.
    pub(crate) async fn term(&self, name: &str, rule: &str) -> pb::Term {
        let terms = self.get(name).await.unwrap().terms;
        terms.into_iter().rev().find(|term| term.rule == rule).unwrap()
    }

    pub(crate) async fn list(&self, filter: &str) -> Vec<pb::Referral> {
        let request = pb::ListReferralsRequest { filter: filter.to_owned(), ..Default::default() };
        self.client.clone().list_referrals(request).await.unwrap().into_inner().referrals
    }

    /// What happened after a cursor: one stream, to its end.
    pub(crate) async fn watch(&self, cursor: &str, wait_seconds: i32) -> Vec<pb::Event> {
        let request = pb::WatchReferralsRequest { cursor: cursor.to_owned(), wait_seconds };
        let mut stream = self.client.clone().watch_referrals(request).await.unwrap().into_inner();
        let mut events = Vec::new();
        while let Some(message) = stream.message().await.unwrap() {
            events.push(message.event.unwrap());
        }
        events
    }

    /// What happened from the beginning, read on from the last cursor until there is `enough`.
    ///
    /// PostgreSQL holds a row back while any older transaction of the server runs: what was just
    /// written may show a moment later.
    pub(crate) async fn watch_until(
        &self,
        enough: impl Fn(&[pb::Event]) -> bool,
    ) -> Vec<pb::Event> {
        let reading = async {
            let mut events: Vec<pb::Event> = Vec::new();
            while !enough(&events) {
                let cursor = events.last().map(|event| event.cursor.clone()).unwrap_or_default();
                events.extend(self.watch(&cursor, 1).await);
            }
            events
        };
        tokio::time::timeout(Duration::from_secs(60), reading).await.unwrap()
    }
}

/// MKT, PSB and PRO of one world, and one case of theirs.
pub(crate) struct Case {
    pub(crate) world: World,
    pub(crate) mkt: Party,
    pub(crate) psb: Party,
    pub(crate) pro: Party,
    pub(crate) name: String,
    pub(crate) docket: String,
}

impl Case {
    pub(crate) async fn new() -> Self {
        Self::of(World::new().await).await
    }

    pub(crate) async fn of(world: World) -> Self {
        let mkt = world.agency("MKT").await;
        let (psb, pro) = (world.agency("PSB").await, world.agency("PRO").await);
        let pb::Referral { name, docket, .. } = mkt.open("二甲双胍减肥糖果").await;
        Self { world, mkt, psb, pro, name, docket }
    }

    /// Takes the agency's steps up to the head's approval.
    pub(crate) async fn approved(self) -> Self {
        for kind in [team(&self.mkt), Kind::SubmitReport(pb::SubmitReport {})] {
            self.mkt.take(&self.name, kind).await;
        }
        self.mkt.take(&self.name, Kind::Approve(pb::Approve {})).await;
        self
    }

    pub(crate) async fn delivered(self) -> Self {
        let case = self.approved().await;
        case.mkt.take(&case.name, deliver()).await;
        case
    }

    pub(crate) async fn accepted(self) -> Self {
        let case = self.delivered().await;
        case.psb.take(&case.name, receipt()).await;
        case
    }
}
