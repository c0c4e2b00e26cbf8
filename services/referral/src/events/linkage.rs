//! What happened beside the referrals: consultations, early involvement, meetings, notices. Each row says
//! with its marks which terms it opened, changed or ended, and what is on its way.

use chrono::{DateTime, Utc};
use command::marks::{self, Exchange, Kind, Rest};
use db::journal;
use proto::referral::v1 as pb;

use super::{Doer, entry, event, timestamp};
use crate::{
    domain::{
        consultation::{AskedBack, Consultation, ConsultationState},
        duty::Duty,
        involvement::{Involvement, InvolvementState},
        meeting::{Attendance, AttendanceState, Meeting, MeetingState},
        notice::{Notice, NoticeState},
        procedure::Law,
        resolution::{Resolution, ResolutionState},
        word::Rung,
    },
    marks::told,
};

/// What happened to a record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Happened<'a> {
    /// e.g. `NOTICE_SENT`.
    pub kind: &'static str,
    /// Its resource name.
    pub resource: &'a str,
    /// The docket it is about, or empty.
    pub docket: &'a str,
    /// The rule.
    pub law: Law,
    /// Its state before, empty when it was not there, and after.
    pub states: (&'static str, &'static str),
    /// When.
    pub now: DateTime<Utc>,
}

/// A row about a record, with the terms and exchanges as they stand after it.
pub(crate) fn happened(
    what: Happened<'_>,
    summary: String,
    doer: &Doer,
    duties: &[Duty],
    exchanges: Vec<Exchange>,
) -> journal::Entry {
    let Happened { kind, resource, docket, law, states, now } = what;
    let event = pb::Event {
        from_state: states.0.to_owned(),
        to_state: states.1.to_owned(),
        rule: law.rule.to_owned(),
        basis: law.basis.to_owned(),
        summary,
        ..event(kind, doer)
    };
    let marks = told(&event).terms(duties.iter().map(term)).exchanges(exchanges);
    entry((event, marks), kind, (resource, docket), now)
}

/// A duty raised a rung.
pub(crate) fn duty_rung(
    of: (&str, &str),
    duty: &Duty,
    rung: Rung,
    now: DateTime<Utc>,
) -> journal::Entry {
    let kind = "TERM_RUNG";
    let event = pb::Event {
        step: rung.to_string(),
        rule: duty.rule.clone(),
        basis: duty.basis.clone(),
        summary: format!(
            "{rung}: {} must {} by {}",
            duty.holder,
            duty.what,
            clock::legal_time(duty.due_at)
        ),
        ..event(kind, &Doer::default())
    };
    let marks = told(&event).term(term(duty));
    entry((event, marks), kind, of, now)
}

/// A provisional duty was counted again with a new calendar.
pub(crate) fn duty_recounted(of: (&str, &str), duty: &Duty, now: DateTime<Utc>) -> journal::Entry {
    let kind = "TERM_RECOUNTED";
    let event = pb::Event {
        rule: duty.rule.clone(),
        basis: duty.basis.clone(),
        summary: format!("{} is now due at {}", duty.rule, clock::legal_time(duty.due_at)),
        ..event(kind, &Doer::default())
    };
    let marks = told(&event).term(term(duty));
    entry((event, marks), kind, of, now)
}

fn term(duty: &Duty) -> marks::Term {
    marks::Term {
        id: duty.id.to_string(),
        rule: duty.rule.clone(),
        basis: duty.basis.clone(),
        duty: duty.what.clone(),
        holder: duty.holder.to_string(),
        owed_to: duty.owed_to.iter().map(ToString::to_string).collect(),
        length: duty.length.clone().unwrap_or_default(),
        start_time: Some(timestamp(duty.started_at)),
        due_time: Some(timestamp(duty.due_at)),
        half_time: Some(timestamp(duty.half_at)),
        near_time: Some(timestamp(duty.near_at)),
        provisional: duty.provisional,
        state: duty.state.to_string(),
        end_time: duty.ended_at.map(timestamp),
        verified: duty.mark.to_string(),
        service_target: duty.target,
    }
}

/// What was sent, in a few words: what stands on the board of who must receive it.
fn titled(title: &str, sent: Exchange) -> Exchange {
    Exchange { title: title.to_owned(), ..sent }
}

/// A question on its way.
pub(crate) fn question(of: &Consultation) -> Exchange {
    let ends = (&of.asker, &of.asked);
    titled(
        "a question about a case",
        marks::sent(Kind::Consultation, &of.name, ends, of.created_at),
    )
}

/// What the asked body wanted back last, on its way to the asker; and the question, which it has when it
/// asks back first.
pub(crate) fn asked_back(of: &Consultation, now: DateTime<Utc>) -> Vec<Exchange> {
    let taken =
        (of.asked_back.len() == 1).then(|| marks::at_rest(question(of), Rest::Acknowledged, now));
    taken.into_iter().chain(of.asked_back.last().map(|last| material(of, last))).collect()
}

