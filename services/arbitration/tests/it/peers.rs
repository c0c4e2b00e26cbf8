//! Referral, catalogue and evidence, as far as arbitration asks and tells them. They are other services;
//! here they keep what they are told, the same request once, behind the real guard, and can be away.

use std::{
    collections::BTreeMap,
    convert::Infallible,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll},
};

use auth::{Allow, Policy, Rule, Shape};
use prost::Message;
use proto::{catalogue::v1 as catalogue, evidence::v1 as evidence, referral::v1 as referral};
use tonic::{
    Code, Request, Response, Status,
    body::Body,
    codegen::{Service, http},
    server::NamedService,
};
use tonic_prost::ProstCodec;
use tonic_types::{ErrorDetails, StatusExt as _};

const fn only(method: &'static str) -> Rule {
    Rule { method, allow: Allow::Services(&["arbitration"]), shape: Shape::Unary }
}

const RESOLVE: &str = "/xiezhi.catalogue.v1.CatalogueService/ResolveCompetence";
const RECORD_DECISION: &str = "/xiezhi.catalogue.v1.CatalogueService/RecordDecision";
const RECORD_DISPUTE: &str = "/xiezhi.referral.v1.ReferralService/RecordDispute";
const ORDER: &str = "/xiezhi.evidence.v1.EvidenceService/OrderHandOver";

/// Only arbitration calls.
pub(crate) const POLICY: Policy =
    Policy(&[only(RESOLVE), only(RECORD_DECISION), only(RECORD_DISPUTE), only(ORDER)]);

/// What all three keep; clones share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Book(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    away: Vec<&'static str>,
    refusing: bool,
    strange: bool,
    competent: String,
    named: Vec<String>,
    moved: i64,
    answers: BTreeMap<String, (Vec<u8>, Vec<u8>)>,
    disputes: Vec<referral::RecordDisputeRequest>,
    decisions: Vec<catalogue::RecordDecisionRequest>,
    orders: Vec<evidence::OrderHandOverRequest>,
    calls: usize,
}

