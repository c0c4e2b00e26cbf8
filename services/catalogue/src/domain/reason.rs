//! The sentences that say why, each with its source.

use chrono::NaiveDate;
use types::AgencyCode;

use super::entry::{Area, Boundary, Mark, Power, Source};

/// A sentence and its source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The sentence.
    pub text: String,
    /// The same in Chinese.
    pub text_zh: String,
    /// The act or article.
    pub source: String,
    /// Rule of LAW.md; empty when there is none.
    pub rule: &'static str,
    /// How sure we are of the source.
    pub mark: Mark,
}

const TRANSFER: &str = "seed section 1.1; Penalty Law art. 18";

fn reason(text: String, text_zh: String, source: &str, rule: &'static str, mark: Mark) -> Reason {
    Reason { text, text_zh, source: source.to_owned(), rule, mark }
}

/// The act that gave a power, and the article it rests on.
fn source(power: &Power) -> String {
    let article = match power.source {
        Source::Duty => "Penalty Law art. 23",
        Source::Transfer => "Penalty Law art. 18",
        Source::Empowerment => "Penalty Law art. 24",
    };
    if power.act.is_empty() { article.to_owned() } else { format!("{}; {article}", power.act) }
}

/// It holds the power.
pub(super) fn holds(power: &Power) -> Reason {
    let (matter, place, span) = (&power.matter, power.territory, power.span.words());
    let (how, how_zh) = match power.source {
        Source::Duty => ("by its duties", "依职责"),
        Source::Transfer => ("by the transfer announced", "经划转公告"),
        Source::Empowerment => ("by the list of empowerment", "经赋权"),
    };
    Reason {
        text: format!("holds {matter} in {place} {how}, {span}"),
        text_zh: format!("自{}起{how_zh}行使{place}的{matter}", power.span.from),
        source: source(power),
        rule: "",
        mark: Mark::V,
    }
}

/// Townships hold the power, and it is the one of the place.
pub(super) fn own_township(power: &Power, area: &Area) -> Reason {
    let (matter, region) = (&power.matter, area.region);
    Reason {
        text: format!("townships hold {matter} by law, and {region} is its territory"),
        text_zh: format!("{matter}依法由乡镇行使，{region}（{}）属其辖区", area.name_zh),
        source: if power.act.is_empty() { source(power) } else { power.act.clone() },
        rule: "",
        mark: Mark::V,
    }
}

/// Townships hold the power, and the place does not say which.
pub(super) fn some_township(power: &Power, area: &Area) -> Reason {
    let own = own_township(power, area);
    let text = format!("{}; the place asked about is the county: say in which township", own.text);
    let text_zh = format!("{}；请写明具体乡镇（街道）", own.text_zh);
    Reason { text, text_zh, ..own }
}

/// Several share it.
pub(super) fn shared(with: &[AgencyCode]) -> Reason {
    let others = codes(with, ", ");
    reason(
        format!("shares it with {others}, each within its duties: who files first has the case"),
        format!("与{}按照职责分工共同行使，由最先立案的机关管辖", codes(with, "、")),
        "Penalty Law art. 25(1)",
        "J-01",
        Mark::V,
    )
}

/// Two hold it and do not say that they share it: only if empowerment does not exclude.
pub(super) fn disputed() -> Reason {
    reason(
        "if both claim it they negotiate; failing that their common superior designates".to_owned(),
        "发生管辖争议的，应当协商解决；协商不成的，报请共同的上一级行政机关指定管辖".to_owned(),
        "Penalty Law art. 25(2)",
        "J-02",
        Mark::V,
    )
}

/// The township that was given the power excludes the county's holder there.
pub(super) fn excluded(by: &AgencyCode, place: impl std::fmt::Display) -> Reason {
    reason(
        format!("{by} was given the power in {place}, which excludes the county's holder there"),
        format!("{place}的该事项已赋权{by}，县级部门不再行使"),
        "Penalty Law art. 24",
        "",
        Mark::D,
    )
}