/// The same once the asker has supplied it.
pub(crate) fn supplied(of: &Consultation, now: DateTime<Utc>) -> Vec<Exchange> {
    let last = of.asked_back.last().map(|last| material(of, last));
    last.map(|sent| marks::at_rest(sent, Rest::Acknowledged, now)).into_iter().collect()
}

/// The question once it was answered or taken back, where it was not at rest already; and what was wanted
/// back and did not come: nobody waits for it any more.
pub(crate) fn question_ended(of: &Consultation, now: DateTime<Utc>) -> Vec<Exchange> {
    let Some(last) = of.asked_back.last() else {
        let rest = match of.state {
            ConsultationState::Withdrawn => Rest::Withdrawn,
            ConsultationState::Asked
            | ConsultationState::MaterialRequested
            | ConsultationState::Answered => Rest::Acknowledged,
        };
        return vec![marks::at_rest(question(of), rest, now)];
    };
    let awaited = last.supplied.is_none().then(|| material(of, last));
    awaited.map(|sent| marks::at_rest(sent, Rest::Withdrawn, now)).into_iter().collect()
}

fn material(of: &Consultation, last: &AskedBack) -> Exchange {
    let id = format!("{}/material/{}", of.name, of.asked_back.len());
    let sent = marks::sent(Kind::Consultation, id, (&of.asked, &of.asker), last.at);
    titled("material wanted before an answer", sent)
}

/// A call for the police on its way.
pub(crate) fn involvement(of: &Involvement, now: DateTime<Utc>) -> Exchange {
    let sent = marks::sent(Kind::Notice, &of.name, (&of.from, &of.to), of.created_at);
    let sent = titled("a call to step in early", sent);
    match of.state {
        InvolvementState::Notified => sent,
        InvolvementState::Joined | InvolvementState::Declined => {
            marks::at_rest(sent, Rest::Acknowledged, now)
        }
    }
}

/// An invitation on its way to one body, and at rest with what that body said of it first, with the
/// minutes, or when the meeting is cancelled: nobody waits for an answer any more.
pub(crate) fn invitation(of: &Meeting, to: &Attendance, now: DateTime<Utc>) -> Exchange {
    let id = format!("{}/{}", of.name, to.agency);
    let sent = marks::sent(Kind::Meeting, id, (&of.convener, &to.agency), of.created_at);
    let sent = titled("an invitation to a joint meeting", sent);
    match (to.state, of.state) {
        (AttendanceState::Invited, MeetingState::Convened) => sent,
        (AttendanceState::Invited, MeetingState::Held) if to.attended => {
            marks::at_rest(sent, Rest::Acknowledged, now)
        }
        (AttendanceState::Invited, MeetingState::Held | MeetingState::Cancelled) => {
            marks::at_rest(sent, Rest::Withdrawn, now)
        }
        (AttendanceState::Confirmed, _) => marks::at_rest(sent, Rest::Acknowledged, now),
        (AttendanceState::Declined, _) => marks::at_rest(sent, Rest::Refused, now),
    }
}

/// The invitations of those who have said nothing, once the meeting is held or cancelled.
pub(crate) fn silent(of: &Meeting, now: DateTime<Utc>) -> Vec<Exchange> {
    let silent = of.attendances.iter().filter(|body| of.awaited(&body.agency));
    silent.map(|body| invitation(of, body, now)).collect()
}

/// The report of an owner on its way to the convener, who accepts it or not; none where both are one.
pub(crate) fn report(of: &Resolution, now: DateTime<Utc>) -> Vec<Exchange> {
    let reported = of.reported_at.filter(|_| of.owner != of.convener);
    let sent = reported.map(|at| {
        // Each term of a resolution has one report.
        let id = format!("{}/report/{}", of.name, of.reports());
        let sent = marks::sent(Kind::Meeting, id, (&of.owner, &of.convener), at);
        titled("a report on a resolution", sent)
    });
    let stands = |sent| match of.state {
        ResolutionState::Reported => sent,
        ResolutionState::Accepted => marks::at_rest(sent, Rest::Acknowledged, now),
        ResolutionState::Open => marks::at_rest(sent, Rest::Refused, now),
    };
    sent.map(stands).into_iter().collect()
}

/// A notice on its way.
pub(crate) fn notice(of: &Notice, now: DateTime<Utc>) -> Exchange {
    let sent = marks::sent(Kind::Notice, &of.name, (&of.from, &of.to), of.created_at);
    let sent = titled("a notice of case information", sent);
    match of.state {
        NoticeState::Sent => sent,
        NoticeState::Acknowledged => marks::at_rest(sent, Rest::Acknowledged, now),
    }
}
