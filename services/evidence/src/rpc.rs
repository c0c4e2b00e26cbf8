//! The calls of this service. One file for each, and this table of them.

mod abort_upload;
mod add_item;
mod assess_dossier;
mod begin_upload;
mod change;
mod change_measure;
mod commit_upload;
mod content_said;
mod convert;
mod count_hand_over;
mod cure_defect;
mod get_dossier;
mod get_hand_over;
mod get_item;
mod get_upload;
mod grounds;
mod hand_over_said;
mod item_said;
mod list_content_faults;
mod list_custody;
mod list_dossiers;
mod list_hand_overs;
mod list_items;
mod list_trace;
mod officers;
mod open_dossier;
mod order_hand_over;
mod propose_hand_over;
mod read_content;
mod read_journal;
mod recognize_item;
mod record_custody;
mod record_defect;
mod refuse_hand_over;
mod rewrap_keys;
mod scrub_content;
mod sign_hand_over;
mod upload_content;
mod withdraw_defect;
mod withdraw_hand_over;

use auth::{Attestation, Caller};
use command::Call;
use proto::evidence::v1 as pb;
use tonic::{Request, Response, Status, Streaming};
use types::AgencyCode;

use crate::{Evidence, error::Error};

/// Who calls, and what proves it.
fn called<T>(request: &Request<T>) -> Result<Call, Error> {
    Call::of(request).ok_or(Error::Unidentified)
}

/// A client-streaming call has no proof over its messages, only a caller.
fn agency_of<T>(request: &Request<T>) -> Result<AgencyCode, Error> {
    Caller::of(request).and_then(Caller::agency).ok_or(Error::Unidentified)
}

