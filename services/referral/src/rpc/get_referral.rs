//! Reads a referral, with its terms, its papers, and the steps open to the caller.

use proto::referral::v1 as pb;

use super::{Call, convert};
use crate::{
    Referral,
    domain::{
        act::{Act, Position, World},
        engine,
        leg::BY_HAND_OVER,
        step::{Said, StepKind},
    },
    error::Error,
    store,
};

pub(super) async fn get_referral(
    service: &Referral,
    call: &Call,
    request: pb::GetReferralRequest,
) -> Result<pb::GetReferralResponse, Error> {
    let now = service.clock.now();
    let reader = service.db.reader();
    let leg = store::leg(reader, &call.agency, &request.name).await?;
    let documents = store::documents(reader, &leg).await?.into_iter();
    let documents = documents.filter(|paper| leg.reads(&call.agency, &paper.code)).collect();
    let docket = store::docket(reader, &call.agency, &store::docket_name(leg.docket)).await?;
    let parent = match leg.parent {
        None => None,
        Some(parent) => store::leg(reader, &call.agency, &store::leg_name(parent)).await.ok(),
    };
    let disputes = store::open_disputes(reader, &store::docket_name(leg.docket)).await?;
    let (bodies, calendar) = (service.identity.bodies(), service.calendar.table());
    let world = World {
        parent: parent.map(|parent| engine::as_parent(&parent, now)),
        supervision_open: store::children_open(reader, &leg).await?,
        disputes: &disputes,
        ..World::bare(&service.settings, &calendar, &bodies)
    };
    // The guards that are asked here look at the leg and the instant only.
    let look = Act {
        step: StepKind::Approve,
        said: Said::default(),
        by: call.agency.clone(),
        position: Position::PrincipalHead,
        documents: Vec::new(),
        now,
    };
    let open = engine::open_rows(&leg, &call.agency, &look, world);
    let open = open.into_iter().filter(|row| !BY_HAND_OVER.contains(&row.step));
    Ok(pb::GetReferralResponse {
        terms: leg.terms.iter().map(|term| convert::term(&leg, term)).collect(),
        documents,
        open_steps: open.map(convert::open_step).collect(),
        next_actors: engine::next_actors(&leg, world).iter().map(ToString::to_string).collect(),
        referral: Some(convert::leg(&leg)),
        penalties: docket.penalties.iter().map(convert::penalty).collect(),
    })
}
