//! The entries of the catalogue: what a line of an office's spreadsheet becomes.

use std::{fmt, sync::Arc};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use types::AgencyCode;

use super::{region::Region, span::Span};

/// The kinds of entries, in the order of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// An enforcement matter (执法事项).
    Matter,
    /// The power over a matter (职权).
    Power,
    /// A township and the brigade that works in it (1+X).
    Area,
    /// An officer posted to another body (派驻).
    Posting,
    /// One grade of a discretion benchmark (裁量基准).
    Benchmark,
    /// A matter on the list of minor violations (轻微违法).
    MinorViolation,
    /// What a decided dispute settled.
    Boundary,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::Matter,
        Self::Power,
        Self::Area,
        Self::Posting,
        Self::Benchmark,
        Self::MinorViolation,
        Self::Boundary,
    ];

    /// The word of the contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Matter => "MATTER",
            Self::Power => "POWER",
            Self::Area => "AREA",
            Self::Posting => "POSTING",
            Self::Benchmark => "BENCHMARK",
            Self::MinorViolation => "MINOR_VIOLATION",
            Self::Boundary => "BOUNDARY",
        }
    }

    /// Its number in the contract, from 1.
    pub fn number(self) -> i32 {
        match self {
            Self::Matter => 1,
            Self::Power => 2,
            Self::Area => 3,
            Self::Posting => 4,
            Self::Benchmark => 5,
            Self::MinorViolation => 6,
            Self::Boundary => 7,
        }
    }

    /// The kind of a number.
    pub fn of_number(number: i32) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.number() == number)
    }
}

/// What an entry is known by: its kind, and its key among them.
pub type Name = (Kind, String);

/// One entry. Clones share it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A matter.
    Matter(Arc<Matter>),
    /// A power.
    Power(Arc<Power>),
    /// An area.
    Area(Arc<Area>),
    /// A posting.
    Posting(Arc<Posting>),
    /// A grade of a benchmark.
    Benchmark(Arc<Benchmark>),
    /// A minor violation.
    MinorViolation(Arc<MinorViolation>),
    /// A boundary.
    Boundary(Arc<Boundary>),
}

impl Entry {
    /// Its kind.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Matter(_) => Kind::Matter,
            Self::Power(_) => Kind::Power,
            Self::Area(_) => Kind::Area,
            Self::Posting(_) => Kind::Posting,
            Self::Benchmark(_) => Kind::Benchmark,
            Self::MinorViolation(_) => Kind::MinorViolation,
            Self::Boundary(_) => Kind::Boundary,
        }
    }

    /// Its key, made of what it says.
    pub fn key(&self) -> String {
        match self {
            Self::Matter(it) => it.code.clone(),
            Self::Power(it) => {
                format!("{}/{}/{}/{}", it.matter, it.holder, it.territory, it.span.from)
            }
            Self::Area(it) => format!("{}/{}", it.region, it.span.from),
            Self::Posting(it) => format!("{}/{}", it.certificate_no, it.span.from),
            Self::Benchmark(it) => format!("{}/{}/{}", it.matter, it.grade, it.span.from),
            Self::MinorViolation(it) => {
                format!("{}/{}/{}", it.matter, it.route.as_str(), it.span.from)
            }
            Self::Boundary(it) => it.dispute.clone(),
        }
    }

    /// What it is known by.
    pub fn name(&self) -> Name {
        (self.kind(), self.key())
    }

    /// Code of the matter it is about; empty for areas and postings.
    pub fn matter(&self) -> &str {
        match self {
            Self::Matter(it) => &it.code,
            Self::Power(it) => &it.matter,
            Self::Area(_) | Self::Posting(_) => "",
            Self::Benchmark(it) => &it.matter,
            Self::MinorViolation(it) => &it.matter,
            Self::Boundary(it) => &it.matter,
        }
    }

    /// The power, if it is one.
    pub fn power(&self) -> Option<&Arc<Power>> {
        if let Self::Power(power) = self { Some(power) } else { None }
    }

    /// The area, if it is one.
    pub fn area(&self) -> Option<&Arc<Area>> {
        if let Self::Area(area) = self { Some(area) } else { None }
    }
}

/// How sure we are of a source (LAW.md 0.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mark {
    /// Read in the primary text.
    V,
    /// Seen as a quotation.
    S,
    /// From memory.
    M,
    /// Design, not law.
    D,
}

impl Mark {
    /// The letter.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V => "V",
            Self::S => "S",
            Self::M => "M",
            Self::D => "D",
        }
    }

    /// The mark of a letter.
    pub fn parse(letter: &str) -> Option<Self> {
        [Self::V, Self::S, Self::M, Self::D].into_iter().find(|mark| mark.as_str() == letter)
    }
}

