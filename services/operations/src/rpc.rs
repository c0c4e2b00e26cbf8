//! The calls of this service. One file for each, and this table of them.

mod acknowledge_visit;
mod add_checks;
mod answer_assistance;
mod answer_operation;
mod approve_operation;
mod ask_what_if;
mod asked;
mod cancel_run;
mod check_in;
mod close_operation;
mod commit_nonce;
mod convert;
mod draw_lists;
mod file_plan;
mod freeze_draw;
mod gather;
mod get_assistance;
mod get_assistance_statistics;
mod get_calendar;
mod get_draw;
mod get_draw_record;
mod get_operation;
mod get_plan;
mod get_run;
mod get_schedule;
mod get_subject;
mod get_visit;
mod list_assistance;
mod list_draws;
mod list_operations;
mod list_plans;
mod list_resources;
mod list_schedules;
mod list_subjects;
mod list_visits;
mod list_winners;
mod merge_checks;
mod once;
mod open_draw;
mod over_cap;
mod propose_operation;
mod publish_result;
mod publish_schedule;
mod put_plan;
mod put_resources;
mod put_subjects;
mod read_journal;
mod record_result;
mod repair_schedule;
mod request_assistance;
mod reveal_nonce;
pub(crate) mod rosters;
mod run_draw;
mod solve_schedule;
mod urgent;
mod void_draw;
mod watch_run;
mod withdraw_assistance;

use std::pin::Pin;

use command::Call;
use futures_util::Stream;
use proto::operations::v1 as pb;
use tonic::{Request, Response, Status};

use crate::{Operations, error::Error};

/// What a call gives.
type Reply<T> = Result<Response<T>, Status>;

/// Who calls, and what proves it.
fn called<T>(request: &Request<T>) -> Result<Call, Error> {
    Call::of(request).ok_or(Error::Unidentified)
}

