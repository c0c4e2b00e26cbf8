//! A journal row of the wire as what it tells. What does not read is left out and cried, and never
//! stops the log: the leaf proves the row whatever its marks say.

use chrono::{DateTime, Utc};
use proto::journal::v1 as pb;
use types::AgencyCode;

use crate::domain::{Case, Exchange, ExchangeState, Marks, Term, TermState, Told};

/// The longest text that is kept, in bytes; what is longer is cut.
const TEXT: usize = 4096;

/// What a row tells; none when it belongs to no docket and means nothing to those who watch.
pub(crate) fn told(row: &pb::Row) -> Option<Told> {
    if row.marks.is_none() && row.docket.is_empty() {
        return None;
    }
    let Some(at) = row.time.as_ref().and_then(instant) else {
        cry(row, "the row has no time");
        return None;
    };
    Some(Told {
        leaf: 0,
        service: text(&row.service),
        row_id: row.id,
        at,
        kind: text(&row.kind),
        resource: text(&row.resource),
        docket: text(&row.docket),
        agency: text(&row.agency),
        officer: text(&row.officer),
        step: text(&row.step),
        request_id: text(&row.request_id),
        marks: row.marks.as_ref().map(|marks| self::marks(row, marks)).unwrap_or_default(),
    })
}

fn marks(row: &pb::Row, marks: &pb::Marks) -> Marks {
    let mut terms = Vec::new();
    for one in &marks.terms {
        match term(one) {
            Some(term) => terms.push(term),
            None => cry(row, "a term of its marks does not read"),
        }
    }
    let mut exchanges = Vec::new();
    for one in &marks.exchanges {
        match exchange(one) {
            Some(exchange) => exchanges.push(exchange),
            None => cry(row, "an exchange of its marks does not read"),
        }
    }
    let case = marks.case.clone().unwrap_or_default();
    Marks {
        terms,
        exchanges,
        case: Case {
            matter: text(&case.matter),
            place: text(&case.place),
            sector: text(&case.sector),
            procedure: text(&case.procedure),
            state: text(&case.state),
            from_agency: text(&case.from_agency),
            to_agency: text(&case.to_agency),
        },
        shown_to: marks.shown_to.iter().filter(|code| is_code(code)).cloned().collect(),
        rule: text(&marks.rule),
        basis: text(&marks.basis),
        summary: text(&marks.summary),
        values: marks.values.iter().map(|one| (text(&one.name), text(&one.text))).collect(),
    }
}

fn term(term: &pb::Term) -> Option<Term> {
    let sane = is_id(&term.id) && is_code(&term.holder);
    Some(Term {
        id: Some(&term.id).filter(|_| sane)?.clone(),
        rule: text(&term.rule),
        basis: text(&term.basis),
        duty: text(&term.duty),
        holder: term.holder.clone(),
        owed_to: term.owed_to.iter().filter(|code| is_code(code)).cloned().collect(),
        length: text(&term.length),
        start_at: term.start_time.as_ref().and_then(instant)?,
        due_at: term.due_time.as_ref().and_then(instant)?,
        half_at: term.half_time.as_ref().and_then(instant),
        near_at: term.near_time.as_ref().and_then(instant),
        provisional: term.provisional,
        state: TermState::parse(&term.state)?,
        end_at: term.end_time.as_ref().and_then(instant),
        verified: text(&term.verified),
        service_target: term.service_target,
    })
}

fn exchange(exchange: &pb::Exchange) -> Option<Exchange> {
    let sane = is_id(&exchange.id) && is_code(&exchange.sender) && is_code(&exchange.receiver);
    Some(Exchange {
        id: Some(&exchange.id).filter(|_| sane)?.clone(),
        kind: text(&exchange.kind),
        sender: exchange.sender.clone(),
        receiver: exchange.receiver.clone(),
        state: ExchangeState::parse(&exchange.state)?,
        send_at: exchange.send_time.as_ref().and_then(instant)?,
        end_at: exchange.end_time.as_ref().and_then(instant),
        digest: text(&exchange.digest),
        title: text(&exchange.title),
    })
}

/// A text as every engine can keep it: without zeros, and no longer than [`TEXT`].
fn text(text: &str) -> String {
    let mut kept = text.replace('\0', "");
    if kept.len() > TEXT {
        let end = (0..=TEXT).rev().find(|at| kept.is_char_boundary(*at));
        kept.truncate(end.unwrap_or_default());
    }
    kept
}

/// Ids are compared: one that is cut would be another's.
fn is_id(id: &str) -> bool {
    (1..=200).contains(&id.len()) && !id.contains('\0')
}

fn is_code(code: &str) -> bool {
    AgencyCode::parse(code).is_some()
}

/// Tells the log that a row does not mean what it should.
fn cry(row: &pb::Row, fault: &'static str) {
    tracing::error!(journal = row.service, row.id = row.id, fault, "marks of a row do not read");
}

/// An instant of the wire; none when it is out of range.
pub(crate) fn instant(at: &prost_types::Timestamp) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(at.seconds, u32::try_from(at.nanos).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(marks: pb::Marks) -> pb::Row {
        pb::Row {
            service: "referral".into(),
            id: 1,
            time: Some(prost_types::Timestamp { seconds: 1_772_424_000, nanos: 0 }),
            marks: Some(marks),
            ..pb::Row::default()
        }
    }

    #[test]
    fn a_row_without_docket_and_marks_tells_nothing() {
        assert_eq!(told(&pb::Row { marks: None, ..row(pb::Marks::default()) }), None);
        let docket =
            pb::Row { marks: None, docket: "dockets/1".into(), ..row(pb::Marks::default()) };
        assert!(told(&docket).is_some());
    }

    #[test]
    fn marks_that_do_not_read_are_left_out_and_the_rest_stands() {
        let time = Some(prost_types::Timestamp { seconds: 1_772_424_000, nanos: 0 });
        let good = pb::Term {
            id: "1".into(),
            holder: "PSB".into(),
            state: "RUNNING".into(),
            start_time: time,
            due_time: time,
            duty: "decide\0".into(),
            ..pb::Term::default()
        };
        let bad = [
            pb::Term { state: "LATE".into(), ..good.clone() },
            pb::Term { due_time: None, ..good.clone() },
            pb::Term { holder: "nobody".into(), ..good.clone() },
            pb::Term { id: String::new(), ..good.clone() },
        ];
        let terms = bad.into_iter().chain([good]).collect();
        let exchanges = vec![pb::Exchange { id: "1".into(), ..pb::Exchange::default() }];
        let read = told(&row(pb::Marks { terms, exchanges, ..pb::Marks::default() })).unwrap();
        assert_eq!((read.marks.terms.len(), read.marks.exchanges.len()), (1, 0));
        assert_eq!(read.marks.terms[0].duty, "decide", "no engine keeps a zero");
    }
}
