//! The calls of this service. One file for each, and this table of them.

mod check_officers;
mod enrol_key;
mod get_agency;
mod get_trust_bundle;
mod import_directory;
mod issue_wit;
mod list_agencies;
mod list_keys;
mod list_officers;
mod list_revocations;
mod once;
mod page;
mod read_journal;
mod renew_wit;
mod revoke_key;
mod rotate_issuer_key;
pub(crate) mod trace;
pub(crate) mod wire;

use auth::{Attestation, Caller};
use proto::identity::v1 as pb;
use tonic::{Request, Response, Status};

use crate::{Identity, error::Error};

/// A call by an authenticated workload.
struct Ask<T> {
    caller: Caller,
    attestation: Attestation,
    message: T,
}

impl<T> Ask<T> {
    fn of(request: Request<T>) -> Result<Self, Error> {
        let caller = Caller::of(&request).ok_or(Error::Unidentified)?.clone();
        let attestation = Attestation::of(&request).ok_or(Error::Unidentified)?.clone();
        Ok(Self { caller, attestation, message: request.into_inner() })
    }
}

type Reply<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl pb::identity_service_server::IdentityService for Identity {
    async fn issue_wit(&self, r: Request<pb::IssueWitRequest>) -> Reply<pb::IssueWitResponse> {
        Ok(issue_wit::issue_wit(self, r.into_inner()).await.map(Response::new)?)
    }

    async fn renew_wit(&self, r: Request<pb::RenewWitRequest>) -> Reply<pb::RenewWitResponse> {
        Ok(renew_wit::renew_wit(self, Ask::of(r)?).await.map(Response::new)?)
    }

    async fn get_trust_bundle(
        &self,
        _: Request<pb::GetTrustBundleRequest>,
    ) -> Reply<pb::GetTrustBundleResponse> {
        Ok(Response::new(get_trust_bundle::get_trust_bundle(self)))
    }

    async fn rotate_issuer_key(
        &self,
        r: Request<pb::RotateIssuerKeyRequest>,
    ) -> Reply<pb::RotateIssuerKeyResponse> {
        let ask = Ask::of(r)?;
        Ok(rotate_issuer_key::rotate_issuer_key(self, ask).await.map(Response::new)?)
    }

    async fn enrol_key(&self, r: Request<pb::EnrolKeyRequest>) -> Reply<pb::EnrolKeyResponse> {
        Ok(enrol_key::enrol_key(self, Ask::of(r)?).await.map(Response::new)?)
    }

    async fn list_keys(&self, r: Request<pb::ListKeysRequest>) -> Reply<pb::ListKeysResponse> {
        Ok(list_keys::list_keys(self, Ask::of(r)?).await.map(Response::new)?)
    }

    async fn revoke_key(&self, r: Request<pb::RevokeKeyRequest>) -> Reply<pb::RevokeKeyResponse> {
        Ok(revoke_key::revoke_key(self, Ask::of(r)?).await.map(Response::new)?)
    }

    async fn list_revocations(
        &self,
        r: Request<pb::ListRevocationsRequest>,
    ) -> Reply<pb::ListRevocationsResponse> {
        Ask::of(r)?;
        Ok(list_revocations::list_revocations(self).await.map(Response::new)?)
    }

    async fn import_directory(
        &self,
        r: Request<pb::ImportDirectoryRequest>,
    ) -> Reply<pb::ImportDirectoryResponse> {
        let ask = Ask::of(r)?;
        Ok(import_directory::import_directory(self, ask).await.map(Response::new)?)
    }

    async fn get_agency(&self, r: Request<pb::GetAgencyRequest>) -> Reply<pb::GetAgencyResponse> {
        let ask = Ask::of(r)?;
        Ok(get_agency::get_agency(self, ask.message).await.map(Response::new)?)
    }

    async fn list_agencies(
        &self,
        r: Request<pb::ListAgenciesRequest>,
    ) -> Reply<pb::ListAgenciesResponse> {
        let ask = Ask::of(r)?;
        Ok(list_agencies::list_agencies(self, ask.message).await.map(Response::new)?)
    }

    async fn list_officers(
        &self,
        r: Request<pb::ListOfficersRequest>,
    ) -> Reply<pb::ListOfficersResponse> {
        Ok(list_officers::list_officers(self, Ask::of(r)?).await.map(Response::new)?)
    }

    async fn check_officers(
        &self,
        r: Request<pb::CheckOfficersRequest>,
    ) -> Reply<pb::CheckOfficersResponse> {
        let ask = Ask::of(r)?;
        Ok(check_officers::check_officers(self, ask.message).await.map(Response::new)?)
    }

    async fn read_journal(
        &self,
        r: Request<pb::ReadJournalRequest>,
    ) -> Reply<pb::ReadJournalResponse> {
        Ok(read_journal::read_journal(self, r.into_inner()).await.map(Response::new)?)
    }
}
