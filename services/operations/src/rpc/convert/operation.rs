//! Joint operations.

use proto::operations::v1 as pb;

use super::{super::asked, subject::wire};
use crate::{
    domain::operation::{Operation, Participant},
    events::timestamp,
};

pub(in super::super) fn operation(one: &Operation) -> pb::JointOperation {
    let state =
        pb::JointOperationState::from_str_name(&format!("JOINT_OPERATION_STATE_{}", one.state));
    pb::JointOperation {
        name: one.name.clone(),
        title: one.title.clone(),
        initiator: one.initiator.to_string(),
        proposer: one.proposer.to_string(),
        participants: one.participants.iter().map(participant).collect(),
        grounds: one.grounds.iter().map(|ground| ground.as_str().to_owned()).collect(),
        work_plan: one.work_plan.clone(),
        command: one.command.to_string(),
        state: state.unwrap_or_default().into(),
        period_start: one.period_start.to_string(),
        period_end: one.period_end.to_string(),
        approved_by: one.approved_by.clone(),
        approve_time: one.approved_at.map(timestamp),
        urgent: one.urgent,
        create_time: Some(timestamp(one.created_at)),
        etag: asked::etag(one.version),
        close_reason: one.close_reason.clone(),
    }
}

fn participant(one: &Participant) -> pb::Participant {
    pb::Participant {
        agency: one.agency.to_string(),
        duties: one.duties.clone(),
        matters: one.matters.clone(),
        officers: wire(one.officers),
        answer: one.answer.as_str().to_owned(),
        reason: one.reason.clone(),
    }
}
