//! Draws and who won.

use proto::operations::v1 as pb;

use super::super::asked;
use crate::{
    domain::draw::{Draw, Part},
    events::timestamp,
    store::WinnerRow,
};

pub(in super::super) fn draw(one: &Draw) -> pb::Draw {
    let state = pb::DrawState::from_str_name(&format!("DRAW_STATE_{}", one.state));
    pb::Draw {
        name: one.name.clone(),
        title: one.title.clone(),
        office: one.office.to_string(),
        bodies: one.parts.iter().map(|part| part.agency.to_string()).collect(),
        plans: one.plans.clone(),
        state: state.unwrap_or_default().into(),
        algorithm: one.algorithm.clone(),
        subjects_root: one.subjects_root.clone(),
        subject_count: i64::try_from(one.subject_count).unwrap_or(i64::MAX),
        officers_root: one.officers_root.clone(),
        officer_count: i64::try_from(one.officer_count).unwrap_or(i64::MAX),
        rules_hash: one.rules_hash.clone(),
        commitments: one.parts.iter().map(commitment).collect(),
        reveal_deadline: Some(timestamp(one.reveal_deadline)),
        public_value_source: one.public_source.clone(),
        public_value_time: Some(timestamp(one.public_at)),
        public_value: one.public_value.clone(),
        winner_count: i64::try_from(one.winner_count).unwrap_or(i64::MAX),
        void_reason: one.void_reason.clone(),
        void_by: one.void_by.clone(),
        create_time: Some(timestamp(one.created_at)),
        etag: asked::etag(one.version),
        office_nonce: one.office_nonce.clone(),
        seed: one.seed.clone(),
        commit_deadline: Some(timestamp(one.commit_deadline)),
    }
}

fn commitment(part: &Part) -> pb::Commitment {
    pb::Commitment {
        agency: part.agency.to_string(),
        commitment: part.commitment.clone(),
        nonce: part.nonce.clone(),
        commit_time: part.committed_at.map(timestamp),
        reveal_time: part.revealed_at.map(timestamp),
        dropped: part.dropped,
    }
}

pub(in super::super) fn winner(one: WinnerRow) -> pb::Winner {
    let officers = one.officers.into_iter().zip(1..).map(|((certificate_no, because), rank)| {
        pb::RankedOfficer { certificate_no, rank, passed_over_because: because }
    });
    pb::Winner {
        subject: one.subject,
        agency: one.agency.to_string(),
        matters: one.matters,
        officers: officers.collect(),
        check: one.check,
    }
}
