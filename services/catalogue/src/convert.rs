//! The rules' words on the wire.

use chrono::NaiveDate;
use proto::catalogue::v1::{self as pb, entry::Entry as Body};

use crate::domain::{
    content::Held,
    diff::Change,
    discretion,
    entry::{
        Area, Basis, Benchmark, Boundary, Condition, Entry, Holder, Matter, MinorViolation,
        Posting, Power, Regime, Route, Source,
    },
    fault::Fault,
    moves::Move,
    reader::Reader,
    reason::Reason,
    resolve::{Claim, Standing},
};

/// An entry as `reader` may see it; `until` is the revision that took it away.
pub(crate) fn entry(entry: &Entry, since: i64, until: Option<i64>, reader: &Reader) -> pb::Entry {
    let body = match entry {
        Entry::Matter(it) => Body::Matter(matter(it)),
        Entry::Power(it) => Body::Power(power(it)),
        Entry::Area(it) => Body::Area(area(it)),
        Entry::Posting(it) => Body::Posting(posting(it)),
        Entry::Benchmark(it) => Body::Benchmark(benchmark(it)),
        Entry::MinorViolation(it) => Body::MinorViolation(minor_violation(it)),
        Entry::Boundary(it) => Body::Boundary(boundary(it, reader)),
    };
    pb::Entry {
        key: entry.key(),
        entry: Some(body),
        since_revision: since,
        until_revision: until.unwrap_or_default(),
    }
}

pub(crate) fn matter(it: &Matter) -> pb::Matter {
    let regime = match it.regime {
        Regime::Comprehensive => pb::Regime::Comprehensive,
        Regime::Specialised => pb::Regime::Specialised,
        Regime::Department => pb::Regime::Department,
        Regime::TownshipOwn => pb::Regime::TownshipOwn,
    };
    pb::Matter {
        code: it.code.clone(),
        name_zh: it.name_zh.clone(),
        name_en: it.name_en.clone(),
        domain: it.domain.clone(),
        regime: regime.into(),
        township_empowerable: it.township_empowerable,
        bases: it.bases.iter().map(basis).collect(),
        penalty_summary: it.penalty_summary.clone(),
        linked_offences: it.linked_offences.clone(),
        typical_evidence: it.typical_evidence.clone(),
        note: it.note.clone(),
    }
}

pub(crate) fn basis(it: &Basis) -> pb::Basis {
    pb::Basis {
        citation: it.citation.clone(),
        verified: it.mark.as_str().to_owned(),
        valid_from: day(it.from),
        valid_to: day(it.to),
    }
}

fn power(it: &Power) -> pb::Power {
    let source = match it.source {
        Source::Duty => pb::PowerSource::Duty,
        Source::Transfer => pb::PowerSource::Transfer,
        Source::Empowerment => pb::PowerSource::Empowerment,
    };
    let (holder, by_township) = match &it.holder {
        Holder::Body(code) => (code.to_string(), false),
        Holder::Township => (String::new(), true),
    };
    pb::Power {
        matter: it.matter.clone(),
        holder,
        by_township,
        territory: it.territory.to_string(),
        valid_from: it.span.from.to_string(),
        valid_to: day(it.span.to),
        source: source.into(),
        shared: it.shared,
        act: it.act.clone(),
    }
}

fn area(it: &Area) -> pb::Area {
    pb::Area {
        region: it.region.to_string(),
        name_zh: it.name_zh.clone(),
        government: it.government.to_string(),
        brigade: it.brigade.to_string(),
        valid_from: it.span.from.to_string(),
        valid_to: day(it.span.to),
    }
}

fn posting(it: &Posting) -> pb::Posting {
    pb::Posting {
        certificate_no: it.certificate_no.clone(),
        home_agency: it.home_agency.to_string(),
        posted_to: it.posted_to.to_string(),
        valid_from: it.span.from.to_string(),
        valid_to: day(it.span.to),
    }
}

