//! Who may call each RPC of this service.

use auth::{Allow, Policy, Rule, Shape};

const fn agency(method: &'static str) -> Rule {
    Rule { method, allow: Allow::Agency, shape: Shape::Unary }
}

const fn service(method: &'static str, names: &'static [&'static str]) -> Rule {
    Rule { method, allow: Allow::Services(names), shape: Shape::Unary }
}

/// The table. An RPC that is not here is refused, and fails the test below.
pub const POLICY: Policy = Policy(&[
    agency("/xiezhi.operations.v1.OperationsService/PutSubjects"),
    agency("/xiezhi.operations.v1.OperationsService/GetSubject"),
    agency("/xiezhi.operations.v1.OperationsService/ListSubjects"),
    agency("/xiezhi.operations.v1.OperationsService/PutResources"),
    agency("/xiezhi.operations.v1.OperationsService/ListResources"),
    agency("/xiezhi.operations.v1.OperationsService/PutPlan"),
    agency("/xiezhi.operations.v1.OperationsService/FilePlan"),
    agency("/xiezhi.operations.v1.OperationsService/GetPlan"),
    agency("/xiezhi.operations.v1.OperationsService/ListPlans"),
    agency("/xiezhi.operations.v1.OperationsService/AddChecks"),
    agency("/xiezhi.operations.v1.OperationsService/MergeChecks"),
    agency("/xiezhi.operations.v1.OperationsService/FreezeDraw"),
    agency("/xiezhi.operations.v1.OperationsService/CommitNonce"),
    agency("/xiezhi.operations.v1.OperationsService/RevealNonce"),
    agency("/xiezhi.operations.v1.OperationsService/RunDraw"),
    agency("/xiezhi.operations.v1.OperationsService/OpenDraw"),
    agency("/xiezhi.operations.v1.OperationsService/VoidDraw"),
    agency("/xiezhi.operations.v1.OperationsService/GetDraw"),
    agency("/xiezhi.operations.v1.OperationsService/ListDraws"),
    agency("/xiezhi.operations.v1.OperationsService/ListWinners"),
    agency("/xiezhi.operations.v1.OperationsService/GetDrawRecord"),
    agency("/xiezhi.operations.v1.OperationsService/ProposeOperation"),
    agency("/xiezhi.operations.v1.OperationsService/AnswerOperation"),
    agency("/xiezhi.operations.v1.OperationsService/ApproveOperation"),
    agency("/xiezhi.operations.v1.OperationsService/CloseOperation"),
    agency("/xiezhi.operations.v1.OperationsService/GetOperation"),
    agency("/xiezhi.operations.v1.OperationsService/ListOperations"),
    agency("/xiezhi.operations.v1.OperationsService/SolveSchedule"),
    agency("/xiezhi.operations.v1.OperationsService/GetRun"),
    Rule {
        method: "/xiezhi.operations.v1.OperationsService/WatchRun",
        allow: Allow::Agency,
        shape: Shape::ServerStream,
    },
    agency("/xiezhi.operations.v1.OperationsService/CancelRun"),
    agency("/xiezhi.operations.v1.OperationsService/GetSchedule"),
    agency("/xiezhi.operations.v1.OperationsService/ListSchedules"),
    agency("/xiezhi.operations.v1.OperationsService/PublishSchedule"),
    agency("/xiezhi.operations.v1.OperationsService/RepairSchedule"),
    agency("/xiezhi.operations.v1.OperationsService/AskWhatIf"),
    agency("/xiezhi.operations.v1.OperationsService/ListVisits"),
    agency("/xiezhi.operations.v1.OperationsService/GetVisit"),
    agency("/xiezhi.operations.v1.OperationsService/AcknowledgeVisit"),
    agency("/xiezhi.operations.v1.OperationsService/CheckIn"),
    agency("/xiezhi.operations.v1.OperationsService/RecordResult"),
    agency("/xiezhi.operations.v1.OperationsService/PublishResult"),
    agency("/xiezhi.operations.v1.OperationsService/GetCalendar"),
    agency("/xiezhi.operations.v1.OperationsService/RequestAssistance"),
    agency("/xiezhi.operations.v1.OperationsService/AnswerAssistance"),
    agency("/xiezhi.operations.v1.OperationsService/WithdrawAssistance"),
    agency("/xiezhi.operations.v1.OperationsService/GetAssistance"),
    agency("/xiezhi.operations.v1.OperationsService/ListAssistance"),
    agency("/xiezhi.operations.v1.OperationsService/GetAssistanceStatistics"),
    service("/xiezhi.operations.v1.OperationsService/ReadJournal", &["supervision"]),
]);

#[cfg(test)]
mod tests {
    use prost::Message as _;

    use super::*;

    #[test]
    fn every_rpc_has_a_row_of_its_shape_and_every_row_an_rpc() {
        let set = prost_types::FileDescriptorSet::decode(proto::DESCRIPTORS).unwrap();
        let mut rpcs = Vec::new();
        for file in set.file.iter().filter(|f| f.package() == "xiezhi.operations.v1") {
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
