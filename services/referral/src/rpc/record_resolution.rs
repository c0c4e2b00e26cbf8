//! The convener records what a meeting resolved: a term of its owner runs from now on.

use proto::referral::v1 as pb;
use sea_orm::DatabaseTransaction;
use server::Fields;
use types::{AgencyCode, Id};

use super::{
    Call,
    once::{Written, once},
    record::{Deed, Known, New, TEXT_MAX, add, certified},
    shown,
};
use crate::{
    Referral,
    domain::{
        leg::Docket,
        linkage::MEETING,
        meeting::Meeting,
        refusal::Refusal,
        resolution::{self, Recording, Resolution},
    },
    error::Error,
    events::Doer,
    store,
};

pub(super) async fn record_resolution(
    service: &Referral,
    call: Call,
    request: pb::RecordResolutionRequest,
) -> Result<pb::RecordResolutionResponse, Error> {
    let now = service.clock.now();
    let mut fields = Fields::default();
    command::check_request_id(&mut fields, &request.request_id);
    fields.text(&request.text, TEXT_MAX, "text");
    let owner = AgencyCode::parse(&request.owner);
    let owner = fields.need(owner, "owner", "is missing: each resolution has an owner");
    let due_date = request.due_date.parse().ok();
    if let Some(fault) = resolution::day_fault(due_date, now) {
        fields.fault("due_date", fault);
    }
    let docket = store::parse_name::<Docket>(&request.docket, "dockets");
    let ok = request.docket.is_empty() || docket.is_some();
    fields.check(ok, "docket", "is not dockets/{uuid}");
    fields.text(&request.officer, 64, "officer");
    under_rule(fields, &request.meeting)?;
    let certified = certified(service, &call, &request.officer, &[], now).await;

    let known = Known::of(service, &call, now);
    let meeting = request.meeting;
    let recording = Recording {
        name: format!("{meeting}/resolutions/{}", Id::<Resolution>::new(now)),
        by: call.agency.clone(),
        text: request.text,
        owner: owner.ok_or(Error::Corrupt("owner"))?,
        due_date: due_date.ok_or(Error::Corrupt("due_date"))?,
        docket: request.docket,
        owner_sees_docket: false,
        now,
    };
    let doer = Doer::new(&call.agency, &request.officer);
    let command = call.command(request.request_id, "RecordResolution", now);
    once(service, command, move |tx| {
        Box::pin(async move {
            certified?;
            write(tx, (&meeting, recording), &known, &doer).await
        })
    })
    .await
}

async fn write(
    tx: &DatabaseTransaction,
    (meeting, mut recording): (&str, Recording),
    known: &Known,
    doer: &Doer,
) -> Result<Written<pb::RecordResolutionResponse>, Error> {
    let meeting: Meeting = store::kept(tx, &known.by, meeting).await?;
    let bodies: Vec<AgencyCode> = meeting.bodies().cloned().collect();
    let mut seen_by = bodies.clone();
    if !recording.docket.is_empty() {
        let readers = store::readers(tx, &bodies, &recording.docket).await?;
        recording.owner_sees_docket = readers.contains(&recording.owner);
        // Who convened the meeting saw the docket then, and accepts the report.
        seen_by.retain(|body| *body == meeting.convener || readers.contains(body));
    }
    let rules = (&*known.bodies, &known.settings.linkage);
    let record = resolution::record(&meeting, recording, rules, known.count())
        .map_err(|refusal| Error::refused(refusal, &meeting.name))?;
    let deed = Deed {
        kind: "RESOLUTION_RECORDED",
        law: MEETING,
        summary: format!(
            "{} recorded a resolution: {} owes it by {}",
            record.convener, record.owner, record.due_date
        ),
        exchanges: Vec::new(),
    };
    let new = New { record, deed, seen_by, beside: Vec::new() };
    add(tx, new, (doer, known.now), |one| pb::RecordResolutionResponse {
        resolution: Some(shown::resolution(one)),
    })
    .await
}

/// Every field at fault at once, with the rule that asks for owner and day.
pub(super) fn under_rule(fields: Fields, subject: &str) -> Result<(), Error> {
    fields.done().map_err(|violations| {
        // A name that is too long is not repeated.
        let subject = if subject.len() > 200 { "" } else { subject };
        let faults = violations.iter().map(|(field, fault)| (field.to_owned(), fault.to_owned()));
        Error::refused(Refusal::Fields { faults: faults.collect(), law: MEETING }, subject)
    })
}
