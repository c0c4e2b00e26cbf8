//! How an item may be used for a target (LAW.md 4.1). `DIRECT` means that it may be used after
//! review, never that it is proven.

use types::AgencyCode;

use super::{
    defect::{self, Defect, Known},
    item::Item,
    refusal::{Law, Refusal},
    word::{Conversion, Kind, Severity, Use},
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

/// How evidence of a kind may be used: the table of LAW.md 4.1.
pub fn class(kind: Kind, target: Use) -> Class {
    let told = |conversion, law, reason| Class { conversion, law, reason };
    match (target, kind) {
        (Use::OtherAgency, _) => told(
            Conversion::Direct,
            AGENCY,
            "evidence lawfully obtained by one agency may be used by another if it meets the \
             requirements of validity: check it",
        ),
        (_, Kind::Physical | Kind::Documentary | Kind::AudioVisual) => {
            told(Conversion::Direct, NAMED, "named by every text: may be used after review")
        }
        (_, Kind::ElectronicData) => told(
            Conversion::Direct,
            DATA,
            "named by every text: may be used after review if its integrity holds",
        ),
        (_, Kind::Testimony | Kind::PartyStatement) => told(
            Conversion::Recollect,
            WORDS,
            "testimony and statements are in none of the lists: the investigators must take them \
             again",
        ),
        (Use::CriminalFiling, Kind::AppraisalOpinion | Kind::SiteRecord) => told(
            Conversion::ReviewRequired,
            POLICE,
            "named by the text of the police, not by that of the court: review it for this use",
        ),
        (Use::Prosecution, Kind::AppraisalOpinion | Kind::SiteRecord) => told(
            Conversion::ReviewRequired,
            PROCURATORATE,
            "named by the text of the procuratorate, not by that of the court: review it for this \
             use",
        ),
        (Use::Trial, Kind::AppraisalOpinion | Kind::SiteRecord) => told(
            Conversion::ReviewRequired,
            COURT,
            "SPC art. 75 does not name it, only \"等\": the court must review whether it may be \
             used at all",
        ),
    }
}

/// Assesses an item for a target, as `reader` asks.
pub fn assess(item: &Item, known: &Known<'_>, target: Use, reader: &AgencyCode) -> Assessment {
    let defects = defect::of(item, known);
    let usable = !defects.iter().any(excludes);
    let recognized =
        item.review.recognized.iter().any(|one| one.agency == *reader && one.r#use == target);
    Assessment { class: class(item.facts.kind, target), defects, usable, recognized }
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
            "言词证据应当重新收集",
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
