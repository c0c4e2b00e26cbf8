//! Who may call each RPC of this service.

use auth::{Allow, Policy, Rule, Shape};

const fn agency(method: &'static str) -> Rule {
    Rule { method, allow: Allow::Agency, shape: Shape::Unary }
}

const fn operator(method: &'static str) -> Rule {
    Rule { method, allow: Allow::Operator, shape: Shape::Unary }
}

/// The table. An RPC that is not here is refused, and fails the test below.
pub const POLICY: Policy = Policy(&[
    agency("/xiezhi.evidence.v1.EvidenceService/OpenDossier"),
    agency("/xiezhi.evidence.v1.EvidenceService/GetDossier"),
    agency("/xiezhi.evidence.v1.EvidenceService/ListDossiers"),
    agency("/xiezhi.evidence.v1.EvidenceService/AddItem"),
    agency("/xiezhi.evidence.v1.EvidenceService/GetItem"),
    agency("/xiezhi.evidence.v1.EvidenceService/ListItems"),
    agency("/xiezhi.evidence.v1.EvidenceService/ChangeMeasure"),
    agency("/xiezhi.evidence.v1.EvidenceService/BeginUpload"),
    Rule {
        method: "/xiezhi.evidence.v1.EvidenceService/UploadContent",
        allow: Allow::Agency,
        shape: Shape::ClientStream,
    },
    agency("/xiezhi.evidence.v1.EvidenceService/GetUpload"),
    agency("/xiezhi.evidence.v1.EvidenceService/CommitUpload"),
    agency("/xiezhi.evidence.v1.EvidenceService/AbortUpload"),
    agency("/xiezhi.evidence.v1.EvidenceService/ReadContent"),
    operator("/xiezhi.evidence.v1.EvidenceService/ListContentFaults"),
    operator("/xiezhi.evidence.v1.EvidenceService/ScrubContent"),
    operator("/xiezhi.evidence.v1.EvidenceService/RewrapKeys"),
    agency("/xiezhi.evidence.v1.EvidenceService/RecordCustody"),
    agency("/xiezhi.evidence.v1.EvidenceService/ListCustody"),
    agency("/xiezhi.evidence.v1.EvidenceService/ProposeHandOver"),
    agency("/xiezhi.evidence.v1.EvidenceService/CountHandOver"),
    agency("/xiezhi.evidence.v1.EvidenceService/SignHandOver"),
    agency("/xiezhi.evidence.v1.EvidenceService/RefuseHandOver"),
    agency("/xiezhi.evidence.v1.EvidenceService/WithdrawHandOver"),
    agency("/xiezhi.evidence.v1.EvidenceService/GetHandOver"),
    agency("/xiezhi.evidence.v1.EvidenceService/ListHandOvers"),
    agency("/xiezhi.evidence.v1.EvidenceService/AssessDossier"),
    agency("/xiezhi.evidence.v1.EvidenceService/RecordDefect"),
    agency("/xiezhi.evidence.v1.EvidenceService/WithdrawDefect"),
    agency("/xiezhi.evidence.v1.EvidenceService/CureDefect"),
    agency("/xiezhi.evidence.v1.EvidenceService/RecognizeItem"),
    Rule {
        method: "/xiezhi.evidence.v1.EvidenceService/OrderHandOver",
        allow: Allow::Services(&["arbitration"]),
        shape: Shape::Unary,
    },
    agency("/xiezhi.evidence.v1.EvidenceService/ListTrace"),
    Rule {
        method: "/xiezhi.evidence.v1.EvidenceService/ReadJournal",
        allow: Allow::Services(&["supervision"]),
        shape: Shape::Unary,
    },
]);

#[cfg(test)]
mod tests {
    use prost::Message as _;

    use super::*;

    #[test]
    fn every_rpc_has_a_row_of_its_shape_and_every_row_an_rpc() {
        let set = prost_types::FileDescriptorSet::decode(proto::DESCRIPTORS).unwrap();
        let mut rpcs = Vec::new();
        for file in set.file.iter().filter(|f| f.package() == "xiezhi.evidence.v1") {
            for service in &file.service {
                for method in &service.method {
                    let name = format!("/{}.{}/{}", file.package(), service.name(), method.name());
                    rpcs.push((name, method.client_streaming()));
                }
            }
        }
        let rows = POLICY.0.iter();
        let rows: Vec<(String, bool)> =
            rows.map(|row| (row.method.to_owned(), row.shape == Shape::ClientStream)).collect();
        assert_eq!(rpcs, rows);
    }
}
