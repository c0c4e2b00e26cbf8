//! Says who must hand the items of a referral over to whom.

use proto::referral::v1 as pb;
use types::AgencyCode;

use crate::{Referral, error::Error, events, store};

pub(super) async fn get_hand_over_duty(
    service: &Referral,
    request: pb::GetHandOverDutyRequest,
) -> Result<pb::GetHandOverDutyResponse, Error> {
    let mut fields = server::Fields::default();
    let agency = fields.need(AgencyCode::parse(&request.agency), "agency", "is no agency code");
    fields.done()?;
    let agency = agency.ok_or(Error::Corrupt("agency"))?;
    let leg = store::leg(service.db.reader(), &agency, &request.referral).await?;
    // Both hand-overs may be due at once: the asker's own comes first, then what it receives.
    let duties = leg.hand_over_duties();
    let gives = duties.iter().find(|duty| *duty.giver == agency);
    let receives = || duties.iter().find(|duty| *duty.receiver == agency);
    let duty = gives.or_else(receives).or_else(|| duties.first());
    let code = |body: Option<&AgencyCode>| body.map(ToString::to_string).unwrap_or_default();
    Ok(pb::GetHandOverDutyResponse {
        docket: store::docket_name(leg.docket),
        giver: code(duty.map(|duty| duty.giver)),
        receiver: code(duty.map(|duty| duty.receiver)),
        state: leg.state.to_string(),
        due_time: duty.map(|duty| events::timestamp(duty.term.due_at)),
    })
}
