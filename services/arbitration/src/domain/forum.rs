//! Before whom a dispute goes: the decision table of LAW.md 5, computed from the parties.
//!
//! A body that is a party never coordinates, consults or decides; only a head decides over its own units.

use serde::{Deserialize, Serialize};
use types::AgencyCode;

use super::{
    body::{Bodies, Body},
    ladder::Law,
    refusal::Refusal,
    settings::Settings,
    word::{ForumKind, Mark, Need},
};

/// The ladder of forums, and where on it a dispute is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forum {
    /// From the first to the last; never empty.
    pub rungs: Vec<Rung>,
    /// The rung it is on, from 0.
    pub rung: usize,
    /// Why these.
    pub reasons: Vec<Reason>,
}

/// One rung.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rung {
    /// What it is.
    pub kind: ForumKind,
    /// Who; the first convenes.
    pub members: Vec<AgencyCode>,
    /// What ends the dispute there.
    pub needs: Need,
}

/// A sentence with its source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// The sentence.
    pub text: String,
    /// The same in Chinese.
    pub text_zh: String,
    /// Rule of LAW.md.
    pub rule: String,
    /// The article.
    pub basis: String,
    /// How sure we are of it, as its source says.
    pub verified: String,
}

impl Forum {
    /// The rung it is on.
    pub fn here(&self) -> Option<&Rung> {
        self.rungs.get(self.rung)
    }

    /// The body that convenes here.
    pub fn convener(&self) -> Option<&AgencyCode> {
        self.here()?.members.first()
    }

    /// The body of the last rung.
    pub fn superior(&self) -> Option<&AgencyCode> {
        self.rungs.last()?.members.first()
    }
}

const NEGOTIATE: Law = Law { rule: "J-02", basis: "Penalty Law art. 25(2)", mark: Mark::V };
const GUIDANCE: Law =
    Law { rule: "J-03", basis: "seed section 9; 条例 art. 12(2), 17(2)", mark: Mark::Seed };
const THREE: Law = Law { rule: "J-04", basis: "seed section 9", mark: Mark::Seed };
const UNANIMOUS: Law =
    Law { rule: "J-04", basis: "LAW.md 5: unanimity of the three bodies", mark: Mark::D };
const TOWNSHIP: Law = Law { rule: "J-06", basis: "条例 art. 17(2)", mark: Mark::V };
const COUNTY: Law =
    Law { rule: "J-02", basis: "Penalty Law art. 25(2); 条例 art. 12(2)", mark: Mark::V };
const LOWEST: Law = Law { rule: "J-12", basis: "Penalty Law art. 25(2) applied", mark: Mark::D };
const MEDIATES: Law =
    Law { rule: "J-03", basis: "LAW.md 5: the guidance office may mediate", mark: Mark::D };
const MARKET: Law =
    Law {
        rule: "J-11", basis: "市场监管投诉举报处理暂行办法 2022 art. 30", mark: Mark::V
    };
const HEAD: Law =
    Law { rule: "J-02", basis: "LAW.md 5: units of one agency, its own head", mark: Mark::D };
const RECUSED: Law =
    Law { rule: "J-04", basis: "LAW.md 5: nobody decides in its own dispute", mark: Mark::D };
const CRIME: Law = Law {
    rule: "T-16",
    basis: "Decree 310 art. 8, 9; 检规 art. 557(1): rules T-14 to T-18 and P-01",
    mark: Mark::V,
};

/// Kinds of bodies that are no party of a dispute between administrative organs.
const NO_PARTY: &[(&[&str], &str, &str, &str)] = &[
    (
        &["PROCURATORATE", "PROCURATORATE_UNIT", "COURT", "COURT_UNIT", "SUPERVISION"],
        "Penalty Law art. 25(2)",
        "is no administrative organ",
        "不是行政机关，不适用行政执法争议协调",
    ),
    (
        &["PARTY_OFFICE"],
        "LAW.md 13 no. 10; Penalty Law art. 25(2)",
        "is an office of the Party: it consults, and holds no power to enforce",
        "属于党委工作机构，参与协商，不行使执法权",
    ),
];