/// It had the power.
pub(super) fn had(power: &Power, to: NaiveDate) -> Reason {
    let matter = &power.matter;
    reason(
        format!("held {matter} until {to}; keeps only cases it filed before and has not closed"),
        format!("行使{matter}至{to}；除此前已经立案但未结案的案件外，不得再继续行使"),
        TRANSFER,
        "",
        Mark::S,
    )
}

/// It will have the power.
pub(super) fn will_have(power: &Power) -> Reason {
    let (matter, from) = (&power.matter, power.span.from);
    Reason {
        text: format!("holds {matter} from {from} on, and not yet"),
        text_zh: format!("自{from}起方行使{matter}"),
        source: source(power),
        rule: "",
        mark: Mark::V,
    }
}

/// It filed the case while it held the power, and the power has moved since.
pub(super) fn keeps(filed_on: NaiveDate) -> Reason {
    reason(
        format!(
            "filed the case on {filed_on}, when it held the power: it keeps it until it is closed"
        ),
        format!("于{filed_on}职权划转前已经立案，案件未结案的由其继续办理"),
        TRANSFER,
        "",
        Mark::S,
    )
}

/// It filed the case while it held the power, and holds it still.
pub(super) fn filed(filed_on: NaiveDate) -> Reason {
    reason(
        format!("filed the case on {filed_on}, and holds the power"),
        format!("于{filed_on}立案，且有管辖权"),
        "Penalty Law art. 25(1)",
        "J-01",
        Mark::V,
    )
}

/// It filed the case and did not hold the power.
pub(super) fn filed_without(filed_on: NaiveDate) -> Reason {
    reason(
        format!("filed the case on {filed_on}, and did not hold the power on that day"),
        format!("于{filed_on}立案，但立案时无该项职权"),
        "Penalty Law art. 22, 23",
        "",
        Mark::V,
    )
}

/// The case is another's, who filed it.
pub(super) fn of_another(who: &AgencyCode, filed_on: NaiveDate, moved: bool) -> Reason {
    let (source, rule, mark) =
        if moved { (TRANSFER, "", Mark::S) } else { ("Penalty Law art. 25(1)", "J-01", Mark::V) };
    reason(
        format!("{who} filed this case on {filed_on}, and it stays with {who}"),
        format!("本案由{who}于{filed_on}立案，由{who}继续办理"),
        source,
        rule,
        mark,
    )
}

/// A decision names it.
pub(super) fn decided(boundary: &Boundary) -> Reason {
    let (matter, from) = (&boundary.matter, boundary.from);
    Reason {
        text: format!("the decision of {} names it for {matter} from {from} on", boundary.dispute),
        text_zh: format!("争议决定自{from}起指定其管辖{matter}"),
        source: boundary.act.clone(),
        rule: "J-02",
        mark: Mark::V,
    }
}

/// A decision names another.
pub(super) fn decided_against(boundary: &Boundary) -> Reason {
    let (competent, from) = (&boundary.competent, boundary.from);
    Reason {
        text: format!("the decision of {} names {competent} from {from} on", boundary.dispute),
        text_zh: format!("争议决定自{from}起指定由{competent}管辖"),
        source: boundary.act.clone(),
        rule: "J-02",
        mark: Mark::V,
    }
}

/// It filed a case that a decision gives to another.
pub(super) fn hands_over(filed_on: NaiveDate) -> Reason {
    reason(
        format!(
            "filed the case on {filed_on}: what it did stands, and the evidence is handed over"
        ),
        format!("于{filed_on}立案，已经实施的行为继续有效，证据随案移交"),
        "条例 art. 11, 18",
        "J-02",
        Mark::V,
    )
}

fn codes(all: &[AgencyCode], between: &str) -> String {
    all.iter().map(AgencyCode::as_str).collect::<Vec<_>>().join(between)
}
