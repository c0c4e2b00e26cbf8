//! How an item may be used for a target (LAW.md 4.1). `DIRECT` means that it may be used after
//! review, never that it is proven.

use chrono::{Datelike as _, NaiveDate};
use types::AgencyCode;

use super::{
    custody::CustodyEvent,
    defect::{self, Defect, Known},
    item::{Facts, Item},
    refusal::{Law, Refusal},
    word::{Conversion, CustodyKind, EnvironmentalKind, Kind, Proceeding, Severity, Use},
};

/// How a kind of evidence may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Class {
    /// The class.
    pub conversion: Conversion,
    /// Where it stands.
    pub law: Law,
    /// Why, in one sentence.
    pub reason: &'static str,
}

/// How one item may be used, and what is wrong with it.
#[derive(Clone, Debug, PartialEq)]
pub struct Assessment {
    /// The class of its kind.
    pub class: Class,
    /// What is wrong with it, also what was cured.
    pub defects: Vec<Defect>,
    /// No open defect excludes it.
    pub usable: bool,
    /// The body that asks has recognised it for this use.
    pub recognized: bool,
}

/// E-12: by another agency.
const AGENCY: Law =
    Law { rule: "E-12", basis: "浙江省综合行政执法条例 art. 18", verified: "V" };
/// E-02: named by all texts.
const NAMED: Law = Law {
    rule: "E-02",
    basis: "CPL art. 54(2); MPS procedure art. 63; 检察规则 art. 64(1); SPC 2021 art. 75",
    verified: "V",
};
/// E-02, electronic data.
const DATA: Law = Law {
    rule: "E-02",
    basis: "CPL art. 54(2); MPS procedure art. 63; 检察规则 art. 64(1); SPC 2021 art. 75, 110-114",
    verified: "V",
};
/// E-02: named by the police's text.
const POLICE: Law = Law { rule: "E-02", basis: "MPS procedure art. 63", verified: "V" };
/// E-02: named by the procuratorate's text.
const PROCURATORATE: Law = Law { rule: "E-02", basis: "检察规则 art. 64(2)", verified: "V" };
/// E-02: not named by the court's text.
const COURT: Law = Law { rule: "E-02", basis: "CPL art. 54(2); SPC 2021 art. 75", verified: "V" };
/// E-03: in none of the lists.
const WORDS: Law = Law {
    rule: "E-03",
    basis: "not in CPL art. 54, MPS procedure art. 63, SPC 2021 art. 75; 法发〔2011〕3号 item 2",
    verified: "M",
};

/// E-02: it was criminal evidence from the beginning. That the lists do not speak of it is design.
const CRIMINAL: Law = Law { rule: "E-02", basis: "CPL art. 50, 54(1)", verified: "D" };
/// E-13: a criminal case that became an administrative one.
const TURNED: Law =
    Law {
        rule: "E-13", basis: "公安机关办理行政案件程序规定 art. 33", verified: "V"
    };
/// E-13: in public-order cases.
const PUBLIC_ORDER: Law =
    Law { rule: "E-13", basis: "治安管理处罚法 2025 art. 93", verified: "V" };
/// E-13, the kinds that the text does not name.
const NOT_NAMED: Law = Law { verified: "D", ..PUBLIC_ORDER };
/// E-13: when the text came into force.
const BEFORE_2026: Law =
    Law { rule: "E-13", basis: "治安管理处罚法 2025 art. 93, 144", verified: "V" };
/// E-14: monitoring data.
const MONITORED: Law = Law { rule: "E-14", basis: "法释〔2023〕7号 art. 14", verified: "V" };
/// E-14: which waste it is.
const WASTE: Law = Law { rule: "E-14", basis: "法释〔2023〕7号 art. 15", verified: "V" };

/// The first year in which 治安管理处罚法 2025 is in force: from its first day (art. 144).
const PUBLIC_ORDER_LAW: i32 = 2026;

fn told(conversion: Conversion, law: Law, reason: &'static str) -> Class {
    Class { conversion, law, reason }
}

/// How evidence may be used: the table of LAW.md 4.1 with E-13 and E-14. `transferred` is the day on
/// which it left who collected it; today, as long as it has not.
pub fn class(facts: &Facts, transferred: NaiveDate, target: Use) -> Class {
    let criminal = facts.collection.proceeding == Some(Proceeding::Criminal);
    match target {
        Use::AdministrativeCase | Use::PublicOrderCase if criminal => told(
            Conversion::Direct,
            TURNED,
            "evidence collected in a criminal case may be used where it becomes an administrative one",
        ),
        Use::OtherAgency | Use::AdministrativeCase => told(
            Conversion::Direct,
            AGENCY,
            "evidence lawfully obtained by one agency may be used by another if it meets the \
             requirements of validity: check it",
        ),
        Use::PublicOrderCase => public_order(facts.kind, transferred),
        Use::CriminalFiling | Use::Prosecution | Use::Trial if criminal => told(
            Conversion::Direct,
            CRIMINAL,
            "it was collected in a criminal case: review it as such",
        ),
        Use::CriminalFiling | Use::Prosecution | Use::Trial => match &facts.environmental {
            Some(environmental) => environment(environmental.kind),
            None => criminal_use(facts.kind, target),
        },
    }
}