pub(crate) fn benchmark(it: &Benchmark) -> pb::Benchmark {
    pb::Benchmark {
        matter: it.matter.clone(),
        grade: it.grade.clone(),
        conditions: it.conditions.iter().map(condition).collect(),
        order: it.order,
        penalty: it.penalty.clone(),
        fine_min_fen: it.fine_min_fen,
        fine_max_fen: it.fine_max_fen,
        basis: it.basis.clone(),
        verified: it.mark.as_str().to_owned(),
        valid_from: it.span.from.to_string(),
        valid_to: day(it.span.to),
    }
}

pub(crate) fn minor_violation(it: &MinorViolation) -> pb::MinorViolation {
    let route = match it.route {
        Route::NoPenalty => pb::MinorRoute::NoPenalty,
        Route::MayExempt => pb::MinorRoute::MayExempt,
        Route::Promise => pb::MinorRoute::Promise,
    };
    pb::MinorViolation {
        matter: it.matter.clone(),
        route: route.into(),
        conditions: it.conditions.iter().map(condition).collect(),
        basis: it.basis.clone(),
        verified: it.mark.as_str().to_owned(),
        valid_from: it.span.from.to_string(),
        valid_to: day(it.span.to),
    }
}

fn condition(it: &Condition) -> pb::Condition {
    pb::Condition {
        fact: it.fact.clone(),
        operator: it.operator.as_str().to_owned(),
        value: it.value.clone(),
    }
}

fn boundary(it: &Boundary, reader: &Reader) -> pb::Boundary {
    pb::Boundary {
        dispute: it.dispute.clone(),
        matter: it.matter.clone(),
        territory: it.territory.to_string(),
        subject: reader.subject(it).to_owned(),
        competent: it.competent.to_string(),
        others: it.others.iter().map(ToString::to_string).collect(),
        valid_from: it.from.to_string(),
        act: it.act.clone(),
    }
}

pub(crate) fn change(change: &Change, reader: &Reader) -> pb::EntryChange {
    let held = |held: &Held| entry(&held.entry, held.since, None, reader);
    pb::EntryChange {
        kind: change.name.0.number(),
        key: change.name.1.clone(),
        before: change.before.as_ref().map(held),
        after: change.after.as_ref().map(held),
        fields: change.fields().into_iter().map(str::to_owned).collect(),
    }
}

pub(crate) fn power_move(one: &Move) -> pb::PowerMove {
    pb::PowerMove {
        matter: one.matter.clone(),
        territory: one.territory.to_string(),
        from: one.from.iter().map(ToString::to_string).collect(),
        to: one.to.iter().map(ToString::to_string).collect(),
        on_date: one.on.to_string(),
        summary: one.summary(),
        summary_zh: one.summary_zh(),
    }
}

pub(crate) fn fault(fault: &Fault) -> pb::Fault {
    let law = fault.wrong.law();
    pb::Fault {
        reason: fault.wrong.as_str().to_owned(),
        kind: fault.kind.map_or(0, |kind| kind.number()),
        key: fault.key.clone(),
        text: fault.text.clone(),
        text_zh: fault.text_zh.clone(),
        source: format!("{} ({})", law.basis, law.rule),
    }
}

pub(crate) fn claim(claim: &Claim) -> pb::Claim {
    let standing = match claim.standing {
        Standing::Competent => pb::Standing::Competent,
        Standing::Claims => pb::Standing::Claims,
        Standing::NotCompetent => pb::Standing::NotCompetent,
    };
    pb::Claim {
        agency: claim.agency.to_string(),
        standing: standing.into(),
        reasons: claim.reasons.iter().map(reason).collect(),
    }
}

fn reason(reason: &Reason) -> pb::Reason {
    pb::Reason {
        text: reason.text.clone(),
        text_zh: reason.text_zh.clone(),
        source: reason.source.clone(),
        rule: reason.rule.to_owned(),
        verified: reason.mark.as_str().to_owned(),
    }
}

pub(crate) fn tried(tried: &discretion::Tried) -> pb::Tried {
    pb::Tried { key: tried.key.clone(), fits: tried.fits, comparisons: tried.comparisons.clone() }
}

fn day(day: Option<NaiveDate>) -> String {
    day.map(|day| day.to_string()).unwrap_or_default()
}