impl Book {
    /// Services that do not answer from now on: of `referral`, `catalogue`, `evidence`.
    pub(crate) fn away(&self, services: &[&'static str]) {
        self.0.lock().unwrap().away = services.to_vec();
    }

    /// The catalogue refuses every decision from now on.
    pub(crate) fn refuse(&self) {
        self.0.lock().unwrap().refusing = true;
    }

    /// Referral knows no docket of the parties from now on.
    pub(crate) fn know_nothing(&self) {
        self.0.lock().unwrap().strange = true;
    }

    /// Whom the catalogue names from now on.
    pub(crate) fn name(&self, competent: &str) {
        self.0.lock().unwrap().competent = competent.to_owned();
    }

    /// Who else has to do with the matter, as the catalogue says.
    pub(crate) fn claim(&self, bodies: &[&str]) {
        self.0.lock().unwrap().named = bodies.iter().map(|one| (*one).to_owned()).collect();
    }

    /// The power moves to `competent` in a later revision.
    pub(crate) fn move_to(&self, competent: &str) {
        let mut kept = self.0.lock().unwrap();
        kept.competent = competent.to_owned();
        kept.moved = 100;
    }

    /// What referral was told, each once.
    pub(crate) fn disputes(&self) -> Vec<referral::RecordDisputeRequest> {
        self.0.lock().unwrap().disputes.clone()
    }

    pub(crate) fn decisions(&self) -> Vec<catalogue::RecordDecisionRequest> {
        self.0.lock().unwrap().decisions.clone()
    }

    pub(crate) fn orders(&self) -> Vec<evidence::OrderHandOverRequest> {
        self.0.lock().unwrap().orders.clone()
    }

    /// How often anything was called, away or not.
    pub(crate) fn calls(&self) -> usize {
        self.0.lock().unwrap().calls
    }

    /// The first answer to a request id, for ever; another request under it is refused.
    fn once<Q: Message, A: Message + Default>(
        &self,
        id: &str,
        asked: &Q,
        answer: impl FnOnce(&mut Kept) -> A,
    ) -> Result<A, Status> {
        let mut kept = self.0.lock().unwrap();
        let asked = asked.encode_to_vec();
        if let Some((first, answer)) = kept.answers.get(id) {
            if *first == asked {
                return Ok(A::decode(answer.as_slice()).unwrap());
            }
            return Err(Status::already_exists("request_id was used for another request"));
        }
        let answer = answer(&mut kept);
        kept.answers.insert(id.to_owned(), (asked, answer.encode_to_vec()));
        Ok(answer)
    }

    fn resolve(
        &self,
        asked: &catalogue::ResolveCompetenceRequest,
    ) -> Result<catalogue::ResolveCompetenceResponse, Status> {
        if asked.matter == "M999" {
            let details = ErrorDetails::with_error_info("UNKNOWN_MATTER", "catalogue", []);
            return Err(Status::with_error_details(Code::NotFound, "no matter M999", details));
        }
        let (competent, named, moved) = {
            let kept = self.0.lock().unwrap();
            (kept.competent.clone(), kept.named.clone(), kept.moved)
        };
        let reason = catalogue::Reason {
            text: format!("it holds {}", asked.matter),
            source: "announcement 2022-1".to_owned(),
            verified: "V".to_owned(),
            ..catalogue::Reason::default()
        };
        let claim = catalogue::Claim {
            agency: competent.clone(),
            standing: catalogue::Standing::Competent.into(),
            reasons: vec![reason],
        };
        let others = named.into_iter().map(|agency| catalogue::Claim {
            agency,
            standing: catalogue::Standing::Claims.into(),
            reasons: Vec::new(),
        });
        Ok(catalogue::ResolveCompetenceResponse {
            revision: 7 + moved,
            competent,
            claims: std::iter::once(claim).chain(others).collect(),
            summary: "one body is competent".to_owned(),
            ..catalogue::ResolveCompetenceResponse::default()
        })
    }

    fn record_decision(
        &self,
        asked: &catalogue::RecordDecisionRequest,
    ) -> Result<catalogue::RecordDecisionResponse, Status> {
        if self.0.lock().unwrap().refusing {
            let details = ErrorDetails::with_error_info("OVERLAP", "catalogue", []);
            let code = Code::FailedPrecondition;
            return Err(Status::with_error_details(code, "it overlaps another", details));
        }
        self.once(&asked.request_id, asked, |kept| {
            kept.decisions.push(asked.clone());
            let number = i64::try_from(kept.decisions.len()).unwrap() + 7;
            let revision = catalogue::Revision { number, ..catalogue::Revision::default() };
            catalogue::RecordDecisionResponse { revision: Some(revision) }
        })
    }

    fn record_dispute(
        &self,
        asked: &referral::RecordDisputeRequest,
    ) -> Result<referral::RecordDisputeResponse, Status> {
        self.once(&asked.request_id, asked, |kept| {
            kept.disputes.push(asked.clone());
            referral::RecordDisputeResponse { known: !kept.strange }
        })
    }

    fn order(
        &self,
        asked: &evidence::OrderHandOverRequest,
    ) -> Result<evidence::OrderHandOverResponse, Status> {
        self.once(&asked.request_id, asked, |kept| {
            kept.orders.push(asked.clone());
            let hand_overs = vec![format!("handOvers/{}", kept.orders.len())];
            evidence::OrderHandOverResponse { hand_overs, skipped_items: 0 }
        })
    }
}

/// The desk of one of the three: 0 referral, 1 catalogue, 2 evidence.
#[derive(Clone, Debug)]
pub(crate) struct Desk<const WHO: usize>(pub(crate) Book);

impl NamedService for Desk<0> {
    const NAME: &'static str = "xiezhi.referral.v1.ReferralService";
}

impl NamedService for Desk<1> {
    const NAME: &'static str = "xiezhi.catalogue.v1.CatalogueService";
}

impl NamedService for Desk<2> {
    const NAME: &'static str = "xiezhi.evidence.v1.EvidenceService";
}

async fn unary<Q, A>(
    request: http::Request<Body>,
    answer: impl Fn(&Q) -> Result<A, Status> + Send + 'static,
) -> http::Response<Body>
where
    Q: Message + Default + Send + 'static,
    A: Message + Send + 'static,
{
    let codec: ProstCodec<A, Q> = ProstCodec::default();
    let answer =
        move |request: Request<Q>| std::future::ready(answer(request.get_ref()).map(Response::new));
    tonic::server::Grpc::new(codec).unary(tower::service_fn(answer), request).await
}

impl<const WHO: usize> Service<http::Request<Body>> for Desk<WHO> {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<http::Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let book = self.0.clone();
        let away = {
            let mut kept = book.0.lock().unwrap();
            kept.calls += 1;
            kept.away.contains(&["referral", "catalogue", "evidence"][WHO])
        };
        Box::pin(async move {
            if away {
                return Ok(Status::unavailable("away").into_http());
            }
            let path = request.uri().path().to_owned();
            Ok(match path.as_str() {
                RESOLVE => unary(request, move |asked| book.resolve(asked)).await,
                RECORD_DECISION => unary(request, move |asked| book.record_decision(asked)).await,
                RECORD_DISPUTE => unary(request, move |asked| book.record_dispute(asked)).await,
                ORDER => unary(request, move |asked| book.order(asked)).await,
                other => Status::unimplemented(other).into_http(),
            })
        })
    }
}
