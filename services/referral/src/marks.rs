//! What a journal row of this service means to those who watch: terms, the referral on its way, the
//! case. Documented in docs/decisions/0016-marks-on-journal-rows.md.

use chrono::{DateTime, Utc};
use command::marks::{self, Case, Exchange, Kind, Marks, Rest, timestamp};
use proto::referral::v1 as pb;
use types::AgencyCode;

use crate::{
    domain::{
        leg::{Docket, Leg},
        screening,
        term::Term,
        word::State,
    },
    store,
};

/// The states in which a leg is with its receiver, who has not done anything with it yet. One is in
/// every procedure.
const SENT: &[State] = &[
    State::Delivered,
    State::Forwarded,
    State::Suggested,
    State::UnderProsecutionReview,
    State::Indicted,
    State::TransferredToAgency,
    State::OpinionDelivered,
    State::EnforcementApplied,
    State::LeadTransferred,
    State::AdviceSent,
    State::CrimeTransferred,
];
/// The states in which the receiver did not take it.
const REFUSED: &[State] = &[State::RefusedByPolice, State::LeadReturned];

/// The rule and the sentence of an event.
pub(crate) fn told(event: &pb::Event) -> Marks {
    Marks::new().under(&event.rule, &event.basis).summary(event.summary.as_str())
}

/// A docket was opened or closed. What its officer wrote stays in the event.
pub(crate) fn docket(docket: &Docket, summary: &str) -> Marks {
    let (open, reached) = (docket.close_reason.is_none(), screening::screen(&docket.facts));
    let mut marks = Marks::new().summary(summary).case(Case {
        matter: docket.matter.clone(),
        place: docket.place.clone(),
        sector: docket.sector.clone(),
        state: if open { "OPEN" } else { "CLOSED" }.to_owned(),
        from_agency: docket.agency.to_string(),
        ..Case::default()
    });
    if open {
        marks = marks.value("suggests", reached.map_or(0, |reached| reached.len()));
        for penalty in &docket.penalties {
            marks = marks.value("penalty", penalty.kind);
        }
    }
    marks
}

/// The case of a leg. What is known of its docket alone is in the rows of the docket.
pub(crate) fn case(leg: &Leg) -> Case {
    Case {
        sector: leg.sector.clone(),
        procedure: leg.procedure.to_string(),
        state: leg.state.to_string(),
        from_agency: leg.from.to_string(),
        to_agency: leg.to.to_string(),
        ..Case::default()
    }
}

/// A term of a leg as it stands.
pub(crate) fn term(leg: &Leg, term: &Term) -> marks::Term {
    let rule = term.table_rule(leg.procedure);
    let law = term.law(leg);
    let bodies = [Some(&leg.from), Some(&leg.to), leg.respondent.as_ref()];
    let mut owed_to: Vec<String> = bodies
        .into_iter()
        .flatten()
        .filter(|body| **body != term.holder)
        .map(AgencyCode::to_string)
        .collect();
    owed_to.dedup();
    marks::Term {
        id: term.id.uuid().to_string(),
        rule: term.rule.clone(),
        basis: law.map_or(String::new(), |law| law.basis.to_owned()),
        duty: rule.map_or(String::new(), |rule| rule.duty.to_owned()),
        holder: term.holder.to_string(),
        owed_to,
        length: term.length(),
        start_time: Some(timestamp(term.started_at)),
        due_time: Some(timestamp(term.due_at)),
        half_time: Some(timestamp(term.half_at)),
        near_time: Some(timestamp(term.near_at)),
        provisional: term.provisional,
        state: term.state.to_string(),
        end_time: term.ended_at.map(timestamp),
        verified: law.map_or(String::new(), |law| law.mark.to_string()),
        service_target: rule.is_some_and(|rule| rule.is_target()),
    }
}

/// The terms of a leg that stand otherwise than before.
pub(crate) fn changed(before: &Leg, after: &Leg) -> Vec<marks::Term> {
    let of = |leg: &Leg| leg.terms.iter().map(|one| term(leg, one)).collect::<Vec<_>>();
    marks::changed(&of(before), of(after))
}

/// The leg as an exchange, where it was sent or came to rest. A leg that is forwarded is sent again,
/// to another body.
pub(crate) fn exchange(
    before: Option<&Leg>,
    leg: &Leg,
    by: &AgencyCode,
    papers: &[(String, String)],
    at: DateTime<Utc>,
) -> Option<Exchange> {
    let is = |states: &[State]| before.is_some_and(|before| states.contains(&before.state));
    let id = format!("{}/{}", store::leg_name(leg.id), leg.to);
    let sent = |at| Exchange {
        title: leg.table().title.to_owned(),
        ..marks::sent(Kind::Referral, id, (&leg.from, &leg.to), at)
    };
    if SENT.contains(&leg.state) {
        let sent = Exchange { digest: letter(papers), ..sent(at) };
        return (!is(&[leg.state])).then_some(sent);
    }
    let rest = if REFUSED.contains(&leg.state) {
        Rest::Refused
    } else if *by == leg.to {
        Rest::Acknowledged
    } else {
        Rest::Withdrawn
    };
    let before = before.filter(|_| is(SENT) || is(REFUSED))?;
    (before.state != leg.state).then(|| marks::at_rest(sent(sent_at(before)), rest, at))
}

/// When a leg was sent: the newest term of its receiver began then, or the leg itself.
fn sent_at(leg: &Leg) -> DateTime<Utc> {
    let terms = leg.terms.iter().filter(|term| term.holder == leg.to);
    terms.map(|term| term.started_at).max().unwrap_or(leg.created_at)
}

/// The digest of the one paper that was sent, or of the letter among several.
fn letter(papers: &[(String, String)]) -> String {
    let letter = papers.iter().find(|(code, _)| code == "REFERRAL_LETTER");
    let only = papers.first().filter(|_| papers.len() == 1);
    letter.or(only).map_or(String::new(), |(_, digest)| digest.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{procedure::Procedure, word::ProcedureCode};

    #[test]
    fn every_procedure_has_a_state_in_which_it_waits_for_its_receiver() {
        for code in ProcedureCode::ALL {
            let rows = Procedure::of(*code).rows.iter();
            let waits = rows.flat_map(|row| row.from).any(|state| SENT.contains(state));
            assert!(waits, "{code}: name the state of it in SENT");
        }
    }
}
