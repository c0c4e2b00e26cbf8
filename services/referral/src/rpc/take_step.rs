//! Takes one step of a procedure.

use proto::referral::v1 as pb;
use sea_orm::DatabaseTransaction;
use types::AgencyCode;

use super::{
    Call, convert,
    once::{Command, Written, check_request_id, once},
    open_referral::{DOCUMENTS_MAX, shown},
    said,
};
use crate::{
    Referral,
    domain::{
        act::{Act, Position, World},
        engine::{self, Outcome},
        leg::Leg,
        opening,
        step::StepKind,
        word::Ground,
    },
    error::Error,
    events::{self, Doer},
    store,
};

pub(super) async fn take_step(
    service: &Referral,
    call: Call,
    request: pb::TakeStepRequest,
) -> Result<pb::TakeStepResponse, Error> {
    let now = service.clock.now();
    let (papers, digests) = convert::papers(&request.documents);
    let mut fields = server::Fields::default();
    check_request_id(&mut fields, &request.request_id);
    fields.text(&request.officer, 64, "officer");
    let version = fields.need(convert::version(&request.etag), "etag", "is missing or malformed");
    fields.check(papers.len() <= DOCUMENTS_MAX, "documents", "are more than 32");
    let said = said::read(request.step.and_then(|step| step.kind), &mut fields);
    fields.done()?;
    let Some((step, said)) = said else { return Err(Error::Corrupt("step")) };
    let position = officers(service, &call, &request.officer, &said.team, now).await;

    let by = call.agency.clone();
    let doer = Doer::new(&call.agency, &request.officer);
    let method = "TakeStep";
    let command = Command { call, request_id: request.request_id, method, now };
    let (again, documents, name) = (service.clone(), request.documents, request.name);
    once(service, command, move |tx| {
        Box::pin(async move {
            let act = Act { step, said, by, position: position?, documents: papers, now };
            let taking = Taking { service: again, act, doer, documents, digests };
            let leg = store::leg(tx, &taking.act.by, &name).await?;
            if Some(leg.version) != version {
                return Err(Error::Stale);
            }
            taking.take(tx, &leg).await
        })
    })
    .await
}

/// What the officer is; every certificate that does not hold, the team's too, is named.
async fn officers(
    service: &Referral,
    call: &Call,
    officer: &str,
    team: &[String],
    now: chrono::DateTime<chrono::Utc>,
) -> Result<Position, Error> {
    let mut asked = vec![("officer".to_owned(), officer.to_owned())];
    let team = team.iter().enumerate();
    asked.extend(team.map(|(at, one)| (format!("step.officers[{at}]"), one.clone())));
    let day = clock::legal_date(now);
    let positions = service.identity.positions(&call.agency, day, &asked).await?;
    positions.first().copied().ok_or(Error::Corrupt("officer"))
}

/// One step on its way.
struct Taking {
    service: Referral,
    act: Act,
    doer: Doer,
    documents: Vec<pb::Document>,
    digests: Vec<(String, String)>,
}

impl Taking {
    async fn take(
        self,
        tx: &DatabaseTransaction,
        leg: &Leg,
    ) -> Result<Written<pb::TakeStepResponse>, Error> {
        let outcome = self.decide(tx, leg, &self.act).await?;
        store::update_leg(tx, leg, &outcome.leg).await?;
        store::insert_documents(tx, &outcome.leg, &self.act.by, &self.documents).await?;
        let mut entries = self.entries(leg, &outcome);
        let mut seen = shown(&outcome.leg, outcome.shown.clone());
        let mut opened_referral = String::new();
        if let Some(ground) = outcome.supervision {
            let child = self.supervise(tx, &outcome.leg, ground).await?;
            opened_referral = store::leg_name(child.id);
            entries.push(events::opened(&child, &self.doer, &self.digests));
            seen.extend(shown(&child, vec![child.from.clone(), child.to.clone()]));
            seen.extend(shown(&outcome.leg, vec![child.to.clone()]));
        }
        if let Some(step) = outcome.parent_step {
            entries.extend(self.step_parent(tx, leg, step).await?);
        }
        seen.sort();
        seen.dedup();
        let message = convert::leg(&outcome.leg);
        Ok(Written {
            response: pb::TakeStepResponse { referral: Some(message), opened_referral },
            entries,
            shown: seen,
        })
    }

    async fn decide(
        &self,
        tx: &DatabaseTransaction,
        leg: &Leg,
        act: &Act,
    ) -> Result<Outcome, Error> {
        let (bodies, calendar) = (self.service.identity.bodies(), self.service.calendar.table());
        let parent = match leg.parent {
            None => None,
            Some(parent) => {
                let parent = store::leg(tx, &act.by, &store::leg_name(parent)).await;
                parent.ok().map(|parent| engine::as_parent(&parent, act.now))
            }
        };
        let world = World {
            settings: &self.service.settings,
            calendar: &calendar,
            bodies: &bodies,
            parent,
            supervision_open: store::children_open(tx, leg).await?,
            answer_refers: self.answer_refers(tx).await,
        };
        engine::take(leg, act, world)
            .map_err(|refusal| Error::refused(refusal, store::leg_name(leg.id)))
    }

    /// Whether the referral an answer names exists, is the caller's, and was delivered (P-09b).
    async fn answer_refers(&self, tx: &DatabaseTransaction) -> bool {
        if self.act.said.referral.is_empty() {
            return false;
        }
        let named = store::leg(tx, &self.act.by, &self.act.said.referral).await;
        named.is_ok_and(|leg| leg.from == self.act.by && engine::delivered(&leg))
    }

    fn entries(&self, before: &Leg, outcome: &Outcome) -> Vec<db::journal::Entry> {
        let now = self.act.now;
        let rungs = outcome.rungs.iter();
        let mut entries: Vec<_> =
            rungs.map(|(term, rung)| events::rung(before, term, *rung, now)).collect();
        let step = outcome.row.step;
        entries.push(events::stepped(before, outcome, step, &self.doer, &self.digests));
        entries
    }

    /// Opens the supervision that a step asks for, with the papers of that step.
    async fn supervise(
        &self,
        tx: &DatabaseTransaction,
        leg: &Leg,
        ground: Ground,
    ) -> Result<Leg, Error> {
        let bodies = self.service.identity.bodies();
        let procuratorate: AgencyCode =
            bodies.procuratorate(&leg.from).ok_or(Error::NotFound("procuratorate"))?;
        let child = opening::supervise(leg, ground, &procuratorate, self.act.now);
        store::insert_leg(tx, &child).await?;
        store::insert_documents(tx, &child, &self.act.by, &self.documents).await?;
        Ok(child)
    }

    /// Takes, on the leg supervised, the step that was ordered.
    async fn step_parent(
        &self,
        tx: &DatabaseTransaction,
        leg: &Leg,
        step: StepKind,
    ) -> Result<Vec<db::journal::Entry>, Error> {
        let Some(parent) = leg.parent else { return Ok(Vec::new()) };
        let parent = store::leg(tx, &self.act.by, &store::leg_name(parent)).await?;
        if engine::already(&parent, step) {
            return Ok(Vec::new());
        }
        let mut act = Act { step, documents: Vec::new(), ..self.act.clone() };
        if act.said.reason.is_empty() {
            act.said.reason = format!("ordered in {}", store::leg_name(leg.id));
        }
        let outcome = self.decide(tx, &parent, &act).await?;
        store::update_leg(tx, &parent, &outcome.leg).await?;
        Ok(self.entries(&parent, &outcome))
    }
}
