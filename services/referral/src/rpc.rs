//! The calls of this service. One file for each, and this table of them.

mod close_docket;
mod convert;
mod find_closed_cases;
mod get_docket;
mod get_hand_over_duty;
mod get_referral;
mod get_timeline;
mod list_procedures;
mod list_referrals;
mod once;
mod open_docket;
mod open_referral;
mod read_journal;
mod record_dispute;
mod record_hand_over;
mod said;
mod screen_facts;
mod take_step;
mod watch_referrals;

use std::pin::Pin;

use auth::{Attestation, Caller};
use chrono::{DateTime, Utc};
use command::Command;
use futures_util::Stream;
use proto::referral::v1 as pb;
use tonic::{Request, Response, Status};
use types::AgencyCode;

use crate::{Referral, error::Error};

/// Who calls, and what proves it.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// The body that calls.
    pub agency: AgencyCode,
    /// Its proof.
    pub attestation: Attestation,
}

impl Call {
    fn of<T>(request: &Request<T>) -> Result<Self, Error> {
        let caller = Caller::of(request).ok_or(Error::Unidentified)?;
        let agency = caller.agency().ok_or(Error::Unidentified)?;
        let attestation = Attestation::of(request).ok_or(Error::Unidentified)?.clone();
        Ok(Self { agency, attestation })
    }

    /// The call as a command.
    fn command(self, request_id: String, method: &'static str, now: DateTime<Utc>) -> Command {
        let caller = self.agency.as_str().to_owned();
        Command { caller, attestation: self.attestation, request_id, method, now }
    }
}

#[tonic::async_trait]
impl pb::referral_service_server::ReferralService for Referral {
    async fn open_docket(
        &self,
        r: Request<pb::OpenDocketRequest>,
    ) -> Result<Response<pb::OpenDocketResponse>, Status> {
        let call = Call::of(&r)?;
        Ok(open_docket::open_docket(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn get_docket(
        &self,
        r: Request<pb::GetDocketRequest>,
    ) -> Result<Response<pb::GetDocketResponse>, Status> {
        let call = Call::of(&r)?;
        Ok(get_docket::get_docket(self, &call, r.into_inner()).await.map(Response::new)?)
    }

    async fn close_docket(
        &self,
        r: Request<pb::CloseDocketRequest>,
    ) -> Result<Response<pb::CloseDocketResponse>, Status> {
        let call = Call::of(&r)?;
        Ok(close_docket::close_docket(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn screen_facts(
        &self,
        r: Request<pb::ScreenFactsRequest>,
    ) -> Result<Response<pb::ScreenFactsResponse>, Status> {
        Ok(screen_facts::screen_facts(&r.into_inner()).map(Response::new)?)
    }

    async fn open_referral(
        &self,
        r: Request<pb::OpenReferralRequest>,
    ) -> Result<Response<pb::OpenReferralResponse>, Status> {
        let call = Call::of(&r)?;
        Ok(open_referral::open_referral(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn take_step(
        &self,
        r: Request<pb::TakeStepRequest>,
    ) -> Result<Response<pb::TakeStepResponse>, Status> {
        let call = Call::of(&r)?;
        Ok(take_step::take_step(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn get_referral(
        &self,
        r: Request<pb::GetReferralRequest>,
    ) -> Result<Response<pb::GetReferralResponse>, Status> {
        let call = Call::of(&r)?;
        Ok(get_referral::get_referral(self, &call, r.into_inner()).await.map(Response::new)?)
    }

    async fn list_referrals(
        &self,
        r: Request<pb::ListReferralsRequest>,
    ) -> Result<Response<pb::ListReferralsResponse>, Status> {
        let call = Call::of(&r)?;
        Ok(list_referrals::list_referrals(self, &call, r.into_inner()).await.map(Response::new)?)
    }

    type WatchReferralsStream =
        Pin<Box<dyn Stream<Item = Result<pb::WatchReferralsResponse, Status>> + Send>>;

    async fn watch_referrals(
        &self,
        r: Request<pb::WatchReferralsRequest>,
    ) -> Result<Response<Self::WatchReferralsStream>, Status> {
        let call = Call::of(&r)?;
        let events = watch_referrals::watch_referrals(self, &call, &r.into_inner()).await?;
        let messages =
            events.into_iter().map(|event| Ok(pb::WatchReferralsResponse { event: Some(event) }));
        Ok(Response::new(Box::pin(tokio_stream::iter(messages))))
    }

    async fn get_timeline(
        &self,
        r: Request<pb::GetTimelineRequest>,
    ) -> Result<Response<pb::GetTimelineResponse>, Status> {
        let call = Call::of(&r)?;
        Ok(get_timeline::get_timeline(self, &call, r.into_inner()).await.map(Response::new)?)
    }

    async fn list_procedures(
        &self,
        _: Request<pb::ListProceduresRequest>,
    ) -> Result<Response<pb::ListProceduresResponse>, Status> {
        Ok(Response::new(list_procedures::list_procedures()))
    }

    async fn get_hand_over_duty(
        &self,
        r: Request<pb::GetHandOverDutyRequest>,
    ) -> Result<Response<pb::GetHandOverDutyResponse>, Status> {
        let duty = get_hand_over_duty::get_hand_over_duty(self, r.into_inner());
        Ok(duty.await.map(Response::new)?)
    }

    async fn record_hand_over(
        &self,
        r: Request<pb::RecordHandOverRequest>,
    ) -> Result<Response<pb::RecordHandOverResponse>, Status> {
        let proof = Attestation::of(&r).ok_or(Error::Unidentified)?.clone();
        let recorded = record_hand_over::record_hand_over(self, proof, r.into_inner());
        Ok(recorded.await.map(Response::new)?)
    }

    async fn record_dispute(
        &self,
        r: Request<pb::RecordDisputeRequest>,
    ) -> Result<Response<pb::RecordDisputeResponse>, Status> {
        let proof = Attestation::of(&r).ok_or(Error::Unidentified)?.clone();
        let recorded = record_dispute::record_dispute(self, proof, r.into_inner());
        Ok(recorded.await.map(Response::new)?)
    }

    async fn find_closed_cases(
        &self,
        r: Request<pb::FindClosedCasesRequest>,
    ) -> Result<Response<pb::FindClosedCasesResponse>, Status> {
        let found = find_closed_cases::find_closed_cases(self, r.into_inner());
        Ok(found.await.map(Response::new)?)
    }

    async fn read_journal(
        &self,
        r: Request<pb::ReadJournalRequest>,
    ) -> Result<Response<pb::ReadJournalResponse>, Status> {
        Ok(read_journal::read_journal(self, r.into_inner()).await.map(Response::new)?)
    }
}
