//! A dispute, its terms and its precedents as the wire has them.

use chrono::NaiveDate;
pub(crate) use command::marks::timestamp;
use proto::arbitration::v1 as pb;
use types::AgencyCode;

use crate::domain::{
    dispute::{Decision, Dispute, Settlement, Subject},
    forum::{Forum, Reason, Rung},
    ladder::Row,
    precedent::Precedent,
    term::Term,
    word::{ForumKind, Kind, Rank, Stance},
};

/// The etag of a version.
pub(crate) fn etag(version: i32) -> String {
    format!("\"{version}\"")
}

/// The version behind an etag.
pub(crate) fn version(etag: &str) -> Option<i32> {
    etag.strip_prefix('"')?.strip_suffix('"')?.parse().ok()
}

pub(crate) fn codes(bodies: &[AgencyCode]) -> Vec<String> {
    bodies.iter().map(ToString::to_string).collect()
}

pub(crate) fn day(day: Option<NaiveDate>) -> String {
    day.map(|day| day.to_string()).unwrap_or_default()
}

pub(crate) fn kind(kind: Kind) -> pb::DisputeKind {
    match kind {
        Kind::Positive => pb::DisputeKind::Positive,
        Kind::Negative => pb::DisputeKind::Negative,
    }
}

pub(crate) fn stance(stance: Stance) -> pb::Stance {
    match stance {
        Stance::Claims => pb::Stance::Claims,
        Stance::Refuses => pb::Stance::Refuses,
    }
}

pub(crate) fn dispute(of: &Dispute) -> pb::Dispute {
    let file = &of.file;
    let span = file.spans.last();
    pb::Dispute {
        name: of.name(),
        kind: kind(of.kind).into(),
        parties: codes(&file.parties),
        subject: Some(subject(&of.subject)),
        state: of.state.to_string(),
        forum: Some(forum(&file.forum)),
        acting: span.map(|span| span.agency.to_string()).unwrap_or_default(),
        acting_reason: span.map(|span| span.reason.clone()).unwrap_or_default(),
        positions: positions(of),
        settlement: file.settlement.as_ref().map(settlement),
        sessions: sessions(of),
        ballots: ballots(of),
        interim_orders: interim_orders(of),
        outcome: file.outcome.as_ref().map(|one| pb::Outcome {
            competent: one.competent.to_string(),
            reason: one.reason.clone(),
            effective_from: one.effective_from.to_string(),
            agreed: codes(&one.agreed),
            refused: codes(&one.refused),
        }),
        decision: file.decision.as_ref().map(|one| decision(of, one)),
        create_time: Some(timestamp(of.created_at)),
        update_time: Some(timestamp(of.updated_at)),
        etag: etag(of.version),
        acting_spans: acting_spans(of),
    }
}

/// The same for lists: without what was said and done on the way, and without the reasons of the forum.
pub(crate) fn in_list(of: &Dispute) -> pb::Dispute {
    let mut message = dispute(of);
    message.positions.clear();
    message.sessions.clear();
    message.ballots.clear();
    message.interim_orders.clear();
    message.acting_spans.clear();
    message.settlement = None;
    if let Some(forum) = &mut message.forum {
        forum.reasons.clear();
    }
    message
}

fn positions(of: &Dispute) -> Vec<pb::Position> {
    let positions = of.file.positions.iter().map(|one| pb::Position {
        agency: one.agency.to_string(),
        officer: one.officer.clone(),
        stance: stance(one.stance).into(),
        text: one.text.clone(),
        basis: one.basis.clone(),
        evidence: one.evidence.clone(),
        time: Some(timestamp(one.at)),
    });
    positions.collect()
}

fn sessions(of: &Dispute) -> Vec<pb::Session> {
    let sessions = of.file.sessions.iter().map(|one| pb::Session {
        held_on: one.held_on.to_string(),
        present: codes(&one.present),
        minutes: one.minutes.clone(),
        minutes_sha256: one.minutes_sha256.clone(),
        time: Some(timestamp(one.at)),
    });
    sessions.collect()
}

fn ballots(of: &Dispute) -> Vec<pb::Ballot> {
    let ballots = of.file.ballots.iter().map(|one| pb::Ballot {
        agency: one.agency.to_string(),
        officer: one.officer.clone(),
        competent: one.competent.to_string(),
        reason: one.reason.clone(),
        time: Some(timestamp(one.at)),
    });
    ballots.collect()
}

fn interim_orders(of: &Dispute) -> Vec<pb::InterimOrder> {
    let orders = of.file.interim_orders.iter().map(|one| pb::InterimOrder {
        agency: one.agency.to_string(),
        lead: one.lead.to_string(),
        measures: one.measures.clone(),
        reason: one.reason.clone(),
        time: Some(timestamp(one.at)),
    });
    orders.collect()
}