#[tonic::async_trait]
impl pb::evidence_service_server::EvidenceService for Evidence {
    async fn open_dossier(
        &self,
        r: Request<pb::OpenDossierRequest>,
    ) -> Result<Response<pb::OpenDossierResponse>, Status> {
        let call = called(&r)?;
        Ok(open_dossier::open_dossier(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn get_dossier(
        &self,
        r: Request<pb::GetDossierRequest>,
    ) -> Result<Response<pb::GetDossierResponse>, Status> {
        let call = called(&r)?;
        Ok(get_dossier::get_dossier(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn list_dossiers(
        &self,
        r: Request<pb::ListDossiersRequest>,
    ) -> Result<Response<pb::ListDossiersResponse>, Status> {
        let call = called(&r)?;
        Ok(list_dossiers::list_dossiers(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn add_item(
        &self,
        r: Request<pb::AddItemRequest>,
    ) -> Result<Response<pb::AddItemResponse>, Status> {
        let call = called(&r)?;
        Ok(add_item::add_item(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn get_item(
        &self,
        r: Request<pb::GetItemRequest>,
    ) -> Result<Response<pb::GetItemResponse>, Status> {
        let call = called(&r)?;
        Ok(get_item::get_item(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn list_items(
        &self,
        r: Request<pb::ListItemsRequest>,
    ) -> Result<Response<pb::ListItemsResponse>, Status> {
        let call = called(&r)?;
        Ok(list_items::list_items(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn change_measure(
        &self,
        r: Request<pb::ChangeMeasureRequest>,
    ) -> Result<Response<pb::ChangeMeasureResponse>, Status> {
        let call = called(&r)?;
        Ok(change_measure::change_measure(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn begin_upload(
        &self,
        r: Request<pb::BeginUploadRequest>,
    ) -> Result<Response<pb::BeginUploadResponse>, Status> {
        let call = called(&r)?;
        Ok(begin_upload::begin_upload(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn upload_content(
        &self,
        r: Request<Streaming<pb::UploadContentRequest>>,
    ) -> Result<Response<pb::UploadContentResponse>, Status> {
        let agency = agency_of(&r)?;
        Ok(upload_content::upload_content(self, agency, r.into_inner()).await.map(Response::new)?)
    }

    async fn get_upload(
        &self,
        r: Request<pb::GetUploadRequest>,
    ) -> Result<Response<pb::GetUploadResponse>, Status> {
        let call = called(&r)?;
        Ok(get_upload::get_upload(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn commit_upload(
        &self,
        r: Request<pb::CommitUploadRequest>,
    ) -> Result<Response<pb::CommitUploadResponse>, Status> {
        let call = called(&r)?;
        Ok(commit_upload::commit_upload(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn abort_upload(
        &self,
        r: Request<pb::AbortUploadRequest>,
    ) -> Result<Response<pb::AbortUploadResponse>, Status> {
        let call = called(&r)?;
        Ok(abort_upload::abort_upload(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn read_content(
        &self,
        r: Request<pb::ReadContentRequest>,
    ) -> Result<Response<pb::ReadContentResponse>, Status> {
        let call = called(&r)?;
        Ok(read_content::read_content(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn list_content_faults(
        &self,
        r: Request<pb::ListContentFaultsRequest>,
    ) -> Result<Response<pb::ListContentFaultsResponse>, Status> {
        Ok(list_content_faults::list_content_faults(self, r.into_inner())
            .await
            .map(Response::new)?)
    }

    async fn scrub_content(
        &self,
        r: Request<pb::ScrubContentRequest>,
    ) -> Result<Response<pb::ScrubContentResponse>, Status> {
        Ok(scrub_content::scrub_content(self, r.into_inner()).await.map(Response::new)?)
    }

    async fn rewrap_keys(
        &self,
        r: Request<pb::RewrapKeysRequest>,
    ) -> Result<Response<pb::RewrapKeysResponse>, Status> {
        let call = Attestation::of(&r).ok_or(Error::Unidentified)?.clone();
        Ok(rewrap_keys::rewrap_keys(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn record_custody(
        &self,
        r: Request<pb::RecordCustodyRequest>,
    ) -> Result<Response<pb::RecordCustodyResponse>, Status> {
        let call = called(&r)?;
        Ok(record_custody::record_custody(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn list_custody(
        &self,
        r: Request<pb::ListCustodyRequest>,
    ) -> Result<Response<pb::ListCustodyResponse>, Status> {
        let call = called(&r)?;
        Ok(list_custody::list_custody(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn propose_hand_over(
        &self,
        r: Request<pb::ProposeHandOverRequest>,
    ) -> Result<Response<pb::ProposeHandOverResponse>, Status> {
        let call = called(&r)?;
        Ok(propose_hand_over::propose_hand_over(self, call, r.into_inner())
            .await
            .map(Response::new)?)
    }

    async fn count_hand_over(
        &self,
        r: Request<pb::CountHandOverRequest>,
    ) -> Result<Response<pb::CountHandOverResponse>, Status> {
        let call = called(&r)?;
        Ok(count_hand_over::count_hand_over(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn sign_hand_over(
        &self,
        r: Request<pb::SignHandOverRequest>,
    ) -> Result<Response<pb::SignHandOverResponse>, Status> {
        let call = called(&r)?;
        Ok(sign_hand_over::sign_hand_over(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn refuse_hand_over(
        &self,
        r: Request<pb::RefuseHandOverRequest>,
    ) -> Result<Response<pb::RefuseHandOverResponse>, Status> {
        let call = called(&r)?;
        Ok(refuse_hand_over::refuse_hand_over(self, call, r.into_inner())
            .await
            .map(Response::new)?)
    }

    async fn withdraw_hand_over(
        &self,
        r: Request<pb::WithdrawHandOverRequest>,
    ) -> Result<Response<pb::WithdrawHandOverResponse>, Status> {
        let call = called(&r)?;
        Ok(withdraw_hand_over::withdraw_hand_over(self, call, r.into_inner())
            .await
            .map(Response::new)?)
    }

    async fn get_hand_over(
        &self,
        r: Request<pb::GetHandOverRequest>,
    ) -> Result<Response<pb::GetHandOverResponse>, Status> {
        let call = called(&r)?;
        Ok(get_hand_over::get_hand_over(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn list_hand_overs(
        &self,
        r: Request<pb::ListHandOversRequest>,
    ) -> Result<Response<pb::ListHandOversResponse>, Status> {
        let call = called(&r)?;
        Ok(list_hand_overs::list_hand_overs(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn assess_dossier(
        &self,
        r: Request<pb::AssessDossierRequest>,
    ) -> Result<Response<pb::AssessDossierResponse>, Status> {
        let call = called(&r)?;
        Ok(assess_dossier::assess_dossier(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn record_defect(
        &self,
        r: Request<pb::RecordDefectRequest>,
    ) -> Result<Response<pb::RecordDefectResponse>, Status> {
        let call = called(&r)?;
        Ok(record_defect::record_defect(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn withdraw_defect(
        &self,
        r: Request<pb::WithdrawDefectRequest>,
    ) -> Result<Response<pb::WithdrawDefectResponse>, Status> {
        let call = called(&r)?;
        Ok(withdraw_defect::withdraw_defect(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn cure_defect(
        &self,
        r: Request<pb::CureDefectRequest>,
    ) -> Result<Response<pb::CureDefectResponse>, Status> {
        let call = called(&r)?;
        Ok(cure_defect::cure_defect(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn recognize_item(
        &self,
        r: Request<pb::RecognizeItemRequest>,
    ) -> Result<Response<pb::RecognizeItemResponse>, Status> {
        let call = called(&r)?;
        Ok(recognize_item::recognize_item(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn order_hand_over(
        &self,
        r: Request<pb::OrderHandOverRequest>,
    ) -> Result<Response<pb::OrderHandOverResponse>, Status> {
        let proof = Attestation::of(&r).ok_or(Error::Unidentified)?.clone();
        let ordered = order_hand_over::order_hand_over(self, proof, r.into_inner());
        Ok(ordered.await.map(Response::new)?)
    }

    async fn list_trace(
        &self,
        r: Request<pb::ListTraceRequest>,
    ) -> Result<Response<pb::ListTraceResponse>, Status> {
        let call = called(&r)?;
        Ok(list_trace::list_trace(self, call, r.into_inner()).await.map(Response::new)?)
    }

    async fn read_journal(
        &self,
        r: Request<pb::ReadJournalRequest>,
    ) -> Result<Response<pb::ReadJournalResponse>, Status> {
        Ok(read_journal::read_journal(self, r.into_inner()).await.map(Response::new)?)
    }
}
