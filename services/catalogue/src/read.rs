//! Reads what an office sends into what the rules know: every fault of every entry at once.

use std::sync::Arc;

use chrono::NaiveDate;
use proto::catalogue::v1::{self as pb, entry::Entry as Body};
use types::{AgencyCode, Id};

use crate::domain::{
    changes::Changes,
    entry::{
        Area, Basis, Benchmark, Boundary, Condition, Entry, Holder, Kind, Mark, Matter,
        MinorViolation, Operator, Posting, Power, Regime, Route, Source,
    },
    fault::{Fault, Wrong},
    region::Region,
    span::{self, Span},
};

/// The most bytes of a citation, a penalty, the name of an act.
const TEXT: usize = 1000;
/// The most bytes of a code.
const CODE: usize = 40;
/// The most items of a list in an entry.
const LIST: usize = 30;

/// The changes, and what is wrong with those that do not read.
pub(crate) fn changes(sent: &pb::Changes) -> (Changes, Vec<Fault>) {
    let (mut changes, mut faults) = (Changes::default(), Vec::new());
    for (at, one) in sent.put.iter().enumerate() {
        match entry(one) {
            Ok(read) => {
                let key = read.key();
                if !one.key.is_empty() && one.key != key {
                    let text = format!("its key is {key}, and {} was said", one.key);
                    let text_zh = format!("条目编号应为{key}，填报为{}", one.key);
                    faults.push(Fault::new(Wrong::KeyDiffers, &read.name(), text, text_zh));
                }
                changes.put.push(read);
            }
            Err(malformed) => {
                let key = if one.key.is_empty() { format!("put[{at}]") } else { one.key.clone() };
                let kind = one.entry.as_ref().map(kind);
                let told = malformed.into_iter().map(|text| {
                    let (key, text_zh) = (key.clone(), format!("填报有误：{text}"));
                    Fault { wrong: Wrong::Malformed, kind, key, text, text_zh }
                });
                faults.extend(told);
            }
        }
    }
    for one in &sent.remove {
        match Kind::of_number(one.kind) {
            Some(kind) => changes.remove.push((kind, one.key.clone())),
            None => {
                let text = "what is taken away has no kind".to_owned();
                let (kind, text_zh) = (None, "未说明要删除的条目种类".to_owned());
                let (wrong, key) = (Wrong::Malformed, one.key.clone());
                faults.push(Fault { wrong, kind, key, text, text_zh });
            }
        }
    }
    (changes, faults)
}

fn kind(body: &Body) -> Kind {
    match body {
        Body::Matter(_) => Kind::Matter,
        Body::Power(_) => Kind::Power,
        Body::Area(_) => Kind::Area,
        Body::Posting(_) => Kind::Posting,
        Body::Benchmark(_) => Kind::Benchmark,
        Body::MinorViolation(_) => Kind::MinorViolation,
        Body::Boundary(_) => Kind::Boundary,
    }
}

/// One entry, or each field of it that does not read.
pub(crate) fn entry(sent: &pb::Entry) -> Result<Entry, Vec<String>> {
    let mut form = Form::default();
    let read = match &sent.entry {
        None => {
            form.fault("entry", "is missing");
            None
        }
        Some(Body::Matter(it)) => matter(it, &mut form).map(|it| Entry::Matter(Arc::new(it))),
        Some(Body::Power(it)) => power(it, &mut form).map(|it| Entry::Power(Arc::new(it))),
        Some(Body::Area(it)) => area(it, &mut form).map(|it| Entry::Area(Arc::new(it))),
        Some(Body::Posting(it)) => posting(it, &mut form).map(|it| Entry::Posting(Arc::new(it))),
        Some(Body::Benchmark(it)) => {
            benchmark(it, &mut form).map(|it| Entry::Benchmark(Arc::new(it)))
        }
        Some(Body::MinorViolation(it)) => {
            minor_violation(it, &mut form).map(|it| Entry::MinorViolation(Arc::new(it)))
        }
        Some(Body::Boundary(it)) => boundary(it, &mut form).map(|it| Entry::Boundary(Arc::new(it))),
    };
    match read {
        Some(read) if form.0.is_empty() => Ok(read),
        _ => Err(form.0),
    }
}

/// What is wrong with the fields of one entry.
#[derive(Default)]
struct Form(Vec<String>);

impl Form {
    fn fault(&mut self, field: &str, fault: &str) {
        self.0.push(format!("{field} {fault}"));
    }

    fn need<T>(&mut self, value: Option<T>, field: &str, fault: &str) -> Option<T> {
        if value.is_none() {
            self.fault(field, fault);
        }
        value
    }

    /// A text that may be empty.
    fn text(&mut self, text: &str, field: &str) -> String {
        if text.len() > TEXT {
            self.fault(field, "is longer than 1000 bytes");
        }
        text.trim().to_owned()
    }

