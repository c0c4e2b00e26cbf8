//! Creates or replaces agencies and officers: all or nothing, every fault named at once.

use prost::Message as _;
use proto::identity::v1::{ImportDirectoryRequest, ImportDirectoryResponse};
use server::Fields;

use super::{Ask, once::once, trace, wire};
use crate::{
    Identity,
    domain::directory::{self, Fault},
    error::Error,
    store,
};

/// How many faults are named: they travel in the trailers, which are bounded.
const FAULTS_TOLD: usize = 50;

pub(super) async fn import_directory(
    service: &Identity,
    ask: Ask<ImportDirectoryRequest>,
) -> Result<ImportDirectoryResponse, Error> {
    let request = ask.message.clone();
    let request_id =
        Some(request.request_id.clone()).filter(|id| uuid::Uuid::try_parse(id).is_ok());
    let (agencies, officers) = wire::drafts(request);

    once(service, &ask, "ImportDirectory", &ask.message.request_id, move |tx| {
        Box::pin(async move {
            let known = store::agency::known(tx).await?;
            let checked = directory::check(agencies, officers, &known);
            let directory = told(request_id.is_some(), checked)?;
            store::agency::put(tx, &directory.agencies).await?;
            store::officer::put(tx, &directory.officers).await?;
            let count = |len: usize| i32::try_from(len).map_err(|_| Error::Corrupt("count"));
            let answer = ImportDirectoryResponse {
                agencies: count(directory.agencies.len())?,
                officers: count(directory.officers.len())?,
            };
            let note = trace::Note {
                kind: trace::DIRECTORY_IMPORTED,
                resource: "agencies".to_owned(),
                payload: answer.encode_to_vec(),
            };
            Ok((answer, note))
        })
    })
    .await
}

/// The directory, or every fault of the request, its id included.
fn told(
    request_id_fits: bool,
    checked: Result<directory::Directory, Vec<Fault>>,
) -> Result<directory::Directory, Error> {
    let mut fields = Fields::default();
    fields.check(request_id_fits, "request_id", "is not a UUID");
    let faults = checked.as_ref().err().map(Vec::as_slice).unwrap_or_default();
    for fault in faults.iter().take(FAULTS_TOLD) {
        fields.fault(fault.field.as_str(), fault.message);
    }
    if let Some(more) = faults.len().checked_sub(FAULTS_TOLD).filter(|more| *more > 0) {
        fields.fault("agencies", format!("and {more} more faults here or in officers"));
    }
    fields.done()?;
    checked.map_err(|_| Error::Corrupt("directory"))
}