/// E-13: what other agencies collected before they transferred the case.
fn public_order(kind: Kind, transferred: NaiveDate) -> Class {
    if transferred.year() < PUBLIC_ORDER_LAW {
        return told(
            Conversion::Recollect,
            BEFORE_2026,
            "it was transferred before 2026-01-01, when the text came into force: public security \
             collects it itself",
        );
    }
    match kind {
        Kind::Physical | Kind::Documentary | Kind::AudioVisual | Kind::ElectronicData => told(
            Conversion::Direct,
            PUBLIC_ORDER,
            "named by the text: lawfully collected before the transfer, it may be used in a \
             public-order case",
        ),
        Kind::AppraisalOpinion | Kind::SiteRecord => told(
            Conversion::ReviewRequired,
            NOT_NAMED,
            "the text does not name it, only \"等\": review it for this use",
        ),
        Kind::Testimony | Kind::PartyStatement => told(
            Conversion::Recollect,
            NOT_NAMED,
            "the text does not name testimony and statements: public security takes them again",
        ),
    }
}

/// E-14: what the environment authority, its monitoring bodies and public security say.
fn environment(kind: EnvironmentalKind) -> Class {
    match kind {
        EnvironmentalKind::MonitoringData => told(
            Conversion::Direct,
            MONITORED,
            "monitoring data that the environment authority or its monitoring bodies collected may \
             be used in criminal proceedings",
        ),
        EnvironmentalKind::WasteOpinion => told(
            Conversion::Direct,
            WASTE,
            "waste in the national list may be identified by this written opinion, together with \
             the evidence of where it came from and how it was made",
        ),
    }
}

/// The table of LAW.md 4.1.
fn criminal_use(kind: Kind, target: Use) -> Class {
    match kind {
        Kind::Physical | Kind::Documentary | Kind::AudioVisual => {
            told(Conversion::Direct, NAMED, "named by every text: may be used after review")
        }
        Kind::ElectronicData => told(
            Conversion::Direct,
            DATA,
            "named by every text: may be used after review if its integrity holds",
        ),
        Kind::Testimony | Kind::PartyStatement => told(
            Conversion::Recollect,
            WORDS,
            "testimony and statements are in none of the lists: the investigators must take them \
             again",
        ),
        Kind::AppraisalOpinion | Kind::SiteRecord if target == Use::CriminalFiling => told(
            Conversion::ReviewRequired,
            POLICE,
            "named by the text of the police, not by that of the court: review it for this use",
        ),
        Kind::AppraisalOpinion | Kind::SiteRecord if target == Use::Prosecution => told(
            Conversion::ReviewRequired,
            PROCURATORATE,
            "named by the text of the procuratorate, not by that of the court: review it for this \
             use",
        ),
        Kind::AppraisalOpinion | Kind::SiteRecord => told(
            Conversion::ReviewRequired,
            COURT,
            "SPC art. 75 does not name it, only \"等\": the court must review whether it may be \
             used at all",
        ),
    }
}

/// The day on which the item left who collected it; `today`, as long as it has not.
fn transferred(chain: &[CustodyEvent], today: NaiveDate) -> NaiveDate {
    let left = chain.iter().find(|event| event.kind == CustodyKind::HandedOver);
    left.map_or(today, |event| clock::legal_date(event.at))
}

/// Assesses an item for a target, as `reader` asks.
pub fn assess(item: &Item, known: &Known<'_>, target: Use, reader: &AgencyCode) -> Assessment {
    let defects = defect::of(item, known);
    let usable = !defects.iter().any(excludes);
    let recognized =
        item.review.recognized.iter().any(|one| one.agency == *reader && one.r#use == target);
    let class = class(&item.facts, transferred(known.chain, known.day), target);
    Assessment { class, defects, usable, recognized }
}

/// That `body`, which holds the item, may recognise it for a target.
///
/// # Errors
/// The rule that forbids it.
pub fn may_recognize(
    item: &Item,
    collector: &AgencyCode,
    body: &AgencyCode,
    assessment: &Assessment,
) -> Result<(), Refusal> {
    let law = assessment.class.law;
    let broken = |what: String, what_zh| Err(Refusal::Broken { what, what_zh, law });
    super::custody::rule::may_change(item, body)?;
    if collector == body {
        let what = format!("{body} collected the item itself: recognition is for another body");
        return broken(what, "本机关自行收集的证据无需互认");
    }
    if assessment.class.conversion == Conversion::Recollect {
        return broken(
            format!("not recognised: {}", assessment.class.reason),
            "该证据不能直接使用，应当重新收集",
        );
    }
    if let Some(defect) = assessment.defects.iter().find(|one| excludes(one)) {
        let what = format!("the item is excluded: {} ({})", defect.code, defect.description);
        return Err(Refusal::Broken {
            what, what_zh: "该证据应当予以排除", law: defect.law
        });
    }
    if assessment.recognized {
        return broken(format!("{body} has recognised it for this use"), "已经认可");
    }
    Ok(())
}

fn excludes(defect: &Defect) -> bool {
    defect.severity == Severity::Exclude && defect.cured_by == 0
}
