//! Records beside the referrals as the wire has them.

use std::collections::BTreeSet;

use proto::referral::v1 as pb;
use server::Fields;

use super::{convert::etag, record::TEXT_MAX};
use crate::{
    domain::{
        consultation::{ATTACHMENTS_MAX, Attachment, Consultation, ConsultationState},
        duty::{Duty, DutyState},
        involvement::{Danger, Involvement, InvolvementState},
        meeting::{AgendaItem, Attendance, AttendanceState, Meeting, MeetingState},
        notice::{Notice, NoticeState, Role},
        resolution::{Resolution, ResolutionState},
    },
    events::timestamp,
};

fn terms(duties: &[Duty]) -> Vec<pb::Term> {
    duties.iter().map(term).collect()
}

fn term(duty: &Duty) -> pb::Term {
    let state = match duty.state {
        DutyState::Running => pb::TermState::Running,
        DutyState::Suspended => pb::TermState::Suspended,
        DutyState::Kept => pb::TermState::Kept,
        DutyState::Missed => pb::TermState::Missed,
        DutyState::Lapsed => pb::TermState::Lapsed,
    };
    let rungs = duty
        .raised
        .iter()
        .map(|(rung, at)| pb::Rung { rung: rung.to_string(), raise_time: Some(timestamp(*at)) });
    pb::Term {
        rule: duty.rule.clone(),
        basis: duty.basis.clone(),
        duty: duty.what.clone(),
        holder: duty.holder.to_string(),
        length: duty.length.clone().unwrap_or_default(),
        start_time: Some(timestamp(duty.started_at)),
        due_time: Some(timestamp(duty.due_at)),
        provisional: duty.provisional,
        state: state.into(),
        end_time: duty.ended_at.map(timestamp),
        rungs: rungs.collect(),
        verified: duty.mark.to_string(),
        service_target: duty.target,
    }
}

pub(super) fn consultation(of: &Consultation) -> pb::Consultation {
    let state = match of.state {
        ConsultationState::Asked => pb::ConsultationState::Asked,
        ConsultationState::MaterialRequested => pb::ConsultationState::MaterialRequested,
        ConsultationState::Answered => pb::ConsultationState::Answered,
        ConsultationState::Withdrawn => pb::ConsultationState::Withdrawn,
    };
    let attachments = of.attachments.iter().map(|one| pb::Attachment {
        title: one.title.clone(),
        text: one.text.clone(),
        sha256: one.sha256.clone(),
    });
    pb::Consultation {
        name: of.name.clone(),
        asker: of.asker.to_string(),
        asked: of.asked.to_string(),
        docket: of.docket.clone(),
        question: of.question.clone(),
        attachments: attachments.collect(),
        state: state.into(),
        material_request: lines(of.asked_back.iter().map(|one| one.wanted.as_str())),
        material_note: lines(of.asked_back.iter().filter_map(|one| one.supplied.as_deref())),
        answer: of.answer.clone(),
        reasons: of.reasons.clone(),
        late: of.late,
        withdraw_reason: of.withdraw_reason.clone(),
        create_time: Some(timestamp(of.created_at)),
        end_time: of.ended_at.map(timestamp),
        etag: etag(of.version),
        terms: terms(&of.duties),
    }
}

/// One under the other.
fn lines<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    texts.collect::<Vec<_>>().join("\n")
}

/// Reads the papers of a request; every fault under its place.
pub(super) fn attachments(sent: Vec<pb::Attachment>, fields: &mut Fields) -> Vec<Attachment> {
    fields.check(sent.len() <= ATTACHMENTS_MAX, "attachments", "are more than 50");
    let mut read = Vec::new();
    for (at, one) in sent.into_iter().take(ATTACHMENTS_MAX).enumerate() {
        let here = |field: &str| format!("attachments[{at}].{field}");
        fields.text(&one.title, 500, &here("title"));
        fields.check(one.text.len() <= TEXT_MAX, here("text"), "is longer than 8192 bytes");
        let says = !one.text.trim().is_empty() || !one.sha256.is_empty();
        fields.check(says, here("text"), "is missing, and there is no digest of an original");
        check_digest(fields, &one.sha256, &here("sha256"));
        let sha256 = one.sha256.to_lowercase();
        read.push(Attachment { title: one.title, text: one.text, sha256 });
    }
    read
}

/// Notes a digest that is neither empty nor SHA-256 in hexadecimal.
pub(super) fn check_digest(fields: &mut Fields, digest: &str, field: &str) {
    let is_digest = digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
    fields.check(digest.is_empty() || is_digest, field, "is not 64 hexadecimal digits");
}

pub(super) fn involvement(of: &Involvement) -> pb::EarlyInvolvement {
    let state = match of.state {
        InvolvementState::Notified => pb::EarlyInvolvementState::Notified,
        InvolvementState::Joined => pb::EarlyInvolvementState::Joined,
        InvolvementState::Declined => pb::EarlyInvolvementState::Declined,
    };
    let dangers = of.dangers.iter().map(|one| match one {
        Danger::Flight => pb::EarlyInvolvementDanger::Flight.into(),
        Danger::DestroyingEvidence => pb::EarlyInvolvementDanger::DestroyingEvidence.into(),
        Danger::MovingProperty => pb::EarlyInvolvementDanger::MovingProperty.into(),
    });
    pb::EarlyInvolvement {
        name: of.name.clone(),
        docket: of.docket.clone(),
        from_agency: of.from.to_string(),
        to_agency: of.to.to_string(),
        dangers: dangers.collect(),
        facts: of.facts.clone(),
        state: state.into(),
        answer: of.answer.clone(),
        late: of.late,
        create_time: Some(timestamp(of.created_at)),
        end_time: of.ended_at.map(timestamp),
        etag: etag(of.version),
        terms: terms(&of.duties),
    }
}

