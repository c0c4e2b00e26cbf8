//! Between the domain and the wire.

use std::collections::BTreeMap;

use prost::Message as _;
use proto::referral::v1 as pb;

use crate::{
    domain::{
        branch::Branches,
        dispute::Dispute,
        document::Document,
        leg::{Competence, Docket, Leg, Penalty},
        procedure::Row,
        screening::Suggestion,
        step::PenaltyKind,
        term::Term,
        word::TermState,
    },
    events::timestamp,
    store,
};

/// The etag of a version.
pub(super) fn etag(version: i32) -> String {
    format!("\"{version}\"")
}

/// The version behind an etag.
pub(super) fn version(etag: &str) -> Option<i32> {
    etag.strip_prefix('"')?.strip_suffix('"')?.parse().ok()
}

/// A docket with the dispute that is open over it.
pub(super) fn docket(
    docket: &Docket,
    suggestions: &[Suggestion],
    dispute: Option<&Dispute>,
) -> pb::Docket {
    let state = match docket.close_reason {
        None => pb::DocketState::Open,
        Some(_) => pb::DocketState::Closed,
    };
    pb::Docket {
        name: store::docket_name(docket.id),
        agency: docket.agency.to_string(),
        title: docket.title.clone(),
        sector: docket.sector.clone(),
        matter: docket.matter.clone(),
        facts: docket.facts.clone(),
        suggestions: suggestions.iter().map(suggestion).collect(),
        state: state.into(),
        close_reason: docket.close_reason.clone().unwrap_or_default(),
        create_time: Some(timestamp(docket.created_at)),
        etag: etag(docket.version),
        earlier_penalties: docket.penalties.iter().map(penalty).collect(),
        place: docket.place.clone(),
        competence: docket.competence.as_ref().map(competence),
        dispute: dispute.map(|one| pb::DocketDispute {
            dispute: one.name.clone(),
            acting: one.acting.to_string(),
            open_time: Some(timestamp(one.opened_at)),
        }),
    }
}

fn competence(said: &Competence) -> pb::Competence {
    pb::Competence {
        revision: said.revision,
        competent: said.competent.as_ref().map_or(String::new(), ToString::to_string),
        summary: said.summary.clone(),
        summary_zh: said.summary_zh.clone(),
    }
}

pub(super) fn suggestion(suggestion: &Suggestion) -> pb::Suggestion {
    let threshold = suggestion.threshold;
    pb::Suggestion {
        threshold: threshold.id.clone(),
        offence: threshold.offence_zh.clone(),
        criminal_law_article: threshold.criminal_law_article.clone(),
        basis: threshold.basis.clone(),
        comparison: suggestion.comparison.clone(),
        verified: threshold.verified.clone(),
    }
}

pub(super) fn branches(branches: &Branches) -> pb::Branches {
    pb::Branches {
        criminal: branches.criminal.to_string(),
        outcome: branches.outcome.to_owned(),
        administrative: branches.administrative.to_string(),
        fines_fen: branches.fines_fen,
        court_fine_fen: branches.court_fine_fen,
    }
}

pub(super) fn penalty(penalty: &Penalty) -> pb::Penalty {
    pb::Penalty {
        kind: match penalty.kind {
            PenaltyKind::Warning => pb::PenaltyKind::Warning,
            PenaltyKind::Fine => pb::PenaltyKind::Fine,
            PenaltyKind::Confiscation => pb::PenaltyKind::Confiscation,
            PenaltyKind::StopProduction => pb::PenaltyKind::StopProduction,
            PenaltyKind::SuspendLicence => pb::PenaltyKind::SuspendLicence,
            PenaltyKind::RevokeLicence => pb::PenaltyKind::RevokeLicence,
            PenaltyKind::Detention => pb::PenaltyKind::Detention,
        }
        .into(),
        decision_no: penalty.decision_no.clone(),
        amount_fen: penalty.amount_fen,
        decided_on: penalty.decided_on.clone(),
    }
}

/// Reads the penalties of a request; every fault under its place.
pub(super) fn penalties(sent: Vec<pb::Penalty>, fields: &mut server::Fields) -> Vec<Penalty> {
    let mut penalties = Vec::new();
    for (at, one) in sent.into_iter().enumerate() {
        let here = |field: &str| format!("earlier_penalties[{at}].{field}");
        let word = one.kind().as_str_name().trim_start_matches("PENALTY_KIND_");
        let kind = fields.need(PenaltyKind::parse(word), here("kind"), "is missing");
        fields.text(&one.decision_no, 200, &here("decision_no"));
        let day = one.decided_on.parse::<chrono::NaiveDate>().is_ok();
        fields.check(day, here("decided_on"), "is not a date (YYYY-MM-DD)");
        fields.check(one.amount_fen >= 0, here("amount_fen"), "is negative");
        if let Some(kind) = kind {
            penalties.push(Penalty {
                kind,
                decision_no: one.decision_no,
                amount_fen: one.amount_fen,
                decided_on: one.decided_on,
            });
        }
    }
    penalties
}