/// The forums of `parties`, the applicant first; `field` names the field a party came in.
///
/// # Errors
/// Fewer than two, unknown or repeated parties; bodies that have no dispute of this kind; a command
/// tree that is none.
pub fn compute(
    parties: &[AgencyCode],
    field: fn(usize) -> String,
    bodies: &Bodies,
    settings: &Settings,
) -> Result<Forum, Refusal> {
    let known = known(parties, field, bodies)?;
    check_kinds(&known)?;
    check_police(&known)?;
    let mut chains = Vec::new();
    for (code, _) in &known {
        chains.push(bodies.chain(code).map_err(cycle)?);
    }
    if let Some(head) = head_of(&known, bodies) {
        let text = format!("All parties are units of {head}: its head decides.");
        let reason = because(text, "争议各方属同一机关内设单位，由该机关负责人决定。", HEAD);
        let rung = Rung { kind: ForumKind::Head, members: vec![head], needs: Need::Decision };
        return Ok(Forum { rungs: vec![rung], rung: 0, reasons: vec![reason] });
    }
    let Some(superior) = common(parties, &chains) else {
        let what = format!("{} have no common superior", joined(parties));
        return Err(no_forum(what, "争议各方没有共同的上一级行政机关", LOWEST));
    };
    let mut forum = Forum { rungs: Vec::new(), rung: 0, reasons: Vec::new() };
    if settings.all_market(parties) {
        let days = settings.negotiate_market_days;
        let text = format!("After {days} working days {superior} designates: nobody coordinates.");
        forum.reasons.push(because(text, "协商期满未达成一致的，报请共同上一级机关指定。", MARKET));
    } else {
        first_rung(&mut forum, &known, &chains, bodies, settings);
    }
    last_rung(&mut forum, superior, &known, &chains, bodies.get(&settings.guidance_office));
    Ok(forum)
}

type Known<'a> = Vec<(&'a AgencyCode, &'a Body)>;

fn known<'a>(
    parties: &'a [AgencyCode],
    field: fn(usize) -> String,
    bodies: &'a Bodies,
) -> Result<Known<'a>, Refusal> {
    let (mut known, mut faults) = (Vec::new(), Vec::new());
    for (at, code) in parties.iter().enumerate() {
        if parties[..at].contains(code) {
            faults.push((field(at), format!("{code} has no dispute with itself")));
        } else if let Some(body) = bodies.get(code) {
            known.push((code, body));
        } else {
            faults.push((field(at), format!("{code} is no known body")));
        }
    }
    if parties.len() < 2 {
        faults.push((field(parties.len()), "a dispute has at least two parties".to_owned()));
    }
    if faults.is_empty() { Ok(known) } else { Err(Refusal::Fields { faults, law: NEGOTIATE }) }
}

fn check_kinds(known: &Known<'_>) -> Result<(), Refusal> {
    for (code, body) in known {
        for (kinds, basis, what, what_zh) in NO_PARTY {
            if kinds.contains(&body.kind.as_str()) {
                let law = Law { basis, ..NEGOTIATE };
                return Err(no_forum(format!("{code} {what}"), what_zh, law));
            }
        }
    }
    Ok(())
}

/// Crime or no crime is not a dispute of this kind; police organs may have one among themselves.
fn check_police(known: &Known<'_>) -> Result<(), Refusal> {
    let Some((police, _)) = known.iter().find(|(_, body)| body.is_police()) else { return Ok(()) };
    if known.iter().all(|(_, body)| body.is_police()) {
        return Ok(());
    }
    let what = format!(
        "whether something is a crime is no dispute of this kind: {police} is referred to, asked to \
         reconsider, and supervised by the procuratorate"
    );
    Err(no_forum(what, "是否涉嫌犯罪不属于行政执法争议，应当依移送、复议、立案监督程序办理", CRIME))
}

/// The one agency whose units all parties are: it commands each of them directly, is no government,
/// and is no party: nobody commands itself.
fn head_of(known: &Known<'_>, bodies: &Bodies) -> Option<AgencyCode> {
    let commands = |head: &AgencyCode| {
        bodies.get(head).is_some_and(|body| body.kind != "GOVERNMENT")
            && known.iter().all(|(_, body)| body.superior.as_ref() == Some(head))
    };
    let above = known.iter().filter_map(|(_, body)| body.superior.as_ref());
    above.into_iter().find(|head| commands(head)).cloned()
}

/// The lowest body above all parties that is no party itself.
fn common(parties: &[AgencyCode], chains: &[Vec<AgencyCode>]) -> Option<AgencyCode> {
    let (first, others) = chains.split_first()?;
    let shared = first.iter().filter(|body| others.iter().all(|chain| chain.contains(body)));
    shared.into_iter().find(|body| !parties.contains(body)).cloned()
}

