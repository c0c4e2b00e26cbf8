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
    agency("/xiezhi.referral.v1.ReferralService/OpenDocket"),
    agency("/xiezhi.referral.v1.ReferralService/GetDocket"),
    agency("/xiezhi.referral.v1.ReferralService/CloseDocket"),
    agency("/xiezhi.referral.v1.ReferralService/ScreenFacts"),
    agency("/xiezhi.referral.v1.ReferralService/OpenReferral"),
    agency("/xiezhi.referral.v1.ReferralService/TakeStep"),
    agency("/xiezhi.referral.v1.ReferralService/GetReferral"),
    agency("/xiezhi.referral.v1.ReferralService/ListReferrals"),
    Rule {
        method: "/xiezhi.referral.v1.ReferralService/WatchReferrals",
        allow: Allow::Agency,
        shape: Shape::ServerStream,
    },
    agency("/xiezhi.referral.v1.ReferralService/GetTimeline"),
    Rule {
        method: "/xiezhi.referral.v1.ReferralService/ListProcedures",
        allow: Allow::Authenticated,
        shape: Shape::Unary,
    },
    agency("/xiezhi.referral.v1.ReferralService/AskConsultation"),
    agency("/xiezhi.referral.v1.ReferralService/RequestConsultationMaterial"),
    agency("/xiezhi.referral.v1.ReferralService/SupplyConsultationMaterial"),
    agency("/xiezhi.referral.v1.ReferralService/AnswerConsultation"),
    agency("/xiezhi.referral.v1.ReferralService/WithdrawConsultation"),
    agency("/xiezhi.referral.v1.ReferralService/GetConsultation"),
    agency("/xiezhi.referral.v1.ReferralService/ListConsultations"),
    agency("/xiezhi.referral.v1.ReferralService/NotifyEarlyInvolvement"),
    agency("/xiezhi.referral.v1.ReferralService/AnswerEarlyInvolvement"),
    agency("/xiezhi.referral.v1.ReferralService/GetEarlyInvolvement"),
    agency("/xiezhi.referral.v1.ReferralService/ListEarlyInvolvements"),
    agency("/xiezhi.referral.v1.ReferralService/ConveneMeeting"),
    agency("/xiezhi.referral.v1.ReferralService/ConfirmAttendance"),
    agency("/xiezhi.referral.v1.ReferralService/CancelMeeting"),
    agency("/xiezhi.referral.v1.ReferralService/RecordMinutes"),
    agency("/xiezhi.referral.v1.ReferralService/RecordResolution"),
    agency("/xiezhi.referral.v1.ReferralService/ReportResolution"),
    agency("/xiezhi.referral.v1.ReferralService/AcceptResolution"),
    agency("/xiezhi.referral.v1.ReferralService/ReopenResolution"),
    agency("/xiezhi.referral.v1.ReferralService/GetMeeting"),
    agency("/xiezhi.referral.v1.ReferralService/ListMeetings"),
    agency("/xiezhi.referral.v1.ReferralService/ListResolutions"),
    agency("/xiezhi.referral.v1.ReferralService/SendNotice"),
    agency("/xiezhi.referral.v1.ReferralService/AcknowledgeNotice"),
    agency("/xiezhi.referral.v1.ReferralService/GetNotice"),
    agency("/xiezhi.referral.v1.ReferralService/ListNotices"),
    service("/xiezhi.referral.v1.ReferralService/GetHandOverDuty", &["evidence"]),
    service("/xiezhi.referral.v1.ReferralService/RecordHandOver", &["evidence"]),
    service("/xiezhi.referral.v1.ReferralService/RecordDispute", &["arbitration"]),
    service("/xiezhi.referral.v1.ReferralService/FindClosedCases", &["catalogue"]),
    service("/xiezhi.referral.v1.ReferralService/ReadJournal", &["supervision"]),
]);

#[cfg(test)]
mod tests {
    use prost::Message as _;

    use super::*;

    #[test]
    fn every_rpc_has_a_row_of_its_shape_and_every_row_an_rpc() {
        let set = prost_types::FileDescriptorSet::decode(proto::DESCRIPTORS).unwrap();
        let mut rpcs = Vec::new();
        for file in set.file.iter().filter(|f| f.package() == "xiezhi.referral.v1") {
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
