//! The ladder as a table, so that a reader of the law can check it line by line.

use proto::arbitration::v1 as pb;

use crate::{
    domain::{
        ladder::{ROWS, Row, TERMS, TermRule},
        settings::Settings,
    },
    message,
};

pub(super) fn list_ladder(settings: &Settings) -> pb::ListLadderResponse {
    pb::ListLadderResponse {
        rows: ROWS.iter().map(row).collect(),
        terms: TERMS.iter().map(|rule| term(rule, settings)).collect(),
    }
}

fn row(row: &Row) -> pb::LadderRow {
    pb::LadderRow {
        from_states: row.from.iter().map(ToString::to_string).collect(),
        step: row.step.to_string(),
        actor: row.actor.to_string(),
        officer: message::officer(row),
        to_state: row.to.map_or(String::new(), |to| to.to_string()),
        opens: row.opens.iter().map(|slot| (*slot).to_owned()).collect(),
        closes: row.closes.iter().map(|(slot, _)| (*slot).to_owned()).collect(),
        rule: row.law.rule.to_owned(),
        basis: row.law.basis.to_owned(),
        verified: row.law.mark.to_string(),
    }
}

fn term(rule: &TermRule, settings: &Settings) -> pb::LadderTerm {
    pb::LadderTerm {
        slot: rule.slot.to_owned(),
        length: (rule.length)(settings).to_string(),
        holder: rule.holder.to_string(),
        duty: rule.duty.to_owned(),
        rule: rule.law.rule.to_owned(),
        basis: rule.law.basis.to_owned(),
        verified: rule.law.mark.to_string(),
    }
}