/// Who tries to bring about an agreement, unless it is a party, or commanded by one. Over a body that
/// is commanded from above the county, no bodies of the county decide: there the office mediates.
fn first_rung(
    forum: &mut Forum,
    known: &Known<'_>,
    chains: &[Vec<AgencyCode>],
    bodies: &Bodies,
    settings: &Settings,
) {
    let Some(office) = bodies.get(&settings.guidance_office) else { return };
    let is_party = |code: &AgencyCode| known.iter().any(|(party, _)| *party == code);
    let outside = outside(known, chains, office.superior.as_ref());
    let cae = outside.is_none() && is_party(&settings.comprehensive_bureau);
    let members = if cae {
        vec![
            settings.guidance_office.clone(),
            settings.justice_bureau.clone(),
            settings.establishment_office.clone(),
        ]
    } else {
        vec![settings.guidance_office.clone()]
    };
    let here = known.iter().any(|(_, body)| body.county() == office.county());
    let complete = members.iter().all(|code| bodies.get(code).is_some());
    if !here || !complete {
        return;
    }
    let judge = members.iter().find(|code| is_party(code)).cloned();
    let judge = judge.or_else(|| office.superior.clone().filter(|above| is_party(above)));
    if let Some(judge) = judge {
        let text = format!("{judge} is a party: no forum it belongs to, or commands, takes part.");
        forum.reasons.push(because(text, "该机关为争议当事方，应当回避。", RECUSED));
        return;
    }
    let (kind, needs) = if cae {
        let text =
            format!("{} is a party: {} consult.", settings.comprehensive_bureau, joined(&members));
        forum.reasons.push(because(text, "争议一方为县综合行政执法局，由三部门共同协商。", THREE));
        let text = "All three must agree.".to_owned();
        forum.reasons.push(because(text, "三部门应当一致同意。", UNANIMOUS));
        (ForumKind::ThreeBodies, Need::Unanimity)
    } else {
        let outside = outside.map(|(code, _)| code);
        forum.reasons.push(coordinated(known, outside, &settings.guidance_office));
        (ForumKind::Coordination, Need::Agreement)
    };
    forum.rungs.push(Rung { kind, members, needs });
}

fn coordinated(known: &Known<'_>, outside: Option<&AgencyCode>, guidance: &AgencyCode) -> Reason {
    let township = known.iter().any(|(_, body)| body.is_township());
    let county = known.iter().any(|(_, body)| !body.is_township());
    if let Some(code) = outside {
        let text = format!("{code} is managed from above the county: {guidance} may mediate.");
        return because(text, "一方为垂直管理或者派出机构，县指导办可以先行调解。", MEDIATES);
    }
    if township && county {
        let text = format!("A township and a county agency disagree: {guidance} coordinates.");
        return because(text, "乡镇（街道）与县级部门的争议，由县指导机构协调。", TOWNSHIP);
    }
    let text = format!("Units of the county disagree: {guidance} coordinates.");
    because(text, "两个及以上单位出现争议的，由县指导办组织协调。", GUIDANCE)
}

/// The first party that the county government does not command, with its chain.
fn outside<'a>(
    known: &'a Known<'_>,
    chains: &'a [Vec<AgencyCode>],
    county: Option<&AgencyCode>,
) -> Option<(&'a AgencyCode, &'a Vec<AgencyCode>)> {
    let leaves = |chain: &Vec<AgencyCode>| county.is_none_or(|county| !chain.contains(county));
    let mut with = known.iter().map(|(code, _)| *code).zip(chains);
    with.find(|(_, chain)| leaves(chain))
}

fn last_rung(
    forum: &mut Forum,
    superior: AgencyCode,
    known: &Known<'_>,
    chains: &[Vec<AgencyCode>],
    office: Option<&Body>,
) {
    let county = office.and_then(|office| office.superior.as_ref());
    let (text, zh, law) = if county == Some(&superior) {
        let text = format!("Not agreed, {superior} decides as the common superior.");
        (text, "协商、协调不成的，由县人民政府确定。", COUNTY)
    } else {
        let why = outside(known, chains, county).map_or(String::new(), |(code, chain)| {
            let chain: Vec<&str> = chain.iter().map(AgencyCode::as_str).collect();
            format!(" ({} is commanded by {})", code, chain[1..].join(", then "))
        });
        let text = format!("The lowest common superior is {superior}{why}.");
        (text, "由各方共同的上一级行政机关指定管辖。", LOWEST)
    };
    forum.reasons.push(because(text, zh, law));
    let needs = Need::Decision;
    forum.rungs.push(Rung { kind: ForumKind::Superior, members: vec![superior], needs });
}

fn because(text: String, text_zh: &str, law: Law) -> Reason {
    Reason {
        text,
        text_zh: text_zh.to_owned(),
        rule: law.rule.to_owned(),
        basis: law.basis.to_owned(),
        verified: law.mark.to_string(),
    }
}

fn cycle(cycle: Vec<AgencyCode>) -> Refusal {
    let cycle: Vec<&str> = cycle.iter().map(AgencyCode::as_str).collect();
    let what = format!("the command tree has a cycle: {}", cycle.join(" under "));
    no_forum(what, "隶属关系存在循环，无法确定共同的上一级行政机关", LOWEST)
}

fn no_forum(what: String, what_zh: &'static str, law: Law) -> Refusal {
    Refusal::NoForum { what, what_zh, law }
}

fn joined(codes: &[AgencyCode]) -> String {
    codes.iter().map(AgencyCode::as_str).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests;
