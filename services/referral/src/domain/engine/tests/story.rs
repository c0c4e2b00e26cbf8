//! One leg and its clock. An act is filled so that it is lawful; a test spoils what it is about.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDateTime, Utc};
use clock::Calendar;
use types::{AgencyCode, Id};

use super::{already, as_parent, raise, take};
use crate::domain::{
    act::{Act, Parent, Position, World},
    body::{Directory, testing::county},
    branch::{self, Branches},
    dispute::Dispute,
    document::{self, Document},
    engine::{Next, Outcome},
    leg::{Docket, Leg},
    opening::{self, Request},
    procedure::Row,
    refusal::Refusal,
    settings::Settings,
    step::{PenaltyKind, Said, StepKind},
    term::Term,
    word::{Ground, NonProsecutionGround, ProcedureCode, Rank, Rung, State, TermState, Verdict},
};

/// 2026-03-02 10:00 in Shanghai, a Monday with no holiday near.
pub(super) const MONDAY: &str = "2026-03-02 10:00";

/// An instant by the clocks of Shanghai.
pub(super) fn local(text: &str) -> DateTime<Utc> {
    let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap();
    local.and_local_timezone(clock::SHANGHAI).unwrap().to_utc()
}

pub(super) fn code(text: &str) -> AgencyCode {
    AgencyCode::parse(text).unwrap()
}

/// A lawful document: every field of its form filled.
pub(super) fn paper(code: &str) -> Document {
    let form = document::form(code).unwrap();
    let fields: BTreeMap<String, String> =
        form.fields.iter().map(|field| (field.name.clone(), "甲、乙".to_owned())).collect();
    let (fields, lines) =
        if form.list { (BTreeMap::new(), vec![fields]) } else { (fields, Vec::new()) };
    Document { code: code.to_owned(), fields, lines, sha256: String::new() }
}

/// One leg, and what an act on it stands on.
#[derive(Clone, Debug)]
pub(super) struct Story {
    pub(super) leg: Leg,
    pub(super) now: DateTime<Utc>,
    pub(super) settings: Settings,
    pub(super) bodies: Directory,
    pub(super) parent: Option<Parent>,
    pub(super) supervision_open: bool,
    pub(super) answer_refers: bool,
    pub(super) disputes: Vec<Dispute>,
    pub(super) branches: Branches,
}

impl Story {
    /// MKT found a crime in the sector FOOD, on [`MONDAY`].
    pub(super) fn referral() -> Self {
        Self::opened("FOOD", MONDAY, |_| {})
    }

    /// MKT found a crime; `mend` changes the docket before the referral is opened.
    pub(super) fn opened(sector: &str, at: &str, mend: impl FnOnce(&mut Docket)) -> Self {
        let docket = docket(sector, at, mend);
        let request = request(ProcedureCode::CriminalReferral, at);
        let settings = Settings::defaults();
        let bodies = county();
        let leg = opening::open(&docket, &request, world(&settings, &bodies)).unwrap();
        Self {
            leg,
            now: local(at),
            settings,
            bodies,
            parent: None,
            supervision_open: false,
            answer_refers: false,
            disputes: Vec::new(),
            branches: branch::NOTHING,
        }
    }

    /// The leg that follows from this one.
    pub(super) fn next(&self, procedure: ProcedureCode, ground: Option<Ground>) -> Self {
        let next = Next { procedure, ground, to: None };
        let leg = opening::follow(&self.leg, &next, self.world(), self.now).unwrap();
        Self { leg, ..self.clone() }
    }

    /// Sent for prosecution, before the procuratorate.
    pub(super) fn review() -> Self {
        Self::at_state(State::Investigation).next(ProcedureCode::ProsecutionReview, None)
    }

    /// Prosecuted, before the court.
    pub(super) fn trial() -> Self {
        Self::review().next(ProcedureCode::PublicProsecution, None)
    }

    /// On its way back, on a ground that a step gives.
    pub(super) fn back(ground: Ground) -> Self {
        let parent = match ground {
            Ground::NotProsecuted => Self::review(),
            Ground::Exempted => Self::trial(),
            Ground::NotFiled
            | Ground::Late
            | Ground::WronglyFiled
            | Ground::NotReferred
            | Ground::NoCrime
            | Ground::Withdrawn
            | Ground::Governance
            | Ground::ReferralWanted
            | Ground::CrimeFound => Self::at_state(State::Investigation),
        };
        parent.next(ProcedureCode::ReverseReferral, Some(ground))
    }

    /// A leg that `by` opens in a docket of its own.
    pub(super) fn own(by: &str, to: &str, procedure: ProcedureCode, on: Option<Ground>) -> Self {
        let mut story = Self::referral();
        let docket = docket("ECOLOGY", MONDAY, |docket| docket.agency = code(by));
        let request = Request {
            by: code(by),
            to: AgencyCode::parse(to),
            ground: on,
            ..request(procedure, MONDAY)
        };
        story.leg = opening::open(&docket, &request, story.world()).unwrap();
        story
    }

    /// A referral brought to `state` by the shortest way, without time passing.
    pub(super) fn at_state(state: State) -> Self {
        Self::referral().brought(state)
    }