    /// A text that is there.
    fn said(&mut self, text: &str, field: &str) -> String {
        if text.trim().is_empty() {
            self.fault(field, "is missing");
        }
        self.text(text, field)
    }

    fn texts(&mut self, list: &[String], field: &str) -> Vec<String> {
        if list.len() > LIST {
            self.fault(field, "has more than 30 items");
        }
        list.iter().take(LIST).map(|text| self.said(text, field)).collect()
    }

    /// A part of a key.
    fn code(&mut self, code: &str, field: &str) -> String {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        if code.is_empty() || code.len() > CODE || !code.chars().all(plain) {
            self.fault(field, "is no code: 1 to 40 of A-Z a-z 0-9 - _ .");
        }
        code.to_owned()
    }

    fn agency(&mut self, code: &str, field: &str) -> Option<AgencyCode> {
        self.need(AgencyCode::parse(code), field, "is no agency code")
    }

    fn region(&mut self, code: &str, field: &str) -> Option<Region> {
        self.need(Region::parse(code), field, "is no region code of 6 or 9 digits")
    }

    fn day(&mut self, text: &str, field: &str) -> Option<NaiveDate> {
        self.need(span::day(text), field, "is not a date (YYYY-MM-DD)")
    }

    /// A day that may be left open.
    fn open(&mut self, text: &str, field: &str) -> Option<NaiveDate> {
        if text.is_empty() { None } else { self.day(text, field) }
    }

    fn span(&mut self, from: &str, to: &str) -> Option<Span> {
        let from = self.day(from, "valid_from");
        let to = self.open(to, "valid_to");
        let span = Span { from: from?, to };
        if span.is_over(span.from) {
            self.fault("valid_to", "is before valid_from");
        }
        Some(span)
    }

    fn mark(&mut self, letter: &str) -> Option<Mark> {
        self.need(Mark::parse(letter), "verified", "is none of V, S, M, D")
    }

    fn conditions(&mut self, sent: &[pb::Condition]) -> Vec<Condition> {
        if sent.len() > LIST {
            self.fault("conditions", "are more than 30");
        }
        let mut read = Vec::new();
        for one in sent.iter().take(LIST) {
            let operator = Operator::parse(&one.operator);
            let fact = self.code(&one.fact, "conditions.fact");
            let value = self.said(&one.value, "conditions.value");
            let operator = self.need(operator, "conditions.operator", "is none of >= > <= < = !=");
            read.extend(operator.map(|operator| Condition { fact, operator, value }));
        }
        read
    }
}

fn matter(it: &pb::Matter, form: &mut Form) -> Option<Matter> {
    let regime = match it.regime() {
        pb::Regime::Unspecified => None,
        pb::Regime::Comprehensive => Some(Regime::Comprehensive),
        pb::Regime::Specialised => Some(Regime::Specialised),
        pb::Regime::Department => Some(Regime::Department),
        pb::Regime::TownshipOwn => Some(Regime::TownshipOwn),
    };
    let regime = form.need(regime, "regime", "is missing");
    let read = |it: &pb::Basis, form: &mut Form| {
        let (from, to) =
            (form.open(&it.valid_from, "valid_from"), form.open(&it.valid_to, "valid_to"));
        let citation = form.said(&it.citation, "bases.citation");
        Some(Basis { citation, mark: form.mark(&it.verified)?, from, to })
    };
    if it.bases.is_empty() || it.bases.len() > LIST {
        form.fault("bases", "are none, or more than 30");
    }
    let bases: Vec<Basis> = it.bases.iter().take(LIST).filter_map(|one| read(one, form)).collect();
    let ordered = bases.windows(2).all(|pair| match (pair[0].to, pair[1].from) {
        (Some(to), Some(from)) => to < from,
        _ => false,
    });
    if !ordered {
        form.fault(
            "bases",
            "are not in the order of their days, each ending before the next begins",
        );
    }
    Some(Matter {
        code: form.code(&it.code, "code"),
        name_zh: form.said(&it.name_zh, "name_zh"),
        name_en: form.text(&it.name_en, "name_en"),
        domain: form.code(&it.domain, "domain"),
        township_empowerable: it.township_empowerable,
        bases,
        penalty_summary: form.text(&it.penalty_summary, "penalty_summary"),
        linked_offences: form.texts(&it.linked_offences, "linked_offences"),
        typical_evidence: form.texts(&it.typical_evidence, "typical_evidence"),
        note: form.text(&it.note, "note"),
        // At last, so that the other fields are looked at all the same.
        regime: regime?,
    })
}

