//! A catalogue that says what a test wants, or hangs: behind the real guard, with real keys.

use std::sync::{Arc, Mutex};

use auth::{Allow, Gate, Guarded, Policy, Rule, Shape};
use proto::catalogue::v1::{
    self as pb,
    catalogue_service_server::{CatalogueService, CatalogueServiceServer},
};
use tonic::{Request, Response, Status};

const POLICY: Policy = Policy(&[Rule {
    method: "/xiezhi.catalogue.v1.CatalogueService/ResolveCompetence",
    allow: Allow::Services(&["referral"]),
    shape: Shape::Unary,
}]);

/// What it says; clones share it.
#[derive(Clone, Default)]
pub(crate) struct Catalogue {
    says: Arc<Mutex<Says>>,
    asked: Arc<Mutex<Vec<pb::ResolveCompetenceRequest>>>,
}

/// What it does when it is asked.
#[derive(Clone, Default)]
pub(crate) enum Says {
    /// It knows no such matter.
    #[default]
    Nothing,
    /// This body is competent; empty: several claim it.
    Competent(&'static str),
    /// It does not answer.
    Hangs,
}

impl Catalogue {
    pub(crate) fn say(&self, says: Says) {
        *self.says.lock().unwrap() = says;
    }

    /// What it was asked, in order.
    pub(crate) fn asked(&self) -> Vec<pb::ResolveCompetenceRequest> {
        self.asked.lock().unwrap().clone()
    }

    pub(crate) fn into_server(self, gate: Gate) -> Guarded<CatalogueServiceServer<Self>> {
        auth::guard(gate, POLICY, CatalogueServiceServer::new(self))
    }
}

#[tonic::async_trait]
impl CatalogueService for Catalogue {
    async fn resolve_competence(
        &self,
        r: Request<pb::ResolveCompetenceRequest>,
    ) -> Result<Response<pb::ResolveCompetenceResponse>, Status> {
        self.asked.lock().unwrap().push(r.into_inner());
        let says = self.says.lock().unwrap().clone();
        match says {
            Says::Nothing => Err(Status::not_found("no such matter")),
            Says::Competent(body) => Ok(Response::new(pb::ResolveCompetenceResponse {
                revision: 7,
                competent: body.to_owned(),
                summary: "it is so".to_owned(),
                summary_zh: "应当如此".to_owned(),
                ..pb::ResolveCompetenceResponse::default()
            })),
            Says::Hangs => std::future::pending().await,
        }
    }

    async fn look_up_discretion(
        &self,
        _: Request<pb::LookUpDiscretionRequest>,
    ) -> Result<Response<pb::LookUpDiscretionResponse>, Status> {
        Err(Status::unimplemented("nobody asks it here"))
    }

    async fn preview_revision(
        &self,
        _: Request<pb::PreviewRevisionRequest>,
    ) -> Result<Response<pb::PreviewRevisionResponse>, Status> {
        Err(Status::unimplemented("nobody asks it here"))
    }

    async fn publish_revision(
        &self,
        _: Request<pb::PublishRevisionRequest>,
    ) -> Result<Response<pb::PublishRevisionResponse>, Status> {
        Err(Status::unimplemented("nobody asks it here"))
    }

    async fn get_revision(
        &self,
        _: Request<pb::GetRevisionRequest>,
    ) -> Result<Response<pb::GetRevisionResponse>, Status> {
        Err(Status::unimplemented("nobody asks it here"))
    }

    async fn list_revisions(
        &self,
        _: Request<pb::ListRevisionsRequest>,
    ) -> Result<Response<pb::ListRevisionsResponse>, Status> {
        Err(Status::unimplemented("nobody asks it here"))
    }

    async fn list_entries(
        &self,
        _: Request<pb::ListEntriesRequest>,
    ) -> Result<Response<pb::ListEntriesResponse>, Status> {
        Err(Status::unimplemented("nobody asks it here"))
    }

    async fn diff_revisions(
        &self,
        _: Request<pb::DiffRevisionsRequest>,
    ) -> Result<Response<pb::DiffRevisionsResponse>, Status> {
        Err(Status::unimplemented("nobody asks it here"))
    }

    async fn record_decision(
        &self,
        _: Request<pb::RecordDecisionRequest>,
    ) -> Result<Response<pb::RecordDecisionResponse>, Status> {
        Err(Status::unimplemented("nobody asks it here"))
    }

    async fn read_journal(
        &self,
        _: Request<pb::ReadJournalRequest>,
    ) -> Result<Response<pb::ReadJournalResponse>, Status> {
        Err(Status::unimplemented("nobody asks it here"))
    }
}
