//! Who may call each RPC of this service.

use auth::{Allow, Policy, Rule, Shape};

const fn unary(method: &'static str, allow: Allow) -> Rule {
    Rule { method, allow, shape: Shape::Unary }
}

/// The table. An RPC that is not here is refused, and fails the test below.
///
/// `Authenticated` rows with a narrower rule (a workload its own keys, an agency its own officers)
/// check it in their query, since a stranger must not learn what exists.
pub const POLICY: Policy = Policy(&[
    unary("/xiezhi.identity.v1.IdentityService/IssueWit", Allow::Anyone),
    unary("/xiezhi.identity.v1.IdentityService/RenewWit", Allow::Authenticated),
    unary("/xiezhi.identity.v1.IdentityService/GetTrustBundle", Allow::Anyone),
    unary("/xiezhi.identity.v1.IdentityService/RotateIssuerKey", Allow::Operator),
    unary("/xiezhi.identity.v1.IdentityService/EnrolKey", Allow::Operator),
    unary("/xiezhi.identity.v1.IdentityService/ListKeys", Allow::Authenticated),
    unary("/xiezhi.identity.v1.IdentityService/RevokeKey", Allow::Authenticated),
    unary("/xiezhi.identity.v1.IdentityService/ListRevocations", Allow::Authenticated),
    unary("/xiezhi.identity.v1.IdentityService/ImportDirectory", Allow::Operator),
    unary("/xiezhi.identity.v1.IdentityService/GetAgency", Allow::Authenticated),
    unary("/xiezhi.identity.v1.IdentityService/ListAgencies", Allow::Authenticated),
    unary("/xiezhi.identity.v1.IdentityService/ListOfficers", Allow::Authenticated),
    unary("/xiezhi.identity.v1.IdentityService/CheckOfficers", Allow::Service),
    unary("/xiezhi.identity.v1.IdentityService/ReadJournal", Allow::Services(&["supervision"])),
]);

#[cfg(test)]
mod tests {
    use prost::Message as _;

    use super::*;

    #[test]
    fn every_rpc_has_a_row_and_every_row_an_rpc() {
        let set = prost_types::FileDescriptorSet::decode(proto::DESCRIPTORS).unwrap();
        let mut rpcs = Vec::new();
        for file in set.file.iter().filter(|f| f.package() == "xiezhi.identity.v1") {
            for service in &file.service {
                for method in &service.method {
                    assert!(!method.server_streaming() && !method.client_streaming());
                    rpcs.push(format!("/{}.{}/{}", file.package(), service.name(), method.name()));
                }
            }
        }
        assert!(!rpcs.is_empty());
        let rows: Vec<String> = POLICY.0.iter().map(|rule| rule.method.to_owned()).collect();
        assert_eq!(rpcs, rows);
        assert!(POLICY.0.iter().all(|rule| matches!(rule.shape, Shape::Unary)));
    }
}
