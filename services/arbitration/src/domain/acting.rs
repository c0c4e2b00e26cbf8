//! Who acts while bodies disagree: exactly one body at every instant (J-05), and no term stands still.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use types::AgencyCode;

use super::{
    dispute::Dispute,
    ladder::Law,
    word::{Kind, Mark},
};

/// From when to when a body acted, and why it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The body.
    pub agency: AgencyCode,
    /// Its first instant.
    pub from: DateTime<Utc>,
    /// The first instant of the next; `None`: still.
    pub to: Option<DateTime<Utc>>,
    /// Why it.
    pub reason: String,
    /// Rule of LAW.md.
    pub rule: String,
}

/// Why a body acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    /// The body.
    pub agency: AgencyCode,
    /// One sentence.
    pub reason: String,
    /// The rule.
    pub law: Law,
}

/// What is known when a dispute opens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Before {
    /// Who filed a case first, and when.
    pub filed_first: Option<(AgencyCode, NaiveDate)>,
    /// Who received the matter first.
    pub received_first: Option<AgencyCode>,
    /// When a transfer of the case was received: by the applicant.
    pub transfer_received_on: Option<NaiveDate>,
    /// When a transfer was refused: the applicant had sent it.
    pub transfer_refused_on: Option<NaiveDate>,
    /// The party that the catalogue names; `None` when it names none of them, or is away.
    pub catalogue: Option<AgencyCode>,
}

const FILED: Law = Law { rule: "J-01", basis: "Penalty Law art. 25(1)", mark: Mark::V };
const RECEIVED: Law =
    Law { rule: "J-05", basis: "LAW.md 5: who received first stays responsible", mark: Mark::D };
const RECEIVER: Law = Law { rule: "J-07", basis: "Xiangshan 2021", mark: Mark::S };
const TRANSFEROR: Law = Law { rule: "J-08", basis: "Xiangshan 2021", mark: Mark::S };
const CATALOGUE: Law = Law {
    rule: "J-05",
    basis: "LAW.md 5: the holder of the power by the catalogue",
    mark: Mark::D,
};
const APPLICANT: Law = Law { rule: "J-05", basis: "LAW.md 5: nobody else is named", mark: Mark::D };
const INTERIM: Law = Law { rule: "J-10", basis: "fymate 16830937 art. 16", mark: Mark::S };
const RETURNS: Law =
    Law { rule: "J-05", basis: "LAW.md 5: an order holds while the dispute runs", mark: Mark::D };
const DECIDED: Law =
    Law { rule: "J-02", basis: "Penalty Law art. 25(2): a decision binds", mark: Mark::V };

/// Who acts from the opening on, in the order of LAW.md 5.
pub fn first(kind: Kind, applicant: &AgencyCode, before: &Before) -> Why {
    let why =
        |agency: &AgencyCode, reason: String, law| Why { agency: agency.clone(), reason, law };
    if let Some((body, day)) = &before.filed_first {
        return why(body, format!("{body} filed a case first, on {day}."), FILED);
    }
    if let Some(body) = &before.received_first {
        return why(body, format!("{body} received the matter first."), RECEIVED);
    }
    if let Some(day) = before.transfer_refused_on {
        let reason = format!("The transfer was refused on {day}: {applicant} stays responsible.");
        return why(applicant, reason, TRANSFEROR);
    }
    if let Some(day) = before.transfer_received_on {
        let reason = format!(
            "{applicant} received the transfer on {day}: it stays responsible, and may not pass it on."
        );
        return why(applicant, reason, RECEIVER);
    }
    match (kind, &before.catalogue) {
        (Kind::Positive, Some(body)) => {
            why(body, format!("The catalogue names {body}."), CATALOGUE)
        }
        (Kind::Positive | Kind::Negative, _) => {
            let reason = format!("Nobody else is named: {applicant} has the matter.");
            why(applicant, reason, APPLICANT)
        }
    }
}