pub(super) fn leg(leg: &Leg) -> pb::Referral {
    pb::Referral {
        name: store::leg_name(leg.id),
        docket: store::docket_name(leg.docket),
        procedure: leg.procedure.to_string(),
        from_agency: leg.from.to_string(),
        to_agency: leg.to.to_string(),
        respondent: leg.respondent.as_ref().map_or(String::new(), ToString::to_string),
        state: leg.state.to_string(),
        offence: leg.offence.clone(),
        title: leg.title.clone(),
        sector: leg.sector.clone(),
        parent: leg.parent.map_or(String::new(), store::leg_name),
        create_time: Some(timestamp(leg.created_at)),
        update_time: Some(timestamp(leg.updated_at)),
        etag: etag(leg.version),
        missing_documents: leg.missing.clone(),
        agency: leg.agency.to_string(),
        ground: leg.ground.map_or(String::new(), |ground| ground.to_string()),
        verdict: leg.judged.map_or(String::new(), |judged| judged.verdict.to_string()),
        court_fine_fen: leg.judged.map_or(0, |judged| judged.fine_fen),
        set_off_fen: leg.judged.map_or(0, |judged| judged.set_off_fen),
        kept_by: leg.keeper.as_ref().map_or(String::new(), ToString::to_string),
    }
}

pub(super) fn term(leg: &Leg, term: &Term) -> pb::Term {
    let rule = term.table_rule(leg.procedure);
    let law = term.law(leg);
    let state = match term.state {
        TermState::Running => pb::TermState::Running,
        TermState::Suspended => pb::TermState::Suspended,
        TermState::Kept => pb::TermState::Kept,
        TermState::Missed => pb::TermState::Missed,
        TermState::Lapsed => pb::TermState::Lapsed,
    };
    let rungs = term
        .raised
        .iter()
        .map(|(rung, at)| pb::Rung { rung: rung.to_string(), raise_time: Some(timestamp(*at)) });
    pb::Term {
        rule: term.rule.clone(),
        basis: law.map_or(String::new(), |law| law.basis.to_owned()),
        duty: rule.map_or(String::new(), |rule| rule.duty.to_owned()),
        holder: term.holder.to_string(),
        length: term.length(),
        start_time: Some(timestamp(term.started_at)),
        due_time: Some(timestamp(term.due_at)),
        provisional: term.provisional,
        state: state.into(),
        end_time: term.ended_at.map(timestamp),
        rungs: rungs.collect(),
        verified: law.map_or(String::new(), |law| law.mark.to_string()),
        service_target: rule.is_some_and(|rule| rule.is_target()),
    }
}

pub(super) fn open_step(row: &Row) -> pb::OpenStep {
    pb::OpenStep {
        step: row.step.to_string(),
        documents: row.papers.iter().map(|paper| paper.code.to_owned()).collect(),
        rule: row.law.rule.to_owned(),
        basis: row.law.basis.to_owned(),
        officer: row.officer.to_string(),
    }
}

/// The papers of a request for the rules, and their digests for the journal.
pub(super) fn papers(sent: &[pb::Document]) -> (Vec<Document>, Vec<(String, String)>) {
    let digests = sent.iter().map(|document| {
        let digest = if document.sha256.is_empty() {
            hex(&auth::digest(&document.encode_to_vec()))
        } else {
            document.sha256.to_lowercase()
        };
        (document.code.clone(), digest)
    });
    let papers = sent.iter().map(|document| Document {
        code: document.code.clone(),
        fields: document.fields.clone(),
        lines: document
            .lines
            .iter()
            .map(|line| line.fields.clone())
            .collect::<Vec<BTreeMap<_, _>>>(),
        sha256: document.sha256.clone(),
    });
    (papers.collect(), digests.collect())
}

/// Hexadecimal digits, in lower case.
pub(super) fn hex(bytes: &[u8]) -> String {
    let nibbles = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    nibbles.filter_map(|nibble| char::from_digit(nibble.into(), 16)).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn digests_are_written_in_hexadecimal() {
        assert_eq!(super::hex(&[0, 10, 255]), "000aff");
    }
}
