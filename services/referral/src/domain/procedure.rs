//! What a procedure is made of. The tables themselves are in the files below this one.

mod court_enforcement;
mod criminal_referral;
mod duty_crime_lead;
mod filing_supervision;
mod judicial_advice;
mod prosecution_review;
mod public_prosecution;
mod reverse_referral;

pub use court_enforcement::COURT_ENFORCEMENT;
pub use criminal_referral::CRIMINAL_REFERRAL;
pub use duty_crime_lead::DUTY_CRIME_LEAD;
pub use filing_supervision::FILING_SUPERVISION;
pub use judicial_advice::JUDICIAL_ADVICE;
pub use prosecution_review::PROSECUTION_REVIEW;
pub use public_prosecution::PUBLIC_PROSECUTION;
pub use reverse_referral::REVERSE_REFERRAL;

use clock::{HourStart, Length, Unit};

use super::{
    step::StepKind,
    word::{Actor, Ground, Mark, ProcedureCode, Rank, State},
};

/// A rule of LAW.md with the article it stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Law {
    /// e.g. `T-14`.
    pub rule: &'static str,
    /// e.g. `Decree 310 art. 8`.
    pub basis: &'static str,
    /// How sure we are of it.
    pub mark: Mark,
}

/// One procedure.
#[derive(Debug)]
pub struct Procedure {
    /// Its code.
    pub code: ProcedureCode,
    /// Its name for people.
    pub title: &'static str,
    /// How a leg may start.
    pub starts: &'static [Start],
    /// Its papers are the file of a criminal case: who is neither sender nor receiver sees how the leg
    /// stands, and of its papers only those addressed to agencies (LAW.md 13 no. 11, D).
    pub secret: bool,
    /// Where it may end.
    pub finals: &'static [State],
    /// What may happen.
    pub rows: &'static [Row],
    /// The terms its rows open.
    pub terms: &'static [TermRule],
}

/// How a leg starts.
#[derive(Debug)]
pub struct Start {
    /// The ground it is opened on; `None`: on any.
    pub on: Option<Ground>,
    /// The law it comes from.
    pub law: Law,
    /// The state.
    pub state: State,
    /// Slots of the terms that open with it.
    pub opens: &'static [&'static str],
    /// Who sees it from then on.
    pub shows: &'static [Actor],
}

/// In these states, this actor may take this step.
#[derive(Debug)]
pub struct Row {
    /// The law it comes from.
    pub law: Law,
    /// The states it may be taken in.
    pub from: &'static [State],
    /// The step.
    pub step: StepKind,
    /// Who takes it.
    pub actor: Actor,
    /// What the officer must be.
    pub officer: Rank,
    /// What the step must say.
    pub says: &'static [Say],
    /// The documents.
    pub papers: &'static [Paper],
    /// What must hold beside the state.
    pub guards: &'static [Guard],
    /// The next state; `None` stays.
    pub to: Option<State>,
    /// Slots of the terms it opens.
    pub opens: &'static [&'static str],
    /// Slots of the terms it closes, and how.
    pub closes: &'static [(&'static str, Close)],
    /// What else follows in the same transaction.
    pub effects: &'static [Effect],
}

/// A row that needs nothing and opens nothing: tables name only what differs.
pub const PLAIN: Row = Row {
    law: Law { rule: "", basis: "", mark: Mark::D },
    from: &[],
    step: StepKind::Approve,
    actor: Actor::Sender,
    officer: Rank::Officer,
    says: &[],
    papers: &[],
    guards: &[],
    to: None,
    opens: &[],
    closes: &[],
    effects: &[],
};