    /// Takes the steps to `state`.
    pub(super) fn brought(mut self, state: State) -> Self {
        use StepKind::*;
        let way = [AppointTeam, SubmitReport, Approve, Deliver, SignReceipt];
        let filed = [File, ServeNotice, HandOver, BeginInvestigation];
        let refused = [NotFile, ServeNotice, RequestReconsideration, UpholdNotFiling];
        let refused_path = [State::NotFiled, State::Reconsideration, State::Upheld];
        let more = if refused_path.contains(&state) { refused } else { filed };
        let mut way = way.into_iter().chain(more).peekable();
        // The notice belongs to the state of its decision.
        while self.leg.state != state || way.peek() == Some(&ServeNotice) {
            let step = way.next().unwrap();
            let rows = self.leg.table().rows.iter();
            if rows.clone().any(|row| row.step == step && row.from.contains(&self.leg.state)) {
                self.take(step);
            }
        }
        self
    }

    /// The supervision of a leg on a ground, before the procuratorate.
    pub(super) fn supervision(ground: Ground) -> Self {
        let state = match ground {
            Ground::NotFiled => State::Upheld,
            Ground::Late | Ground::NotReferred => State::Accepted,
            Ground::WronglyFiled => State::Filed,
            Ground::NoCrime
            | Ground::Withdrawn
            | Ground::NotProsecuted
            | Ground::Exempted
            | Ground::Governance
            | Ground::ReferralWanted
            | Ground::CrimeFound => panic!("{ground} is no ground of a supervision"),
        };
        let parent = Self::at_state(state);
        if ground == Ground::NotReferred {
            return Self::not_referred("ECOLOGY");
        }
        parent.supervised(ground)
    }

    /// The supervision of this leg.
    pub(super) fn supervised(&self, ground: Ground) -> Self {
        let child = self.next(ProcedureCode::FilingSupervision, Some(ground));
        Self { parent: Some(as_parent(&self.leg, self.now)), ..child }
    }

    /// JUS reports that MKT does not refer.
    pub(super) fn not_referred(sector: &str) -> Self {
        let mut story = Self::referral();
        let docket = docket(sector, MONDAY, |docket| docket.agency = code("JUS"));
        let request = Request {
            by: code("JUS"),
            respondent: Some(code("MKT")),
            ..request(ProcedureCode::FilingSupervision, MONDAY)
        };
        story.leg = opening::open(&docket, &request, story.world()).unwrap();
        story
    }

    pub(super) fn world(&self) -> World<'_> {
        World {
            parent: self.parent,
            supervision_open: self.supervision_open,
            answer_refers: self.answer_refers,
            disputes: &self.disputes,
            branches: self.branches,
            ..world(&self.settings, &self.bodies)
        }
    }

    /// Moves the clock to an instant by the clocks of Shanghai.
    pub(super) fn at(&mut self, text: &str) -> &mut Self {
        let at = local(text);
        assert!(at >= self.now, "{text} is in the past");
        self.now = at;
        self
    }

    /// A lawful act of this step here, whoever takes it; `None` where no row has it.
    pub(super) fn act(&self, step: StepKind) -> Option<Act> {
        let table = self.leg.table();
        let mine = |row: &&Row| {
            row.grounds().is_none_or(|on| self.leg.ground.is_some_and(|g| on.contains(&g)))
        };
        let mut here = table.rows.iter().filter(|row| row.step == step).filter(mine);
        let row =
            here.clone().find(|row| row.from.contains(&self.leg.state)).or(here.next_back())?;
        Some(Act {
            step,
            said: said(step, &self.leg, self.now),
            by: self.leg.actor(row.actor, &self.bodies)?,
            position: match row.officer {
                Rank::Officer => Position::EnforcementOfficer,
                Rank::Head => Position::PrincipalHead,
                Rank::ChiefProcurator => Position::ChiefProcurator,
            },
            documents: row.papers.iter().map(|one| paper(one.code)).collect(),
            now: self.now,
        })
    }

    /// Takes a lawful act.
    pub(super) fn take(&mut self, step: StepKind) -> Outcome {
        self.take_so(step, |_| {})
    }

    /// Takes an act that `mend` changed.
    pub(super) fn take_so(&mut self, step: StepKind, mend: impl FnOnce(&mut Act)) -> Outcome {
        let outcome = self.tried(step, mend).unwrap_or_else(|refusal| {
            panic!("{step} in {}: {refusal}", self.leg.state);
        });
        self.leg = outcome.leg.clone();
        outcome
    }

    /// The refusal of a lawful act.
    pub(super) fn refused(&self, step: StepKind) -> Refusal {
        self.refused_so(step, |_| {})
    }

    /// The refusal of an act that `spoil` changed.
    pub(super) fn refused_so(&self, step: StepKind, spoil: impl FnOnce(&mut Act)) -> Refusal {
        let tried = self.tried(step, spoil);
        tried.err().unwrap_or_else(|| panic!("{step} in {} was taken", self.leg.state))
    }

    fn tried(&self, step: StepKind, change: impl FnOnce(&mut Act)) -> Result<Outcome, Refusal> {
        let mut act = self.act(step).unwrap();
        change(&mut act);
        take(&self.leg, &act, self.world())
    }

    /// Takes, on this leg, what a supervision ordered; as the service does.
    pub(super) fn follow(&mut self, ordered: &Outcome) {
        let step = ordered.parent_step.unwrap();
        if !already(&self.leg, step) {
            self.take(step);
        }
    }

    /// Raises what fell due.
    pub(super) fn look(&mut self) -> Vec<(String, Rung)> {
        let raised = raise(&mut self.leg, self.now);
        raised.into_iter().map(|(term, rung)| (term.slot, rung)).collect()
    }

    /// The newest term of a slot.
    pub(super) fn term(&self, slot: &str) -> &Term {
        self.leg.terms.iter().rev().find(|term| term.slot == slot).unwrap()
    }

    /// How the newest term of a slot stands.
    pub(super) fn stands(&self, slot: &str) -> (TermState, bool) {
        (self.term(slot).state, self.term(slot).is_open())
    }

    /// The last minute in which the newest term of a slot can be kept, by the clocks of Shanghai:
    /// "24:00" is the end of a day.
    pub(super) fn due(&self, slot: &str) -> String {
        let at = self.term(slot).due_at.with_timezone(&clock::SHANGHAI);
        if at.time() == chrono::NaiveTime::MIN {
            let day = at.date_naive().pred_opt().unwrap();
            return format!("{day} 24:00");
        }
        at.format("%Y-%m-%d %H:%M").to_string()
    }

    /// The slots of the terms that are open.
    pub(super) fn owed(&self) -> Vec<&str> {
        let mut slots: Vec<&str> =
            self.leg.terms.iter().filter(|t| t.is_open()).map(|t| t.slot.as_str()).collect();
        slots.sort_unstable();
        slots
    }
}

