//! The calls of this service. One file for each, and this table of them.

mod acknowledge_warning;
mod ask;
mod change_decision;
mod change_promise;
mod change_publication;
mod close_decision;
mod close_warning;
mod convert;
mod decision_said;
mod decision_told;
mod figure_said;
mod filter;
mod get_board;
mod get_checkpoint;
mod get_consistency_proof;
mod get_decision;
mod get_evaluation_report;
mod get_inclusion_proof;
mod get_indicator;
mod get_log_status;
mod get_receipt;
mod get_tile;
mod get_trace;
mod get_warning;
mod list_decisions;
mod list_due;
mod list_figure_rows;
mod list_oversight;
mod list_promises;
mod list_warning_rules;
mod list_warnings;
mod offer_promise;
mod overseen;
mod paged;
mod publish_decision;
mod read_journal;
mod reconcile_exchanges;
mod record_decision;
mod serve_decision;
mod withdraw_publication;

use auth::Caller;
use command::Call;
use proto::supervision::v1 as pb;
use tonic::{Request, Response, Status};

use crate::{Supervision, error::Error};

/// Who calls, and what proves it.
fn called<T>(request: &Request<T>) -> Result<Call, Error> {
    Call::of(request).ok_or(Error::Unidentified)
}

type Reply<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl pb::supervision_service_server::SupervisionService for Supervision {
    async fn get_checkpoint(
        &self,
        _: Request<pb::GetCheckpointRequest>,
    ) -> Reply<pb::GetCheckpointResponse> {
        Ok(get_checkpoint::get_checkpoint(self).await.map(Response::new)?)
    }

    async fn get_inclusion_proof(
        &self,
        r: Request<pb::GetInclusionProofRequest>,
    ) -> Reply<pb::GetInclusionProofResponse> {
        let answer = get_inclusion_proof::get_inclusion_proof(self, r.into_inner()).await;
        Ok(answer.map(Response::new)?)
    }

    async fn get_consistency_proof(
        &self,
        r: Request<pb::GetConsistencyProofRequest>,
    ) -> Reply<pb::GetConsistencyProofResponse> {
        let answer = get_consistency_proof::get_consistency_proof(self, r.into_inner()).await;
        Ok(answer.map(Response::new)?)
    }

    async fn get_receipt(
        &self,
        r: Request<pb::GetReceiptRequest>,
    ) -> Reply<pb::GetReceiptResponse> {
        let caller = Caller::of(&r).and_then(Caller::agency).ok_or(Error::Unidentified)?;
        Ok(get_receipt::get_receipt(self, &caller, r.into_inner()).await.map(Response::new)?)
    }

    async fn get_tile(&self, r: Request<pb::GetTileRequest>) -> Reply<pb::GetTileResponse> {
        Ok(get_tile::get_tile(self, r.into_inner()).await.map(Response::new)?)
    }

    async fn get_log_status(
        &self,
        _: Request<pb::GetLogStatusRequest>,
    ) -> Reply<pb::GetLogStatusResponse> {
        Ok(get_log_status::get_log_status(self).await.map(Response::new)?)
    }

    async fn list_due(&self, r: Request<pb::ListDueRequest>) -> Reply<pb::ListDueResponse> {
        let call = called(&r)?;
        Ok(list_due::list_due(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn get_board(&self, r: Request<pb::GetBoardRequest>) -> Reply<pb::GetBoardResponse> {
        let call = called(&r)?;
        Ok(get_board::get_board(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn reconcile_exchanges(
        &self,
        r: Request<pb::ReconcileExchangesRequest>,
    ) -> Reply<pb::ReconcileExchangesResponse> {
        let call = called(&r)?;
        Ok(reconcile_exchanges::reconcile_exchanges(self, &call, r.into_inner())
            .await
            .map(Response::new)?)
    }

    async fn list_warnings(
        &self,
        r: Request<pb::ListWarningsRequest>,
    ) -> Reply<pb::ListWarningsResponse> {
        let call = called(&r)?;
        Ok(list_warnings::list_warnings(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn get_warning(
        &self,
        r: Request<pb::GetWarningRequest>,
    ) -> Reply<pb::GetWarningResponse> {
        let call = called(&r)?;
        Ok(get_warning::get_warning(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn acknowledge_warning(
        &self,
        r: Request<pb::AcknowledgeWarningRequest>,
    ) -> Reply<pb::AcknowledgeWarningResponse> {
        let call = called(&r)?;
        Ok(acknowledge_warning::acknowledge_warning(self, call, r.into_inner())
            .await
            .map(Response::new)?)
    }

    async fn close_warning(
        &self,
        r: Request<pb::CloseWarningRequest>,
    ) -> Reply<pb::CloseWarningResponse> {
        let call = called(&r)?;
        Ok(close_warning::close_warning(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn list_warning_rules(
        &self,
        _: Request<pb::ListWarningRulesRequest>,
    ) -> Reply<pb::ListWarningRulesResponse> {
        Ok(Response::new(list_warning_rules::list_warning_rules(self)))
    }

    async fn get_trace(&self, r: Request<pb::GetTraceRequest>) -> Reply<pb::GetTraceResponse> {
        let call = called(&r)?;
        Ok(get_trace::get_trace(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn list_oversight(
        &self,
        r: Request<pb::ListOversightRequest>,
    ) -> Reply<pb::ListOversightResponse> {
        let call = called(&r)?;
        Ok(list_oversight::list_oversight(self, &call, r.into_inner()).await.map(Response::new)?)
    }

    async fn list_indicators(
        &self,
        _: Request<pb::ListIndicatorsRequest>,
    ) -> Reply<pb::ListIndicatorsResponse> {
        Ok(Response::new(get_indicator::list_indicators()))
    }

    async fn get_indicator(
        &self,
        r: Request<pb::GetIndicatorRequest>,
    ) -> Reply<pb::GetIndicatorResponse> {
        let call = called(&r)?;
        Ok(get_indicator::get_indicator(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn list_figure_rows(
        &self,
        r: Request<pb::ListFigureRowsRequest>,
    ) -> Reply<pb::ListFigureRowsResponse> {
        let call = called(&r)?;
        Ok(list_figure_rows::list_figure_rows(self, call, r.into_inner())
            .await
            .map(Response::new)?)
    }

    async fn get_evaluation_report(
        &self,
        r: Request<pb::GetEvaluationReportRequest>,
    ) -> Reply<pb::GetEvaluationReportResponse> {
        let call = called(&r)?;
        Ok(get_evaluation_report::get_evaluation_report(self, call, r.into_inner())
            .await
            .map(Response::new)?)
    }

    async fn record_decision(
        &self,
        r: Request<pb::RecordDecisionRequest>,
    ) -> Reply<pb::RecordDecisionResponse> {
        let call = called(&r)?;
        Ok(record_decision::record_decision(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn serve_decision(
        &self,
        r: Request<pb::ServeDecisionRequest>,
    ) -> Reply<pb::ServeDecisionResponse> {
        let call = called(&r)?;
        Ok(serve_decision::serve_decision(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn publish_decision(
        &self,
        r: Request<pb::PublishDecisionRequest>,
    ) -> Reply<pb::PublishDecisionResponse> {
        let call = called(&r)?;
        Ok(publish_decision::publish_decision(self, call, r.into_inner())
            .await
            .map(Response::new)?)
    }

    async fn change_publication(
        &self,
        r: Request<pb::ChangePublicationRequest>,
    ) -> Reply<pb::ChangePublicationResponse> {
        let call = called(&r)?;
        Ok(change_publication::change_publication(self, call, r.into_inner())
            .await
            .map(Response::new)?)
    }

    async fn withdraw_publication(
        &self,
        r: Request<pb::WithdrawPublicationRequest>,
    ) -> Reply<pb::WithdrawPublicationResponse> {
        let call = called(&r)?;
        Ok(withdraw_publication::withdraw_publication(self, call, r.into_inner())
            .await
            .map(Response::new)?)
    }

    async fn close_decision(
        &self,
        r: Request<pb::CloseDecisionRequest>,
    ) -> Reply<pb::CloseDecisionResponse> {
        let call = called(&r)?;
        Ok(close_decision::close_decision(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn get_decision(
        &self,
        r: Request<pb::GetDecisionRequest>,
    ) -> Reply<pb::GetDecisionResponse> {
        let call = called(&r)?;
        Ok(get_decision::get_decision(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn list_decisions(
        &self,
        r: Request<pb::ListDecisionsRequest>,
    ) -> Reply<pb::ListDecisionsResponse> {
        let call = called(&r)?;
        Ok(list_decisions::list_decisions(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn offer_promise(
        &self,
        r: Request<pb::OfferPromiseRequest>,
    ) -> Reply<pb::OfferPromiseResponse> {
        let call = called(&r)?;
        Ok(offer_promise::offer_promise(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn sign_promise(
        &self,
        r: Request<pb::SignPromiseRequest>,
    ) -> Reply<pb::SignPromiseResponse> {
        let call = called(&r)?;
        Ok(change_promise::sign_promise(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn check_promise(
        &self,
        r: Request<pb::CheckPromiseRequest>,
    ) -> Reply<pb::CheckPromiseResponse> {
        let call = called(&r)?;
        Ok(change_promise::check_promise(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn get_promise(
        &self,
        r: Request<pb::GetPromiseRequest>,
    ) -> Reply<pb::GetPromiseResponse> {
        let call = called(&r)?;
        Ok(list_promises::get_promise(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn list_promises(
        &self,
        r: Request<pb::ListPromisesRequest>,
    ) -> Reply<pb::ListPromisesResponse> {
        let call = called(&r)?;
        Ok(list_promises::list_promises(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn read_journal(
        &self,
        r: Request<pb::ReadJournalRequest>,
    ) -> Reply<pb::ReadJournalResponse> {
        Ok(read_journal::read_journal(self, r.into_inner()).await.map(Response::new)?)
    }
}
