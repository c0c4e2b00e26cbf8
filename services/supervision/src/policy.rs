//! Who may call each RPC of this service.

use auth::{Allow, Policy, Rule, Shape};

/// Proofs, tiles and checkpoints hold nothing private: whoever is of the mesh may audit the log.
const fn auditor(method: &'static str) -> Rule {
    Rule { method, allow: Allow::Authenticated, shape: Shape::Unary }
}

const fn agency(method: &'static str) -> Rule {
    Rule { method, allow: Allow::Agency, shape: Shape::Unary }
}

/// The table. An RPC that is not here is refused, and fails the test below.
pub const POLICY: Policy = Policy(&[
    auditor("/xiezhi.supervision.v1.SupervisionService/GetCheckpoint"),
    auditor("/xiezhi.supervision.v1.SupervisionService/GetInclusionProof"),
    auditor("/xiezhi.supervision.v1.SupervisionService/GetConsistencyProof"),
    // A receipt has the row itself: it is for who made the call.
    Rule {
        method: "/xiezhi.supervision.v1.SupervisionService/GetReceipt",
        allow: Allow::Agency,
        shape: Shape::Unary,
    },
    auditor("/xiezhi.supervision.v1.SupervisionService/GetTile"),
    auditor("/xiezhi.supervision.v1.SupervisionService/GetLogStatus"),
    agency("/xiezhi.supervision.v1.SupervisionService/ListDue"),
    agency("/xiezhi.supervision.v1.SupervisionService/GetBoard"),
    agency("/xiezhi.supervision.v1.SupervisionService/ReconcileExchanges"),
    agency("/xiezhi.supervision.v1.SupervisionService/ListWarnings"),
    agency("/xiezhi.supervision.v1.SupervisionService/GetWarning"),
    agency("/xiezhi.supervision.v1.SupervisionService/AcknowledgeWarning"),
    agency("/xiezhi.supervision.v1.SupervisionService/CloseWarning"),
    auditor("/xiezhi.supervision.v1.SupervisionService/ListWarningRules"),
    agency("/xiezhi.supervision.v1.SupervisionService/GetTrace"),
    agency("/xiezhi.supervision.v1.SupervisionService/ListOversight"),
    auditor("/xiezhi.supervision.v1.SupervisionService/ListIndicators"),
    agency("/xiezhi.supervision.v1.SupervisionService/GetIndicator"),
    agency("/xiezhi.supervision.v1.SupervisionService/ListFigureRows"),
    agency("/xiezhi.supervision.v1.SupervisionService/GetEvaluationReport"),
    agency("/xiezhi.supervision.v1.SupervisionService/RecordDecision"),
    agency("/xiezhi.supervision.v1.SupervisionService/ServeDecision"),
    agency("/xiezhi.supervision.v1.SupervisionService/PublishDecision"),
    agency("/xiezhi.supervision.v1.SupervisionService/ChangePublication"),
    agency("/xiezhi.supervision.v1.SupervisionService/WithdrawPublication"),
    agency("/xiezhi.supervision.v1.SupervisionService/CloseDecision"),
    agency("/xiezhi.supervision.v1.SupervisionService/GetDecision"),
    agency("/xiezhi.supervision.v1.SupervisionService/ListDecisions"),
    agency("/xiezhi.supervision.v1.SupervisionService/OfferPromise"),
    agency("/xiezhi.supervision.v1.SupervisionService/SignPromise"),
    agency("/xiezhi.supervision.v1.SupervisionService/CheckPromise"),
    agency("/xiezhi.supervision.v1.SupervisionService/GetPromise"),
    agency("/xiezhi.supervision.v1.SupervisionService/ListPromises"),
    Rule {
        method: "/xiezhi.supervision.v1.SupervisionService/ReadJournal",
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
        for file in set.file.iter().filter(|f| f.package() == "xiezhi.supervision.v1") {
            for service in &file.service {
                for method in &service.method {
                    assert!(!method.server_streaming() && !method.client_streaming());
                    rpcs.push(format!("/{}.{}/{}", file.package(), service.name(), method.name()));
                }
            }
        }
        assert!(!rpcs.is_empty());
        let rows: Vec<&str> = POLICY.0.iter().map(|row| row.method).collect();
        assert_eq!(rpcs, rows);
        assert!(POLICY.0.iter().all(|row| row.shape == Shape::Unary));
    }
}
