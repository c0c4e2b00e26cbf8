//! What a journal row of this service means to those who watch: hand-overs on their way, measures that
//! run, defects. Documented in docs/decisions/0016-marks-on-journal-rows.md.

use chrono::{DateTime, Utc};
use clock::Calendar;
use command::marks::{self, Case, Exchange, Kind, Marks, Rest, Term, timestamp};
use types::AgencyCode;

use crate::domain::{
    custody::CustodyEvent,
    defect::Defect,
    dossier::Dossier,
    hand_over::{E_10, HandOver},
    item::Item,
    measure::{Measure, SEIZURE_DAYS},
    refusal::Law,
    word::{CustodyKind, HandOverState, MeasureKind, MeasureState},
};

/// Codes of defects that say that the chain of custody has a gap.
const GAPS: [&str; 2] = ["CHAIN_BROKEN", "SEAL_BROKEN_UNEXPLAINED"];

/// A dossier was opened.
pub(crate) fn dossier(dossier: &Dossier) -> Marks {
    let marks = Marks::new()
        .summary(format!("{} opened a dossier", dossier.agency))
        .case(Case { from_agency: dossier.agency.to_string(), ..Case::default() });
    let marks = marks.shown_to([&dossier.agency]);
    if dossier.docket.is_empty() { marks } else { marks.value("docket", &dossier.docket) }
}

/// An item was registered by the body of its dossier.
pub(crate) fn added(item: &Item, agency: &AgencyCode, calendar: &Calendar) -> Marks {
    let kind = item.facts.kind;
    Marks::new()
        .summary(format!("{agency} registered an item: {kind}"))
        .shown_to([agency])
        .value("item", kind)
        .terms(measure(None, item, agency, (item.created_at, calendar)))
}

/// The measure over an item, of the body `holder`, where it stands otherwise than `before`.
pub(crate) fn measure(
    before: Option<&Item>,
    item: &Item,
    holder: &AgencyCode,
    (now, calendar): (DateTime<Utc>, &Calendar),
) -> Option<Term> {
    let measure = item.measure.as_ref()?;
    if before.is_some_and(|before| before.measure.as_ref() == Some(measure)) {
        return None;
    }
    let (law, (last_day, provisional)) = (measure.law(), measure.last_day(calendar));
    let due = clock::end_of_day(last_day);
    let state = match measure.state_on(clock::legal_date(now), calendar) {
        MeasureState::Running => "RUNNING",
        MeasureState::Expired => "MISSED",
        MeasureState::Released if now < due => "KEPT",
        MeasureState::Released => "MISSED",
        MeasureState::HandedOver | MeasureState::Disposed => "LAPSED",
    };
    Some(Term {
        id: format!("{}/measure", item.name()),
        rule: law.rule.to_owned(),
        basis: law.basis.to_owned(),
        duty: "end the measure over the item, or extend it".to_owned(),
        holder: holder.to_string(),
        length: length(measure),
        start_time: Some(timestamp(clock::end_of_day(measure.start))),
        due_time: Some(timestamp(due)),
        provisional,
        state: state.to_owned(),
        end_time: (!measure.is_open()).then(|| timestamp(now)),
        verified: law.verified.to_owned(),
        ..Term::default()
    })
}

fn length(measure: &Measure) -> String {
    match measure.kind {
        MeasureKind::PriorRegistration => "7 WORKING_DAY".to_owned(),
        MeasureKind::Seizure => {
            let days = SEIZURE_DAYS + measure.extension_days + measure.testing_days;
            format!("{days} DAY")
        }
    }
}

/// A hand-over as it stands. Both sides see it, and the receiver sees what is listed.
pub(crate) fn hand_over(of: &HandOver, now: DateTime<Utc>) -> Marks {
    let (giver, receiver, state) = (&of.giver, &of.receiver, of.state);
    let marks = Marks::new()
        .under(E_10.rule, E_10.basis)
        .summary(format!("hand-over from {giver} to {receiver}: {state}"))
        .shown_to([giver, receiver])
        .exchange(exchange(of, now))
        .case(Case {
            procedure: "HAND_OVER".to_owned(),
            state: state.to_string(),
            from_agency: giver.to_string(),
            to_agency: receiver.to_string(),
            ..Case::default()
        });
    if state != HandOverState::Completed {
        return marks;
    }
    let officer = |side| of.signature(side).map_or("", |signature| signature.officer.as_str());
    marks.value("giver_officer", officer(giver)).value("receiver_officer", officer(receiver))
}

/// The list on its way: the receiver has it when it has signed.
fn exchange(of: &HandOver, now: DateTime<Utc>) -> Exchange {
    let (lines, purpose) = (of.lines.len(), of.purpose);
    let sent = Exchange {
        digest: of.list.map_or(String::new(), |list| list.to_string()),
        title: format!("{lines} items, {purpose}"),
        ..marks::sent(Kind::HandOver, of.name(), (&of.giver, &of.receiver), of.created_at)
    };
    let signed = of.signature(&of.receiver).map(|signature| signature.at);
    match (of.state, signed) {
        (HandOverState::Refused, _) => marks::at_rest(sent, Rest::Refused, now),
        (HandOverState::Withdrawn, _) => marks::at_rest(sent, Rest::Withdrawn, now),
        (HandOverState::HalfSigned | HandOverState::Completed, Some(at)) => {
            marks::at_rest(sent, Rest::Acknowledged, at)
        }
        (
            HandOverState::Proposed
            | HandOverState::Counted
            | HandOverState::HalfSigned
            | HandOverState::Completed,
            _,
        ) => sent,
    }
}

/// What was done about a defect: `defect`, `defect_cured` or `defect_withdrawn`.
pub(crate) fn defect(done: &str, defect: &Defect, summary: String) -> Marks {
    let marks = Marks::new().under(defect.law.rule, defect.law.basis).summary(summary);
    let (code, severity) = (stem(&defect.code), defect.severity);
    gap(marks.value(done, severity).value("defect_code", code), defect)
}

/// An item was reviewed for one's own use: every open defect that the review met.
pub(crate) fn recognized(law: Law, defects: &[Defect], summary: String) -> Marks {
    let marks = Marks::new().under(law.rule, law.basis).summary(summary).value("assessed", 1);
    defects.iter().filter(|defect| defect.cured_by == 0).fold(marks, |marks, defect| {
        gap(marks.value("defect", defect.severity), defect).value("defect_code", stem(&defect.code))
    })
}

/// Something happened to an item; a measure may have ended with it.
pub(crate) fn custody(
    (before, after): (&Item, &Item),
    event: &CustodyEvent,
    holder: &AgencyCode,
    at: (DateTime<Utc>, &Calendar),
) -> Marks {
    let marks = Marks::new()
        .under(&event.rule, &event.basis)
        .summary(format!("{}: {}", event.agency, event.kind))
        .terms(measure(Some(before), after, holder, at));
    let sealing = matches!(event.kind, CustodyKind::Sealed | CustodyKind::Unsealed);
    let broken = !sealing && event.seal_no != before.custody.seal_no;
    if broken { marks.value("custody_gap", "SEAL_BROKEN_UNEXPLAINED") } else { marks }
}

fn gap(marks: Marks, defect: &Defect) -> Marks {
    let code = stem(&defect.code);
    let open = defect.cured_by == 0 && GAPS.contains(&code);
    if open { marks.value("custody_gap", code) } else { marks }
}

fn stem(code: &str) -> &str {
    code.split_once(':').map_or(code, |(stem, _)| stem)
}
