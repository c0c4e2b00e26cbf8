//! The calls of this service. One file for each, and this table of them.

mod compute_forum;
mod get_dispute;
mod get_timeline;
mod list_disputes;
mod list_ladder;
mod list_precedents;
mod once;
mod open_dispute;
mod page;
mod read_journal;
mod said;
mod subject_said;
mod suggest_decision;
mod take_step;

use chrono::{DateTime, Utc};
use command::Call;
use proto::arbitration::v1 as pb;
use tonic::{Request, Response, Status};
use types::AgencyCode;

use crate::{Arbitration, domain::act::Position, error::Error};

/// Who calls, and what proves it.
fn called<T>(request: &Request<T>) -> Result<Call, Error> {
    Call::of(request).ok_or(Error::Unidentified)
}

/// Fetches the bodies if one of these is not among them: it may have been imported a moment ago.
async fn know(service: &Arbitration, bodies: &[AgencyCode]) -> Result<(), Error> {
    let directory = &service.peers.directory;
    let agencies = directory.agencies();
    if let Some(new) = bodies.iter().find(|code| !agencies.contains_key(code)) {
        directory.know(new).await?;
    }
    Ok(())
}

/// What the officer is; a certificate that does not hold that day is named.
async fn position(
    service: &Arbitration,
    agency: &AgencyCode,
    officer: &str,
    now: DateTime<Utc>,
) -> Result<Position, Error> {
    use proto::identity::v1::Position as Pb;
    let asked = [("officer".to_owned(), officer.to_owned())];
    let day = clock::legal_date(now);
    let positions = service.peers.directory.positions(agency, day, &asked).await?;
    match positions.first() {
        Some(Pb::PrincipalHead | Pb::ActingHead) => Ok(Position::Head),
        Some(Pb::EnforcementOfficer | Pb::DeputyHead | Pb::ChiefProcurator) => Ok(Position::Other),
        Some(Pb::Unspecified) | None => Err(Error::Corrupt("position")),
    }
}

#[tonic::async_trait]
impl pb::arbitration_service_server::ArbitrationService for Arbitration {
    async fn open_dispute(
        &self,
        r: Request<pb::OpenDisputeRequest>,
    ) -> Result<Response<pb::OpenDisputeResponse>, Status> {
        let call = called(&r)?;
        Ok(open_dispute::open_dispute(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn take_step(
        &self,
        r: Request<pb::TakeStepRequest>,
    ) -> Result<Response<pb::TakeStepResponse>, Status> {
        let call = called(&r)?;
        Ok(take_step::take_step(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn get_dispute(
        &self,
        r: Request<pb::GetDisputeRequest>,
    ) -> Result<Response<pb::GetDisputeResponse>, Status> {
        let call = called(&r)?;
        Ok(get_dispute::get_dispute(self, &call, r.into_inner()).await.map(Response::new)?)
    }

    async fn list_disputes(
        &self,
        r: Request<pb::ListDisputesRequest>,
    ) -> Result<Response<pb::ListDisputesResponse>, Status> {
        let call = called(&r)?;
        Ok(list_disputes::list_disputes(self, &call, r.into_inner()).await.map(Response::new)?)
    }

    async fn get_timeline(
        &self,
        r: Request<pb::GetTimelineRequest>,
    ) -> Result<Response<pb::GetTimelineResponse>, Status> {
        let call = called(&r)?;
        Ok(get_timeline::get_timeline(self, &call, r.into_inner()).await.map(Response::new)?)
    }

    async fn compute_forum(
        &self,
        r: Request<pb::ComputeForumRequest>,
    ) -> Result<Response<pb::ComputeForumResponse>, Status> {
        Ok(compute_forum::compute_forum(self, r.into_inner()).await.map(Response::new)?)
    }

    async fn suggest_decision(
        &self,
        r: Request<pb::SuggestDecisionRequest>,
    ) -> Result<Response<pb::SuggestDecisionResponse>, Status> {
        let call = called(&r)?;
        let suggested = suggest_decision::suggest_decision(self, &call, r.into_inner());
        Ok(suggested.await.map(Response::new)?)
    }

    async fn list_precedents(
        &self,
        r: Request<pb::ListPrecedentsRequest>,
    ) -> Result<Response<pb::ListPrecedentsResponse>, Status> {
        Ok(list_precedents::list_precedents(self, r.into_inner()).await.map(Response::new)?)
    }

    async fn list_ladder(
        &self,
        _: Request<pb::ListLadderRequest>,
    ) -> Result<Response<pb::ListLadderResponse>, Status> {
        Ok(Response::new(list_ladder::list_ladder(&self.settings)))
    }

    async fn read_journal(
        &self,
        r: Request<pb::ReadJournalRequest>,
    ) -> Result<Response<pb::ReadJournalResponse>, Status> {
        Ok(read_journal::read_journal(self, r.into_inner()).await.map(Response::new)?)
    }
}
