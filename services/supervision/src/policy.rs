//! Who may call each RPC of this service.

use auth::{Allow, Policy, Rule, Shape};

/// Proofs, tiles and checkpoints hold nothing private: whoever is of the mesh may audit the log.
const fn auditor(method: &'static str) -> Rule {
    Rule { method, allow: Allow::Authenticated, shape: Shape::Unary }
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
