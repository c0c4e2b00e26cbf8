//! Requests for assistance.

use proto::operations::v1 as pb;
use types::AgencyCode;

use super::{super::asked, subject::wire};
use crate::{
    domain::{
        assistance::{Assistance, Statistics},
        word::{AssistanceKind, AssistanceState},
    },
    events::timestamp,
};

/// A kind of the wire.
pub(in super::super) fn kind_of(kind: i32) -> Option<AssistanceKind> {
    let name = pb::AssistanceKind::try_from(kind).ok()?.as_str_name();
    super::word(name, "ASSISTANCE_KIND_", AssistanceKind::parse)
}

pub(in super::super) fn assistance(one: &Assistance) -> pb::AssistanceRequest {
    let kind = pb::AssistanceKind::from_str_name(&format!("ASSISTANCE_KIND_{}", one.kind));
    let state = pb::AssistanceState::from_str_name(&format!("ASSISTANCE_STATE_{}", one.state));
    let declined = one.state == AssistanceState::Declined;
    pb::AssistanceRequest {
        name: one.name.clone(),
        requester: one.requester.to_string(),
        addressee: one.addressee.to_string(),
        kind: kind.unwrap_or_default().into(),
        text: one.text.clone(),
        about: one.about.clone(),
        state: state.unwrap_or_default().into(),
        create_time: Some(timestamp(one.created_at)),
        due_time: Some(timestamp(one.due_at)),
        provisional: one.provisional,
        late: one.late,
        answer: one.answer.clone(),
        answer_evidence: one.answer_evidence.clone(),
        decline_reason: if declined { one.reason.clone() } else { String::new() },
        end_time: one.ended_at.map(timestamp),
        escalated_to: one.escalated_to.iter().map(AgencyCode::to_string).collect(),
        rungs: one.raised.iter().map(|(rung, _)| rung.as_str().to_owned()).collect(),
        etag: asked::etag(one.version),
    }
}

pub(in super::super) fn statistics(
    agency: &AgencyCode,
    one: &Statistics,
) -> pb::AssistanceStatistics {
    pb::AssistanceStatistics {
        agency: agency.to_string(),
        received: wire(one.received),
        answered: wire(one.answered),
        answered_in_time: wire(one.in_time),
        declined: wire(one.declined),
        open: wire(one.open),
        overdue: wire(one.overdue),
        median_minutes: one.median_minutes,
    }
}
