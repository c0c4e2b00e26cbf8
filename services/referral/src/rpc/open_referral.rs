//! Opens a referral in a docket, under one procedure.

use proto::referral::v1 as pb;
use types::AgencyCode;

use super::{
    Call, convert,
    once::{Written, once_adding},
};
use crate::{
    Referral,
    domain::{
        act::World,
        document,
        leg::Leg,
        opening::{self, Request},
        word::{Ground, ProcedureCode},
    },
    error::Error,
    events::{self, Doer},
    store,
};

/// The most documents one call may bring.
pub(super) const DOCUMENTS_MAX: usize = 32;

pub(super) async fn open_referral(
    service: &Referral,
    call: Call,
    request: pb::OpenReferralRequest,
) -> Result<pb::OpenReferralResponse, Error> {
    let now = service.clock.now();
    let (papers, digests) = convert::papers(&request.documents);
    let mut fields = server::Fields::default();
    command::check_request_id(&mut fields, &request.request_id);
    fields.text(&request.officer, 64, "officer");
    let procedure = ProcedureCode::parse(&request.procedure);
    let procedure = fields.need(procedure, "procedure", "is not a procedure; see ListProcedures");
    let to = body(&mut fields, &request.to_agency, "to_agency");
    let respondent = body(&mut fields, &request.respondent, "respondent");
    let ground = Ground::parse(&request.ground);
    let known = request.ground.is_empty() || ground.is_some();
    fields.check(known, "ground", "is not a ground; see docs/procedures.md");
    fields.check(request.offence.len() <= 500, "offence", "is longer than 500 bytes");
    fields.check(request.reason.len() <= 8192, "reason", "is longer than 8192 bytes");
    fields.check(papers.len() <= DOCUMENTS_MAX, "documents", "are more than 32");
    for (at, paper) in papers.iter().enumerate() {
        let faults = document::faults(paper, at);
        faults.into_iter().for_each(|(field, fault)| fields.fault(field, fault));
    }
    fields.done()?;
    let Some(procedure) = procedure else { return Err(Error::Corrupt("procedure")) };
    let officer = [("officer".to_owned(), request.officer.clone())];
    let certified =
        service.identity.positions(&call.agency, clock::legal_date(now), &officer).await;

    let ask = Request {
        by: call.agency.clone(),
        procedure,
        to,
        offence: request.offence,
        respondent,
        reason: request.reason,
        ground,
        documents: request.documents.iter().map(|document| document.code.clone()).collect(),
        now,
    };
    let doer = Doer::new(&call.agency, &request.officer);
    let method = "OpenReferral";
    let command = call.command(request.request_id, method, now);
    let decided = match certified {
        Ok(_) => decide(service, &ask, (&request.docket, &request.parent)).await,
        Err(error) => Err(error),
    };
    let leg = match decided {
        Ok(leg) => leg,
        // The case may have moved on since the same request was answered.
        Err(error) => return command.first_answer(service.db.reader()).await?.ok_or(error),
    };
    let adding = Written {
        response: pb::OpenReferralResponse { referral: Some(convert::leg(&leg)) },
        entries: vec![events::opened(&leg, &doer, &digests)],
        shown: shown(&leg, first_readers(service, &leg)),
    };
    once_adding(service, command, adding, |together| {
        store::add_leg(together, &leg, &ask.by, &request.documents)
    })
    .await
}

/// Reads what the leg stands on, as far as the caller may see it, and asks the rules.
async fn decide(
    service: &Referral,
    ask: &Request,
    (docket, parent): (&str, &str),
) -> Result<Leg, Error> {
    service.identity.know(&ask.by).await?;
    let (bodies, calendar) = (service.identity.bodies(), service.calendar.table());
    let world = World::bare(&service.settings, &calendar, &bodies);
    let opened = if parent.is_empty() {
        let docket = store::docket(service.db.reader(), &ask.by, docket).await?;
        opening::open(&docket, ask, world)
    } else {
        let parent = store::leg(service.db.reader(), &ask.by, parent).await?;
        opening::open_on(&parent, ask, world)
    };
    opened.map_err(|refusal| Error::refused(refusal, docket))
}

/// Who sees a new leg, as its procedure says.
pub(super) fn first_readers(service: &Referral, leg: &Leg) -> Vec<AgencyCode> {
    let bodies = service.identity.bodies();
    let shows = leg.table().start(leg.ground).shows.iter();
    shows.filter_map(|actor| leg.actor(*actor, &bodies)).collect()
}

/// Those who see a leg see its docket.
pub(super) fn shown(leg: &Leg, seen: Vec<AgencyCode>) -> Vec<(AgencyCode, String)> {
    let mut shown: Vec<(AgencyCode, String)> = seen
        .into_iter()
        .flat_map(|body| {
            [(body.clone(), store::leg_name(leg.id)), (body, store::docket_name(leg.docket))]
        })
        .collect();
    shown.sort();
    shown.dedup();
    shown
}

fn body(fields: &mut server::Fields, code: &str, field: &str) -> Option<AgencyCode> {
    if code.is_empty() {
        return None;
    }
    fields.need(AgencyCode::parse(code), field, "is not the code of a body")
}