/// What a step must say, by the name of its field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Say {
    /// Reasons in words.
    Reason,
    /// At least two enforcement officers.
    Team,
    /// The police organ that is competent.
    CompetentOrgan,
    /// The authority that is competent.
    CompetentAuthority,
    /// Who approved a longer review.
    ApprovedBy,
    /// The number of the filing decision.
    FilingNo,
    /// A kind of penalty and its decision.
    Penalty,
    /// A limit in days.
    WithinDays,
    /// An answer in words.
    Answer,
    /// Items and the place that keeps them.
    Storage,
    /// The number of the court's case.
    CaseNo,
    /// What the court found, with amounts that can be.
    Verdict,
    /// Why a case is not prosecuted.
    NonProsecutionGround,
    /// The authority that is competent for the penalty; nothing: the agency of the docket.
    AuthorityIfAny,
    /// The body that gets the opinion; nothing: the receiver.
    AddresseeIfAny,
    /// The agency that keeps items; nothing: nobody does.
    KeeperIfAny,
    /// When the period for reconsideration and lawsuit ended, and the decision.
    PeriodEnd,
}

/// A document of a step.
#[derive(Clone, Copy, Debug)]
pub struct Paper {
    /// Its code (`data/documents.json`).
    pub code: &'static str,
    /// Whether it must be there.
    pub need: Need,
}

/// Whether a document must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// The step is refused without it.
    Required,
    /// Its absence is noted and the step taken all the same: the receiver must accept (T-13).
    Expected,
    /// Expected when a test or appraisal was made, or the offence needs one (Decree 310 art. 6(4)).
    ExpectedIfTested,
    /// Required when earlier penalties are part of the suspicion or were imposed (T-08).
    RequiredIfPenalised,
    /// May be there.
    Optional,
    /// Required when the goods travel with the referral (LAW.md 1.4 Q5).
    RequiredIfGoodsTravel,
}

