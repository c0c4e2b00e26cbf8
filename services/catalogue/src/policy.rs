//! Who may call each RPC of this service.

use auth::{Allow, Policy, Rule, Shape};

const fn rule(method: &'static str, allow: Allow) -> Rule {
    Rule { method, allow, shape: Shape::Unary }
}

const fn anyone_known(method: &'static str) -> Rule {
    rule(method, Allow::Authenticated)
}

/// The table. An RPC that is not here is refused, and fails the test below.
pub const POLICY: Policy = Policy(&[
    anyone_known("/xiezhi.catalogue.v1.CatalogueService/ResolveCompetence"),
    anyone_known("/xiezhi.catalogue.v1.CatalogueService/LookUpDiscretion"),
    anyone_known("/xiezhi.catalogue.v1.CatalogueService/PreviewRevision"),
    rule("/xiezhi.catalogue.v1.CatalogueService/PublishRevision", Allow::Agency),
    anyone_known("/xiezhi.catalogue.v1.CatalogueService/GetRevision"),
    anyone_known("/xiezhi.catalogue.v1.CatalogueService/ListRevisions"),
    anyone_known("/xiezhi.catalogue.v1.CatalogueService/ListEntries"),
    anyone_known("/xiezhi.catalogue.v1.CatalogueService/DiffRevisions"),
    rule("/xiezhi.catalogue.v1.CatalogueService/RecordDecision", Allow::Services(&["arbitration"])),
    rule("/xiezhi.catalogue.v1.CatalogueService/ReadJournal", Allow::Services(&["supervision"])),
]);

#[cfg(test)]
mod tests {
    use prost::Message as _;

    use super::*;

    #[test]
    fn every_rpc_has_a_row_of_its_shape_and_every_row_an_rpc() {
        let set = prost_types::FileDescriptorSet::decode(proto::DESCRIPTORS).unwrap();
        let mut rpcs = Vec::new();
        for file in set.file.iter().filter(|f| f.package() == "xiezhi.catalogue.v1") {
            for service in &file.service {
                for method in &service.method {
                    let name = format!("/{}.{}/{}", file.package(), service.name(), method.name());
                    let shape = match (method.client_streaming(), method.server_streaming()) {
                        (false, false) => Shape::Unary,
                        (false, true) => Shape::ServerStream,
                        (true, false) => Shape::ClientStream,
                        (true, true) => panic!("{name} streams both ways"),
                    };
                    rpcs.push((name, shape));
                }
            }
        }
        let rows = POLICY.0.iter();
        let rows: Vec<(String, Shape)> =
            rows.map(|row| (row.method.to_owned(), row.shape)).collect();
        assert_eq!(rpcs, rows);
    }
}
