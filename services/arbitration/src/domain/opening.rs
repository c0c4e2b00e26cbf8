//! How a dispute opens: before which forum, with which terms, and who acts from the first instant on.

use chrono::{DateTime, NaiveDate, Utc};
use types::{AgencyCode, Id};

use super::{
    act::World,
    acting::{self, Before},
    dispute::{Dispute, File, Position, Subject},
    forum::{self, Reason},
    ladder::{self, Law},
    precedent::{self, Precedent},
    refusal::Refusal,
    term::Term,
    word::{Kind, Mark},
};

/// What a dispute opens with.
#[derive(Clone, Debug)]
pub struct Opening {
    /// Whether the bodies claim the matter or refuse it.
    pub kind: Kind,
    /// The bodies, the applicant first.
    pub parties: Vec<AgencyCode>,
    /// What it is about.
    pub subject: Subject,
    /// The applicant's position.
    pub position: Position,
    /// What is known of the case.
    pub before: Before,
    /// What the catalogue says; empty when it is away.
    pub catalogue: Vec<Reason>,
    /// When.
    pub now: DateTime<Utc>,
}

const BINDS: Law =
    Law { rule: "J-02", basis: "Penalty Law art. 25(2): a designation binds", mark: Mark::V };
const ONE: Law =
    Law { rule: "J-05", basis: "LAW.md 5: one body acts meanwhile, so one dispute", mark: Mark::D };

/// Opens a dispute, or says why not: pure.
///
/// # Errors
/// The forum's refusals; a body that filed or received first and is no party.
pub fn open(opening: Opening, world: World<'_>) -> Result<Dispute, Refusal> {
    let Opening { kind, parties, subject, position, before, catalogue, now } = opening;
    let field = |at: usize| match at.checked_sub(1) {
        Some(at) => format!("others[{at}]"),
        None => "others".to_owned(),
    };
    let mut forum = forum::compute(&parties, field, world.bodies, world.settings)?;
    forum.reasons.extend(catalogue);
    let filed = before.filed_first.as_ref().map(|(body, _)| ("filed_first_by", body));
    let received = before.received_first.as_ref().map(|body| ("received_first_by", body));
    let strangers = filed.into_iter().chain(received).filter(|(_, body)| !parties.contains(body));
    let faults: Vec<_> =
        strangers.map(|(field, body)| (field.to_owned(), format!("{body} is no party"))).collect();
    if !faults.is_empty() {
        return Err(Refusal::Fields { faults, law: ONE });
    }
    let Some(applicant) = parties.first().cloned() else {
        return Err(Refusal::Fields { faults, law: ONE });
    };
    let span = acting::begin(acting::first(kind, &applicant, &before), now);
    let terms = terms(&applicant, &parties, &before, now, world);
    let file = File {
        parties,
        forum,
        spans: vec![span],
        positions: vec![position],
        settlement: None,
        sessions: Vec::new(),
        ballots: Vec::new(),
        interim_orders: Vec::new(),
        outcome: None,
        decision: None,
        tellings: 0,
    };
    Ok(Dispute {
        id: Id::new(now),
        kind,
        state: ladder::START,
        subject,
        file,
        terms,
        switch_at: None,
        revision: 0,
        evidence_outcome: String::new(),
        created_at: now,
        updated_at: now,
        version: 1,
    })
}

/// The terms that the facts ask for; what is overdue already is raised by the worker, as for any.
fn terms(
    applicant: &AgencyCode,
    parties: &[AgencyCode],
    before: &Before,
    now: DateTime<Utc>,
    world: World<'_>,
) -> Vec<Term> {
    let market = world.settings.all_market(parties);
    let refused = before.transfer_refused_on.map(start_of);
    let received = before.transfer_received_on.map(start_of).filter(|_| refused.is_none());
    let starts = [
        ("NEGOTIATE", (!market).then_some(now)),
        ("NEGOTIATE-MARKET", market.then_some(now)),
        ("APPLY-RECEIVER", received),
        ("APPLY-TRANSFEROR", refused),
    ];
    let opened = starts.into_iter().filter_map(|(slot, start)| {
        let rule = ladder::term(slot)?;
        Some(Term::open(rule, applicant, (start?, now), world.settings, world.calendar))
    });
    opened.collect()
}