fn power(it: &pb::Power, form: &mut Form) -> Option<Power> {
    let source = match it.source() {
        pb::PowerSource::Unspecified => None,
        pb::PowerSource::Duty => Some(Source::Duty),
        pb::PowerSource::Transfer => Some(Source::Transfer),
        pb::PowerSource::Empowerment => Some(Source::Empowerment),
    };
    let holder = match (it.by_township, it.holder.as_str()) {
        (true, "") => Some(Holder::Township),
        (true, _) => {
            form.fault("holder", "is set, and townships hold it");
            None
        }
        (false, code) => form.agency(code, "holder").map(Holder::Body),
    };
    let matter = form.code(&it.matter, "matter");
    let territory = form.region(&it.territory, "territory");
    let span = form.span(&it.valid_from, &it.valid_to);
    let source = form.need(source, "source", "is missing");
    let act = form.text(&it.act, "act");
    let (holder, territory, span, source) = (holder?, territory?, span?, source?);
    Some(Power { matter, holder, territory, span, source, shared: it.shared, act })
}

fn area(it: &pb::Area, form: &mut Form) -> Option<Area> {
    let region = form.region(&it.region, "region");
    if region.is_some_and(|region| !region.is_township()) {
        form.fault("region", "is no township: 9 digits");
    }
    let name_zh = form.said(&it.name_zh, "name_zh");
    let government = form.agency(&it.government, "government");
    let brigade = form.agency(&it.brigade, "brigade");
    let span = form.span(&it.valid_from, &it.valid_to);
    let (region, government, brigade, span) = (region?, government?, brigade?, span?);
    Some(Area { region, name_zh, government, brigade, span })
}

fn posting(it: &pb::Posting, form: &mut Form) -> Option<Posting> {
    let certificate_no = form.code(&it.certificate_no, "certificate_no");
    let home = form.agency(&it.home_agency, "home_agency");
    let posted_to = form.agency(&it.posted_to, "posted_to");
    let span = form.span(&it.valid_from, &it.valid_to);
    Some(Posting { certificate_no, home_agency: home?, posted_to: posted_to?, span: span? })
}

fn benchmark(it: &pb::Benchmark, form: &mut Form) -> Option<Benchmark> {
    if it.fine_min_fen < 0 || it.fine_max_fen < it.fine_min_fen {
        form.fault("fine_max_fen", "is below fine_min_fen, or one of them is negative");
    }
    let (mark, span) = (form.mark(&it.verified), form.span(&it.valid_from, &it.valid_to));
    Some(Benchmark {
        matter: form.code(&it.matter, "matter"),
        grade: form.code(&it.grade, "grade"),
        conditions: form.conditions(&it.conditions),
        order: it.order,
        penalty: form.said(&it.penalty, "penalty"),
        fine_min_fen: it.fine_min_fen,
        fine_max_fen: it.fine_max_fen,
        basis: form.said(&it.basis, "basis"),
        mark: mark?,
        span: span?,
    })
}

fn minor_violation(it: &pb::MinorViolation, form: &mut Form) -> Option<MinorViolation> {
    let route = match it.route() {
        pb::MinorRoute::Unspecified => None,
        pb::MinorRoute::NoPenalty => Some(Route::NoPenalty),
        pb::MinorRoute::MayExempt => Some(Route::MayExempt),
        pb::MinorRoute::Promise => Some(Route::Promise),
    };
    let route = form.need(route, "route", "is missing");
    let (mark, span) = (form.mark(&it.verified), form.span(&it.valid_from, &it.valid_to));
    Some(MinorViolation {
        matter: form.code(&it.matter, "matter"),
        conditions: form.conditions(&it.conditions),
        basis: form.said(&it.basis, "basis"),
        route: route?,
        mark: mark?,
        span: span?,
    })
}

fn boundary(it: &pb::Boundary, form: &mut Form) -> Option<Boundary> {
    let id = it.dispute.strip_prefix("disputes/").and_then(|id| id.parse::<Id<()>>().ok());
    // Only the canonical form: names are compared as text.
    if id.is_none_or(|id| format!("disputes/{id}") != it.dispute) {
        form.fault("dispute", "is no name of a dispute");
    }
    if it.others.len() > LIST {
        form.fault("others", "are more than 30");
    }
    let others: Vec<_> =
        it.others.iter().take(LIST).filter_map(|one| form.agency(one, "others")).collect();
    let matter = form.code(&it.matter, "matter");
    let territory = form.region(&it.territory, "territory");
    let competent = form.agency(&it.competent, "competent");
    let from = form.day(&it.valid_from, "valid_from");
    Some(Boundary {
        dispute: it.dispute.clone(),
        matter,
        territory: territory?,
        subject: form.text(&it.subject, "subject"),
        competent: competent?,
        others,
        from: from?,
        act: form.said(&it.act, "act"),
    })
}

#[cfg(test)]
mod tests;
