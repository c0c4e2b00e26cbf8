//! A catalogue and a transparency log that say what a test wants: behind the real guard, with real keys.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
};

use auth::{Allow, Gate, Guarded, Policy, Rule, Shape};
use proto::{
    catalogue::v1::{
        self as cat,
        catalogue_service_server::{CatalogueService, CatalogueServiceServer},
    },
    supervision::v1::{
        self as sup,
        supervision_service_server::{SupervisionService, SupervisionServiceServer},
    },
};
use tonic::{Request, Response, Status};

const fn service(method: &'static str) -> Rule {
    Rule { method, allow: Allow::Services(&["operations"]), shape: Shape::Unary }
}

const CATALOGUE: Policy =
    Policy(&[service("/xiezhi.catalogue.v1.CatalogueService/ResolveCompetence")]);
const LOG: Policy = Policy(&[
    service("/xiezhi.supervision.v1.SupervisionService/GetInclusionProof"),
    service("/xiezhi.supervision.v1.SupervisionService/GetCheckpoint"),
]);

/// A catalogue in which matters `CODE-...` are those of the body CODE; clones share it.
#[derive(Clone, Default)]
pub(crate) struct Catalogue {
    away: Arc<Mutex<bool>>,
    /// Matters that moved away.
    moved: Arc<Mutex<BTreeSet<String>>>,
}

impl Catalogue {
    /// From now on it does not answer.
    pub(crate) fn goes_away(&self) {
        *self.away.lock().unwrap() = true;
    }

    /// From now on a matter is nobody's.
    pub(crate) fn moves(&self, matter: &str) {
        self.moved.lock().unwrap().insert(matter.to_owned());
    }

    pub(crate) fn into_server(self, gate: Gate) -> Guarded<CatalogueServiceServer<Self>> {
        auth::guard(gate, CATALOGUE, CatalogueServiceServer::new(self))
    }
}

fn nobody<T>() -> Result<Response<T>, Status> {
    Err(Status::unimplemented("nobody asks it here"))
}

#[tonic::async_trait]
impl CatalogueService for Catalogue {
    async fn resolve_competence(
        &self,
        r: Request<cat::ResolveCompetenceRequest>,
    ) -> Result<Response<cat::ResolveCompetenceResponse>, Status> {
        if *self.away.lock().unwrap() {
            return Err(Status::unavailable("away"));
        }
        let matter = r.into_inner().matter;
        let code = matter.split_once('-').map(|(code, _)| code.to_owned());
        match code {
            Some(competent) if !self.moved.lock().unwrap().contains(&matter) => {
                Ok(Response::new(cat::ResolveCompetenceResponse {
                    revision: 7,
                    competent,
                    ..cat::ResolveCompetenceResponse::default()
                }))
            }
            _ => Err(Status::not_found("no such matter")),
        }
    }

    async fn look_up_discretion(
        &self,
        _: Request<cat::LookUpDiscretionRequest>,
    ) -> Result<Response<cat::LookUpDiscretionResponse>, Status> {
        nobody()
    }

    async fn preview_revision(
        &self,
        _: Request<cat::PreviewRevisionRequest>,
    ) -> Result<Response<cat::PreviewRevisionResponse>, Status> {
        nobody()
    }

    async fn publish_revision(
        &self,
        _: Request<cat::PublishRevisionRequest>,
    ) -> Result<Response<cat::PublishRevisionResponse>, Status> {
        nobody()
    }

    async fn get_revision(
        &self,
        _: Request<cat::GetRevisionRequest>,
    ) -> Result<Response<cat::GetRevisionResponse>, Status> {
        nobody()
    }

    async fn list_revisions(
        &self,
        _: Request<cat::ListRevisionsRequest>,
    ) -> Result<Response<cat::ListRevisionsResponse>, Status> {
        nobody()
    }

    async fn list_entries(
        &self,
        _: Request<cat::ListEntriesRequest>,
    ) -> Result<Response<cat::ListEntriesResponse>, Status> {
        nobody()
    }

    async fn diff_revisions(
        &self,
        _: Request<cat::DiffRevisionsRequest>,
    ) -> Result<Response<cat::DiffRevisionsResponse>, Status> {
        nobody()
    }

    async fn record_decision(
        &self,
        _: Request<cat::RecordDecisionRequest>,
    ) -> Result<Response<cat::RecordDecisionResponse>, Status> {
        nobody()
    }

    async fn read_journal(
        &self,
        _: Request<cat::ReadJournalRequest>,
    ) -> Result<Response<cat::ReadJournalResponse>, Status> {
        nobody()
    }
}

