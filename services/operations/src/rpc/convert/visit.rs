//! Visits.

use proto::operations::v1 as pb;

use super::{super::asked, subject::wire};
use crate::{
    domain::visit::{CheckIn, Group, MatterResult, Visit},
    events::timestamp,
};

pub(in super::super) fn visit(one: &Visit) -> pb::Visit {
    let state = pb::VisitState::from_str_name(&format!("VISIT_STATE_{}", one.state));
    let windows = one.windows.iter().map(|window| pb::Window {
        day: window.day.to_string(),
        from_minute: wire(window.from_minute),
        to_minute: wire(window.to_minute),
    });
    pb::Visit {
        name: one.name.clone(),
        subject: one.subject.clone(),
        groups: one.groups.iter().map(group).collect(),
        windows: windows.collect(),
        minutes: wire(one.minutes),
        weight: wire(one.weight),
        checks: one.checks.clone(),
        operation: one.operation.clone().unwrap_or_default(),
        state: state.unwrap_or_default().into(),
        start_time: one.start_at.map(timestamp),
        end_time: one.end_at.map(timestamp),
        notice_no: one.notice_no.clone(),
        check_ins: one.check_ins.iter().map(check_in).collect(),
        results: one.results.iter().map(result).collect(),
        publish_due_time: one.publishing.as_ref().map(|term| timestamp(term.due_at)),
        publish_time: one.published_at.map(timestamp),
        cancel_reason: one.cancel_reason.clone(),
        etag: asked::etag(one.version),
        acknowledged_by: one.acknowledged_by.iter().map(ToString::to_string).collect(),
        day: one.day().map(|day| day.to_string()).unwrap_or_default(),
    }
}

fn group(one: &Group) -> pb::Group {
    let passed_over = one.passed_over.iter().map(|(certificate_no, reason)| pb::PassedOver {
        certificate_no: certificate_no.clone(),
        reason: reason.clone(),
    });
    pb::Group {
        agency: one.agency.to_string(),
        officers: wire(one.officers),
        qualification: one.qualification.clone(),
        kit: one.kit.clone(),
        matters: one.matters.clone(),
        ranking: one.ranking.clone(),
        assigned: one.assigned.clone(),
        assigned_kit: one.assigned_kit.clone(),
        passed_over: passed_over.collect(),
        over_cap: one.over_cap.clone(),
    }
}

fn check_in(one: &CheckIn) -> pb::CheckIn {
    pb::CheckIn {
        agency: one.agency.to_string(),
        officers: one.officers.clone(),
        time: Some(timestamp(one.at)),
        shown: one.shown.clone(),
    }
}

fn result(one: &MatterResult) -> pb::MatterResult {
    let checklist = one.checklist.iter().map(|(question, answer, note)| pb::ChecklistLine {
        question: question.clone(),
        answer: answer.clone(),
        note: note.clone(),
    });
    pb::MatterResult {
        agency: one.agency.to_string(),
        matter: one.matter.clone(),
        result: one.result.as_str().to_owned(),
        findings: one.findings.clone(),
        checklist: checklist.collect(),
        dossier: one.dossier.clone(),
        follow_up: one.follow_up.clone(),
        officer: one.officer.clone(),
        time: Some(timestamp(one.at)),
    }
}