/// Reads what is to be feared; at least one.
pub(super) fn dangers(sent: &[i32], fields: &mut Fields) -> Vec<Danger> {
    fields.check(!sent.is_empty(), "dangers", "are missing");
    fields.check(sent.len() <= Danger::ALL.len(), "dangers", "are more than there are");
    let mut read = Vec::new();
    for (at, one) in sent.iter().take(Danger::ALL.len()).enumerate() {
        let word = pb::EarlyInvolvementDanger::try_from(*one).ok();
        let danger = word.and_then(|word| match word {
            pb::EarlyInvolvementDanger::Unspecified => None,
            pb::EarlyInvolvementDanger::Flight => Some(Danger::Flight),
            pb::EarlyInvolvementDanger::DestroyingEvidence => Some(Danger::DestroyingEvidence),
            pb::EarlyInvolvementDanger::MovingProperty => Some(Danger::MovingProperty),
        });
        let danger = fields.need(danger, format!("dangers[{at}]"), "is none that is known");
        read.extend(danger.filter(|danger| !read.contains(danger)));
    }
    read
}

/// A meeting for who sees `dockets`: others get the titles of what is about other cases.
pub(super) fn meeting(of: &Meeting, dockets: &BTreeSet<String>) -> pb::JointMeeting {
    let state = match of.state {
        MeetingState::Convened => pb::MeetingState::Convened,
        MeetingState::Held => pb::MeetingState::Held,
        MeetingState::Cancelled => pb::MeetingState::Cancelled,
    };
    pb::JointMeeting {
        name: of.name.clone(),
        convener: of.convener.to_string(),
        title: of.title.clone(),
        place: of.place.clone(),
        hold_time: Some(timestamp(of.hold_at)),
        agenda: of.agenda.iter().map(|item| agenda_item(item, dockets)).collect(),
        attendances: of.attendances.iter().map(attendance).collect(),
        state: state.into(),
        minutes: of.minutes.clone(),
        minutes_sha256: of.minutes_sha256.clone(),
        create_time: Some(timestamp(of.created_at)),
        etag: etag(of.version),
        cancel_reason: of.cancel_reason.clone(),
    }
}

fn agenda_item(item: &AgendaItem, dockets: &BTreeSet<String>) -> pb::AgendaItem {
    let title = item.title.clone();
    if !item.docket.is_empty() && !dockets.contains(&item.docket) {
        return pb::AgendaItem { title, ..pb::AgendaItem::default() };
    }
    pb::AgendaItem {
        title,
        docket: item.docket.clone(),
        detail: item.detail.clone(),
        minutes: item.minutes.clone(),
    }
}

fn attendance(of: &Attendance) -> pb::Attendance {
    let state = match of.state {
        AttendanceState::Invited => pb::AttendanceState::Invited,
        AttendanceState::Confirmed => pb::AttendanceState::Confirmed,
        AttendanceState::Declined => pb::AttendanceState::Declined,
    };
    pb::Attendance {
        agency: of.agency.to_string(),
        state: state.into(),
        reason: of.reason.clone(),
        attended: of.attended,
    }
}

pub(super) fn resolution(of: &Resolution) -> pb::Resolution {
    let state = match of.state {
        ResolutionState::Open => pb::ResolutionState::Open,
        ResolutionState::Reported => pb::ResolutionState::Reported,
        ResolutionState::Accepted => pb::ResolutionState::Accepted,
    };
    pb::Resolution {
        name: of.name.clone(),
        meeting: of.meeting.clone(),
        text: of.text.clone(),
        owner: of.owner.to_string(),
        due_date: of.due_date.to_string(),
        docket: of.docket.clone(),
        state: state.into(),
        report: of.report.clone(),
        reopen_reason: of.reopen_reason.clone(),
        create_time: Some(timestamp(of.created_at)),
        end_time: of.ended_at.map(timestamp),
        etag: etag(of.version),
        terms: terms(&of.duties),
    }
}

pub(super) fn notice(of: &Notice) -> pb::Notice {
    let role = match of.role {
        Role::Party => pb::NoticeRole::Party,
        Role::Procuratorate => pb::NoticeRole::Procuratorate,
        Role::Superior => pb::NoticeRole::Superior,
        Role::JusticeBureau => pb::NoticeRole::JusticeBureau,
        Role::GuidanceOffice => pb::NoticeRole::GuidanceOffice,
    };
    let state = match of.state {
        NoticeState::Sent => pb::NoticeState::Sent,
        NoticeState::Acknowledged => pb::NoticeState::Acknowledged,
    };
    pb::Notice {
        name: of.name.clone(),
        docket: of.docket.clone(),
        from_agency: of.from.to_string(),
        to_agency: of.to.to_string(),
        role: role.into(),
        title: of.title.clone(),
        progress: of.progress.clone(),
        facts: of.facts.clone(),
        persons: of.persons.clone(),
        state: state.into(),
        late: of.late,
        create_time: Some(timestamp(of.created_at)),
        acknowledge_time: of.ended_at.map(timestamp),
        etag: etag(of.version),
        terms: terms(&of.duties),
    }
}
