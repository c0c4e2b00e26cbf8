//! One dispute in the example county, and the acts on it.

use chrono::{DateTime, NaiveDateTime, Utc};
use clock::Calendar;
use types::AgencyCode;

use super::*;
use crate::domain::{
    act::{Position, Said},
    acting::Before,
    body::{
        Bodies,
        testing::{code, county},
    },
    dispute::{self, Subject},
    opening::{self, Opening},
    settings::Settings,
    telling::Content,
    word::{Kind, Stance},
};

/// An instant by the clocks of Shanghai.
pub(super) fn local(text: &str) -> DateTime<Utc> {
    let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap();
    local.and_local_timezone(clock::SHANGHAI).unwrap().to_utc()
}

pub(super) struct Story {
    pub(super) dispute: Dispute,
    pub(super) now: DateTime<Utc>,
    pub(super) tellings: Vec<Content>,
    pub(super) shown: Vec<AgencyCode>,
    pub(super) bodies: Bodies,
    pub(super) settings: Settings,
}

/// What a story opens with: a test spoils it.
pub(super) fn opening(parties: &[&str]) -> Opening {
    let now = local("2026-03-02 10:00");
    let parties: Vec<AgencyCode> = parties.iter().map(|one| code(one)).collect();
    let position = dispute::Position {
        agency: parties[0].clone(),
        officer: "X-01".into(),
        stance: Stance::Claims,
        text: "属本机关职责".into(),
        basis: Vec::new(),
        evidence: Vec::new(),
        at: now,
    };
    let subject = Subject {
        title: "农田堆放渣土".into(),
        matter: "M046".into(),
        place: "330999005".into(),
        docket: "dockets/1".into(),
        ..Subject::default()
    };
    let (kind, before, catalogue) = (Kind::Positive, Before::default(), Vec::new());
    Opening { kind, parties, subject, position, before, catalogue, now }
}

impl Story {
    pub(super) fn of(parties: &[&str]) -> Self {
        Self::opened(opening(parties))
    }

    pub(super) fn opened(opening: Opening) -> Self {
        let (bodies, settings, now) = (county(), Settings::defaults(), opening.now);
        let world = World { settings: &settings, calendar: Calendar::embedded(), bodies: &bodies };
        let mut dispute = opening::open(opening, world).unwrap();
        let tellings = telling::due(None, &mut dispute);
        let tellings = tellings.into_iter().map(|one| one.content).collect();
        Self { dispute, now, tellings, shown: Vec::new(), bodies, settings }
    }

    pub(super) fn at(mut self, text: &str) -> Self {
        self.now = local(text);
        self
    }

    pub(super) fn act(&self, by: &str, step: StepKind, said: Said) -> Act {
        let (by, officer, now) = (code(by), "X-04".to_owned(), self.now);
        Act { step, said, by, officer, position: Position::Head, now }
    }

    pub(super) fn try_act(&self, act: &Act) -> Result<Outcome, Refusal> {
        let world = World {
            settings: &self.settings,
            calendar: Calendar::embedded(),
            bodies: &self.bodies,
        };
        take(&self.dispute, act, world)
    }

    /// Takes a step that must be possible.
    #[track_caller]
    pub(super) fn take(mut self, by: &str, step: StepKind, said: Said) -> Self {
        let outcome = match self.try_act(&self.act(by, step, said)) {
            Ok(outcome) => outcome,
            Err(refusal) => panic!("{by} {step}: {refusal}"),
        };
        self.dispute = outcome.dispute;
        self.shown.extend(outcome.shown);
        self.tellings.extend(outcome.tellings.into_iter().map(|one| one.content));
        self
    }

    /// The rule and the sentence of a refusal.
    #[track_caller]
    pub(super) fn refused(&self, by: &str, step: StepKind, said: Said) -> (&'static str, String) {
        match self.try_act(&self.act(by, step, said)) {
            Ok(_) => panic!("{by} took {step}"),
            Err(refusal) => (refusal.law().rule, refusal.to_string()),
        }
    }

    /// Applied for, taken and forwarded by the first rung.
    #[track_caller]
    pub(super) fn before_forum(self) -> Self {
        let applicant = self.dispute.parties()[0].to_string();
        let story = self.take(&applicant, StepKind::Apply, text("协商不成"));
        let convener = story.dispute.file.forum.convener().unwrap().to_string();
        let story = story.take(&convener, StepKind::Accept, Said::default());
        story.take(&convener, StepKind::Forward, Said::default())
    }

    pub(super) fn acting(&self) -> &str {
        self.dispute.acting().unwrap().as_str()
    }

    /// The states of the terms of a slot, by holder.
    pub(super) fn terms(&self, slot: &str) -> Vec<(&str, &str)> {
        let terms = self.dispute.terms.iter().filter(|term| term.slot == slot);
        terms.map(|term| (term.holder.as_str(), term.state.as_str())).collect()
    }

    pub(super) fn decision(&self) -> (String, String, Vec<String>) {
        let one = self.dispute.file.decision.as_ref().unwrap();
        let by = one.decided_by.iter().map(ToString::to_string).collect();
        (one.competent.to_string(), one.manner.to_string(), by)
    }
}

pub(super) fn text(text: &str) -> Said {
    Said { text: text.to_owned(), ..Said::default() }
}

pub(super) fn reason() -> Said {
    Said { reason: "理由".into(), ..Said::default() }
}

/// Names a body, with a reason.
pub(super) fn names(body: &str) -> Said {
    Said { competent: Some(code(body)), ..reason() }
}

pub(super) fn from(body: &str, day: &str) -> Said {
    Said { effective_from: day.parse().ok(), ..names(body) }
}

pub(super) fn agrees(agrees: bool) -> Said {
    Said { agrees, ..reason() }
}
