//! Takes one step of a procedure.

use super::{
    Call, convert,
    once::{Written, once},
    open_referral::{DOCUMENTS_MAX, first_readers, shown},
    said,
};
use crate::{
    Referral,
    domain::{
        act::{Act, Position, World},
        branch,
        dispute::PASSES_ON,
        engine::{self, Next, Outcome},
        leg::{BY_HAND_OVER, Leg},
        opening,
        refusal::Refusal,
        step::StepKind,
        word::ProcedureCode,
    },
    error::Error,
    events::{self, Doer},
    store,
};
use proto::referral::v1 as pb;
use sea_orm::DatabaseTransaction;

pub(super) async fn take_step(
    service: &Referral,
    call: Call,
    request: pb::TakeStepRequest,
) -> Result<pb::TakeStepResponse, Error> {
    let now = service.clock.now();
    let (papers, digests) = convert::papers(&request.documents);
    let mut fields = server::Fields::default();
    command::check_request_id(&mut fields, &request.request_id);
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
    let command = call.command(request.request_id, method, now);
    let (again, documents, name) = (service.clone(), request.documents, request.name);
    once(service, command, move |tx| {
        Box::pin(async move {
            let act = Act { step, said, by, position: position?, documents: papers, now };
            let taking = Taking { service: again, act, doer, documents, digests };
            let leg = store::leg(tx, &taking.act.by, &name).await?;
            not_by_hand(&leg, step, &name)?;
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

/// Refuses what follows from a hand-over that both sides signed.
fn not_by_hand(leg: &Leg, step: StepKind, name: &str) -> Result<(), Error> {
    let row = leg.table().rows.iter().find(|row| row.step == step);
    let Some(row) = row.filter(|_| BY_HAND_OVER.contains(&step)) else { return Ok(()) };
    let refusal = Refusal::Broken {
        what: format!(
            "{step} is not taken by hand: hand over in the evidence service (`xiezhi evidence \
             hand-over propose`), it is taken when both have signed"
        ),
        what_zh: "移交应当在证据系统中办理，双方清点并签名后自动记入案件",
        law: row.law,
    };
    Err(Error::refused(refusal, name))
}

/// One step on its way.
pub(super) struct Taking {
    pub(super) service: Referral,
    pub(super) act: Act,
    pub(super) doer: Doer,
    pub(super) documents: Vec<pb::Document>,
    pub(super) digests: Vec<(String, String)>,
}

impl Taking {
    pub(super) async fn take(
        self,
        tx: &DatabaseTransaction,
        leg: &Leg,
    ) -> Result<Written<pb::TakeStepResponse>, Error> {
        let outcome = self.decide(tx, leg, &self.act).await?;
        store::update_leg(tx, leg, &outcome.leg).await?;
        store::insert_documents(tx, &outcome.leg, &self.act.by, &self.documents).await?;
        let mut entries = self.entries(leg, &outcome, &self.act);
        let mut seen = shown(&outcome.leg, outcome.shown.clone());
        let mut opened_referral = String::new();
        if let Some(penalty) = &outcome.penalty {
            store::note_penalty(tx, &store::docket_name(leg.docket), penalty).await?;
        }
        if let Some(next) = &outcome.next {
            let child = self.open(tx, &outcome.leg, next).await?;
            opened_referral = store::leg_name(child.id);
            entries.push(events::opened(&child, &self.doer, &self.digests));
            seen.extend(shown(&child, first_readers(&self.service, &child)));
            if child.procedure == ProcedureCode::FilingSupervision {
                seen.extend(shown(&outcome.leg, vec![child.to.clone()]));
            }
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
        let disputes = if PASSES_ON.contains(&act.step) {
            store::open_disputes(tx, &store::docket_name(leg.docket)).await?
        } else {
            Vec::new()
        };
        let branches = if branch::ASKED_BY.contains(&act.step) {
            let docket = store::docket_name(leg.docket);
            let legs = store::all_legs(tx, &docket).await?;
            branch::of(&store::docket(tx, &act.by, &docket).await?, &legs)
        } else {
            branch::NOTHING
        };
        let world = World {
            settings: &self.service.settings,
            calendar: &calendar,
            bodies: &bodies,
            parent,
            supervision_open: store::children_open(tx, leg).await?,
            answer_refers: self.answer_refers(tx).await,
            disputes: &disputes,
            branches,
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

    fn entries(&self, before: &Leg, outcome: &Outcome, act: &Act) -> Vec<db::journal::Entry> {
        let now = act.now;
        let rungs = outcome.rungs.iter();
        let mut entries: Vec<_> =
            rungs.map(|(term, rung)| events::rung(before, term, *rung, now)).collect();
        entries.push(events::stepped(before, outcome, act, &self.doer, &self.digests));
        entries
    }

    /// Opens the leg that follows from a step, with the papers of that step.
    async fn open(&self, tx: &DatabaseTransaction, leg: &Leg, next: &Next) -> Result<Leg, Error> {
        let (bodies, calendar) = (self.service.identity.bodies(), self.service.calendar.table());
        let world = World::bare(&self.service.settings, &calendar, &bodies);
        let child = opening::follow(leg, next, world, self.act.now);
        let child = child.ok_or(Error::NotFound("body to receive it"))?;
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
        Ok(self.entries(&parent, &outcome, &act))
    }
}
