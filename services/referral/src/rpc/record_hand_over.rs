//! Takes the step that waited for a hand-over, now that both sides have signed it.

use chrono::{DateTime, NaiveDate, Utc};
use command::Command;
use proto::referral::v1 as pb;
use types::AgencyCode;

use super::{
    convert,
    once::{Written, once},
    take_step::Taking,
};
use crate::{
    Referral,
    domain::{
        act::Act,
        leg::{HandOverDuty, Leg},
        refusal::Refusal,
        step::Said,
    },
    error::Error,
    events::{self, Doer},
    store,
};

/// Who tells it, as the idempotency records name it.
const CALLER: &str = "service/evidence";

/// What both sides signed.
struct Signed {
    giver: AgencyCode,
    receiver: AgencyCode,
    at: DateTime<Utc>,
    told_on: Option<NaiveDate>,
    sheet: pb::Document,
}

pub(super) async fn record_hand_over(
    service: &Referral,
    attestation: auth::Attestation,
    mut request: pb::RecordHandOverRequest,
) -> Result<pb::RecordHandOverResponse, Error> {
    let now = service.clock.now();
    let Signed { giver, receiver, at, told_on, sheet } = parse(&mut request, now)?;
    let sheet = vec![sheet];
    let (papers, digests) = convert::papers(&sheet);
    let officer = [("giver_officer".to_owned(), request.giver_officer.clone())];
    let positions = service.identity.positions(&giver, clock::legal_date(at), &officer).await;

    let caller = CALLER.to_owned();
    let (request_id, method) = (request.request_id.clone(), "RecordHandOver");
    let command = Command { caller, attestation, request_id, method, now };
    let again = service.clone();
    once(service, command, move |tx| {
        Box::pin(async move {
            // As the giver sees it: a body that is no party to the referral owes nothing in it.
            let leg = store::leg(tx, &giver, &request.referral).await?;
            let duties = leg.hand_over_duties();
            if duties.is_empty() || !request.completes {
                return Ok(nothing(&leg));
            }
            let fits =
                |duty: &&HandOverDuty<'_>| *duty.giver == giver && *duty.receiver == receiver;
            let Some(duty) = duties.iter().find(fits) else {
                return Err(Error::refused(other_parties(&duties), request.referral));
            };
            let position = positions?.first().copied().ok_or(Error::Corrupt("officer"))?;
            let said = Said {
                under_measure: request.property_under_measure,
                party_told_on: told_on,
                hand_over: request.hand_over,
                ..Said::default()
            };
            let doer = Doer::new(&giver, &request.giver_officer);
            let (step, now) = (duty.row.step, at.max(duty.term.started_at));
            let act = Act { step, said, by: giver, position, documents: papers, now };
            let taking = Taking { service: again, act, doer, documents: sheet, digests };
            let written = taking.take(tx, &leg).await?;
            let state = written.response.referral.map(|leg| leg.state).unwrap_or_default();
            let response = pb::RecordHandOverResponse { step: step.to_string(), state };
            Ok(Written { response, entries: written.entries, shown: written.shown })
        })
    })
    .await
}

fn parse(request: &mut pb::RecordHandOverRequest, now: DateTime<Utc>) -> Result<Signed, Error> {
    let mut fields = server::Fields::default();
    command::check_request_id(&mut fields, &request.request_id);
    fields.text(&request.hand_over, 64, "hand_over");
    fields.text(&request.giver_officer, 64, "giver_officer");
    fields.text(&request.receiver_officer, 64, "receiver_officer");
    let giver = fields.need(AgencyCode::parse(&request.giver), "giver", "is no agency code");
    let receiver =
        fields.need(AgencyCode::parse(&request.receiver), "receiver", "is no agency code");
    let signed = request.signed_time.as_ref().and_then(events::instant);
    let signed = fields.need(signed, "signed_time", "is missing or out of range");
    let told_on = request.party_told_on.parse().ok();
    let fine = request.party_told_on.is_empty() || told_on.is_some();
    fields.check(fine, "party_told_on", "is not a date (YYYY-MM-DD)");
    let sheet = fields.need(request.sheet.take(), "sheet", "is missing");
    fields.done()?;
    let (Some(giver), Some(receiver), Some(signed), Some(sheet)) = (giver, receiver, signed, sheet)
    else {
        return Err(Error::Corrupt("hand-over"));
    };
    // The term is kept by the day of the signatures, however late this service hears of them.
    Ok(Signed { giver, receiver, at: signed.min(now), told_on, sheet })
}

/// The referral does not wait for it, or not all has been handed over: nothing is written but the
/// answer.
fn nothing(leg: &Leg) -> Written<pb::RecordHandOverResponse> {
    let response = pb::RecordHandOverResponse { step: String::new(), state: leg.state.to_string() };
    Written { response, entries: Vec::new(), shown: Vec::new() }
}

fn other_parties(duties: &[HandOverDuty<'_>]) -> Refusal {
    let law = duties[0].row.law;
    let owed: Vec<String> = duties
        .iter()
        .map(|duty| format!("{} must hand over to {}", duty.giver, duty.receiver))
        .collect();
    let what = format!("other bodies than those who signed owe a hand-over: {}", owed.join("; "));
    Refusal::Broken {
        what, what_zh: "移交双方与案件当前应当移交、接收的机关不符", law
    }
}
