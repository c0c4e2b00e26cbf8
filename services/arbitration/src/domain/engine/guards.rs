//! What must hold beside the state, and the sentence when it does not.

use chrono::{DateTime, Days, NaiveDate, Utc};
use types::AgencyCode;

use crate::domain::{
    act::{Act, Said, World},
    body::Body,
    dispute::Dispute,
    ladder::{Guard, Row, When},
    refusal::Refusal,
    word::{ForumKind, StepKind},
};

/// The most records of each kind in one dispute; of positions each party has an even share.
const POSITIONS: usize = 60;
const SESSIONS: usize = 40;
const ORDERS: usize = 40;
const BALLOTS: usize = 30;
/// How many days ahead a decision may take effect, at most.
const AHEAD: Days = Days::new(366);

/// Whether a guard holds; the refusal if not. `said` is `None` where nobody has said anything yet.
pub(super) fn check(
    guard: Guard,
    dispute: &Dispute,
    (by, now): (&AgencyCode, DateTime<Utc>),
    row: &Row,
    said: Option<&Said>,
) -> Result<(), Refusal> {
    let file = &dispute.file;
    let overdue = |slots: &[&str]| {
        slots.iter().any(|slot| dispute.open_term(slot).is_some_and(|term| !term.runs(now)))
    };
    let holds = match guard {
        Guard::OnRung(kinds) => file.forum.here().is_some_and(|rung| kinds.contains(&rung.kind)),
        Guard::Open(slot) => dispute.open_term(slot).is_some(),
        Guard::Running(slot) => dispute.open_term(slot).is_some_and(|term| term.runs(now)),
        Guard::Overdue(slots) => overdue(slots),
        Guard::NotAgreed => {
            file.outcome.as_ref().is_some_and(|outcome| !outcome.refused.is_empty())
                || overdue(&["MEDIATE"])
        }
        Guard::NotUnanimous => {
            (!file.ballots.is_empty() && dispute.round().is_empty()) || overdue(&["CONSULT"])
        }
        Guard::NotVoted => dispute.round().iter().all(|ballot| ballot.agency != *by),
        Guard::Unsigned => file.settlement.as_ref().is_some_and(|one| !one.signed_by.contains(by)),
        Guard::SameSettlement => {
            let offered = file.settlement.as_ref().map(|one| one.sha256.as_str());
            said.is_none_or(|said| offered == Some(said.sha256.as_str()))
        }
        Guard::Unanswered => file
            .outcome
            .as_ref()
            .is_some_and(|one| !one.agreed.contains(by) && !one.refused.contains(by)),
        Guard::Unacknowledged => {
            file.decision.as_ref().is_some_and(|one| !one.acknowledged_by.contains(by))
        }
        Guard::Room => has_room(dispute, by, row.step),
    };
    if holds {
        return Ok(());
    }
    let (what, what_zh) = sentence(guard, dispute, row.step, now);
    Err(Refusal::Broken { what, what_zh, law: row.law })
}

fn has_room(dispute: &Dispute, by: &AgencyCode, step: StepKind) -> bool {
    let file = &dispute.file;
    match step {
        StepKind::StatePosition => {
            let own = file.positions.iter().filter(|one| one.agency == *by).count();
            own < POSITIONS / file.parties.len().max(1)
        }
        StepKind::RecordSession => file.sessions.len() < SESSIONS,
        StepKind::OrderInterim => file.interim_orders.len() < ORDERS,
        StepKind::Vote => file.ballots.len() < BALLOTS,
        StepKind::OfferSettlement
        | StepKind::SignSettlement
        | StepKind::Apply
        | StepKind::Accept
        | StepKind::Reject
        | StepKind::Forward
        | StepKind::ProposeOutcome
        | StepKind::AnswerOutcome
        | StepKind::Escalate
        | StepKind::Decide
        | StepKind::Withdraw
        | StepKind::AcknowledgeDecision => true,
    }
}

