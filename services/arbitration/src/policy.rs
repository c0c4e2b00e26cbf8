//! Who may call each RPC of this service.

use auth::{Allow, Policy, Rule, Shape};

const fn agency(method: &'static str) -> Rule {
    Rule { method, allow: Allow::Agency, shape: Shape::Unary }
}

const fn authenticated(method: &'static str) -> Rule {
    Rule { method, allow: Allow::Authenticated, shape: Shape::Unary }
}

/// The table. An RPC that is not here is refused, and fails the test below.
pub const POLICY: Policy = Policy(&[
    agency("/xiezhi.arbitration.v1.ArbitrationService/OpenDispute"),
    agency("/xiezhi.arbitration.v1.ArbitrationService/TakeStep"),
    agency("/xiezhi.arbitration.v1.ArbitrationService/GetDispute"),
    agency("/xiezhi.arbitration.v1.ArbitrationService/ListDisputes"),
    agency("/xiezhi.arbitration.v1.ArbitrationService/GetTimeline"),
    authenticated("/xiezhi.arbitration.v1.ArbitrationService/ComputeForum"),
    agency("/xiezhi.arbitration.v1.ArbitrationService/SuggestDecision"),
    authenticated("/xiezhi.arbitration.v1.ArbitrationService/ListPrecedents"),
    authenticated("/xiezhi.arbitration.v1.ArbitrationService/ListLadder"),
    Rule {
        method: "/xiezhi.arbitration.v1.ArbitrationService/ReadJournal",
        allow: Allow::Services(&["supervision"]),
        shape: Shape::Unary,
    },
]);

#[cfg(test)]
mod tests {
    use prost::Message as _;

    use super::*;

    #[test]
    fn every_rpc_has_a_row_and_every_row_an_rpc() {
        let set = prost_types::FileDescriptorSet::decode(proto::DESCRIPTORS).unwrap();
        let mut rpcs = Vec::new();
        for file in set.file.iter().filter(|f| f.package() == "xiezhi.arbitration.v1") {
            for service in &file.service {
                for method in &service.method {
                    assert!(!method.client_streaming() && !method.server_streaming());
                    rpcs.push(format!("/{}.{}/{}", file.package(), service.name(), method.name()));
                }
            }
        }
        let rows: Vec<String> = POLICY.0.iter().map(|row| row.method.to_owned()).collect();
        assert_eq!(rpcs, rows);
        assert!(POLICY.0.iter().all(|row| row.shape == Shape::Unary));
    }
}
