//! The ladder as a table: state, step, actor, next state, terms, source. The engine applies rows.
//!
//! LAW.md 5: own negotiation, then the forum, then the common superior; meanwhile every duty goes on.

mod terms;

pub use terms::TERMS;

use clock::Length;

use super::{
    settings::Settings,
    word::{
        Actor, ForumKind, Holder, Mark, Rank,
        State::{self, *},
        StepKind as Step,
    },
};

/// A rule of LAW.md with the article it stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Law {
    /// e.g. `J-09`.
    pub rule: &'static str,
    /// e.g. `Penalty Law art. 25(2)`.
    pub basis: &'static str,
    /// How sure we are of it.
    pub mark: Mark,
}

/// In these states, this actor may take this step.
#[derive(Debug)]
pub struct Row {
    /// The law it comes from.
    pub law: Law,
    /// The states it may be taken in.
    pub from: &'static [State],
    /// The step.
    pub step: Step,
    /// Who takes it.
    pub actor: Actor,
    /// What the officer must be.
    pub officer: Rank,
    /// What must hold beside the state.
    pub guards: &'static [Guard],
    /// The next state; `None` stays.
    pub to: Option<State>,
    /// What must be complete for it; `None`: the step alone is enough.
    pub when: Option<When>,
    /// Slots of the terms it opens, when it leads on.
    pub opens: &'static [&'static str],
    /// Slots of the terms it closes, when it leads on, and how.
    pub closes: &'static [(&'static str, Close)],
}

/// What must hold beside the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// The dispute is on a rung of one of these kinds.
    OnRung(&'static [ForumKind]),
    /// The term in this slot was opened and not yet closed, late or not.
    Open(&'static str),
    /// The term in this slot runs.
    Running(&'static str),
    /// One of these terms is past its due instant.
    Overdue(&'static [&'static str]),
    /// A party refused the outcome, or the coordination is overdue.
    NotAgreed,
    /// A round of votes ended without unanimity, or the consultation is overdue.
    NotUnanimous,
    /// The body has not voted in this round.
    NotVoted,
    /// A settlement is on offer, and the body has not signed it.
    Unsigned,
    /// What is signed is the settlement on offer.
    SameSettlement,
    /// An outcome is proposed, and the body has not answered it.
    Unanswered,
    /// The body has not confirmed the decision.
    Unacknowledged,
    /// There is room for another record of this kind.
    Room,
}

/// What must be complete before a step leads on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Every party has signed the settlement.
    AllSigned,
    /// Every party agrees to the outcome.
    AllAgreed,
    /// Every member has voted, all for the same body.
    Unanimous,
}

/// How a step ends terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Close {
    /// It was what the term asked for: kept, or missed if late.
    Done,
    /// The same, for the term of the body that acts alone; whether or not the step leads on.
    Own,
    /// The dispute went another way.
    Moot,
}

/// What follows when a term is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overdue(pub &'static str);

/// One term that rows open.
#[derive(Debug)]
pub struct TermRule {
    /// The name rows use.
    pub slot: &'static str,
    /// The law it comes from.
    pub law: Law,
    /// What must be done.
    pub duty: &'static str,
    /// Who must do it.
    pub holder: Holder,
    /// How long, as configured.
    pub length: fn(&Settings) -> Length,
    /// What follows when it is not done.
    pub overdue: Overdue,
}

const PLAIN: Row = Row {
    law: Law { rule: "", basis: "", mark: Mark::D },
    from: &[],
    step: Step::StatePosition,
    actor: Actor::Party,
    officer: Rank::Officer,
    guards: &[],
    to: None,
    when: None,
    opens: &[],
    closes: &[],
};

const fn law(rule: &'static str, basis: &'static str, mark: Mark) -> Law {
    Law { rule, basis, mark }
}

const PENALTY_LAW: Law = law("J-02", "Penalty Law art. 25(2)", Mark::V);
const CITY_RULE: Law = law("J-09", "older city rule (fsou 172586)", Mark::S);
const GUIDANCE: Law = law("J-03", "seed section 9; 条例 art. 12(2), 17(2)", Mark::Seed);
const THREE: Law = law("J-04", "seed section 9", Mark::Seed);
const INTERIM: Law = law("J-10", "city coordination rules (fymate 16830937 art. 16)", Mark::S);
const DESIGN: Law = law("J-02", "LAW.md 5, defaults", Mark::D);

/// The states in which a dispute is open.
pub const OPEN: &[State] =
    &[Negotiating, Applied, Coordinating, Consulting, BeforeHead, BeforeSuperior];
const BEFORE_FORUM: &[State] = &[Coordinating, Consulting, BeforeHead, BeforeSuperior];
const FROM_APPLICATION: &[State] = &[Applied, Coordinating, Consulting, BeforeHead, BeforeSuperior];

/// Where a dispute starts.
pub const START: State = Negotiating;

/// Slots of the terms that may open with a dispute: those that its facts ask for.
pub const AT_START: &[&str] =
    &["NEGOTIATE", "NEGOTIATE-MARKET", "APPLY-RECEIVER", "APPLY-TRANSFEROR"];

