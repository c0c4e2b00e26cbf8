//! How a dispute opens: before which forum, with which terms, and who acts from the first instant on.

use chrono::{DateTime, NaiveDate, Utc};
use types::{AgencyCode, Id};

use super::{
    act::World,
    acting::{self, Before},
    body::Body,
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
const CARRIED: Law = Law {
    rule: "J-02",
    basis: "LAW.md 5, effects: a decision is carried out through the catalogue",
    mark: Mark::D,
};
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
    let mut faults: Vec<_> =
        strangers.map(|(field, body)| (field.to_owned(), format!("{body} is no party"))).collect();
    // The county of the guidance office: the catalogue draws no boundary outside it.
    let office = world.bodies.get(&world.settings.guidance_office);
    if let Some(county) = office.map(Body::county).filter(|one| !subject.place.starts_with(one)) {
        faults.push(("subject.place".to_owned(), format!("is not in the county {county}")));
    }
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

/// What the catalogue says of a matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Word {
    /// Its revision; 0 when it did not answer.
    pub revision: i64,
    /// The one competent body; `None` when several claim it.
    pub competent: Option<AgencyCode>,
    /// Everyone it names: who holds the power, held or claims it.
    pub named: Vec<AgencyCode>,
    /// Why, each a sentence with its source.
    pub reasons: Vec<Reason>,
}

/// Whether a decision settles a new dispute: the same matter, a territory that covers the place,
/// whoever the subject is or the same one, between at least two that were heard, and with nobody who
/// was not. Who is added and has nothing to do with the matter, says the catalogue, adds nothing.
pub fn settles(
    precedent: &Precedent,
    subject: &Subject,
    parties: &[AgencyCode],
    word: &Word,
) -> bool {
    let whose = precedent.subject.is_empty() || precedent.subject == subject.subject;
    let heard = |party: &&AgencyCode| precedent.parties.contains(party);
    let idle = |party: &AgencyCode| word.revision > 0 && !word.named.contains(party);
    !precedent.matter.is_empty()
        && precedent.matter == subject.matter
        && whose
        && precedent::covers(&precedent.place, &subject.place)
        && parties.iter().filter(heard).count() >= 2
        && parties.iter().all(|party| heard(&party) || idle(party))
}

/// Whether a decision that holds binds no more: the catalogue carried it in revision `carried`, and
/// names another body in a later one, since the power has moved.
pub fn is_overtaken(precedent: &Precedent, carried: i64, word: &Word, today: NaiveDate) -> bool {
    let other = word.competent.as_ref().is_some_and(|body| *body != precedent.competent);
    other && carried > 0 && word.revision > carried && precedent.effective_from <= today
}

/// The refusal of a matter that the catalogue does not know: no decision about it could be carried out.
pub fn unknown_matter(matter: &str) -> Refusal {
    let fault = format!("the catalogue knows no matter {matter}");
    Refusal::Fields { faults: vec![("subject.matter".to_owned(), fault)], law: CARRIED }
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
        // Each pair of parties: a third body makes no other dispute of it.
        for (at, one) in parties.iter().enumerate() {
            for two in parties.iter().skip(at + 1) {
                let parts = [&subject.matter, &subject.place, &subject.subject].map(String::as_str);
                keys.push(format!("{}|{one},{two}", parts.join("|")));
            }
        }
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
        let settled = |p: Precedent| settles(&p, &subject, &parties, &Word::default());
        let three = ["NAT", "AGR", "WAT"];
        assert!(settled(precedent("M046", "330999005", "", &["AGR", "NAT"])));
        assert!(settled(precedent("M046", "330999", "", &three)), "the county covers the township");
        assert!(settled(precedent("M046", "330900", "甲公司", &three)));
        assert!(!settled(precedent("M045", "330999", "", &three)), "another matter");
        assert!(!settled(precedent("M046", "330999006", "", &three)), "another township");
        assert!(!settled(precedent("M046", "330999", "乙公司", &three)), "another subject");
        assert!(!settled(precedent("M046", "330999", "", &["AGR", "WAT"])), "NAT was not heard");
        assert!(!settled(precedent("", "330999", "", &three)), "no matter at all");
        let county = Subject { place: "330999".into(), ..subject.clone() };
        let township = precedent("M046", "330999005", "", &three);
        let covers = settles(&township, &county, &parties, &Word::default());
        assert!(!covers, "what holds for one township does not settle the county");
    }

    #[test]
    fn a_body_that_has_nothing_to_do_with_the_matter_makes_no_new_dispute() {
        let subject =
            Subject { matter: "M046".into(), place: "330999005".into(), ..Subject::default() };
        let decided = precedent("M046", "330999005", "", &["AGR", "NAT"]);
        let settled = |parties: &[&str], named: &[&str], revision| {
            let codes = |all: &[&str]| all.iter().map(|one| code(one)).collect::<Vec<_>>();
            let word = Word { revision, named: codes(named), ..Word::default() };
            settles(&decided, &subject, &codes(parties), &word)
        };
        assert!(settled(&["AGR", "NAT", "MKT"], &["AGR", "NAT"], 7));
        assert!(!settled(&["AGR", "NAT", "WAT"], &["AGR", "NAT", "WAT"], 7), "it was not heard");
        assert!(!settled(&["AGR", "NAT", "MKT"], &[], 0), "the catalogue is away");
        assert!(!settled(&["NAT", "MKT"], &["AGR", "NAT"], 7), "another dispute");
    }

    #[test]
    fn a_decision_binds_until_the_catalogue_names_another_after_it() {
        let decided = precedent("M046", "330999005", "", &["AGR", "NAT"]);
        let overtaken = |competent: &str, revision, carried, today: &str| {
            let competent = AgencyCode::parse(competent);
            let word = Word { revision, competent, ..Word::default() };
            is_overtaken(&decided, carried, &word, today.parse().unwrap())
        };
        assert!(overtaken("WAT", 9, 8, "2026-03-02"));
        assert!(!overtaken("NAT", 9, 8, "2026-03-02"), "the body that was named");
        assert!(!overtaken("", 9, 8, "2026-03-02"), "nobody alone");
        assert!(!overtaken("WAT", 8, 8, "2026-03-02"), "the revision that carries it");
        assert!(!overtaken("WAT", 9, 0, "2026-03-02"), "not carried yet");
        assert!(!overtaken("WAT", 9, 8, "2026-03-01"), "before its first day");
    }
}