/// What every step says at once: each reads its own fields.
fn said(step: StepKind, leg: &Leg, now: DateTime<Utc>) -> Said {
    let organs = [
        (StepKind::ConsultLocalProcuratorate, "PRO-M"),
        (StepKind::TakeEffect, "MKT"),
        (StepKind::DecideAppeal, "MKT"),
        (StepKind::DeliverOpinion, ""),
        (StepKind::TransferForPenalty, ""),
        (StepKind::NotProsecute, ""),
    ];
    let organ = organs.iter().find(|(one, _)| *one == step).map_or("PSB-ECO", |(_, organ)| organ);
    let verdict = if leg.version % 2 == 0 { Verdict::Exempted } else { Verdict::Convicted };
    Said {
        verdict: verdict.as_str().into(),
        ground: NonProsecutionGround::Discretionary.as_str().into(),
        liable: true,
        period_ended_on: Some(clock::legal_date(now)),
        reason: "事实清楚".into(),
        team: vec!["MKT-01".into(), "MKT-02".into()],
        organ: organ.into(),
        approved_by: "COUNTY_HEAD".into(),
        filing_no: "云公立字〔2026〕1号".into(),
        penalty: PenaltyKind::Warning.as_str().into(),
        decision_no: "云市监罚〔2026〕1号".into(),
        within_days: 5,
        items: "危险废物".into(),
        storage_place: "专用仓库".into(),
        ..Said::default()
    }
}

pub(super) fn docket(sector: &str, at: &str, mend: impl FnOnce(&mut Docket)) -> Docket {
    let mut docket = Docket {
        id: Id::new(local(at)),
        agency: code("MKT"),
        title: "案件".into(),
        sector: sector.into(),
        matter: String::new(),
        facts: BTreeMap::new(),
        penalties: Vec::new(),
        close_reason: None,
        closed_at: None,
        place: String::new(),
        competence: None,
        created_at: local(at),
        version: 1,
    };
    mend(&mut docket);
    docket
}

pub(super) fn request(procedure: ProcedureCode, at: &str) -> Request {
    Request {
        by: code("MKT"),
        procedure,
        to: None,
        offence: "生产、销售有毒、有害食品罪".into(),
        respondent: None,
        reason: "应当移送而不移送".into(),
        ground: None,
        documents: Vec::new(),
        now: local(at),
    }
}

pub(super) fn world<'a>(settings: &'a Settings, bodies: &'a Directory) -> World<'a> {
    World::bare(settings, Calendar::embedded(), bodies)
}

/// The ground of the supervision that a step opens.
pub(super) fn supervision(outcome: &Outcome) -> Option<Ground> {
    outcome.next.as_ref().and_then(|next| next.ground)
}

/// What is wrong, by field, where fields are.
pub(super) fn fields(refusal: &Refusal) -> Vec<String> {
    let Refusal::Fields { faults, .. } = refusal else { panic!("{refusal}") };
    faults.iter().map(|(field, _)| field.clone()).collect()
}

/// The rule a refusal names.
pub(super) fn rule(refusal: &Refusal) -> &'static str {
    assert!(!refusal.law().basis.is_empty() && refusal.zh().contains(refusal.law().basis));
    refusal.law().rule
}
