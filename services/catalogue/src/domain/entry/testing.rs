//! Entries for the tests of the rules.

use std::sync::Arc;

use types::AgencyCode;

use super::{Area, Basis, Boundary, Entry, Holder, Mark, Matter, Power, Regime, Source};
use crate::domain::{
    region::Region,
    span::{Span, day},
};

pub(crate) fn code(text: &str) -> AgencyCode {
    AgencyCode::parse(text).unwrap()
}

pub(crate) fn body(text: &str) -> Holder {
    Holder::Body(code(text))
}

pub(crate) fn span(from: &str, to: &str) -> Span {
    Span { from: day(from).unwrap(), to: day(to) }
}

/// A power over M001.
pub(crate) fn power(holder: &str, territory: &str, from: &str, to: &str) -> Arc<Power> {
    Arc::new(Power {
        matter: "M001".into(),
        holder: if holder == "TOWNSHIP" { Holder::Township } else { body(holder) },
        territory: Region::parse(territory).unwrap(),
        span: span(from, to),
        source: if territory.len() == 9 { Source::Empowerment } else { Source::Duty },
        shared: false,
        act: String::new(),
    })
}

pub(crate) fn matter(code: &str) -> Matter {
    Matter {
        code: code.into(),
        name_zh: "设摊".into(),
        name_en: "Street vending".into(),
        domain: "CITY_APPEARANCE".into(),
        regime: Regime::Comprehensive,
        township_empowerable: true,
        bases: vec![Basis { citation: "a law art. 1".into(), mark: Mark::V, from: None, to: None }],
        penalty_summary: String::new(),
        linked_offences: Vec::new(),
        typical_evidence: Vec::new(),
        note: String::new(),
    }
}

pub(crate) fn area(number: &str) -> Arc<Area> {
    Arc::new(Area {
        region: Region::parse(&format!("3309990{number}")).unwrap(),
        name_zh: "某镇".into(),
        government: code(&format!("TG-T{number}")),
        brigade: code(&format!("BR-T{number}")),
        span: span("2000-01-01", ""),
    })
}

pub(crate) fn boundary(competent: &str, others: &[&str], from: &str) -> Arc<Boundary> {
    Arc::new(Boundary {
        dispute: "disputes/0193a000-0000-7000-8000-000000000001".into(),
        matter: "M001".into(),
        territory: Region::parse("330999").unwrap(),
        subject: String::new(),
        competent: code(competent),
        others: others.iter().map(|one| code(one)).collect(),
        from: day(from).unwrap(),
        act: "GOV-C 〔2026〕1".into(),
    })
}

/// A county with M001 of HOU until 2022-06-30 and of CAE from 2022-07-01, and two townships.
pub(crate) fn entries() -> Vec<Entry> {
    let mut moved = Power::clone(&power("CAE", "330999", "2022-07-01", ""));
    moved.source = Source::Transfer;
    vec![
        Entry::Matter(Arc::new(matter("M001"))),
        Entry::Power(power("HOU", "330999", "2000-01-01", "2022-06-30")),
        Entry::Power(Arc::new(moved)),
        Entry::Area(area("04")),
        Entry::Area(area("05")),
    ]
}
