//! What one system of an agency knows: which calls were acknowledged, and which one was not.

use client::Mesh;
use proto::referral::v1 as pb;

use crate::calls::{self, STEPS};

/// A write.
#[derive(Clone, Debug)]
pub(crate) enum Call {
    Docket(pb::OpenDocketRequest),
    Referral(pb::OpenReferralRequest),
    Step(pb::TakeStepRequest),
}

/// Its answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Answer {
    Docket(pb::Docket),
    Referral(pb::Referral),
}

impl Call {
    /// Makes the call; again, the same bytes under the same `request_id`.
    pub(crate) async fn make(&self, mesh: &Mesh) -> Result<Answer, client::Error> {
        let mut referral = mesh.referral();
        Ok(match self {
            Self::Docket(request) => {
                let answer = referral.open_docket(request.clone()).await?.into_inner();
                Answer::Docket(answer.docket.unwrap())
            }
            Self::Referral(request) => {
                let answer = referral.open_referral(request.clone()).await?.into_inner();
                Answer::Referral(answer.referral.unwrap())
            }
            Self::Step(request) => {
                let answer = referral.take_step(request.clone()).await?.into_inner();
                Answer::Referral(answer.referral.unwrap())
            }
        })
    }
}

/// One case as far as it was acknowledged.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) title: String,
    pub(crate) docket: pb::Docket,
    pub(crate) referral: Option<pb::Referral>,
    pub(crate) steps: usize,
}

impl Case {
    /// What its timeline must say: the kind of each event, and the step where there is one.
    pub(crate) fn events(&self) -> Vec<(String, String)> {
        let mut events = vec![("DOCKET_OPENED".to_owned(), String::new())];
        events.extend(self.referral.iter().map(|_| ("REFERRAL_OPENED".to_owned(), String::new())));
        let steps = STEPS[..self.steps].iter();
        events.extend(steps.map(|step| ("STEP_TAKEN".to_owned(), (*step).to_owned())));
        events
    }

    fn next(&self) -> Option<Call> {
        match &self.referral {
            None => Some(Call::Referral(calls::open_referral(&self.docket))),
            Some(referral) if self.steps < STEPS.len() => {
                Some(Call::Step(calls::step(referral, self.steps)))
            }
            Some(_) => None,
        }
    }
}

/// What a timeline or a watch says of an event, as [`Case::events`] does.
pub(crate) fn said(event: &pb::Event) -> (String, String) {
    (event.kind.clone(), event.step.clone())
}

/// The ledger of one system, which brings case after case before public security.
pub(crate) struct Ledger {
    number: usize,
    pub(crate) cases: Vec<Case>,
    /// The call that may or may not have happened.
    pub(crate) pending: Option<Call>,
    /// The last call that was acknowledged.
    pub(crate) last: Option<(Call, Answer)>,
}

impl Ledger {
    pub(crate) fn new(number: usize) -> Self {
        Self { number, cases: Vec::new(), pending: None, last: None }
    }

    /// Makes the next call, or the one that is pending again.
    pub(crate) async fn advance(&mut self, mesh: &Mesh) -> Result<(), client::Error> {
        let call = self.pending.take().unwrap_or_else(|| self.next());
        match call.make(mesh).await {
            Ok(answer) => {
                self.note(&call, &answer);
                self.last = Some((call, answer));
                Ok(())
            }
            Err(error) => {
                self.pending = Some(call);
                Err(error)
            }
        }
    }

    fn next(&self) -> Call {
        let title = format!("case {} of system {}", self.cases.len(), self.number);
        let going_on = self.cases.last().and_then(Case::next);
        going_on.unwrap_or_else(|| Call::Docket(calls::open_docket(&title)))
    }

    fn note(&mut self, call: &Call, answer: &Answer) {
        match (call, answer) {
            (Call::Docket(request), Answer::Docket(docket)) => self.cases.push(Case {
                title: request.title.clone(),
                docket: docket.clone(),
                referral: None,
                steps: 0,
            }),
            (_, Answer::Referral(referral)) => {
                let case = self.cases.last_mut().unwrap();
                case.steps += usize::from(matches!(call, Call::Step(_)));
                case.referral = Some(referral.clone());
            }
            _ => panic!("{call:?} was answered with {answer:?}"),
        }
    }
}