/// What must hold beside the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// The term in this slot still runs.
    Running(&'static str),
    /// The term in this slot was opened and not yet closed, late or not.
    Open(&'static str),
    /// No term was ever opened in this slot: it may be asked for once.
    Unused(&'static str),
    /// One of these terms is past its due instant.
    Overdue(&'static [&'static str]),
    /// The notice of the decision was served: no T-15 is open.
    NoticeServed,
    /// A notice of a decision is yet to be served.
    NoticeDue,
    /// No supervision of this leg is under way.
    NoSupervisionOpen,
    /// The supervision was asked for on one of these grounds.
    Ground(&'static [Ground]),
    /// Material missing is no ground to refuse.
    NotForIncompleteness,
    /// Only penalties that Decree 310 art. 11 leaves to the agency.
    NoFine,
    /// Property under an administrative measure: the party was told in writing.
    PartyTold,
    /// The sector's rules allow a longer review, with this approval.
    LongerReview,
    /// The competent organ named is another police organ.
    OtherPoliceOrgan,
    /// The case supervised has been decided by now.
    ParentDecided,
    /// The referral named by the answer exists and comes from the respondent, or reasons are given.
    ReferralOrReason,
    /// The direct suggestion may still be made (LAW.md 1.4 Q3).
    SuggestionInTime,
    /// The case supervised is not filed any more, or was sent for prosecution.
    ParentNotFiled,
    /// The case supervised is still undecided and its term not yet over.
    ParentNotOverdue,
    /// The body that passes the case on is no party of an open dispute over it (J-07).
    NotInDispute,
    /// Fewer terms than so many were opened in this slot before.
    Fewer(&'static str, usize),
    /// The term in this slot was not made longer before.
    NotExtended(&'static str),
    /// The term in this slot was opened, and its time is over.
    Passed(&'static str),
    /// Nothing is owed in these slots.
    Settled(&'static [&'static str]),
    /// This paper did not come before.
    NotYet(&'static str),
    /// The plea track's days are not over yet.
    FastTrackInTime,
    /// No fine while the criminal branch of the docket is open (Decree 310 art. 11(1)), and none after
    /// a court imposed one (art. 11(3)).
    FineAllowed,
    /// What is set off is what the agencies' fines and the court's have in common (C-05).
    SetOff,
    /// The court did not punish.
    NotPunished,
    /// The body named, or else the receiver, is another body that punishes.
    Punishes,
    /// It is of this county, or the procuratorate of its place was consulted.
    InCountyOrConsulted,
    /// The procuratorate named is of another place.
    OtherProcuratorate,
    /// The agency named to keep items, if one is, is one of those known.
    KeeperKnown,
}

/// How a step ends a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Close {
    /// It was what the term asked for: kept, or missed if late.
    Done,
    /// The case went another way.
    Moot,
}

/// What follows from a step in the same transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The body may see the leg from now on.
    Show(Actor),
    /// The justice bureau too, where configured (T-09, config).
    ShowJusticeBureau,
    /// A supervision is opened on this ground.
    OpenSupervision(Ground),
    /// The leg supervised takes this step.
    Parent(StepKind),
    /// The organ named becomes the receiver.
    PassToOrgan,
    /// The organ named sees the leg.
    ShowOrgan,
    /// The public security organ at the level of the respondent sees it.
    ShowPoliceOfRespondent,
    /// The filing clock starts again when supplemented material arrives (LAW.md 1.4 Q1).
    RestartReview,
    /// The review is given the longer term of the sector.
    LengthenReview,
    /// The team is remembered.
    KeepTeam,
    /// It is remembered that a penalty was imposed (T-08), with its amount (T-20).
    NotePenalty,
    /// The next leg of the case is opened.
    OpenNext(ProcedureCode),
    /// Where liability is due, a reverse referral is opened on this ground.
    OpenReverse(Ground),
    /// A term is longer by so much.
    Extend(&'static str, Length),
    /// A term has another length, from its start.
    Relength(&'static str, Length),
    /// The plea track's days (CPL art. 172).
    FastTrack,
    /// A term stands still.
    Suspend(&'static str),
    /// It runs on.
    Resume(&'static str),
    /// What the court found is remembered.
    KeepVerdict,
    /// Who keeps items for the court is remembered; where somebody does, this term opens.
    KeepKeeper(&'static str),
    /// The body named, or else the receiver, gets the leg.
    Address,
    /// Copies of the opinion: to the justice bureau, and to the superior of a body under vertical
    /// management (P-10b, config).
    CopyOpinion,
    /// The justice bureau sees it.
    TellJusticeBureau,
}

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
    pub holder: Actor,
    /// How long.
    pub length: TermLength,
    /// Where hours start (LAW.md 0.3).
    pub hour_start: HourStart,
    /// What it means that nothing was done.
    pub overdue: Overdue,
}

/// How long a term is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TermLength {
    /// A number of units that the text fixes. A `Day` may be a working day by sector (LAW.md 0.3).
    Fixed(u32, Unit),
    /// The filing decision: T-14, or the sector's own rule (T-14b, T-14c).
    Review,
    /// A service target for 立即 and 及时, from the settings: never a legal deadline.
    Target,
    /// As many days as the order says (T-27, T-28).
    Ordered,
    /// Days that only some sectors fix (P-09b).
    BySector(u32, Unit),
    /// What the text is said to fix; it was not read, so the settings may say otherwise.
    Set(u32, Unit),
    /// The same as `Fixed`, from the day the step names.
    Since(u32, Unit),
}

/// What it means that a term passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overdue {
    /// A duty was not done; the consequence in words.
    Breach(&'static str),
    /// A right or a window was not used; what then holds in words.
    Lapse(&'static str),
}

impl TermRule {
    /// Whether it is a service target (立即, 及时), never called a legal deadline: the mark D of a term
    /// says that no text fixes it.
    pub fn is_target(&self) -> bool {
        self.length == TermLength::Target
            || (matches!(self.length, TermLength::Set(..)) && self.law.mark == Mark::D)
    }
}

impl Row {
    /// The grounds on which a row of a supervision applies; `None`: on any.
    pub fn grounds(&self) -> Option<&'static [Ground]> {
        self.guards.iter().find_map(|guard| {
            if let Guard::Ground(grounds) = guard { Some(*grounds) } else { None }
        })
    }
}

impl Procedure {
    /// The table of a procedure.
    pub fn of(code: ProcedureCode) -> &'static Self {
        match code {
            ProcedureCode::CriminalReferral => &CRIMINAL_REFERRAL,
            ProcedureCode::FilingSupervision => &FILING_SUPERVISION,
            ProcedureCode::ProsecutionReview => &PROSECUTION_REVIEW,
            ProcedureCode::PublicProsecution => &PUBLIC_PROSECUTION,
            ProcedureCode::ReverseReferral => &REVERSE_REFERRAL,
            ProcedureCode::CourtEnforcement => &COURT_ENFORCEMENT,
            ProcedureCode::DutyCrimeLead => &DUTY_CRIME_LEAD,
            ProcedureCode::JudicialAdvice => &JUDICIAL_ADVICE,
        }
    }

    /// How a leg on this ground starts; the first way where its procedure has none of its own.
    pub fn start(&self, ground: Option<Ground>) -> &'static Start {
        self.starts.iter().find(|start| start.on == ground).unwrap_or(&self.starts[0])
    }

    /// The rule behind a slot.
    pub fn term(&self, slot: &str) -> Option<&'static TermRule> {
        self.terms.iter().find(|rule| rule.slot == slot)
    }

    /// Whether a leg in `state` has ended.
    pub fn is_final(&self, state: State) -> bool {
        self.finals.contains(&state)
    }
}

const fn law(rule: &'static str, basis: &'static str, mark: Mark) -> Law {
    Law { rule, basis, mark }
}

/// A term; hours of public security and procuratorate start with the next full hour, an agency's
/// with the event (LAW.md 0.3).
const fn term(
    slot: &'static str,
    law: Law,
    duty: &'static str,
    holder: Actor,
    length: TermLength,
    overdue: Overdue,
) -> TermRule {
    let hour_start = match holder {
        Actor::Sender | Actor::SenderSuperior | Actor::Agency | Actor::Keeper => HourStart::Exact,
        Actor::Receiver
        | Actor::Procuratorate
        | Actor::UpperProcuratorate
        | Actor::Respondent
        | Actor::ReceiverSuperior => HourStart::NextFullHour,
    };
    TermRule { slot, law, duty, holder, length, hour_start, overdue }
}

const fn length(value: u32, unit: Unit) -> Length {
    Length { value, unit }
}

const fn required(code: &'static str) -> Paper {
    Paper { code, need: Need::Required }
}

const fn optional(code: &'static str) -> Paper {
    Paper { code, need: Need::Optional }
}

/// Rules of LAW.md that no row, start or term of these tables holds, each with why.
pub const ELSEWHERE: &[(&str, &str)] = &[
    ("T-01", "a duty of conduct; its list is an Expected paper of DELIVER"),
    ("T-02b", "the engine asks for no threshold, so reasonable suspicion is enough to refer"),
    ("T-07", "the papers of DELIVER"),
    ("T-08", "Need::RequiredIfPenalised and the papers of DELIVER, checked by the engine"),
    ("T-09", "Effect::Show(Procuratorate) of DELIVER"),
    ("T-14c", "the sector's law of the T-14 slot, and settings.longer_review"),
    ("T-22", "Guard::PartyTold of HAND_OVER"),
    ("T-29", "opening::report: anyone may open a NOT_REFERRED supervision"),
    ("P-14", "consultations: domain::linkage"),
    (
        "P-15",
        "no term: this service is the platform, and a decision taken through it is entered by that act",
    ),
    ("C-01", "evidence: how an item may be used in court"),
    ("C-05", "Guard::SetOff of PRONOUNCE_JUDGMENT and DECIDE_APPEAL"),
];

#[cfg(test)]
mod tests;
