//! The calls of this service. One file for each, and this table of them.

mod diff_revisions;
mod examine;
mod get_revision;
mod list_entries;
mod list_revisions;
mod look_up_discretion;
mod preview_revision;
mod publish_revision;
mod read_journal;
mod record_decision;
mod resolve_competence;

use auth::{Attestation, Caller};
use command::Call;
use proto::catalogue::v1 as pb;
use tonic::{Request, Response, Status};

use crate::{Catalogue, domain::reader::Reader, error::Error};

/// Who calls, and what proves it.
fn called<T>(request: &Request<T>) -> Result<Call, Error> {
    Call::of(request).ok_or(Error::Unidentified)
}

fn proof<T>(request: &Request<T>) -> Result<Attestation, Error> {
    Attestation::of(request).cloned().ok_or(Error::Unidentified)
}

/// Who reads.
fn reader<T>(service: &Catalogue, request: &Request<T>) -> Reader {
    let Some(caller) = Caller::of(request) else { return Reader::Other };
    match caller.agency() {
        Some(agency) if service.settings.publishers.contains(&agency) => Reader::Trusted,
        Some(agency) => Reader::Agency(agency),
        None if caller.is_operator() => Reader::Other,
        None => Reader::Trusted,
    }
}

#[tonic::async_trait]
impl pb::catalogue_service_server::CatalogueService for Catalogue {
    async fn resolve_competence(
        &self,
        r: Request<pb::ResolveCompetenceRequest>,
    ) -> Result<Response<pb::ResolveCompetenceResponse>, Status> {
        let answer = resolve_competence::resolve_competence(self, &r.into_inner()).await;
        Ok(answer.map(Response::new)?)
    }

    async fn look_up_discretion(
        &self,
        r: Request<pb::LookUpDiscretionRequest>,
    ) -> Result<Response<pb::LookUpDiscretionResponse>, Status> {
        let answer = look_up_discretion::look_up_discretion(self, &r.into_inner()).await;
        Ok(answer.map(Response::new)?)
    }

    async fn preview_revision(
        &self,
        r: Request<pb::PreviewRevisionRequest>,
    ) -> Result<Response<pb::PreviewRevisionResponse>, Status> {
        let reader = reader(self, &r);
        let answer = preview_revision::preview_revision(self, r.into_inner(), &reader).await;
        Ok(answer.map(Response::new)?)
    }

    async fn publish_revision(
        &self,
        r: Request<pb::PublishRevisionRequest>,
    ) -> Result<Response<pb::PublishRevisionResponse>, Status> {
        let call = called(&r)?;
        let answer = publish_revision::publish_revision(self, call, r.into_inner()).await;
        Ok(answer.map(Response::new)?)
    }

    async fn get_revision(
        &self,
        r: Request<pb::GetRevisionRequest>,
    ) -> Result<Response<pb::GetRevisionResponse>, Status> {
        let answer = get_revision::get_revision(self, &r.into_inner()).await;
        Ok(answer.map(Response::new)?)
    }

    async fn list_revisions(
        &self,
        r: Request<pb::ListRevisionsRequest>,
    ) -> Result<Response<pb::ListRevisionsResponse>, Status> {
        let answer = list_revisions::list_revisions(self, &r.into_inner()).await;
        Ok(answer.map(Response::new)?)
    }

    async fn list_entries(
        &self,
        r: Request<pb::ListEntriesRequest>,
    ) -> Result<Response<pb::ListEntriesResponse>, Status> {
        let reader = reader(self, &r);
        let answer = list_entries::list_entries(self, &r.into_inner(), &reader).await;
        Ok(answer.map(Response::new)?)
    }

    async fn diff_revisions(
        &self,
        r: Request<pb::DiffRevisionsRequest>,
    ) -> Result<Response<pb::DiffRevisionsResponse>, Status> {
        let reader = reader(self, &r);
        let answer = diff_revisions::diff_revisions(self, &r.into_inner(), &reader).await;
        Ok(answer.map(Response::new)?)
    }

    async fn record_decision(
        &self,
        r: Request<pb::RecordDecisionRequest>,
    ) -> Result<Response<pb::RecordDecisionResponse>, Status> {
        let proof = proof(&r)?;
        let answer = record_decision::record_decision(self, proof, r.into_inner()).await;
        Ok(answer.map(Response::new)?)
    }

    async fn read_journal(
        &self,
        r: Request<pb::ReadJournalRequest>,
    ) -> Result<Response<pb::ReadJournalResponse>, Status> {
        Ok(read_journal::read_journal(self, r.into_inner()).await.map(Response::new)?)
    }
}
