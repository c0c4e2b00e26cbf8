//! The calls of this service. One file for each, and this table of them.

mod ask;
mod get_checkpoint;
mod get_consistency_proof;
mod get_inclusion_proof;
mod get_log_status;
mod get_receipt;
mod get_tile;

use auth::Caller;
use proto::supervision::v1 as pb;
use tonic::{Request, Response, Status};

use crate::{Supervision, error::Error};

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
}
