//! What is watched, as the contract writes it.

use chrono::{DateTime, Utc};
use proto::supervision::v1 as pb;

use crate::{
    domain::{
        due::{Form, Item, Rung},
        rule::{Rule, Rules},
        warning::{Warning, WarningState},
    },
    error::Error,
    events::timestamp,
    store::{Oversight, Traced},
};

/// A due item as it stands at `now`.
pub(super) fn due(item: &Item, rules: &Rules, now: DateTime<Utc>) -> Result<pb::DueItem, Error> {
    let rung = if item.state == "SUSPENDED" { Rung::Running } else { item.rung_at(now) };
    let seconds = |since: DateTime<Utc>| (now - since).num_seconds().max(0);
    Ok(pb::DueItem {
        service: item.service.clone(),
        id: item.id.clone(),
        form: form(item.form).into(),
        kind: item.kind.clone(),
        rule: item.rule.clone(),
        basis: item.basis.clone(),
        verified: item.verified.clone(),
        service_target: item.service_target,
        duty: item.duty.clone(),
        holder: item.holder.clone(),
        owed_to: item.owed_to.clone(),
        docket: item.docket.clone(),
        resource: item.resource.clone(),
        length: item.length.clone(),
        start_time: Some(timestamp(item.start_at)),
        due_time: Some(timestamp(item.due_at)),
        half_time: item.half_at.map(timestamp),
        near_time: item.near_at.map(timestamp),
        provisional: item.provisional,
        state: item.state.clone(),
        rung: self::rung(rung).into(),
        age_seconds: seconds(item.start_at),
        late_seconds: if rung == Rung::Overdue { seconds(item.due_at) } else { 0 },
        follows: rules.follows(item),
        earlier_rule: item.earlier_rule.clone(),
        digest: item.digest.clone(),
        row_id: item.row_id,
        leaf_index: super::ask::count(item.leaf)?,
    })
}

pub(super) fn form(form: Form) -> pb::DueForm {
    match form {
        Form::Term => pb::DueForm::Term,
        Form::Exchange => pb::DueForm::Exchange,
    }
}

pub(super) fn rung(rung: Rung) -> pb::DueRung {
    match rung {
        Rung::Running => pb::DueRung::Running,
        Rung::Half => pb::DueRung::Half,
        Rung::Near => pb::DueRung::Near,
        Rung::Overdue => pb::DueRung::Overdue,
    }
}

/// An exchange as the mesh knows it.
pub(super) fn exchange(item: &Item, now: DateTime<Utc>) -> pb::KnownExchange {
    let waiting = if item.open { (now - item.start_at).num_seconds().max(0) } else { 0 };
    pb::KnownExchange {
        service: item.service.clone(),
        id: item.id.clone(),
        kind: item.kind.clone(),
        sender: item.sender().to_owned(),
        receiver: item.holder.clone(),
        state: item.state.clone(),
        send_time: Some(timestamp(item.start_at)),
        end_time: item.end_at.map(timestamp),
        digest: item.digest.clone(),
        title: item.duty.clone(),
        docket: item.docket.clone(),
        resource: item.resource.clone(),
        waiting_seconds: waiting,
    }
}

pub(super) fn warning(one: &Warning) -> pb::Warning {
    let found = &one.found;
    let state = match one.state {
        WarningState::Open => pb::WarningState::Open,
        WarningState::Escalated => pb::WarningState::Escalated,
        WarningState::Acknowledged => pb::WarningState::Acknowledged,
        WarningState::Closed => pb::WarningState::Closed,
    };
    // The key of the item is form/service/id; the service of the finding is that one.
    let id = found.item.splitn(3, '/').nth(2).unwrap_or_default();
    pb::Warning {
        name: one.name.clone(),
        rule: found.rule.clone(),
        law_rule: found.law_rule.clone(),
        basis: found.basis.clone(),
        verified: found.verified.clone(),
        summary: found.summary.clone(),
        subject: found.subject.clone(),
        docket: found.docket.clone(),
        owner: found.owner.clone(),
        state: state.into(),
        level: one.level,
        escalated_to: one.escalated_to.clone(),
        create_time: Some(timestamp(one.created_at)),
        due_time: one.due_at.map(timestamp),
        acknowledge_time: one.acknowledged_at.map(timestamp),
        acknowledged_by: one.acknowledged_by.clone(),
        acknowledging_officer: one.officer.clone(),
        close_time: one.closed_at.map(timestamp),
        closed_by: one.closed_by.clone(),
        outcome: one.outcome.clone(),
        service: found.service.clone(),
        item_id: id.to_owned(),
        etag: format!("\"{}\"", one.version),
    }
}

/// The version behind an etag.
pub(super) fn version(etag: &str) -> Option<i32> {
    etag.strip_prefix('"')?.strip_suffix('"')?.parse().ok()
}

pub(super) fn rule(rule: &Rule) -> pb::WarningRule {
    pb::WarningRule {
        id: rule.id.clone(),
        title_en: rule.title_en.clone(),
        title_zh: rule.title_zh.clone(),
        law_rule: rule.law_rule.clone(),
        basis: rule.basis.clone(),
        verified: rule.mark.clone(),
        matches: rule.sees.told(),
        owner: rule.owner.as_str().to_owned(),
        days: i32::try_from(rule.days).unwrap_or(i32::MAX),
        escalation: rule.escalation.iter().map(|up| up.as_str().to_owned()).collect(),
    }
}

pub(super) fn traced(row: Traced) -> Result<pb::TraceRow, Error> {
    Ok(pb::TraceRow {
        service: row.service,
        row_id: row.row_id,
        leaf_index: super::ask::count(row.leaf)?,
        time: Some(timestamp(row.at)),
        kind: row.kind,
        resource: row.resource,
        agency: row.agency,
        officer: row.officer,
        step: row.step,
        rule: row.rule,
        basis: row.basis,
        summary: row.summary,
        shown_to: row.shown_to,
        ..pb::TraceRow::default()
    })
}

/// A look of an overseer, for a body: others are not told who else was overseen.
pub(super) fn oversight(look: Oversight, reader: &str) -> pb::Oversight {
    let all = look.overseer == reader;
    let overseen = look.overseen.into_iter().filter(|one| all || one == reader).collect();
    pb::Oversight {
        row_id: look.row_id,
        time: Some(timestamp(look.at)),
        overseer: look.overseer,
        method: look.method,
        subject: look.subject,
        overseen,
    }
}