/// The first instant of a day in Shanghai.
pub fn start_of(day: NaiveDate) -> DateTime<Utc> {
    day.pred_opt().map_or(DateTime::<Utc>::MIN_UTC, clock::end_of_day)
}

/// Whether a decision settles a new dispute: the same matter, a territory that covers the place or is
/// covered by it, whoever the subject is or the same one, and no party that was not heard.
pub fn settles(precedent: &Precedent, subject: &Subject, parties: &[AgencyCode]) -> bool {
    let whose = precedent.subject.is_empty() || precedent.subject == subject.subject;
    !precedent.matter.is_empty()
        && precedent.matter == subject.matter
        && whose
        && precedent::overlaps(&precedent.place, &subject.place)
        && parties.iter().all(|party| precedent.parties.contains(party))
}

/// The refusal of a dispute that is settled.
pub fn res_judicata(precedent: &Precedent) -> Refusal {
    Refusal::ResJudicata {
        precedent: precedent.dispute.clone(),
        competent: precedent.competent.to_string(),
        law: BINDS,
    }
}

/// The refusal of a second dispute over the same; `named` where the caller may know the first.
pub fn already_open(over_docket: bool, named: Option<&str>) -> Refusal {
    Refusal::AlreadyOpen {
        what: if over_docket { "docket" } else { "matter, place and bodies" },
        named: named.map(|name| format!(": {name}")).unwrap_or_default(),
        law: ONE,
    }
}

/// What an open dispute is over: no two open ones share one of these.
pub fn keys(dispute: &Dispute) -> Vec<String> {
    let subject = &dispute.subject;
    let mut keys = Vec::new();
    if !subject.docket.is_empty() {
        keys.push(subject.docket.clone());
    }
    if !subject.matter.is_empty() {
        let mut parties: Vec<&str> = dispute.parties().iter().map(AgencyCode::as_str).collect();
        parties.sort_unstable();
        let parts = [&subject.matter, &subject.place, &subject.subject, &parties.join(",")];
        keys.push(parts.map(String::as_str).join("|"));
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::body::testing::code;

    fn precedent(matter: &str, place: &str, subject: &str, parties: &[&str]) -> Precedent {
        Precedent {
            matter: matter.to_owned(),
            place: place.to_owned(),
            subject: subject.to_owned(),
            parties: parties.iter().map(|one| code(one)).collect(),
            ..precedent::testing::blank()
        }
    }

    #[test]
    fn a_decision_settles_the_same_matter_place_and_bodies_only() {
        let subject = Subject {
            matter: "M046".into(),
            place: "330999005".into(),
            subject: "甲公司".into(),
            ..Subject::default()
        };
        let parties = [code("AGR"), code("NAT")];
        let settled = |p: Precedent| settles(&p, &subject, &parties);
        let three = ["NAT", "AGR", "WAT"];
        assert!(settled(precedent("M046", "330999005", "", &["AGR", "NAT"])));
        assert!(settled(precedent("M046", "330999", "", &three)), "the county covers the township");
        assert!(settled(precedent("M046", "330900", "甲公司", &three)));
        assert!(!settled(precedent("M045", "330999", "", &three)), "another matter");
        assert!(!settled(precedent("M046", "330999006", "", &three)), "another township");
        assert!(!settled(precedent("M046", "330999", "乙公司", &three)), "another subject");
        assert!(!settled(precedent("M046", "330999", "", &["AGR", "WAT"])), "NAT was not heard");
        assert!(!settled(precedent("", "330999", "", &three)), "no matter at all");
    }
}