/// What may happen.
pub const ROWS: &[Row] = &[
    Row {
        law: CITY_RULE,
        from: OPEN,
        closes: &[("REPLY", Close::Own)],
        guards: &[Guard::Room],
        ..PLAIN
    },
    Row { law: PENALTY_LAW, from: OPEN, step: Step::OfferSettlement, ..PLAIN },
    Row {
        law: PENALTY_LAW,
        from: OPEN,
        step: Step::SignSettlement,
        guards: &[Guard::Unsigned, Guard::SameSettlement],
        to: Some(Settled),
        when: Some(When::AllSigned),
        closes: &[
            ("NEGOTIATE", Close::Done),
            ("NEGOTIATE-MARKET", Close::Done),
            ("MEDIATE", Close::Done),
        ],
        ..PLAIN
    },
    Row {
        law: law("J-06", "Penalty Law art. 25(2); 条例 art. 17(2)", Mark::V),
        from: &[Negotiating],
        step: Step::Apply,
        to: Some(Applied),
        opens: &["ACCEPT"],
        closes: &[
            ("NEGOTIATE", Close::Done),
            ("NEGOTIATE-MARKET", Close::Done),
            ("APPLY-RECEIVER", Close::Done),
            ("APPLY-TRANSFEROR", Close::Done),
        ],
        ..PLAIN
    },
    // The forum takes it: which one follows from the parties.
    Row {
        law: GUIDANCE,
        from: &[Applied],
        step: Step::Accept,
        actor: Actor::Convener,
        guards: &[Guard::OnRung(&[ForumKind::Coordination])],
        to: Some(Coordinating),
        opens: &["FORWARD"],
        closes: &[("ACCEPT", Close::Done)],
        ..PLAIN
    },
    Row {
        law: THREE,
        from: &[Applied],
        step: Step::Accept,
        actor: Actor::Convener,
        guards: &[Guard::OnRung(&[ForumKind::ThreeBodies])],
        to: Some(Consulting),
        opens: &["FORWARD"],
        closes: &[("ACCEPT", Close::Done)],
        ..PLAIN
    },
    Row {
        law: DESIGN,
        from: &[Applied],
        step: Step::Accept,
        actor: Actor::Convener,
        guards: &[Guard::OnRung(&[ForumKind::Head])],
        to: Some(BeforeHead),
        opens: &["FORWARD", "DECIDE"],
        closes: &[("ACCEPT", Close::Done)],
        ..PLAIN
    },
    Row {
        law: law("J-12", "Penalty Law art. 25(2) applied", Mark::D),
        from: &[Applied],
        step: Step::Accept,
        actor: Actor::Convener,
        guards: &[Guard::OnRung(&[ForumKind::Superior])],
        to: Some(BeforeSuperior),
        opens: &["FORWARD", "DECIDE"],
        closes: &[("ACCEPT", Close::Done)],
        ..PLAIN
    },
    Row {
        law: CITY_RULE,
        from: &[Applied],
        step: Step::Reject,
        actor: Actor::Convener,
        guards: &[Guard::OnRung(&[ForumKind::Head, ForumKind::Superior])],
        to: Some(Rejected),
        closes: &[("ACCEPT", Close::Done)],
        ..PLAIN
    },
    // Who only coordinates does not keep a party from the superior by rejecting.
    Row {
        law: CITY_RULE,
        from: &[Applied],
        step: Step::Reject,
        actor: Actor::Convener,
        guards: &[Guard::OnRung(&[ForumKind::Coordination, ForumKind::ThreeBodies])],
        to: Some(Rejected),
        opens: &["ESCALATE"],
        closes: &[("ACCEPT", Close::Done)],
        ..PLAIN
    },
    Row {
        law: DESIGN,
        from: &[Rejected],
        step: Step::Escalate,
        guards: &[Guard::Running("ESCALATE")],
        to: Some(BeforeSuperior),
        opens: &["DECIDE"],
        closes: &[("ESCALATE", Close::Done)],
        ..PLAIN
    },
    Row {
        law: CITY_RULE,
        from: &[Coordinating],
        step: Step::Forward,
        actor: Actor::Convener,
        guards: &[Guard::Open("FORWARD")],
        opens: &["REPLY", "MEDIATE"],
        closes: &[("FORWARD", Close::Done)],
        ..PLAIN
    },
    Row {
        law: CITY_RULE,
        from: &[Consulting],
        step: Step::Forward,
        actor: Actor::Convener,
        guards: &[Guard::Open("FORWARD")],
        opens: &["REPLY", "CONSULT"],
        closes: &[("FORWARD", Close::Done)],
        ..PLAIN
    },
    Row {
        law: CITY_RULE,
        from: &[BeforeHead, BeforeSuperior],
        step: Step::Forward,
        actor: Actor::Convener,
        guards: &[Guard::Open("FORWARD")],
        opens: &["REPLY"],
        closes: &[("FORWARD", Close::Done)],
        ..PLAIN
    },
    Row {
        law: GUIDANCE,
        from: BEFORE_FORUM,
        step: Step::RecordSession,
        actor: Actor::Convener,
        guards: &[Guard::Room],
        ..PLAIN
    },
    Row {
        law: INTERIM,
        from: FROM_APPLICATION,
        step: Step::OrderInterim,
        actor: Actor::Convener,
        guards: &[Guard::Room],
        ..PLAIN
    },
    // Coordination: agreed, or on to the superior.
    Row {
        law: GUIDANCE,
        from: &[Coordinating],
        step: Step::ProposeOutcome,
        actor: Actor::Convener,
        ..PLAIN
    },
    Row {
        law: GUIDANCE,
        from: &[Coordinating],
        step: Step::AnswerOutcome,
        guards: &[Guard::Unanswered],
        to: Some(Decided),
        when: Some(When::AllAgreed),
        opens: &["ACKNOWLEDGE"],
        closes: &[("MEDIATE", Close::Done)],
        ..PLAIN
    },
    Row {
        law: PENALTY_LAW,
        from: &[Coordinating],
        step: Step::Escalate,
        actor: Actor::Convener,
        guards: &[Guard::NotAgreed],
        to: Some(BeforeSuperior),
        opens: &["DECIDE"],
        closes: &[("MEDIATE", Close::Done), ("FORWARD", Close::Moot)],
        ..PLAIN
    },
    // The three bodies: unanimous, or on to the superior.
    Row {
        law: THREE,
        from: &[Consulting],
        step: Step::Vote,
        actor: Actor::Member,
        guards: &[Guard::Running("CONSULT"), Guard::NotVoted, Guard::Room],
        to: Some(Decided),
        when: Some(When::Unanimous),
        opens: &["ACKNOWLEDGE"],
        closes: &[("CONSULT", Close::Done)],
        ..PLAIN
    },
    Row {
        law: THREE,
        from: &[Consulting],
        step: Step::Escalate,
        actor: Actor::Convener,
        guards: &[Guard::NotUnanimous],
        to: Some(BeforeSuperior),
        opens: &["DECIDE"],
        closes: &[("CONSULT", Close::Done), ("FORWARD", Close::Moot)],
        ..PLAIN
    },
    // A forum that lets its time pass does not keep the parties from the superior.
    Row {
        law: PENALTY_LAW,
        from: &[Coordinating, Consulting],
        step: Step::Escalate,
        guards: &[Guard::Overdue(&["FORWARD", "MEDIATE", "CONSULT"])],
        to: Some(BeforeSuperior),
        opens: &["DECIDE"],
        closes: &[("FORWARD", Close::Moot), ("MEDIATE", Close::Moot), ("CONSULT", Close::Moot)],
        ..PLAIN
    },
    Row {
        law: PENALTY_LAW,
        from: &[Applied],
        step: Step::Escalate,
        guards: &[
            Guard::OnRung(&[ForumKind::Coordination, ForumKind::ThreeBodies]),
            Guard::Overdue(&["ACCEPT"]),
        ],
        to: Some(BeforeSuperior),
        opens: &["DECIDE"],
        closes: &[("ACCEPT", Close::Moot)],
        ..PLAIN
    },
    // The superior may also designate directly, from the moment the forum has taken it.
    Row {
        law: PENALTY_LAW,
        from: &[Coordinating, Consulting, BeforeSuperior],
        step: Step::Decide,
        actor: Actor::Superior,
        officer: Rank::Head,
        to: Some(Decided),
        opens: &["ACKNOWLEDGE"],
        closes: &[("DECIDE", Close::Done)],
        ..PLAIN
    },
    Row {
        law: law("J-02", "LAW.md 5: units of one agency, its own head", Mark::D),
        from: &[BeforeHead],
        step: Step::Decide,
        actor: Actor::Superior,
        officer: Rank::Head,
        to: Some(Decided),
        opens: &["ACKNOWLEDGE"],
        closes: &[("DECIDE", Close::Done)],
        ..PLAIN
    },
    Row {
        law: DESIGN,
        from: OPEN,
        step: Step::Withdraw,
        actor: Actor::Applicant,
        to: Some(Withdrawn),
        ..PLAIN
    },
    Row {
        law: law("J-02", "LAW.md 5, effects: a decision is published to the parties", Mark::D),
        from: &[Decided],
        step: Step::AcknowledgeDecision,
        guards: &[Guard::Unacknowledged],
        closes: &[("ACKNOWLEDGE", Close::Own)],
        ..PLAIN
    },
];

/// The rule behind a slot.
pub fn term(slot: &str) -> Option<&'static TermRule> {
    TERMS.iter().find(|rule| rule.slot == slot)
}

/// The slots of service targets, and of what may be done and need not: passing one is no lateness in law.
pub const TARGETS: &[&str] = &["ACKNOWLEDGE", "ESCALATE"];

#[cfg(test)]
mod tests;