/// The first span of a dispute.
pub fn begin(why: Why, now: DateTime<Utc>) -> Span {
    Span {
        agency: why.agency,
        from: now,
        to: None,
        reason: why.reason,
        rule: why.law.rule.to_owned(),
    }
}

/// An interim order names who leads from now on (J-10).
pub fn order(dispute: &mut Dispute, by: &AgencyCode, lead: &AgencyCode, now: DateTime<Utc>) {
    let reason = format!("{by} ordered that {lead} leads meanwhile.");
    pass_on(dispute, Why { agency: lead.clone(), reason, law: INTERIM }, now);
}

/// A dispute that ends without a decision ends its orders: who acted at first acts again.
pub fn give_back(dispute: &mut Dispute, now: DateTime<Utc>) {
    let Some(agency) = dispute.file.spans.first().map(|span| span.agency.clone()) else { return };
    let reason = format!("The dispute ended without a decision: {agency} acts as before it.");
    pass_on(dispute, Why { agency, reason, law: RETURNS }, now);
}

/// Lets a decision whose day has come name who acts. Until then the acting body goes on.
pub fn switch(dispute: &mut Dispute, now: DateTime<Utc>) {
    let Some(at) = dispute.switch_at.filter(|at| *at <= now) else { return };
    dispute.switch_at = None;
    let Some(decision) = &dispute.file.decision else { return };
    let reason =
        format!("{} is competent from {} on.", decision.competent, decision.effective_from);
    let why = Why { agency: decision.competent.clone(), reason, law: DECIDED };
    pass_on(dispute, why, at);
}

/// Ends the span that is open and begins the next at the same instant; not when the body stays.
fn pass_on(dispute: &mut Dispute, why: Why, at: DateTime<Utc>) {
    if dispute.acting() == Some(&why.agency) {
        return;
    }
    let spans = &mut dispute.file.spans;
    // What is dated before the present span began, e.g. the first moment of today, begins with it.
    let at = spans.last().map_or(at, |last| at.max(last.from));
    match spans.last_mut() {
        // A body that acted for no time at all was never the one.
        Some(last) if last.from == at => {
            spans.pop();
        }
        Some(last) => last.to = Some(at),
        None => {}
    }
    let same = spans.last_mut().filter(|last| last.agency == why.agency);
    match same {
        Some(last) => last.to = None,
        None => spans.push(begin(why, at)),
    }
}

impl Dispute {
    /// The body that acts now.
    pub fn acting(&self) -> Option<&AgencyCode> {
        self.file.spans.last().map(|span| &span.agency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::body::testing::code;

    fn before() -> Before {
        Before {
            filed_first: Some((code("NAT"), "2026-03-01".parse().unwrap())),
            received_first: Some(code("AGR")),
            transfer_received_on: "2026-03-01".parse().ok(),
            transfer_refused_on: "2026-03-01".parse().ok(),
            catalogue: Some(code("WAT")),
        }
    }

    #[test]
    fn who_acts_first_follows_the_order_of_the_law() {
        let mut before = before();
        let mut who = |kind, spoil: fn(&mut Before)| {
            let why = first(kind, &code("TG-T05"), &before);
            spoil(&mut before);
            assert!(why.reason.contains(why.agency.as_str()), "{why:?}");
            (why.agency.to_string(), why.law.rule)
        };
        let kind = Kind::Positive;
        assert_eq!(who(kind, |b| b.filed_first = None), ("NAT".into(), "J-01"));
        assert_eq!(who(kind, |b| b.received_first = None), ("AGR".into(), "J-05"));
        assert_eq!(who(kind, |b| b.transfer_refused_on = None), ("TG-T05".into(), "J-08"));
        assert_eq!(who(kind, |b| b.transfer_received_on = None), ("TG-T05".into(), "J-07"));
        assert_eq!(who(Kind::Negative, |_| ()), ("TG-T05".into(), "J-05"), "nobody claims it");
        assert_eq!(who(kind, |b| b.catalogue = None), ("WAT".into(), "J-05"));
        assert_eq!(who(kind, |_| ()), ("TG-T05".into(), "J-05"));
    }
}