/// How a matter is enforced (seed section 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Regime {
    /// 综合执法.
    Comprehensive,
    /// 专业执法.
    Specialised,
    /// By a department.
    Department,
    /// By townships, by law.
    TownshipOwn,
}

/// An enforcement matter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of the contract's `Matter`")]
pub struct Matter {
    pub code: String,
    pub name_zh: String,
    pub name_en: String,
    pub domain: String,
    pub regime: Regime,
    pub township_empowerable: bool,
    pub bases: Vec<Basis>,
    pub penalty_summary: String,
    pub linked_offences: Vec<String>,
    pub typical_evidence: Vec<String>,
    pub note: String,
}

/// One version of the law a matter rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Basis {
    /// Act and article.
    pub citation: String,
    /// How sure we are of it.
    pub mark: Mark,
    /// First day in force; none: open.
    pub from: Option<NaiveDate>,
    /// Last day in force; none: open.
    pub to: Option<NaiveDate>,
}

impl Basis {
    /// Whether it is in force on `day`.
    pub fn holds(&self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }
}

/// Who holds a power.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Holder {
    /// One body.
    Body(AgencyCode),
    /// Each township in its own territory.
    Township,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Body(code) => code.fmt(f),
            Self::Township => f.write_str("TOWNSHIP"),
        }
    }
}

/// Where a power comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Source {
    /// By law, or by the body's duties.
    Duty,
    /// 划转 (Penalty Law art. 18).
    Transfer,
    /// 赋权 (Penalty Law art. 24).
    Empowerment,
}

/// The power over a matter, held over a territory for a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of the contract's `Power`")]
pub struct Power {
    pub matter: String,
    pub holder: Holder,
    pub territory: Region,
    pub span: Span,
    pub source: Source,
    pub shared: bool,
    pub act: String,
}

/// A township and the brigade that works in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of the contract's `Area`")]
pub struct Area {
    pub region: Region,
    pub name_zh: String,
    pub government: AgencyCode,
    pub brigade: AgencyCode,
    pub span: Span,
}

/// An officer posted to another body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of the contract's `Posting`")]
pub struct Posting {
    pub certificate_no: String,
    pub home_agency: AgencyCode,
    pub posted_to: AgencyCode,
    pub span: Span,
}

/// A comparison that conditions make.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "they are what their signs say")]
pub enum Operator {
    AtLeast,
    Above,
    AtMost,
    Below,
    Equal,
    Other,
}

impl Operator {
    /// Its sign.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AtLeast => ">=",
            Self::Above => ">",
            Self::AtMost => "<=",
            Self::Below => "<",
            Self::Equal => "=",
            Self::Other => "!=",
        }
    }

    /// The comparison of a sign.
    pub fn parse(sign: &str) -> Option<Self> {
        let all = [Self::AtLeast, Self::Above, Self::AtMost, Self::Below, Self::Equal, Self::Other];
        all.into_iter().find(|one| one.as_str() == sign)
    }
}

/// A comparison of one fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// Name of the fact.
    pub fact: String,
    /// How it is compared.
    pub operator: Operator,
    /// With what: a number, true or false, or text.
    pub value: String,
}

/// One grade of a discretion benchmark.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of the contract's `Benchmark`")]
pub struct Benchmark {
    pub matter: String,
    pub grade: String,
    pub conditions: Vec<Condition>,
    pub order: i32,
    pub penalty: String,
    pub fine_min_fen: i64,
    pub fine_max_fen: i64,
    pub basis: String,
    pub mark: Mark,
    pub span: Span,
}

/// What becomes of a minor violation (LAW.md S-11), in the order of the law.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Route {
    /// No penalty (Penalty Law art. 33(1)).
    NoPenalty,
    /// There need not be one (art. 33(1)).
    MayExempt,
    /// 告知承诺.
    Promise,
}

impl Route {
    /// The word of the contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoPenalty => "NO_PENALTY",
            Self::MayExempt => "MAY_EXEMPT",
            Self::Promise => "PROMISE",
        }
    }
}

/// A matter on the list of minor violations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of the contract's `MinorViolation`")]
pub struct MinorViolation {
    pub matter: String,
    pub route: Route,
    pub conditions: Vec<Condition>,
    pub basis: String,
    pub mark: Mark,
    pub span: Span,
}

/// What a decided dispute settled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of the contract's `Boundary`")]
pub struct Boundary {
    pub dispute: String,
    pub matter: String,
    pub territory: Region,
    pub subject: String,
    pub competent: AgencyCode,
    pub others: Vec<AgencyCode>,
    pub from: NaiveDate,
    pub act: String,
}

impl Boundary {
    /// Whether the decision is about this body: it is competent, or was heard and is not.
    pub fn names(&self, agency: &AgencyCode) -> bool {
        self.competent == *agency || self.others.contains(agency)
    }
}

#[cfg(test)]
pub(crate) mod testing;