fn sentence(
    guard: Guard,
    dispute: &Dispute,
    step: StepKind,
    now: DateTime<Utc>,
) -> (String, &'static str) {
    match guard {
        Guard::OnRung(_) => ("the dispute is before another forum".into(), "案件不在该机构协调"),
        Guard::Open(slot) => (format!("no {slot} term is open: it was done"), "该事项已经办理"),
        Guard::Running(slot) => match dispute.open_term(slot) {
            Some(term) => (
                format!("{step} came after its deadline, {}", clock::legal_time(term.due_at)),
                "表决期限已过，不得再投票",
            ),
            None => (
                format!("{step} waits until the application was forwarded"),
                "申请尚未转送各方，不得投票",
            ),
        },
        Guard::Overdue(slots) => {
            let runs = slots.iter().filter_map(|slot| dispute.open_term(slot));
            let due =
                runs.filter(|term| term.runs(now)).map(|term| clock::legal_time(term.due_at)).min();
            let until = due.map(|due| format!(": it has until {due}")).unwrap_or_default();
            (format!("the forum is not late{until}"), "协调期限尚未届满")
        }
        Guard::NotAgreed => (
            "no party has refused an outcome, and the coordination is not overdue".into(),
            "协调尚未终结，不得提请上级决定",
        ),
        Guard::NotUnanimous => (
            "the three bodies have not all voted, and the consultation is not overdue".into(),
            "三部门尚未协商完毕",
        ),
        Guard::NotVoted => (
            "the body has voted in this round: a vote is cast once".into(),
            "本轮已经投票，不得重复投票",
        ),
        Guard::Unsigned => (
            "there is no settlement on offer that the body has not signed".into(),
            "没有待签署的和解协议",
        ),
        Guard::SameSettlement => (
            "the settlement on offer is another: read it again".into(),
            "所签协议与当前协议文本不一致",
        ),
        Guard::Unanswered => {
            ("there is no outcome that the body has not answered".into(), "没有待答复的协调意见")
        }
        Guard::Unacknowledged => {
            ("the body has confirmed the decision already".into(), "已经确认收到决定")
        }
        Guard::Room => ("the dispute has as many of these as it may".into(), "记录数量已达上限"),
    }
}

/// Whether what a row waits for is complete.
pub(super) fn fulfilled(when: When, dispute: &Dispute) -> bool {
    let file = &dispute.file;
    let all = |bodies: &[AgencyCode]| dispute.parties().iter().all(|one| bodies.contains(one));
    match when {
        When::AllSigned => file.settlement.as_ref().is_some_and(|one| all(&one.signed_by)),
        When::AllAgreed => file.outcome.as_ref().is_some_and(|one| all(&one.agreed)),
        When::Unanimous => {
            let members = file.forum.here().map_or(0, |rung| rung.members.len());
            let Some(from) = file.ballots.len().checked_sub(members) else { return false };
            let last = &file.ballots[from..];
            // A round has just ended, and every vote in it is for one body.
            dispute.round().is_empty()
                && last.first().is_some_and(|one| last.iter().all(|b| b.competent == one.competent))
        }
    }
}

/// What a step says that cannot be: every field at once.
pub(super) fn faults(dispute: &Dispute, act: &Act, world: World<'_>) -> Vec<(String, String)> {
    let mut faults = Vec::new();
    let field = if act.step == StepKind::OrderInterim { "step.lead" } else { "step.competent" };
    let named = act.said.competent.as_ref();
    if let Some(fault) = named.and_then(|code| unfit(dispute, code, act.step, world)) {
        faults.push((field.to_owned(), fault));
    }
    let today = clock::legal_date(act.now);
    if let Some(day) = act.said.effective_from {
        let latest = today.checked_add_days(AHEAD).unwrap_or(NaiveDate::MAX);
        if day < today || day > latest {
            let fault = format!("is not between {today} and {latest}");
            faults.push(("step.effective_from".into(), fault));
        }
    }
    if act.said.held_on.is_some_and(|day| day > today) {
        faults.push(("step.held_on".into(), "is in the future".into()));
    }
    for (at, code) in act.said.present.iter().enumerate() {
        if world.bodies.get(code).is_none() {
            faults.push((format!("step.present[{at}]"), format!("{code} is no known body")));
        }
    }
    faults
}

/// Why a body cannot be named; `None` when it can. A decision becomes a boundary of the catalogue, which
/// takes only those who enforce in their own name; units of one agency are a matter of that agency.
fn unfit(dispute: &Dispute, code: &AgencyCode, step: StepKind, world: World<'_>) -> Option<String> {
    let body = world.bodies.get(code);
    let party = dispute.parties().contains(code);
    let units = dispute.file.forum.here().is_some_and(|rung| rung.kind == ForumKind::Head);
    let leads = step == StepKind::OrderInterim;
    if body.is_some_and(Body::never_enforces) {
        return Some(format!("{code} coordinates, and holds no power to enforce"));
    }
    if !party && (units || step != StepKind::Decide) {
        return Some(format!("{code} is no party"));
    }
    if !units && !leads && !body.is_some_and(Body::may_hold) {
        return Some(format!("{code} enforces nothing in its own name"));
    }
    let holds = body.is_some_and(|body| body.penalty_power && !body.is_police());
    (!party && !holds).then(|| format!("{code} is no party and has no penalty power"))
}
