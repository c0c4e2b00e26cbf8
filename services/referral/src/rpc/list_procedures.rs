//! The procedures as tables, so that a reader of the law can check them line by line.

use proto::referral::v1 as pb;

use crate::domain::{
    procedure::{Procedure, Row},
    word::ProcedureCode,
};

pub(super) fn list_procedures() -> pb::ListProceduresResponse {
    let tables = ProcedureCode::ALL.iter().map(|code| Procedure::of(*code));
    let procedures = tables.map(|table| pb::Procedure {
        code: table.code.to_string(),
        title: table.title.to_owned(),
        rows: table.rows.iter().map(row).collect(),
    });
    pb::ListProceduresResponse { procedures: procedures.collect() }
}

fn row(row: &Row) -> pb::ProcedureRow {
    pb::ProcedureRow {
        from_states: row.from.iter().map(ToString::to_string).collect(),
        step: row.step.to_string(),
        actor: row.actor.to_string(),
        documents: row.papers.iter().map(|paper| paper.code.to_owned()).collect(),
        to_state: row.to.map_or(String::new(), |to| to.to_string()),
        opens: row.opens.iter().map(|slot| (*slot).to_owned()).collect(),
        closes: row.closes.iter().map(|(slot, _)| (*slot).to_owned()).collect(),
        rule: row.law.rule.to_owned(),
        basis: row.law.basis.to_owned(),
        verified: row.law.mark.to_string(),
    }
}
