//! What a journal row is counted as: a pure function of what the row tells. Which service it is
//! from does not matter: the marks have one form.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::{
    Exchange, ExchangeState, Term, TermState, Told,
    word::Measure::{self, *},
};

/// Rules whose terms are answers to another body: P-14 to a consultation, seed measure 10 to a
/// request for assistance.
const ANSWERS: [&str; 2] = ["P-14", "SEED-10"];
/// Rules whose terms are publications and withdrawals.
const PUBLICATIONS: [&str; 3] = ["S-01", "S-02", "O-09"];
/// The kinds of exchange that ask something of the receiver.
const REQUESTS: [&str; 2] = ["ASSISTANCE", "CONSULTATION"];
/// The states in which a supervision of filing has ended (LAW.md 3.1).
const ENDED: [&str; 6] = [
    "CONCLUDED",
    "FILED_AS_ORDERED",
    "REPORTED_UP",
    "WITHDRAWN_AS_ORDERED",
    "ORDER_REVOKED",
    "PUBLIC_SECURITY_NOTIFIED",
];

/// Where something is counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Cell {
    /// Code of the body whose figure it is.
    pub body: String,
    /// Region code; empty when the row does not say.
    pub area: String,
    /// Enforcement matter; empty when the row does not say.
    pub matter: String,
    /// `YYYY-MM`, in Shanghai.
    pub month: String,
}

/// One thing that a row is counted as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fact {
    /// What it counts as.
    pub measure: Measure,
    /// Where.
    pub cell: Cell,
    /// Certificate number of the officer; empty when there is none.
    pub officer: String,
    /// The rule of a term, the kind of a defect, and so on.
    pub detail: String,
    /// It counts only the first time that this is told.
    pub once: Option<String>,
    /// It counts only after the fact that was told once under this, and in the cell of that one: so
    /// that a share never has more above the line than below.
    pub follows: Option<String>,
}

/// A fact that counts, of which row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Counted {
    /// The fact.
    pub fact: Fact,
    /// The leaf of the row.
    pub leaf: u64,
    /// Which of the facts of its row, from 0.
    pub nth: i32,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// The resource of the row.
    pub resource: String,
    /// The docket of the row; empty when there is none.
    pub docket: String,
}

/// The month of an instant, in Shanghai.
pub(crate) fn month(at: DateTime<Utc>) -> String {
    clock::legal_date(at).format("%Y-%m").to_string()
}

/// Everything a row is counted as.
pub(crate) fn facts(told: &Told) -> Vec<Fact> {
    let mut facts = Facts { told, all: Vec::new() };
    facts.terms();
    facts.exchanges();
    facts.referral();
    facts.supervision();
    facts.evidence();
    facts.inspection();
    facts.workload();
    facts.all
}

/// What was told once: as what it is counted, and where.
pub(crate) type Known = BTreeMap<String, (Measure, Cell)>;

/// What rows change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Settled {
    /// What counts from now on.
    pub counted: Vec<Counted>,
    /// What does not count any more, by its key: it was told otherwise since.
    pub withdrawn: Known,
}

/// Settles which facts count. `known` has what was told once before, by its key; what is told now is
/// added. What is told once more as something else counts as that: a duty that was done in time and
/// told late was missed until then, and is kept.
pub(crate) fn settle(facts: Vec<(&Told, Fact)>, known: &mut Known) -> Settled {
    let mut settled = Settled::default();
    for (told, mut fact) in facts {
        if let Some(key) = &fact.follows {
            let Some((_, cell)) = known.get(key) else { continue };
            fact.cell = cell.clone();
        }
        if let Some(key) = &fact.once {
            let before = known.get(key).cloned();
            if before.as_ref().is_some_and(|(measure, _)| *measure == fact.measure) {
                continue;
            }
            known.insert(key.clone(), (fact.measure, fact.cell.clone()));
            if let Some(before) = before {
                settled.withdraw(key, before);
            }
        }
        let before = settled.counted.last().filter(|last| last.leaf == told.leaf);
        let nth = before.map_or(0, |last| last.nth + 1);
        settled.counted.push(Counted {
            fact,
            leaf: told.leaf,
            nth,
            at: told.at,
            resource: told.resource.clone(),
            docket: told.docket.clone(),
        });
    }
    settled
}