#[tonic::async_trait]
impl pb::operations_service_server::OperationsService for Operations {
    async fn put_subjects(
        &self,
        r: Request<pb::PutSubjectsRequest>,
    ) -> Reply<pb::PutSubjectsResponse> {
        let call = called(&r)?;
        Ok(put_subjects::put_subjects(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn get_subject(
        &self,
        r: Request<pb::GetSubjectRequest>,
    ) -> Reply<pb::GetSubjectResponse> {
        let call = called(&r)?;
        Ok(get_subject::get_subject(self, &call, r.into_inner()).await.map(Response::new)?)
    }

    async fn list_subjects(
        &self,
        r: Request<pb::ListSubjectsRequest>,
    ) -> Reply<pb::ListSubjectsResponse> {
        let call = called(&r)?;
        Ok(list_subjects::list_subjects(self, &call, r.into_inner()).await.map(Response::new)?)
    }

    async fn put_resources(
        &self,
        r: Request<pb::PutResourcesRequest>,
    ) -> Reply<pb::PutResourcesResponse> {
        let call = called(&r)?;
        Ok(put_resources::put_resources(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn list_resources(
        &self,
        r: Request<pb::ListResourcesRequest>,
    ) -> Reply<pb::ListResourcesResponse> {
        let call = called(&r)?;
        Ok(list_resources::list_resources(self, &call, r.into_inner()).await.map(Response::new)?)
    }

    async fn put_plan(&self, r: Request<pb::PutPlanRequest>) -> Reply<pb::PutPlanResponse> {
        let call = called(&r)?;
        Ok(put_plan::put_plan(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn file_plan(&self, r: Request<pb::FilePlanRequest>) -> Reply<pb::FilePlanResponse> {
        let call = called(&r)?;
        Ok(file_plan::file_plan(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn get_plan(&self, r: Request<pb::GetPlanRequest>) -> Reply<pb::GetPlanResponse> {
        let call = called(&r)?;
        Ok(get_plan::get_plan(self, &call, r.into_inner()).await.map(Response::new)?)
    }

    async fn list_plans(&self, r: Request<pb::ListPlansRequest>) -> Reply<pb::ListPlansResponse> {
        let call = called(&r)?;
        Ok(list_plans::list_plans(self, &call, r.into_inner()).await.map(Response::new)?)
    }

    async fn add_checks(&self, r: Request<pb::AddChecksRequest>) -> Reply<pb::AddChecksResponse> {
        let call = called(&r)?;
        Ok(add_checks::add_checks(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn merge_checks(
        &self,
        r: Request<pb::MergeChecksRequest>,
    ) -> Reply<pb::MergeChecksResponse> {
        let call = called(&r)?;
        Ok(merge_checks::merge_checks(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn freeze_draw(
        &self,
        r: Request<pb::FreezeDrawRequest>,
    ) -> Reply<pb::FreezeDrawResponse> {
        let call = called(&r)?;
        Ok(freeze_draw::freeze_draw(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn commit_nonce(
        &self,
        r: Request<pb::CommitNonceRequest>,
    ) -> Reply<pb::CommitNonceResponse> {
        let call = called(&r)?;
        Ok(commit_nonce::commit_nonce(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn reveal_nonce(
        &self,
        r: Request<pb::RevealNonceRequest>,
    ) -> Reply<pb::RevealNonceResponse> {
        let call = called(&r)?;
        Ok(reveal_nonce::reveal_nonce(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn run_draw(&self, r: Request<pb::RunDrawRequest>) -> Reply<pb::RunDrawResponse> {
        let call = called(&r)?;
        Ok(run_draw::run_draw(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn open_draw(&self, r: Request<pb::OpenDrawRequest>) -> Reply<pb::OpenDrawResponse> {
        let call = called(&r)?;
        Ok(open_draw::open_draw(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn void_draw(&self, r: Request<pb::VoidDrawRequest>) -> Reply<pb::VoidDrawResponse> {
        let call = called(&r)?;
        Ok(void_draw::void_draw(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn get_draw(&self, r: Request<pb::GetDrawRequest>) -> Reply<pb::GetDrawResponse> {
        let call = called(&r)?;
        Ok(get_draw::get_draw(self, &call, r.into_inner()).await.map(Response::new)?)
    }

    async fn list_draws(&self, r: Request<pb::ListDrawsRequest>) -> Reply<pb::ListDrawsResponse> {
        let call = called(&r)?;
        Ok(list_draws::list_draws(self, &call, r.into_inner()).await.map(Response::new)?)
    }

    async fn list_winners(
        &self,
        r: Request<pb::ListWinnersRequest>,
    ) -> Reply<pb::ListWinnersResponse> {
        let call = called(&r)?;
        Ok(list_winners::list_winners(self, &call, r.into_inner()).await.map(Response::new)?)
    }

    async fn get_draw_record(
        &self,
        r: Request<pb::GetDrawRecordRequest>,
    ) -> Reply<pb::GetDrawRecordResponse> {
        let call = called(&r)?;
        Ok(get_draw_record::get_draw_record(self, &call, r.into_inner())
            .await
            .map(Response::new)?)
    }

    async fn propose_operation(
        &self,
        r: Request<pb::ProposeOperationRequest>,
    ) -> Reply<pb::ProposeOperationResponse> {
        let call = called(&r)?;
        Ok(propose_operation::propose_operation(self, call, r.into_inner())
            .await
            .map(Response::new)?)
    }

    async fn answer_operation(
        &self,
        r: Request<pb::AnswerOperationRequest>,
    ) -> Reply<pb::AnswerOperationResponse> {
        let call = called(&r)?;
        Ok(answer_operation::answer_operation(self, call, r.into_inner())
            .await
            .map(Response::new)?)
    }

    async fn approve_operation(
        &self,
        r: Request<pb::ApproveOperationRequest>,
    ) -> Reply<pb::ApproveOperationResponse> {
        let call = called(&r)?;
        Ok(approve_operation::approve_operation(self, call, r.into_inner())
            .await
            .map(Response::new)?)
    }

    async fn close_operation(
        &self,
        r: Request<pb::CloseOperationRequest>,
    ) -> Reply<pb::CloseOperationResponse> {
        let call = called(&r)?;
        Ok(close_operation::close_operation(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn get_operation(
        &self,
        r: Request<pb::GetOperationRequest>,
    ) -> Reply<pb::GetOperationResponse> {
        let call = called(&r)?;
        Ok(get_operation::get_operation(self, &call, r.into_inner()).await.map(Response::new)?)
    }

    async fn list_operations(
        &self,
        r: Request<pb::ListOperationsRequest>,
    ) -> Reply<pb::ListOperationsResponse> {
        let call = called(&r)?;
        Ok(list_operations::list_operations(self, &call, r.into_inner())
            .await
            .map(Response::new)?)
    }

    async fn solve_schedule(
        &self,
        r: Request<pb::SolveScheduleRequest>,
    ) -> Reply<pb::SolveScheduleResponse> {
        let call = called(&r)?;
        Ok(solve_schedule::solve_schedule(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn get_run(&self, r: Request<pb::GetRunRequest>) -> Reply<pb::GetRunResponse> {
        let call = called(&r)?;
        Ok(get_run::get_run(self, &call, r.into_inner()).await.map(Response::new)?)
    }

    type WatchRunStream = Pin<Box<dyn Stream<Item = Result<pb::WatchRunResponse, Status>> + Send>>;

    async fn watch_run(&self, r: Request<pb::WatchRunRequest>) -> Reply<Self::WatchRunStream> {
        let call = called(&r)?;
        let watched = watch_run::watch_run(self, call, r.into_inner()).await?;
        Ok(Response::new(Box::pin(watched)))
    }

    async fn cancel_run(&self, r: Request<pb::CancelRunRequest>) -> Reply<pb::CancelRunResponse> {
        let call = called(&r)?;
        Ok(cancel_run::cancel_run(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn get_schedule(
        &self,
        r: Request<pb::GetScheduleRequest>,
    ) -> Reply<pb::GetScheduleResponse> {
        let call = called(&r)?;
        Ok(get_schedule::get_schedule(self, &call, r.into_inner()).await.map(Response::new)?)
    }

    async fn list_schedules(
        &self,
        r: Request<pb::ListSchedulesRequest>,
    ) -> Reply<pb::ListSchedulesResponse> {
        let call = called(&r)?;
        Ok(list_schedules::list_schedules(self, &call, r.into_inner()).await.map(Response::new)?)
    }

    async fn publish_schedule(
        &self,
        r: Request<pb::PublishScheduleRequest>,
    ) -> Reply<pb::PublishScheduleResponse> {
        let call = called(&r)?;
        Ok(publish_schedule::publish_schedule(self, call, r.into_inner())
            .await
            .map(Response::new)?)
    }

    async fn repair_schedule(
        &self,
        r: Request<pb::RepairScheduleRequest>,
    ) -> Reply<pb::RepairScheduleResponse> {
        let call = called(&r)?;
        Ok(repair_schedule::repair_schedule(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn ask_what_if(&self, r: Request<pb::AskWhatIfRequest>) -> Reply<pb::AskWhatIfResponse> {
        let call = called(&r)?;
        Ok(ask_what_if::ask_what_if(self, &call, r.into_inner()).await.map(Response::new)?)
    }

    async fn list_visits(
        &self,
        r: Request<pb::ListVisitsRequest>,
    ) -> Reply<pb::ListVisitsResponse> {
        let call = called(&r)?;
        Ok(list_visits::list_visits(self, &call, r.into_inner()).await.map(Response::new)?)
    }

    async fn get_visit(&self, r: Request<pb::GetVisitRequest>) -> Reply<pb::GetVisitResponse> {
        let call = called(&r)?;
        Ok(get_visit::get_visit(self, &call, r.into_inner()).await.map(Response::new)?)
    }

    async fn acknowledge_visit(
        &self,
        r: Request<pb::AcknowledgeVisitRequest>,
    ) -> Reply<pb::AcknowledgeVisitResponse> {
        let call = called(&r)?;
        Ok(acknowledge_visit::acknowledge_visit(self, call, r.into_inner())
            .await
            .map(Response::new)?)
    }

    async fn check_in(&self, r: Request<pb::CheckInRequest>) -> Reply<pb::CheckInResponse> {
        let call = called(&r)?;
        Ok(check_in::check_in(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn record_result(
        &self,
        r: Request<pb::RecordResultRequest>,
    ) -> Reply<pb::RecordResultResponse> {
        let call = called(&r)?;
        Ok(record_result::record_result(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn publish_result(
        &self,
        r: Request<pb::PublishResultRequest>,
    ) -> Reply<pb::PublishResultResponse> {
        let call = called(&r)?;
        Ok(publish_result::publish_result(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn get_calendar(
        &self,
        r: Request<pb::GetCalendarRequest>,
    ) -> Reply<pb::GetCalendarResponse> {
        let call = called(&r)?;
        Ok(get_calendar::get_calendar(self, &call, r.into_inner()).await.map(Response::new)?)
    }

    async fn request_assistance(
        &self,
        r: Request<pb::RequestAssistanceRequest>,
    ) -> Reply<pb::RequestAssistanceResponse> {
        let call = called(&r)?;
        Ok(request_assistance::request_assistance(self, call, r.into_inner())
            .await
            .map(Response::new)?)
    }

    async fn answer_assistance(
        &self,
        r: Request<pb::AnswerAssistanceRequest>,
    ) -> Reply<pb::AnswerAssistanceResponse> {
        let call = called(&r)?;
        Ok(answer_assistance::answer_assistance(self, call, r.into_inner())
            .await
            .map(Response::new)?)
    }

    async fn withdraw_assistance(
        &self,
        r: Request<pb::WithdrawAssistanceRequest>,
    ) -> Reply<pb::WithdrawAssistanceResponse> {
        let call = called(&r)?;
        Ok(withdraw_assistance::withdraw_assistance(self, call, r.into_inner())
            .await
            .map(Response::new)?)
    }

    async fn get_assistance(
        &self,
        r: Request<pb::GetAssistanceRequest>,
    ) -> Reply<pb::GetAssistanceResponse> {
        let call = called(&r)?;
        Ok(get_assistance::get_assistance(self, &call, r.into_inner()).await.map(Response::new)?)
    }

    async fn list_assistance(
        &self,
        r: Request<pb::ListAssistanceRequest>,
    ) -> Reply<pb::ListAssistanceResponse> {
        let call = called(&r)?;
        Ok(list_assistance::list_assistance(self, &call, r.into_inner())
            .await
            .map(Response::new)?)
    }

    async fn get_assistance_statistics(
        &self,
        r: Request<pb::GetAssistanceStatisticsRequest>,
    ) -> Reply<pb::GetAssistanceStatisticsResponse> {
        let call = called(&r)?;
        Ok(get_assistance_statistics::get_assistance_statistics(self, &call, r.into_inner())
            .await
            .map(Response::new)?)
    }

    async fn read_journal(
        &self,
        r: Request<pb::ReadJournalRequest>,
    ) -> Reply<pb::ReadJournalResponse> {
        Ok(read_journal::read_journal(self, r.into_inner()).await.map(Response::new)?)
    }
}
