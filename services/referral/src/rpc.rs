//! The calls of this service. One file for each, and this table of them.

mod accept_resolution;
mod acknowledge_notice;
mod answer_consultation;
mod answer_early_involvement;
mod ask_consultation;
mod cancel_meeting;
mod close_docket;
mod confirm_attendance;
mod convene_meeting;
mod convert;
mod find_closed_cases;
mod get_consultation;
mod get_docket;
mod get_early_involvement;
mod get_hand_over_duty;
mod get_meeting;
mod get_notice;
mod get_referral;
mod get_timeline;
mod list_consultations;
mod list_early_involvements;
mod list_meetings;
mod list_notices;
mod list_procedures;
mod list_referrals;
mod list_resolutions;
mod notify_early_involvement;
mod once;
mod open_docket;
mod open_referral;
mod read_journal;
mod record;
mod record_dispute;
mod record_hand_over;
mod record_minutes;
mod record_resolution;
mod reopen_resolution;
mod report_resolution;
mod request_consultation_material;
mod said;
mod screen_facts;
mod send_notice;
mod shown;
mod supply_consultation_material;
mod take_step;
mod watch_referrals;
mod withdraw_consultation;

use std::pin::Pin;

use auth::Attestation;
use command::Call;
use futures_util::Stream;
use proto::referral::v1 as pb;
use tonic::{Request, Response, Status};

use crate::{Referral, error::Error};

/// Who calls, and what proves it.
fn called<T>(request: &Request<T>) -> Result<Call, Error> {
    Call::of(request).ok_or(Error::Unidentified)
}

