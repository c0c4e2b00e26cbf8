//! A docket and its legs: one suspected crime, and each referral in it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use types::{AgencyCode, Id};

use super::{
    document,
    procedure::{Procedure, Row},
    step::{PenaltyKind, StepKind},
    term::Term,
    word::{Actor, Ground, ProcedureCode, State, Verdict},
};

/// One suspected crime.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Docket {
    /// Its id.
    pub id: Id<Self>,
    /// The agency that found it.
    pub agency: AgencyCode,
    /// What people call it.
    pub title: String,
    /// Selects the sector's settings, e.g. ECOLOGY.
    pub sector: String,
    /// Enforcement matter, may be empty.
    pub matter: String,
    /// Facts by the names the thresholds know.
    pub facts: BTreeMap<String, String>,
    /// Penalties on the same facts, before the referral and since.
    pub penalties: Vec<Penalty>,
    /// Why it was closed; `None` while open.
    pub close_reason: Option<String>,
    /// When that was.
    pub closed_at: Option<DateTime<Utc>>,
    /// Region code where the act took place; empty: the territory of the agency.
    pub place: String,
    /// Who the catalogue says is competent; `None` when it did not say.
    pub competence: Option<Competence>,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    /// Changes with every change.
    pub version: i32,
}

/// What the catalogue said of a docket's matter and place when it was opened. It binds nobody here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Competence {
    /// The catalogue's revision that answered.
    pub revision: i64,
    /// The one competent body; `None` when several claim it, or none is.
    pub competent: Option<AgencyCode>,
    /// The answer in one sentence.
    pub summary: String,
    /// The same in Chinese.
    pub summary_zh: String,
}

/// An administrative penalty on the same facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Penalty {
    /// What it is.
    pub kind: PenaltyKind,
    /// The decision.
    pub decision_no: String,
    /// Fines: fen.
    pub amount_fen: i64,
    /// YYYY-MM-DD.
    pub decided_on: String,
}

/// One referral.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leg {
    /// Its id.
    pub id: Id<Self>,
    /// The docket it belongs to.
    pub docket: Id<Docket>,
    /// Its procedure.
    pub procedure: ProcedureCode,
    /// The agency whose case it is: that of the docket.
    pub agency: AgencyCode,
    /// Who refers.
    pub from: AgencyCode,
    /// Who is referred to.
    pub to: AgencyCode,
    /// Who is complained of, in a supervision.
    pub respondent: Option<AgencyCode>,
    /// Why it was opened, where its procedure knows several grounds.
    pub ground: Option<Ground>,
    /// The leg supervised, or that this one follows from.
    pub parent: Option<Id<Self>>,
    /// Where it is.
    pub state: State,
    /// 罪名.
    pub offence: String,
    /// From the docket.
    pub title: String,
    /// From the docket.
    pub sector: String,
    /// A test or appraisal was made, so its report is expected (Decree 310 art. 6(4)).
    pub tested: bool,
    /// Earlier penalties are part of it, so their decisions are required (T-08).
    pub penalised: bool,
    /// The special team, by certificate number.
    pub team: Vec<String>,
    /// The organ a transfer goes to, until both sides have signed (T-26).
    pub next_organ: Option<AgencyCode>,
    /// The agency that keeps items for the court (C-04).
    pub keeper: Option<AgencyCode>,
    /// What the court found.
    pub judged: Option<Judged>,
    /// Codes of the papers that came with it so far.
    pub held: Vec<String>,
    /// Attachments that were not there at delivery.
    pub missing: Vec<String>,
    /// Its terms, in the order they were opened.
    pub terms: Vec<Term>,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// Changes with every step.
    pub version: i32,
}

/// What a court found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Judged {
    /// Its verdict.
    pub verdict: Verdict,
    /// The criminal fine: fen.
    pub fine_fen: i64,
    /// What of it is set off against fines of agencies (C-05): fen.
    pub set_off_fen: i64,
}

/// A hand-over that is due.
#[derive(Clone, Copy, Debug)]
pub struct HandOverDuty<'a> {
    /// Who must give.
    pub giver: &'a AgencyCode,
    /// Who receives.
    pub receiver: &'a AgencyCode,
    /// What it leads to.
    pub row: &'static Row,
    /// Until when.
    pub term: &'a Term,
}

/// The steps that follow from a hand-over which both sides signed: nobody takes them by hand.
pub const BY_HAND_OVER: [StepKind; 2] = [StepKind::HandOver, StepKind::CompleteTransfer];

impl Leg {
    /// The table it follows.
    pub fn table(&self) -> &'static Procedure {
        Procedure::of(self.procedure)
    }

    /// Who must hand the items over to whom, as long as it is due: to public security after filing
    /// (T-21), to the organ that takes the case over (T-26). Both may be due at once.
    pub fn hand_over_duties(&self) -> Vec<HandOverDuty<'_>> {
        let here = self.table().rows.iter().filter(|row| row.from.contains(&self.state));
        here.filter(|row| BY_HAND_OVER.contains(&row.step))
            .filter_map(|row| {
                let (slot, _) = row.closes.first()?;
                let term = self.open_term(slot)?;
                let (giver, receiver) = if row.step == StepKind::HandOver {
                    (&self.from, &self.to)
                } else {
                    (&self.to, self.next_organ.as_ref()?)
                };
                Some(HandOverDuty { giver, receiver, row, term })
            })
            .collect()
    }

    /// Whether `reader`, who sees the leg, reads a paper of it: all of them, unless they are the file of
    /// a criminal case between others (LAW.md 13 no. 11).
    pub fn reads(&self, reader: &AgencyCode, paper: &str) -> bool {
        let party = [&self.from, &self.to].contains(&reader);
        party || !self.table().secret || document::is_for_agencies(paper)
    }

    /// The newest term of a slot that still runs or is owed.
    pub fn open_term(&self, slot: &str) -> Option<&Term> {
        self.terms.iter().rev().find(|term| term.slot == slot && term.is_open())
    }

    /// Whether it has ended.
    pub fn is_final(&self) -> bool {
        self.table().is_final(self.state)
    }

    /// The body with this part in the leg.
    pub fn actor(&self, actor: Actor, bodies: &super::body::Directory) -> Option<AgencyCode> {
        match actor {
            Actor::Sender => Some(self.from.clone()),
            Actor::Receiver => Some(self.to.clone()),
            Actor::Respondent => self.respondent.clone(),
            Actor::Agency => Some(self.agency.clone()),
            Actor::Keeper => self.keeper.clone(),
            Actor::Procuratorate => bodies.procuratorate(&self.from),
            Actor::UpperProcuratorate => bodies.superior(&bodies.procuratorate(&self.from)?),
            Actor::SenderSuperior => bodies.superior(&self.from),
            Actor::ReceiverSuperior => bodies.superior(&self.to),
        }
    }
}