/// A log that has every row, or none; clones share it.
#[derive(Clone, Default)]
pub(crate) struct Log {
    behind: Arc<Mutex<bool>>,
    size: Arc<Mutex<i64>>,
}

impl Log {
    /// From now on it has no row, or has them all.
    pub(crate) fn is_behind(&self, behind: bool) {
        *self.behind.lock().unwrap() = behind;
    }

    pub(crate) fn into_server(self, gate: Gate) -> Guarded<SupervisionServiceServer<Self>> {
        auth::guard(gate, LOG, SupervisionServiceServer::new(self))
    }
}

/// What nobody asks the log here, and after it what somebody does.
macro_rules! supervision {
    ($($method:ident($request:ident) -> $response:ident),* $(,)?; $($asked:tt)*) => {
        #[tonic::async_trait]
        impl SupervisionService for Log {
            $($asked)*

            $(async fn $method(
                &self,
                _: Request<sup::$request>,
            ) -> Result<Response<sup::$response>, Status> {
                nobody()
            })*
        }
    };
}

supervision! {
    get_consistency_proof(GetConsistencyProofRequest) -> GetConsistencyProofResponse,
    get_receipt(GetReceiptRequest) -> GetReceiptResponse,
    get_tile(GetTileRequest) -> GetTileResponse,
    get_log_status(GetLogStatusRequest) -> GetLogStatusResponse,
    list_due(ListDueRequest) -> ListDueResponse,
    get_board(GetBoardRequest) -> GetBoardResponse,
    reconcile_exchanges(ReconcileExchangesRequest) -> ReconcileExchangesResponse,
    list_warnings(ListWarningsRequest) -> ListWarningsResponse,
    get_warning(GetWarningRequest) -> GetWarningResponse,
    acknowledge_warning(AcknowledgeWarningRequest) -> AcknowledgeWarningResponse,
    close_warning(CloseWarningRequest) -> CloseWarningResponse,
    list_warning_rules(ListWarningRulesRequest) -> ListWarningRulesResponse,
    get_trace(GetTraceRequest) -> GetTraceResponse,
    list_oversight(ListOversightRequest) -> ListOversightResponse,
    list_indicators(ListIndicatorsRequest) -> ListIndicatorsResponse,
    get_indicator(GetIndicatorRequest) -> GetIndicatorResponse,
    list_figure_rows(ListFigureRowsRequest) -> ListFigureRowsResponse,
    get_evaluation_report(GetEvaluationReportRequest) -> GetEvaluationReportResponse,
    record_decision(RecordDecisionRequest) -> RecordDecisionResponse,
    serve_decision(ServeDecisionRequest) -> ServeDecisionResponse,
    publish_decision(PublishDecisionRequest) -> PublishDecisionResponse,
    change_publication(ChangePublicationRequest) -> ChangePublicationResponse,
    withdraw_publication(WithdrawPublicationRequest) -> WithdrawPublicationResponse,
    close_decision(CloseDecisionRequest) -> CloseDecisionResponse,
    get_decision(GetDecisionRequest) -> GetDecisionResponse,
    list_decisions(ListDecisionsRequest) -> ListDecisionsResponse,
    offer_promise(OfferPromiseRequest) -> OfferPromiseResponse,
    sign_promise(SignPromiseRequest) -> SignPromiseResponse,
    check_promise(CheckPromiseRequest) -> CheckPromiseResponse,
    get_promise(GetPromiseRequest) -> GetPromiseResponse,
    list_promises(ListPromisesRequest) -> ListPromisesResponse,
    read_journal(ReadJournalRequest) -> ReadJournalResponse;

    async fn get_checkpoint(
        &self,
        _: Request<sup::GetCheckpointRequest>,
    ) -> Result<Response<sup::GetCheckpointResponse>, Status> {
        // It grows with every look, so that who looks twice gets another value.
        let mut size = self.size.lock().unwrap();
        *size += 1;
        Ok(Response::new(sup::GetCheckpointResponse {
            checkpoint: "signed".to_owned(),
            tree_size: *size,
            root: vec![7; 32],
        }))
    }

    async fn get_inclusion_proof(
        &self,
        r: Request<sup::GetInclusionProofRequest>,
    ) -> Result<Response<sup::GetInclusionProofResponse>, Status> {
        let asked = r.into_inner();
        if *self.behind.lock().unwrap() || asked.service != "operations" || asked.row_id <= 0 {
            return Err(Status::not_found("no such row"));
        }
        Ok(Response::new(sup::GetInclusionProofResponse::default()))
    }
}