fn acting_spans(of: &Dispute) -> Vec<pb::ActingSpan> {
    let spans = of.file.spans.iter().map(|one| pb::ActingSpan {
        agency: one.agency.to_string(),
        from_time: Some(timestamp(one.from)),
        to_time: one.to.map(timestamp),
        reason: one.reason.clone(),
        rule: one.rule.clone(),
    });
    spans.collect()
}

fn settlement(one: &Settlement) -> pb::Settlement {
    pb::Settlement {
        competent: one.competent.to_string(),
        text: one.text.clone(),
        effective_from: one.effective_from.to_string(),
        settlement_sha256: one.sha256.clone(),
        signed_by: codes(&one.signed_by),
        time: Some(timestamp(one.at)),
    }
}

fn decision(of: &Dispute, one: &Decision) -> pb::Decision {
    pb::Decision {
        competent: one.competent.to_string(),
        decided_by: codes(&one.decided_by),
        manner: one.manner.to_string(),
        reason: one.reason.clone(),
        basis: one.basis.clone(),
        effective_from: one.effective_from.to_string(),
        decision_no: one.decision_no.clone(),
        time: Some(timestamp(one.at)),
        revision: of.revision,
        evidence_outcome: of.evidence_outcome.clone(),
        acknowledged_by: codes(&one.acknowledged_by),
    }
}

fn subject(one: &Subject) -> pb::Subject {
    pb::Subject {
        title: one.title.clone(),
        matter: one.matter.clone(),
        place: one.place.clone(),
        subject: one.subject.clone(),
        act_date: day(one.act_date),
        docket: one.docket.clone(),
        operation: one.operation.clone(),
        facts: one.facts.clone(),
    }
}

pub(crate) fn forum(one: &Forum) -> pb::Forum {
    pb::Forum {
        rungs: one.rungs.iter().map(rung).collect(),
        rung: i32::try_from(one.rung).unwrap_or_default(),
        reasons: one.reasons.iter().map(reason).collect(),
    }
}

fn rung(one: &Rung) -> pb::Rung {
    let kind = match one.kind {
        ForumKind::Head => pb::ForumKind::Head,
        ForumKind::Coordination => pb::ForumKind::Coordination,
        ForumKind::ThreeBodies => pb::ForumKind::ThreeBodies,
        ForumKind::Superior => pb::ForumKind::Superior,
    };
    pb::Rung { kind: kind.into(), members: codes(&one.members), needs: one.needs.to_string() }
}

pub(crate) fn reason(one: &Reason) -> pb::ForumReason {
    pb::ForumReason {
        text: one.text.clone(),
        text_zh: one.text_zh.clone(),
        rule: one.rule.clone(),
        basis: one.basis.clone(),
        verified: one.verified.clone(),
    }
}

pub(crate) fn term(one: &Term) -> pb::Term {
    let law = one.rule().map(|rule| rule.law);
    pb::Term {
        rule: law.map(|law| law.rule.to_owned()).unwrap_or_default(),
        basis: law.map(|law| law.basis.to_owned()).unwrap_or_default(),
        duty: one.duty().0.to_owned(),
        holder: one.holder.to_string(),
        length: one.counting.length.to_string(),
        start_time: Some(timestamp(one.started_at)),
        due_time: Some(timestamp(one.due_at)),
        provisional: one.provisional,
        state: one.state.to_string(),
        end_time: one.ended_at.map(timestamp),
        rungs: one.raised.iter().map(|(warning, _)| warning.to_string()).collect(),
        verified: law.map(|law| law.mark.to_string()).unwrap_or_default(),
    }
}

pub(crate) fn open_step(row: &Row) -> pb::OpenStep {
    pb::OpenStep {
        step: row.step.to_string(),
        rule: row.law.rule.to_owned(),
        basis: row.law.basis.to_owned(),
        officer: officer(row),
    }
}

/// What the officer must be; empty: any.
pub(crate) fn officer(row: &Row) -> String {
    match row.officer {
        Rank::Officer => String::new(),
        Rank::Head => row.officer.to_string(),
    }
}

pub(crate) fn precedent(one: &Precedent) -> pb::Precedent {
    pb::Precedent {
        dispute: one.dispute.clone(),
        kind: kind(one.kind).into(),
        parties: codes(&one.parties),
        title: one.title.clone(),
        matter: one.matter.clone(),
        place: one.place.clone(),
        competent: one.competent.to_string(),
        reason: one.reason.clone(),
        basis: one.basis.clone(),
        manner: one.manner.to_string(),
        effective_from: one.effective_from.to_string(),
        decided_by: codes(&one.decided_by),
    }
}
