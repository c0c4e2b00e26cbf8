//! Wraps content keys again with the active key-encryption key. For the operator.

use auth::Attestation;
use command::{Command, Written, check_request_id, once};
use db::journal;
use prost::Message as _;
use proto::evidence::v1 as pb;

use crate::{Evidence, error::Error, store};

/// Who the operator is in the journal.
const OPERATOR: &str = "operator";

pub(super) async fn rewrap_keys(
    service: &Evidence,
    attestation: Attestation,
    request: pb::RewrapKeysRequest,
) -> Result<pb::RewrapKeysResponse, Error> {
    let now = service.clock.now();
    let mut fields = server::Fields::default();
    check_request_id(&mut fields, &request.request_id);
    let limit = match request.limit {
        0 => Some(1000),
        limit => u64::try_from(limit).ok().filter(|limit| *limit <= 10_000),
    };
    let limit = fields.need(limit, "limit", "is not between 0 and 10000").unwrap_or_default();
    fields.done()?;

    let vault = service.vault.clone();
    vault.keys().reload();
    let active = vault.keys().active();
    let command = Command {
        caller: OPERATOR.to_owned(),
        attestation,
        request_id: request.request_id,
        method: "RewrapKeys",
        now,
    };
    once(&service.db, command, move |tx| {
        Box::pin(async move {
            let active = active?;
            let mut rewrapped = 0;
            for old in store::old_keys(tx, &active, &vault.keys().ids(), limit).await? {
                // One that does not open with its key stays as it is: the scrubber tells of it.
                if let Ok(key) = vault.keys().unwrap(&old.2) {
                    store::rewrap(tx, &old, vault.keys().wrap(&key)?).await?;
                    rewrapped += 1;
                }
            }
            let remaining = store::count_old_keys(tx, &active).await?;
            let response = pb::RewrapKeysResponse { rewrapped, remaining, active_key: active };
            let entry = journal::Entry {
                at: now,
                kind: "evidence.keys_rewrapped.v1",
                resource: format!("keys/{}", response.active_key),
                docket: String::new(),
                agency: OPERATOR.to_owned(),
                officer: String::new(),
                step: String::new(),
                payload: response.encode_to_vec(),
                request_id: String::new(),
                attestation: None,
                marks: Vec::new(),
            };
            Ok(Written { response, entries: vec![entry] })
        })
    })
    .await
}
