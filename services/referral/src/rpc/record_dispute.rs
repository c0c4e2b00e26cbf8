//! Notes that a dispute over a docket is open, or has ended. No term is any different for it, and no
//! step but those with which one of its parties would pass the case on, or close the docket.

use command::Command;
use proto::referral::v1 as pb;
use sea_orm::DatabaseTransaction;
use types::AgencyCode;

use super::once::{Written, once};
use crate::{
    Referral,
    domain::{
        dispute::{self, Told},
        leg::Docket,
    },
    error::Error,
    events, store,
};

/// Who tells it, as the idempotency records name it.
const CALLER: &str = "service/arbitration";
/// The most parties of a dispute.
const PARTIES_MAX: usize = 100;

pub(super) async fn record_dispute(
    service: &Referral,
    attestation: auth::Attestation,
    request: pb::RecordDisputeRequest,
) -> Result<pb::RecordDisputeResponse, Error> {
    let now = service.clock.now();
    let mut fields = server::Fields::default();
    command::check_request_id(&mut fields, &request.request_id);
    let docket = store::parse_name::<Docket>(&request.docket, "dockets");
    fields.check(docket.is_some(), "docket", "is not dockets/{uuid}");
    let dispute = store::parse_name::<dispute::Dispute>(&request.dispute, "disputes");
    fields.check(dispute.is_some(), "dispute", "is not disputes/{uuid}");
    let acting = AgencyCode::parse(&request.acting);
    let nobody = !request.open && request.acting.is_empty();
    fields.check(acting.is_some() || nobody, "acting", "is no agency code");
    fields.check(request.parties.len() <= PARTIES_MAX, "parties", "are more than 100");
    let mut parties = Vec::new();
    for (at, code) in request.parties.iter().take(PARTIES_MAX).enumerate() {
        let here = format!("parties[{at}]");
        parties.extend(fields.need(AgencyCode::parse(code), here, "is no agency code"));
    }
    fields.done()?;

    let (caller, method) = (CALLER.to_owned(), "RecordDispute");
    let command = Command { caller, attestation, request_id: request.request_id, method, now };
    let told = Told { name: request.dispute, open: request.open, parties, acting, now };
    let docket = request.docket;
    once(service, command, move |tx| Box::pin(async move { write(tx, &docket, told).await })).await
}

async fn write(
    tx: &DatabaseTransaction,
    docket: &str,
    told: Told,
) -> Result<Written<pb::RecordDisputeResponse>, Error> {
    let now = told.now;
    // A body that names a docket which it does not see learns nothing of it, and changes nothing.
    let known = store::lock_docket(tx, &told.parties, docket).await?;
    let response = pb::RecordDisputeResponse { known };
    let mut written = Written { response, entries: Vec::new(), shown: Vec::new() };
    if !known {
        return Ok(written);
    }
    let before = store::dispute(tx, docket, &told.name).await?;
    if let Some((after, change)) = dispute::hear(before.as_ref(), told) {
        store::save_dispute(tx, docket, before.as_ref(), &after).await?;
        written.entries.push(events::disputed(docket, &after, change, now));
    }
    Ok(written)
}
