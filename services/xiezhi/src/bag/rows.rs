//! The journal rows of a dossier, each proven by its receipt: that the log has it, and that a body
//! asked for what it says and the service answered so.

use std::collections::BTreeSet;

use prost::Message as _;
use proto::journal::v1::Row;
use tlog::Receipt;

use super::layout;
use crate::command::verify::{Call, Proven};

/// Proves a receipt by itself: see [`crate::command::verify::receipt`].
pub(super) type Prove<'a> = &'a dyn Fn(&[u8]) -> Result<Proven, String>;

/// A row that the log has, and the call that made it, when the row has the proof of it.
pub(super) struct Included {
    pub(super) row: Row,
    pub(super) call: Option<Call>,
    /// The log, and how many leaves it had.
    pub(super) log: (String, u64),
}

/// Kinds whose payload is what the call was answered with, so that the service's own signature
/// binds it: the answer has that message as its first field and nothing else.
const ANSWERED: [(&str, &str); 5] = [
    ("evidence.dossier_opened.v1", "OpenDossier"),
    ("evidence.item_added.v1", "AddItem"),
    ("evidence.content_committed.v1", "CommitUpload"),
    ("evidence.hand_over_proposed.v1", "ProposeHandOver"),
    ("evidence.hand_over_counted.v1", "CountHandOver"),
];

/// The row of a receipt that holds under the checkpoint of the bag.
pub(super) fn included(text: &str, checkpoint: &str, prove: Prove<'_>) -> Result<Included, String> {
    let proven = prove(text.as_bytes())?;
    let receipt = Receipt::parse(text).map_err(|error| error.to_string())?;
    if receipt.checkpoint != checkpoint {
        return Err("is proven with another checkpoint than that of the bag".to_owned());
    }
    let row = Row::decode(receipt.row.as_slice())
        .map_err(|error| format!("the row cannot be read: {error}"))?;
    if let Some(call) = &proven.call {
        let digest = row.attestation.as_ref().map(|one| one.response_digest.as_slice());
        answered(&row, &call.method, digest.unwrap_or_default())?;
    }
    Ok(Included { row, call: proven.call, log: (proven.log, proven.tree_size) })
}

/// That somebody asked for each row which names a body: the row has the proof of it, or another row
/// of the same call has. What names no body was a clock's doing, which the log alone proves.
pub(super) fn asked_for(rows: &[Included]) -> Result<(), String> {
    let of = |one: &Included| (one.row.agency.clone(), one.row.request_id.clone());
    let own = |one: &&Included| {
        let named = format!("/agency/{}", one.row.agency);
        one.call.as_ref().is_some_and(|call| call.status == 0 && call.caller.ends_with(&named))
    };
    let proven: BTreeSet<_> = rows.iter().filter(own).map(of).collect();
    let is_asked = |one: &&Included| one.row.agency.is_empty() || proven.contains(&of(one));
    match rows.iter().find(|one| !is_asked(one)) {
        None => Ok(()),
        Some(Included { row, .. }) => Err(format!(
            "{}: nothing proves that {} asked for it",
            layout::receipt(&row.service, row.id),
            row.agency
        )),
    }
}

/// That the payload is what was answered, where the answer follows from it.
fn answered(row: &Row, method: &str, response_digest: &[u8]) -> Result<(), String> {
    let Some((_, name)) = ANSWERED.iter().find(|(kind, _)| *kind == row.kind) else {
        return Ok(());
    };
    if method.rsplit('/').next() != Some(name) {
        return Err(format!("the call was {method}, which makes no {}", row.kind));
    }
    let mut answer = Vec::with_capacity(row.payload.len() + 8);
    prost::encoding::bytes::encode(1, &row.payload, &mut answer);
    if auth::digest(&answer) != response_digest {
        return Err("its payload is not what the service answered and signed".to_owned());
    }
    Ok(())
}

/// The message in a row.
pub(super) fn payload<M: prost::Message + Default>(row: &Row) -> Result<M, String> {
    M::decode(row.payload.as_slice())
        .map_err(|error| format!("the payload of row {} cannot be read: {error}", row.id))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn included(agency: &str, request_id: &str, caller: Option<&str>) -> Included {
        let call = caller.map(|caller| Call {
            caller: format!("wimse://county.example/{caller}"),
            method: "/xiezhi.evidence.v1.EvidenceService/AddItem".to_owned(),
            answerer: String::new(),
            status: 0,
            asked_before: String::new(),
            answered_before: String::new(),
        });
        let row = Row {
            service: "evidence".to_owned(),
            agency: agency.to_owned(),
            request_id: request_id.to_owned(),
            ..Row::default()
        };
        Included { row, call, log: (String::new(), 0) }
    }

    #[test]
    fn what_a_row_says_of_a_body_needs_the_proof_of_that_body_for_that_call() {
        let proof = || included("MKT", "r1", Some("agency/MKT"));
        let second = || included("MKT", "r1", None);
        assert_eq!(asked_for(&[proof(), second(), included("", "", None)]), Ok(()));
        for rows in [
            vec![second()],
            vec![proof(), included("MKT", "r2", None)],
            vec![proof(), included("CAE", "r1", None)],
            vec![included("MKT", "r1", Some("agency/X-MKT"))],
            vec![included("MKT", "r1", Some("service/MKT"))],
        ] {
            assert!(asked_for(&rows).is_err_and(|told| told.contains("nothing proves")));
        }
    }

    #[test]
    fn a_payload_that_was_not_answered_is_refused() {
        let item = proto::evidence::v1::Item { title: "油".to_owned(), ..Default::default() };
        let answer = proto::evidence::v1::AddItemResponse { item: Some(item.clone()) };
        let digest = auth::digest(&answer.encode_to_vec());
        let row = |payload: Vec<u8>| Row {
            kind: "evidence.item_added.v1".to_owned(),
            payload,
            ..Row::default()
        };
        let add = "/xiezhi.evidence.v1.EvidenceService/AddItem";
        assert_eq!(answered(&row(item.encode_to_vec()), add, &digest), Ok(()));
        let other = proto::evidence::v1::Item { title: "水".to_owned(), ..item.clone() };
        assert!(answered(&row(other.encode_to_vec()), add, &digest).is_err());
        let get = "/xiezhi.evidence.v1.EvidenceService/OpenDossier";
        assert!(answered(&row(item.encode_to_vec()), get, &digest).is_err());
    }
}