impl Settled {
    fn withdraw(&mut self, key: &str, before: (Measure, Cell)) {
        let counted = self.counted.len();
        self.counted.retain(|one| one.fact.once.as_deref() != Some(key));
        // It was counted before these rows.
        if self.counted.len() == counted {
            self.withdrawn.insert(key.to_owned(), before);
        }
    }
}

/// The facts of one row, as they are found.
struct Facts<'a> {
    told: &'a Told,
    all: Vec<Fact>,
}

impl Facts<'_> {
    /// A fact in the cell of this body.
    fn add(&mut self, measure: Measure, body: &str) -> &mut Fact {
        let Told { at, officer, marks, .. } = self.told;
        let cell = Cell {
            body: body.to_owned(),
            area: marks.case.place.clone(),
            matter: marks.case.matter.clone(),
            month: month(*at),
        };
        self.all.push(Fact {
            measure,
            cell,
            officer: officer.clone(),
            detail: String::new(),
            once: None,
            follows: None,
        });
        let last = self.all.len() - 1;
        &mut self.all[last]
    }

    /// A fact that counts the first time only.
    fn once(&mut self, measure: Measure, body: &str, key: String) -> &mut Fact {
        let fact = self.add(measure, body);
        fact.once = Some(key);
        fact
    }

    /// A fact that counts the first time only, and after another, in the cell of that.
    fn after(&mut self, measure: Measure, follows: String, key: String) -> &mut Fact {
        let fact = self.once(measure, "", key);
        fact.follows = Some(follows);
        fact
    }

    fn terms(&mut self) {
        let told = self.told;
        for term in &told.marks.terms {
            let kept = match term.state {
                TermState::Kept => true,
                TermState::Missed => false,
                TermState::Running | TermState::Suspended | TermState::Lapsed => continue,
            };
            let key = |sort| format!("{sort}/{}/{}", told.service, term.id);
            let either = |yes, no| if kept { yes } else { no };
            if term.service_target {
                self.term(term, either(TargetKept, TargetMissed), key("target"));
            } else {
                self.term(term, either(TermKept, TermMissed), key("term"));
            }
            if ANSWERS.contains(&&*term.rule) {
                self.term(term, either(AnswerKept, AnswerMissed), key("answer"));
            }
            if PUBLICATIONS.contains(&&*term.rule) {
                self.term(term, either(PublicationKept, PublicationMissed), key("publication"));
            }
        }
    }

    fn term(&mut self, term: &Term, measure: Measure, key: String) {
        let fact = self.once(measure, &term.holder, key);
        fact.detail.clone_from(&term.rule);
        // Whoever caused the row need not be whoever held the term.
        fact.officer.clear();
    }

    fn exchanges(&mut self) {
        let told = self.told;
        for exchange in &told.marks.exchanges {
            if REQUESTS.contains(&&*exchange.kind) {
                self.request(&told.service, exchange);
            }
        }
    }

    fn request(&mut self, service: &str, exchange: &Exchange) {
        let Exchange { id, kind, receiver, state, .. } = exchange;
        let asked = format!("asked/{service}/{id}");
        let fact = self.once(RequestReceived, receiver, asked.clone());
        fact.detail.clone_from(kind);
        fact.officer.clear();
        let measure = match state {
            ExchangeState::Sent => return,
            ExchangeState::Acknowledged | ExchangeState::Refused => RequestAnswered,
            ExchangeState::Withdrawn => RequestWithdrawn,
        };
        let fact = self.after(measure, asked, format!("settled/{service}/{id}"));
        fact.detail.clone_from(kind);
    }

    fn referral(&mut self) {
        let Told { docket, resource, agency, marks, .. } = self.told;
        let case = &marks.case;
        let reached =
            marks.values("suggests").any(|number| number.parse().is_ok_and(|n: u32| n > 0));
        if reached && !docket.is_empty() {
            self.once(DocketReached, agency, format!("reached/{docket}"));
        }
        if case.procedure != "CRIMINAL_REFERRAL" {
            return;
        }
        match &*case.state {
            "DELIVERED" => {
                let reached = format!("reached/{docket}");
                self.after(DocketReferred, reached, format!("referred/{docket}"));
            }
            "ACCEPTED" => {
                self.once(ReferralAccepted, &case.from_agency, format!("accepted/{resource}"));
            }
            "FILED" => {
                let accepted = format!("accepted/{resource}");
                self.after(ReferralFiled, accepted, format!("filed/{resource}"));
            }
            _ => {}
        }
    }

    fn supervision(&mut self) {
        let Told { resource, marks, .. } = self.told;
        let case = &marks.case;
        if case.procedure != "FILING_SUPERVISION" {
            return;
        }
        let asked = format!("supervision/{resource}");
        self.once(SupervisionAsked, &case.from_agency, asked.clone());
        let state = &*case.state;
        for (measure, is) in [
            (FilingOrdered, state == "ORDERED_TO_FILE"),
            (ReasonsAccepted, state == "REASONS_ACCEPTED"),
            (SupervisionEnded, ENDED.contains(&state)),
        ] {
            if is {
                self.after(measure, asked.clone(), format!("{measure}/{resource}"));
            }
        }
    }

    fn evidence(&mut self) {
        let Told { agency, marks, .. } = self.told;
        if marks.values("assessed").next().is_none() {
            return;
        }
        let body = if marks.case.from_agency.is_empty() { agency } else { &marks.case.from_agency };
        self.add(ItemAssessed, body);
        let codes: Vec<&str> = marks.values("defect_code").collect();
        for (at, effect) in marks.values("defect").enumerate() {
            let measure = match effect {
                "EXCLUDE" => DefectExcluding,
                "CURABLE" => DefectCurable,
                _ => continue,
            };
            let fact = self.add(measure, body);
            fact.detail = codes.get(at).copied().unwrap_or_default().to_owned();
        }
    }

    /// A visit names its subject, and its notice the bodies that go; who checks in, how many
    /// inspections of the subject there were in the year.
    fn inspection(&mut self) {
        let Told { kind, agency, at, resource, marks, .. } = self.told;
        let Some(subject) = marks.values("subject").next() else { return };
        let year = clock::legal_date(*at).format("%Y").to_string();
        let planned = |body: &str| format!("planned/{body}/{year}/{subject}");
        if kind == "VISIT_DISPATCHED" {
            for exchange in marks.exchanges.iter().filter(|one| one.kind == "VISIT") {
                let key = planned(&exchange.receiver);
                self.once(SubjectPlanned, &exchange.receiver, key).officer.clear();
            }
            return;
        }
        let number = |name| marks.values(name).next().and_then(|text| text.parse::<u32>().ok());
        let Some(count) = number("inspections_of_year") else { return };
        self.once(InspectionHeld, agency, format!("held/{resource}/{agency}"));
        let key = format!("inspected/{agency}/{year}/{subject}");
        self.after(SubjectInspected, planned(agency), key);
        if count > 1 {
            self.once(InspectionRepeated, agency, format!("repeated/{resource}/{agency}"));
        }
        // Of those that the cap counts (I-04).
        let counted = number("counted_of_year").unwrap_or(count);
        if number("cap").is_some_and(|cap| counted > cap) {
            self.once(InspectionOverCap, agency, format!("over_cap/{resource}/{agency}"));
        }
    }

    fn workload(&mut self) {
        let Told { agency, officer, at, kind, marks, .. } = self.told;
        let visitors: Vec<String> = if kind == "VISIT_CHECKED_IN" {
            marks.values("officer").map(str::to_owned).collect()
        } else {
            Vec::new()
        };
        for one in &visitors {
            self.add(Visit, agency).officer.clone_from(one);
        }
        let acted = !agency.is_empty() && !officer.is_empty();
        if acted {
            self.add(Act, agency);
        }
        let month = month(*at);
        for one in visitors.iter().chain(acted.then_some(officer)) {
            let key = format!("officer/{agency}/{one}/{month}");
            self.once(OfficerMonth, agency, key).officer.clone_from(one);
        }
    }
}
