//! What a step writes into the file of a dispute, and what a decision is made of.

use types::AgencyCode;

use crate::domain::{
    act::{Act, Said},
    acting,
    dispute::{Ballot, Decision, Dispute, InterimOrder, Outcome, Position, Session, Settlement},
    ladder::When,
    opening::start_of,
    word::{Manner, State, StepKind},
};

/// The reason of a settlement, as everybody may read it.
const SETTLED: &str = "The parties settled it in writing.";

/// Writes what the step says.
pub(super) fn apply(dispute: &mut Dispute, act: &Act) {
    let (said, by, now) = (&act.said, act.by.clone(), act.now);
    let today = clock::legal_date(now);
    let competent = said.competent.clone();
    let effective_from = said.effective_from.unwrap_or(today);
    let file = &mut dispute.file;
    match act.step {
        StepKind::StatePosition => file.positions.extend(position(act)),
        StepKind::OfferSettlement => {
            // An offer in writing is signed by who makes it; it takes the place of an earlier one.
            file.settlement = competent.map(|competent| Settlement {
                competent,
                text: said.text.clone(),
                effective_from,
                sha256: said.sha256.clone(),
                signed_by: vec![by],
                at: now,
            });
        }
        StepKind::SignSettlement => {
            if let Some(settlement) = &mut file.settlement {
                settlement.signed_by.push(by);
            }
        }
        StepKind::RecordSession => file.sessions.push(Session {
            held_on: said.held_on.unwrap_or(today),
            present: said.present.clone(),
            minutes: said.text.clone(),
            minutes_sha256: said.sha256.clone(),
            at: now,
        }),
        StepKind::Vote => file.ballots.extend(competent.map(|competent| Ballot {
            agency: by,
            officer: act.officer.clone(),
            competent,
            reason: said.reason.clone(),
            at: now,
        })),
        StepKind::OrderInterim => order(dispute, act),
        StepKind::ProposeOutcome => {
            file.outcome = competent.map(|competent| Outcome {
                competent,
                reason: said.reason.clone(),
                effective_from,
                officer: act.officer.clone(),
                agreed: Vec::new(),
                refused: Vec::new(),
            });
        }
        StepKind::AnswerOutcome => {
            if let Some(outcome) = &mut file.outcome {
                let side = if said.agrees { &mut outcome.agreed } else { &mut outcome.refused };
                side.push(by);
            }
        }
        StepKind::AcknowledgeDecision => {
            if let Some(decision) = &mut file.decision {
                decision.acknowledged_by.push(by);
            }
        }
        StepKind::Apply
        | StepKind::Accept
        | StepKind::Reject
        | StepKind::Forward
        | StepKind::Escalate
        | StepKind::Decide
        | StepKind::Withdraw => {}
    }
}

fn order(dispute: &mut Dispute, act: &Act) {
    let Some(lead) = act.said.competent.clone() else { return };
    dispute.file.interim_orders.push(InterimOrder {
        agency: act.by.clone(),
        lead: lead.clone(),
        measures: act.said.measures.clone(),
        reason: act.said.reason.clone(),
        at: act.now,
    });
    acting::order(dispute, &act.by, &lead, act.now);
}

fn position(act: &Act) -> Option<Position> {
    let Said { text, basis, evidence, .. } = act.said.clone();
    let (agency, officer) = (act.by.clone(), act.officer.clone());
    Some(Position { agency, officer, stance: act.said.stance?, text, basis, evidence, at: act.now })
}

/// Makes the decision where a step has led to one, and lets it name who acts from its day on.
pub(super) fn conclude(dispute: &mut Dispute, when: Option<When>, act: &Act) {
    if matches!(dispute.state, State::Rejected | State::Withdrawn) {
        acting::give_back(dispute, act.now);
    }
    if !matches!(dispute.state, State::Settled | State::Decided) {
        return;
    }
    let Some(decision) = decision(dispute, when, act) else { return };
    // What was agreed some time ago binds from today at the earliest.
    let at = start_of(decision.effective_from).max(act.now);
    dispute.file.decision = Some(decision);
    dispute.switch_at = Some(at);
    acting::switch(dispute, act.now);
}

fn decision(dispute: &Dispute, when: Option<When>, act: &Act) -> Option<Decision> {
    let (file, said) = (&dispute.file, &act.said);
    let today = clock::legal_date(act.now);
    let made = |competent: &AgencyCode, decided_by: &[AgencyCode], manner, reason: &str| Decision {
        competent: competent.clone(),
        decided_by: decided_by.to_vec(),
        manner,
        reason: reason.to_owned(),
        basis: Vec::new(),
        effective_from: today,
        decision_no: String::new(),
        at: act.now,
        completed_by: act.by.clone(),
        officer: act.officer.clone(),
        acknowledged_by: Vec::new(),
    };
    let members = file.forum.here().map(|rung| rung.members.clone()).unwrap_or_default();
    let (decision, from) = match when {
        Some(When::AllSigned) => {
            let one = file.settlement.as_ref()?;
            // A decision becomes a precedent for all; what was signed is for its parties.
            let made = made(&one.competent, &file.parties, Manner::Settlement, SETTLED);
            // Who signed it has it.
            let acknowledged_by = file.parties.clone();
            (Decision { acknowledged_by, ..made }, one.effective_from)
        }
        Some(When::AllAgreed) => {
            let one = file.outcome.as_ref()?;
            let made = made(&one.competent, &members, Manner::Coordination, &one.reason);
            // The office brought it about; a party only agreed.
            let (completed_by, officer) = (members.first()?.clone(), one.officer.clone());
            (Decision { completed_by, officer, ..made }, one.effective_from)
        }
        Some(When::Unanimous) => {
            let from = file.ballots.len().checked_sub(members.len())?;
            let round = file.ballots.get(from..)?;
            let reasons: Vec<String> =
                round.iter().map(|one| format!("{}: {}", one.agency, one.reason)).collect();
            // Whoever votes last, the convener publishes it: a party office signs nothing.
            let convener = members.first()?;
            let own = round.iter().find(|one| one.agency == *convener)?;
            let made = made(&own.competent, &members, Manner::Consultation, &reasons.join("; "));
            let (completed_by, officer) = (convener.clone(), own.officer.clone());
            (Decision { completed_by, officer, ..made }, today)
        }
        None => {
            let by = std::slice::from_ref(&act.by);
            let made = made(said.competent.as_ref()?, by, Manner::Designation, &said.reason);
            let (basis, decision_no) = (said.basis.clone(), said.decision_no.clone());
            (Decision { basis, decision_no, ..made }, said.effective_from.unwrap_or(today))
        }
    };
    Some(Decision { effective_from: from.max(today), ..decision })
}
