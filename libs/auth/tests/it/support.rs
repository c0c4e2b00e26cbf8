//! A service that echoes who called it, behind the real guard.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use auth::{Allow, Attestation, Caller, Policy, Rule, Shape};
use proto::{
    identity::v1::{identity_service_server::IdentityService, *},
    referral::v1::{referral_service_server::ReferralService, *},
};
use tonic::{Code, Request, Response, Status};
use tonic_types::{ErrorDetails, StatusExt as _};

pub(crate) const GET_AGENCY: &str = "/xiezhi.identity.v1.IdentityService/GetAgency";
pub(crate) const LIST_AGENCIES: &str = "/xiezhi.identity.v1.IdentityService/ListAgencies";
pub(crate) const WATCH: &str = "/xiezhi.referral.v1.ReferralService/WatchReferrals";

/// `ListAgencies` and most others are absent: nobody may call them.
pub(crate) const IDENTITY: Policy = Policy(&[
    rule(GET_AGENCY, Allow::Authenticated),
    rule("/xiezhi.identity.v1.IdentityService/GetTrustBundle", Allow::Anyone),
    rule("/xiezhi.identity.v1.IdentityService/RotateIssuerKey", Allow::Operator),
    rule("/xiezhi.identity.v1.IdentityService/CheckOfficers", Allow::Service),
    rule("/xiezhi.identity.v1.IdentityService/RenewWit", Allow::Agency),
]);

pub(crate) const REFERRAL: Policy =
    Policy(&[Rule { method: WATCH, allow: Allow::Authenticated, shape: Shape::ServerStream }]);

const fn rule(method: &'static str, allow: Allow) -> Rule {
    Rule { method, allow, shape: Shape::Unary }
}

/// Counts the calls that reach it, and tells the caller what the guard said about it.
#[derive(Clone, Default)]
pub(crate) struct Echo(Arc<AtomicUsize>);

impl Echo {
    pub(crate) fn calls(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }

    pub(crate) fn caller<T>(&self, request: &Request<T>) -> String {
        self.0.fetch_add(1, Ordering::SeqCst);
        Caller::of(request).map(|caller| caller.workload.to_string()).unwrap_or_default()
    }

    /// `agencies/NONE` is not there; `agencies/HUGE` is too large; others are.
    fn agency(&self, request: &Request<GetAgencyRequest>) -> Result<GetAgencyResponse, Status> {
        let code = self.caller(request);
        let attestation = Attestation::of(request).unwrap();
        let size = match request.get_ref().name.as_str() {
            "agencies/NONE" => {
                let details = ErrorDetails::with_error_info("NO_SUCH_AGENCY", "test", []);
                return Err(Status::with_error_details(Code::NotFound, "没有这个机关", details));
            }
            "agencies/PLAIN" => return Err(Status::permission_denied("no details")),
            "agencies/HUGE" => 5 * 1024 * 1024,
            _ => 1,
        };
        let agency = Agency {
            name: request.get_ref().name.clone(),
            code,
            display_name_en: "x".repeat(size),
            superior: hex(&attestation.request_digest),
            kind: attestation.jti.clone(),
            justice_role: format!("{}\n{}", attestation.wit, attestation.wpt),
            ..Agency::default()
        };
        Ok(GetAgencyResponse { agency: Some(agency) })
    }

