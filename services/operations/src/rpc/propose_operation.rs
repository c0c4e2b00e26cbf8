//! Proposes a joint operation with its work plan: a body for itself, or the guidance office.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use proto::operations::v1 as pb;
use server::Fields;
use types::{AgencyCode, Id};

use super::{
    Call, asked,
    convert::operation::operation as message,
    once::{Written, once},
};
use crate::{
    Operations,
    catalogue::{self, Wanted},
    domain::{
        law,
        operation::{self, Operation, Participant},
        word::{Answer, Ground, OperationState},
    },
    error::Error,
    events::{Doer, Happened},
    marks, store,
};

/// The most bodies of an operation.
const PARTICIPANTS_MAX: usize = 50;
/// The most officers the guidance office allocates of one body.
const OFFICERS_MAX: u32 = 1000;
/// The most matters of one body.
const MATTERS_MAX: usize = 50;

pub(super) async fn propose_operation(
    service: &Operations,
    call: Call,
    request: pb::ProposeOperationRequest,
) -> Result<pb::ProposeOperationResponse, Error> {
    let now = service.clock.now();
    let mut fields = Fields::default();
    command::check_request_id(&mut fields, &request.request_id);
    fields.text(&request.officer, 64, "officer");
    let said = fields.need(request.operation, "operation", "is missing").unwrap_or_default();
    let read = read(&mut fields, said, &call.agency, now);
    fields.done()?;
    let operation = read.ok_or(Error::Corrupt("request"))?;
    let codes: Vec<AgencyCode> =
        operation.participants.iter().map(|one| one.agency.clone()).collect();
    let bodies = service.bodies.with(&codes).await?;
    operation::check(&operation, &bodies, &service.settings)
        .map_err(|refusal| Error::refused(refusal, "operations"))?;
    let certified = service.bodies.certified(&call.agency, &request.officer, now).await;
    let day = clock::legal_date(now);
    let held = catalogue::held(service, &wanted(&operation), day, "operations").await;

    let doer = Doer::new(&call.agency, &request.officer);
    let office = service.settings.guidance_office.clone();
    let command = call.command(request.request_id, "ProposeOperation", now);
    once(service, command, move |tx| {
        Box::pin(async move {
            certified?;
            held?;
            store::insert(tx, &operation).await?;
            let name = &operation.name;
            let bodies: Vec<&str> = codes.iter().map(AgencyCode::as_str).collect();
            let summary = format!(
                "{} proposed {} under the lead of {}: {}",
                doer.agency,
                operation.title,
                operation.initiator,
                bodies.join(", ")
            );
            let law = if operation.proposer == office { law::O_04 } else { law::O_01 };
            let happened = Happened::new("OPERATION_PROPOSED", name, summary).under(law);
            let happened = happened.marked(marks::operation(None, &operation, now));
            Ok(Written {
                response: pb::ProposeOperationResponse { operation: Some(message(&operation)) },
                entries: vec![happened.by(&doer, now)],
                shown: codes.into_iter().chain([office]).map(|one| (one, name.clone())).collect(),
            })
        })
    })
    .await
}

fn read(
    fields: &mut Fields,
    said: pb::JointOperation,
    proposer: &AgencyCode,
    now: DateTime<Utc>,
) -> Option<Operation> {
    fields.check(said.name.is_empty(), "operation.name", "is not the caller's to choose");
    fields.text(&said.title, 300, "operation.title");
    fields.text(&said.work_plan, 20_000, "operation.work_plan");
    let grounds: Option<BTreeSet<Ground>> =
        said.grounds.iter().map(|word| Ground::parse(word)).collect();
    let grounds = grounds.filter(|grounds| !grounds.is_empty());
    let fault = "are not SEVERAL_DUTIES, LINKED_DUTIES, SAME_OBJECT, or one of them";
    let grounds = fields.need(grounds, "operation.grounds", fault);
    let names = ("operation.period_start", "operation.period_end");
    let period = asked::period(fields, (&said.period_start, &said.period_end), names);
    let over = period.is_some_and(|(_, end)| end < clock::legal_date(now));
    fields.check(!over, "operation.period_end", "is over");
    let code = |code: &str, or: &AgencyCode| {
        if code.is_empty() { Some(or.clone()) } else { AgencyCode::parse(code) }
    };
    let initiator = code(&said.initiator, proposer);
    let initiator = fields.need(initiator, "operation.initiator", "is no code of a body");
    let command = initiator.as_ref().and_then(|initiator| code(&said.command, initiator));
    let command = fields.need(command, "operation.command", "is no code of a body");
    let count = said.participants.len();
    fields.check(count <= PARTICIPANTS_MAX, "operation.participants", "are more than 50");
    let mut participants: Vec<Participant> = Vec::new();
    for (at, one) in said.participants.into_iter().take(PARTICIPANTS_MAX).enumerate() {
        let at = format!("operation.participants[{at}].");
        if let Some(one) = participant(fields, one, &at) {
            let once = participants.iter().all(|other| other.agency != one.agency);
            fields.check(once, format!("{at}agency"), "is there twice");
            participants.push(one);
        }
    }
    // Who proposes an operation that it leads takes part in it.
    for one in &mut participants {
        if Some(&one.agency) == initiator.as_ref() && one.agency == *proposer {
            one.answer = Answer::Confirmed;
        }
    }
    let (period_start, period_end) = period?;
    Some(Operation {
        name: format!("operations/{}", Id::<Operation>::new(now)),
        title: said.title.trim().to_owned(),
        initiator: initiator?,
        proposer: proposer.clone(),
        participants,
        grounds: grounds?.into_iter().collect(),
        work_plan: said.work_plan,
        command: command?,
        state: OperationState::Proposed,
        period_start,
        period_end,
        approved_by: String::new(),
        approved_at: None,
        urgent: said.urgent,
        close_reason: String::new(),
        created_at: now,
        version: 1,
    })
}

fn participant(fields: &mut Fields, one: pb::Participant, at: &str) -> Option<Participant> {
    fields.text(&one.duties, 4000, &format!("{at}duties"));
    asked::words(fields, &one.matters, MATTERS_MAX, &format!("{at}matters"));
    let officers = asked::number(fields, one.officers, (0, OFFICERS_MAX), format!("{at}officers"));
    let agency = AgencyCode::parse(&one.agency);
    let agency = fields.need(agency, format!("{at}agency"), "is no code of a body")?;
    let (duties, matters) = (one.duties, one.matters);
    let (answer, reason) = (Answer::Pending, String::new());
    Some(Participant { agency, duties, matters, officers, answer, reason })
}

/// What the participants must hold.
fn wanted(operation: &Operation) -> Vec<Wanted> {
    let all = operation.participants.iter().enumerate().flat_map(|(at, one)| {
        one.matters.iter().enumerate().map(move |(n, matter)| Wanted {
            field: format!("operation.participants[{at}].matters[{n}]"),
            agency: one.agency.clone(),
            matter: matter.clone(),
        })
    });
    all.collect()
}