#[tonic::async_trait]
impl pb::referral_service_server::ReferralService for Referral {
    async fn open_docket(
        &self,
        r: Request<pb::OpenDocketRequest>,
    ) -> Result<Response<pb::OpenDocketResponse>, Status> {
        let call = called(&r)?;
        Ok(open_docket::open_docket(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn get_docket(
        &self,
        r: Request<pb::GetDocketRequest>,
    ) -> Result<Response<pb::GetDocketResponse>, Status> {
        let call = called(&r)?;
        Ok(get_docket::get_docket(self, &call, r.into_inner()).await.map(Response::new)?)
    }

    async fn close_docket(
        &self,
        r: Request<pb::CloseDocketRequest>,
    ) -> Result<Response<pb::CloseDocketResponse>, Status> {
        let call = called(&r)?;
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
        let call = called(&r)?;
        Ok(open_referral::open_referral(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn take_step(
        &self,
        r: Request<pb::TakeStepRequest>,
    ) -> Result<Response<pb::TakeStepResponse>, Status> {
        let call = called(&r)?;
        Ok(take_step::take_step(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn get_referral(
        &self,
        r: Request<pb::GetReferralRequest>,
    ) -> Result<Response<pb::GetReferralResponse>, Status> {
        let call = called(&r)?;
        Ok(get_referral::get_referral(self, &call, r.into_inner()).await.map(Response::new)?)
    }

    async fn list_referrals(
        &self,
        r: Request<pb::ListReferralsRequest>,
    ) -> Result<Response<pb::ListReferralsResponse>, Status> {
        let call = called(&r)?;
        Ok(list_referrals::list_referrals(self, &call, r.into_inner()).await.map(Response::new)?)
    }

    type WatchReferralsStream =
        Pin<Box<dyn Stream<Item = Result<pb::WatchReferralsResponse, Status>> + Send>>;

    async fn watch_referrals(
        &self,
        r: Request<pb::WatchReferralsRequest>,
    ) -> Result<Response<Self::WatchReferralsStream>, Status> {
        let call = called(&r)?;
        let events = watch_referrals::watch_referrals(self, &call, &r.into_inner()).await?;
        let messages =
            events.into_iter().map(|event| Ok(pb::WatchReferralsResponse { event: Some(event) }));
        Ok(Response::new(Box::pin(tokio_stream::iter(messages))))
    }

    async fn get_timeline(
        &self,
        r: Request<pb::GetTimelineRequest>,
    ) -> Result<Response<pb::GetTimelineResponse>, Status> {
        let call = called(&r)?;
        Ok(get_timeline::get_timeline(self, &call, r.into_inner()).await.map(Response::new)?)
    }

    async fn list_procedures(
        &self,
        _: Request<pb::ListProceduresRequest>,
    ) -> Result<Response<pb::ListProceduresResponse>, Status> {
        Ok(Response::new(list_procedures::list_procedures()))
    }

    async fn ask_consultation(
        &self,
        r: Request<pb::AskConsultationRequest>,
    ) -> Result<Response<pb::AskConsultationResponse>, Status> {
        let call = called(&r)?;
        let answer = ask_consultation::ask_consultation(self, call, r.into_inner());
        Ok(answer.await.map(Response::new)?)
    }

    async fn request_consultation_material(
        &self,
        r: Request<pb::RequestConsultationMaterialRequest>,
    ) -> Result<Response<pb::RequestConsultationMaterialResponse>, Status> {
        let call = called(&r)?;
        let answer = request_consultation_material::request_consultation_material(
            self,
            call,
            r.into_inner(),
        );
        Ok(answer.await.map(Response::new)?)
    }

    async fn supply_consultation_material(
        &self,
        r: Request<pb::SupplyConsultationMaterialRequest>,
    ) -> Result<Response<pb::SupplyConsultationMaterialResponse>, Status> {
        let call = called(&r)?;
        let answer =
            supply_consultation_material::supply_consultation_material(self, call, r.into_inner());
        Ok(answer.await.map(Response::new)?)
    }

    async fn answer_consultation(
        &self,
        r: Request<pb::AnswerConsultationRequest>,
    ) -> Result<Response<pb::AnswerConsultationResponse>, Status> {
        let call = called(&r)?;
        let answer = answer_consultation::answer_consultation(self, call, r.into_inner());
        Ok(answer.await.map(Response::new)?)
    }

    async fn withdraw_consultation(
        &self,
        r: Request<pb::WithdrawConsultationRequest>,
    ) -> Result<Response<pb::WithdrawConsultationResponse>, Status> {
        let call = called(&r)?;
        let answer = withdraw_consultation::withdraw_consultation(self, call, r.into_inner());
        Ok(answer.await.map(Response::new)?)
    }

    async fn get_consultation(
        &self,
        r: Request<pb::GetConsultationRequest>,
    ) -> Result<Response<pb::GetConsultationResponse>, Status> {
        let call = called(&r)?;
        let answer = get_consultation::get_consultation(self, &call, r.into_inner());
        Ok(answer.await.map(Response::new)?)
    }

    async fn list_consultations(
        &self,
        r: Request<pb::ListConsultationsRequest>,
    ) -> Result<Response<pb::ListConsultationsResponse>, Status> {
        let call = called(&r)?;
        let answer = list_consultations::list_consultations(self, &call, r.into_inner());
        Ok(answer.await.map(Response::new)?)
    }

    async fn notify_early_involvement(
        &self,
        r: Request<pb::NotifyEarlyInvolvementRequest>,
    ) -> Result<Response<pb::NotifyEarlyInvolvementResponse>, Status> {
        let call = called(&r)?;
        let answer = notify_early_involvement::notify_early_involvement(self, call, r.into_inner());
        Ok(answer.await.map(Response::new)?)
    }

    async fn answer_early_involvement(
        &self,
        r: Request<pb::AnswerEarlyInvolvementRequest>,
    ) -> Result<Response<pb::AnswerEarlyInvolvementResponse>, Status> {
        let call = called(&r)?;
        let answer = answer_early_involvement::answer_early_involvement(self, call, r.into_inner());
        Ok(answer.await.map(Response::new)?)
    }

    async fn get_early_involvement(
        &self,
        r: Request<pb::GetEarlyInvolvementRequest>,
    ) -> Result<Response<pb::GetEarlyInvolvementResponse>, Status> {
        let call = called(&r)?;
        let answer = get_early_involvement::get_early_involvement(self, &call, r.into_inner());
        Ok(answer.await.map(Response::new)?)
    }

    async fn list_early_involvements(
        &self,
        r: Request<pb::ListEarlyInvolvementsRequest>,
    ) -> Result<Response<pb::ListEarlyInvolvementsResponse>, Status> {
        let call = called(&r)?;
        let answer = list_early_involvements::list_early_involvements(self, &call, r.into_inner());
        Ok(answer.await.map(Response::new)?)
    }

    async fn convene_meeting(
        &self,
        r: Request<pb::ConveneMeetingRequest>,
    ) -> Result<Response<pb::ConveneMeetingResponse>, Status> {
        let call = called(&r)?;
        let answer = convene_meeting::convene_meeting(self, call, r.into_inner());
        Ok(answer.await.map(Response::new)?)
    }

    async fn confirm_attendance(
        &self,
        r: Request<pb::ConfirmAttendanceRequest>,
    ) -> Result<Response<pb::ConfirmAttendanceResponse>, Status> {
        let call = called(&r)?;
        let answer = confirm_attendance::confirm_attendance(self, call, r.into_inner());
        Ok(answer.await.map(Response::new)?)
    }

    async fn cancel_meeting(
        &self,
        r: Request<pb::CancelMeetingRequest>,
    ) -> Result<Response<pb::CancelMeetingResponse>, Status> {
        let call = called(&r)?;
        let answer = cancel_meeting::cancel_meeting(self, call, r.into_inner());
        Ok(answer.await.map(Response::new)?)
    }

    async fn record_minutes(
        &self,
        r: Request<pb::RecordMinutesRequest>,
    ) -> Result<Response<pb::RecordMinutesResponse>, Status> {
        let call = called(&r)?;
        let answer = record_minutes::record_minutes(self, call, r.into_inner());
        Ok(answer.await.map(Response::new)?)
    }

    async fn record_resolution(
        &self,
        r: Request<pb::RecordResolutionRequest>,
    ) -> Result<Response<pb::RecordResolutionResponse>, Status> {
        let call = called(&r)?;
        let answer = record_resolution::record_resolution(self, call, r.into_inner());
        Ok(answer.await.map(Response::new)?)
    }

    async fn report_resolution(
        &self,
        r: Request<pb::ReportResolutionRequest>,
    ) -> Result<Response<pb::ReportResolutionResponse>, Status> {
        let call = called(&r)?;
        let answer = report_resolution::report_resolution(self, call, r.into_inner());
        Ok(answer.await.map(Response::new)?)
    }

    async fn accept_resolution(
        &self,
        r: Request<pb::AcceptResolutionRequest>,
    ) -> Result<Response<pb::AcceptResolutionResponse>, Status> {
        let call = called(&r)?;
        let answer = accept_resolution::accept_resolution(self, call, r.into_inner());
        Ok(answer.await.map(Response::new)?)
    }

    async fn reopen_resolution(
        &self,
        r: Request<pb::ReopenResolutionRequest>,
    ) -> Result<Response<pb::ReopenResolutionResponse>, Status> {
        let call = called(&r)?;
        let answer = reopen_resolution::reopen_resolution(self, call, r.into_inner());
        Ok(answer.await.map(Response::new)?)
    }

    async fn get_meeting(
        &self,
        r: Request<pb::GetMeetingRequest>,
    ) -> Result<Response<pb::GetMeetingResponse>, Status> {
        let call = called(&r)?;
        let answer = get_meeting::get_meeting(self, &call, r.into_inner());
        Ok(answer.await.map(Response::new)?)
    }

    async fn list_meetings(
        &self,
        r: Request<pb::ListMeetingsRequest>,
    ) -> Result<Response<pb::ListMeetingsResponse>, Status> {
        let call = called(&r)?;
        let answer = list_meetings::list_meetings(self, &call, r.into_inner());
        Ok(answer.await.map(Response::new)?)
    }

    async fn list_resolutions(
        &self,
        r: Request<pb::ListResolutionsRequest>,
    ) -> Result<Response<pb::ListResolutionsResponse>, Status> {
        let call = called(&r)?;
        let answer = list_resolutions::list_resolutions(self, &call, r.into_inner());
        Ok(answer.await.map(Response::new)?)
    }

    async fn send_notice(
        &self,
        r: Request<pb::SendNoticeRequest>,
    ) -> Result<Response<pb::SendNoticeResponse>, Status> {
        let call = called(&r)?;
        let answer = send_notice::send_notice(self, call, r.into_inner());
        Ok(answer.await.map(Response::new)?)
    }

    async fn acknowledge_notice(
        &self,
        r: Request<pb::AcknowledgeNoticeRequest>,
    ) -> Result<Response<pb::AcknowledgeNoticeResponse>, Status> {
        let call = called(&r)?;
        let answer = acknowledge_notice::acknowledge_notice(self, call, r.into_inner());
        Ok(answer.await.map(Response::new)?)
    }

    async fn get_notice(
        &self,
        r: Request<pb::GetNoticeRequest>,
    ) -> Result<Response<pb::GetNoticeResponse>, Status> {
        let call = called(&r)?;
        let answer = get_notice::get_notice(self, &call, r.into_inner());
        Ok(answer.await.map(Response::new)?)
    }

    async fn list_notices(
        &self,
        r: Request<pb::ListNoticesRequest>,
    ) -> Result<Response<pb::ListNoticesResponse>, Status> {
        let call = called(&r)?;
        let answer = list_notices::list_notices(self, &call, r.into_inner());
        Ok(answer.await.map(Response::new)?)
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
