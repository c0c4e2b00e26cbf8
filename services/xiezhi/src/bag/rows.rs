//! The journal rows of a dossier, each proven by its receipt: that the log has it, and that a body
//! asked for what it says and the service answered so.

use std::collections::{BTreeMap, BTreeSet};

use prost::Message as _;
use proto::journal::v1::Row;
use tlog::Receipt;

use super::{hand_over::ORDERED, layout};
use crate::{
    command::verify::{Call, Proven},
    forms::Leaf,
};

/// Proves a receipt by itself: see [`crate::command::verify::receipt`].
pub(super) type Prove<'a> = &'a dyn Fn(&[u8]) -> Result<Proven, String>;

/// A row that the log has, and the call that made it, when the row has the proof of it.
pub(super) struct Included {
    pub(super) row: Row,
    pub(super) call: Option<Call>,
    /// Where the log has it.
    pub(super) leaf: Leaf,
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
    let leaf = Leaf::of(&receipt).ok_or("the log cannot have such a row")?;
    Ok(Included { row, call: proven.call, leaf, log: (proven.log, proven.tree_size) })
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

/// The hand-overs that a decision is said to order, without the call of the arbitration service: of
/// a call that ordered several, one row has the proof, and it may be of another dossier.
pub(super) fn unasked_orders(rows: &[Included]) -> Vec<String> {
    let is_order = |one: &&Included| one.row.kind == ORDERED;
    let asked: BTreeSet<&str> = rows
        .iter()
        .filter(is_order)
        .filter(|one| {
            one.call.as_ref().is_some_and(|call| {
                call.status == 0
                    && call.caller.ends_with("/service/arbitration")
                    && call.method.ends_with("/OrderHandOver")
            })
        })
        .map(|one| one.row.request_id.as_str())
        .collect();
    let unasked = rows.iter().filter(is_order);
    let unasked = unasked.filter(|one| !asked.contains(one.row.request_id.as_str()));
    unasked.map(|one| one.row.resource.clone()).collect()
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

/// The rows by kind and resource, oldest first.
pub(super) struct Rows<'a>(BTreeMap<&'a str, BTreeMap<&'a str, Vec<&'a Row>>>);

impl<'a> Rows<'a> {
    pub(super) fn of(rows: &'a [Row]) -> Self {
        let mut by: BTreeMap<_, BTreeMap<_, Vec<_>>> = BTreeMap::new();
        for row in rows {
            let of_kind = by.entry(row.kind.as_str()).or_default();
            of_kind.entry(row.resource.as_str()).or_default().push(row);
        }
        Self(by)
    }

    pub(super) fn all(&self, kind: &str, resource: &str) -> &[&'a Row] {
        let rows = self.0.get(kind).and_then(|of_kind| of_kind.get(resource));
        rows.map_or(&[], Vec::as_slice)
    }

    /// What the first row of this kind about a resource says.
    pub(super) fn first<M: prost::Message + Default>(
        &self,
        kind: &str,
        resource: &str,
    ) -> Result<M, String> {
        let row = self.all(kind, resource).first();
        payload(row.ok_or_else(|| format!("no row {kind} of {resource} is in the bag"))?)
    }

    /// What the last one says.
    pub(super) fn last<M: prost::Message + Default>(
        &self,
        kind: &str,
        resource: &str,
    ) -> Result<M, String> {
        let row = self.all(kind, resource).last();
        payload(row.ok_or_else(|| format!("no row {kind} of {resource} is in the bag"))?)
    }
}

/// The message in a row.
pub(super) fn payload<M: prost::Message + Default>(row: &Row) -> Result<M, String> {
    M::decode(row.payload.as_slice())
        .map_err(|error| format!("the payload of row {} cannot be read: {error}", row.id))
}

/// An instant as a database keeps it.
pub(super) fn to_micros(at: prost_types::Timestamp) -> prost_types::Timestamp {
    prost_types::Timestamp { nanos: at.nanos / 1000 * 1000, ..at }
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
        let leaf = Leaf { origin: String::new(), index: 0, row: 0, digest: String::new() };
        Included { row, call, leaf, log: (String::new(), 0) }
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
    fn an_order_is_proven_by_the_call_of_the_arbitration_service_alone() {
        let order = |caller: Option<&str>, request_id: &str| {
            let mut one = included("", request_id, caller);
            one.row.kind = ORDERED.to_owned();
            one.row.resource = format!("handOvers/{request_id}");
            if let Some(call) = &mut one.call {
                call.method = "/xiezhi.evidence.v1.EvidenceService/OrderHandOver".to_owned();
            }
            one
        };
        let arbitration = Some("service/arbitration");
        let rows = [order(arbitration, "r1"), order(None, "r1")];
        assert_eq!(unasked_orders(&rows), [""; 0]);
        for caller in [None, Some("service/referral"), Some("agency/MKT")] {
            assert_eq!(unasked_orders(&[order(caller, "r1")]), ["handOvers/r1"], "{caller:?}");
        }
        assert_eq!(
            unasked_orders(&[order(arbitration, "r1"), order(None, "r2")]),
            ["handOvers/r2"]
        );
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