    /// The cursor says how many events come, with `!` at the end if an error follows them.
    fn events(&self, request: &Request<WatchReferralsRequest>) -> Result<Events, Status> {
        self.caller(request);
        let cursor = request.get_ref().cursor.as_str();
        if cursor.is_empty() {
            return Err(Status::invalid_argument("no cursor"));
        }
        let count: u32 = cursor.trim_end_matches('!').parse().unwrap();
        let event = |n: u32| Event { cursor: n.to_string(), ..Event::default() };
        let mut events: Vec<_> =
            (0..count).map(|n| Ok(WatchReferralsResponse { event: Some(event(n)) })).collect();
        if cursor.ends_with('!') {
            events.push(Err(Status::aborted("read again")));
        }
        Ok(Box::pin(tokio_stream::iter(events)))
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

type Events =
    Pin<Box<dyn tokio_stream::Stream<Item = Result<WatchReferralsResponse, Status>> + Send>>;

/// Implements a service: a few methods by hand, the others by an empty answer.
macro_rules! echo {
    ($service:ident { $($by_hand:item)* } $($method:ident($request:ty) -> $response:ty;)*) => {
        #[tonic::async_trait]
        impl $service for Echo {
            $($by_hand)*
            $(async fn $method(&self, request: Request<$request>) -> Result<Response<$response>, Status> {
                self.caller(&request);
                Ok(Response::new(<$response>::default()))
            })*
        }
    };
}

echo! { IdentityService {
    async fn get_agency(
        &self,
        request: Request<GetAgencyRequest>,
    ) -> Result<Response<GetAgencyResponse>, Status> {
        self.agency(&request).map(Response::new)
    }
}
    issue_wit(IssueWitRequest) -> IssueWitResponse;
    renew_wit(RenewWitRequest) -> RenewWitResponse;
    get_trust_bundle(GetTrustBundleRequest) -> GetTrustBundleResponse;
    rotate_issuer_key(RotateIssuerKeyRequest) -> RotateIssuerKeyResponse;
    enrol_key(EnrolKeyRequest) -> EnrolKeyResponse;
    list_keys(ListKeysRequest) -> ListKeysResponse;
    revoke_key(RevokeKeyRequest) -> RevokeKeyResponse;
    list_revocations(ListRevocationsRequest) -> ListRevocationsResponse;
    import_directory(ImportDirectoryRequest) -> ImportDirectoryResponse;
    list_agencies(ListAgenciesRequest) -> ListAgenciesResponse;
    list_officers(ListOfficersRequest) -> ListOfficersResponse;
    check_officers(CheckOfficersRequest) -> CheckOfficersResponse;
    read_journal(proto::identity::v1::ReadJournalRequest) -> proto::identity::v1::ReadJournalResponse;
}

echo! { ReferralService {
    type WatchReferralsStream = Events;

    async fn watch_referrals(
        &self,
        request: Request<WatchReferralsRequest>,
    ) -> Result<Response<Events>, Status> {
        self.events(&request).map(Response::new)
    }
}
    open_docket(OpenDocketRequest) -> OpenDocketResponse;
    get_docket(GetDocketRequest) -> GetDocketResponse;
    close_docket(CloseDocketRequest) -> CloseDocketResponse;
    screen_facts(ScreenFactsRequest) -> ScreenFactsResponse;
    open_referral(OpenReferralRequest) -> OpenReferralResponse;
    take_step(TakeStepRequest) -> TakeStepResponse;
    get_referral(GetReferralRequest) -> GetReferralResponse;
    list_referrals(ListReferralsRequest) -> ListReferralsResponse;
    get_timeline(GetTimelineRequest) -> GetTimelineResponse;
    list_procedures(ListProceduresRequest) -> ListProceduresResponse;
    ask_consultation(AskConsultationRequest) -> AskConsultationResponse;
    request_consultation_material(RequestConsultationMaterialRequest) -> RequestConsultationMaterialResponse;
    supply_consultation_material(SupplyConsultationMaterialRequest) -> SupplyConsultationMaterialResponse;
    answer_consultation(AnswerConsultationRequest) -> AnswerConsultationResponse;
    withdraw_consultation(WithdrawConsultationRequest) -> WithdrawConsultationResponse;
    get_consultation(GetConsultationRequest) -> GetConsultationResponse;
    list_consultations(ListConsultationsRequest) -> ListConsultationsResponse;
    notify_early_involvement(NotifyEarlyInvolvementRequest) -> NotifyEarlyInvolvementResponse;
    answer_early_involvement(AnswerEarlyInvolvementRequest) -> AnswerEarlyInvolvementResponse;
    get_early_involvement(GetEarlyInvolvementRequest) -> GetEarlyInvolvementResponse;
    list_early_involvements(ListEarlyInvolvementsRequest) -> ListEarlyInvolvementsResponse;
    convene_meeting(ConveneMeetingRequest) -> ConveneMeetingResponse;
    confirm_attendance(ConfirmAttendanceRequest) -> ConfirmAttendanceResponse;
    cancel_meeting(CancelMeetingRequest) -> CancelMeetingResponse;
    record_minutes(RecordMinutesRequest) -> RecordMinutesResponse;
    record_resolution(RecordResolutionRequest) -> RecordResolutionResponse;
    report_resolution(ReportResolutionRequest) -> ReportResolutionResponse;
    accept_resolution(AcceptResolutionRequest) -> AcceptResolutionResponse;
    reopen_resolution(ReopenResolutionRequest) -> ReopenResolutionResponse;
    get_meeting(GetMeetingRequest) -> GetMeetingResponse;
    list_meetings(ListMeetingsRequest) -> ListMeetingsResponse;
    list_resolutions(ListResolutionsRequest) -> ListResolutionsResponse;
    send_notice(SendNoticeRequest) -> SendNoticeResponse;
    acknowledge_notice(AcknowledgeNoticeRequest) -> AcknowledgeNoticeResponse;
    get_notice(GetNoticeRequest) -> GetNoticeResponse;
    list_notices(ListNoticesRequest) -> ListNoticesResponse;
    get_hand_over_duty(GetHandOverDutyRequest) -> GetHandOverDutyResponse;
    record_hand_over(RecordHandOverRequest) -> RecordHandOverResponse;
    record_dispute(RecordDisputeRequest) -> RecordDisputeResponse;
    find_closed_cases(FindClosedCasesRequest) -> FindClosedCasesResponse;
    read_journal(proto::referral::v1::ReadJournalRequest) -> proto::referral::v1::ReadJournalResponse;
}
