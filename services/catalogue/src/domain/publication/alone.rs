//! What each entry must keep by itself: bodies that can do it, a matter that is there, the county.

use types::AgencyCode;

use super::Ground;
use crate::domain::{
    content::{Content, Held},
    discretion,
    entry::{Condition, Entry, Holder, Name, Power, Source},
    fault::{Fault, Wrong},
    region::Region,
};

/// The faults of one entry.
struct About<'a> {
    name: Name,
    ground: &'a Ground<'a>,
    faults: &'a mut Vec<Fault>,
}

/// The content before the revision, and with the whole of it.
#[derive(Clone, Copy)]
pub(super) struct Around<'a> {
    pub before: &'a Content,
    pub after: &'a Content,
}

/// Checks an entry that is put.
pub(super) fn check(
    entry: &Entry,
    around: Around<'_>,
    ground: &Ground<'_>,
    faults: &mut Vec<Fault>,
) {
    let after = around.after;
    let mut about = About { name: entry.name(), ground, faults };
    if !entry.matter().is_empty() && after.matter(entry.matter()).is_none() {
        about.unknown_matter(entry.matter());
    }
    match entry {
        Entry::Matter(_) => {}
        Entry::Power(power) => {
            about.inside(power.territory);
            if let Holder::Body(code) = &power.holder {
                about.holder(code);
            }
            about.empowerment(power, around);
        }
        Entry::Area(area) => {
            about.inside(area.region);
            about.of_kind(&area.government, "TOWNSHIP_GOVERNMENT", "乡镇人民政府（街道办事处）");
            about.of_kind(&area.brigade, "TOWNSHIP_BRIGADE", "综合行政执法队");
        }
        Entry::Posting(posting) => {
            about.known(&posting.home_agency);
            about.known(&posting.posted_to);
            if posting.home_agency == posting.posted_to {
                let text =
                    format!("{} is posted to the body that employs it", posting.certificate_no);
                let text_zh = format!("{}派驻的机关就是其编制所在单位", posting.certificate_no);
                about.fault(Wrong::ToItself, text, text_zh);
            }
        }
        Entry::Benchmark(grade) => about.conditions(&grade.conditions),
        Entry::MinorViolation(route) => about.conditions(&route.conditions),
        Entry::Boundary(boundary) => {
            about.inside(boundary.territory);
            about.holder(&boundary.competent);
            if !ground.by_decision {
                let text = "a boundary is put by the decision of a dispute only".to_owned();
                about.fault(Wrong::ByDecisionOnly, text, "职责边界只能由争议决定形成".to_owned());
            }
        }
    }
}

/// Checks an empowerment that the revision leaves as it is.
pub(super) fn check_empowerment(
    entry: &Entry,
    around: Around<'_>,
    ground: &Ground<'_>,
    faults: &mut Vec<Fault>,
) {
    if let Entry::Power(power) = entry {
        About { name: entry.name(), ground, faults }.empowerment(power, around);
    }
}

/// Whether the power was there and ends no later than it did: what runs out may run out.
fn runs_out(power: &Power, before: Option<&Held>) -> bool {
    let was = before.and_then(|held| held.entry.power());
    let to = power.span.to;
    was.is_some_and(|was| to.is_some() && was.span.to.is_none_or(|last| to <= Some(last)))
}

impl About<'_> {
    fn fault(&mut self, wrong: Wrong, text: String, text_zh: String) {
        self.faults.push(Fault::new(wrong, &self.name, text, text_zh));
    }

    fn unknown_matter(&mut self, code: &str) {
        let text = format!("no matter {code} is in the catalogue");
        self.fault(Wrong::UnknownMatter, text, format!("目录中没有事项 {code}"));
    }

    fn inside(&mut self, territory: Region) {
        if !self.ground.county.is_some_and(|county| county.covers(territory)) {
            let text = format!("{territory} is not in the county of the publisher");
            self.fault(Wrong::OutsideCounty, text, format!("{territory}不在本县行政区域内"));
        }
    }

    /// Whether identity knows the body; if not, that is the fault.
    fn known(&mut self, code: &AgencyCode) -> bool {
        let known = self.ground.bodies.get(code).is_some();
        if !known {
            let text = format!("{code} is no body of the directory");
            self.fault(Wrong::UnknownBody, text, format!("没有机关 {code}"));
        }
        known
    }

    fn holder(&mut self, code: &AgencyCode) {
        let Some(body) = self.ground.bodies.get(code) else {
            self.known(code);
            return;
        };
        if !body.may_hold() {
            let text = format!("{code} is a {}: it enforces nothing in its own name", body.kind);
            let text_zh = format!("{code}不能以自己的名义行使行政处罚权");
            self.fault(Wrong::NotAHolder, text, text_zh);
        }
    }

    fn of_kind(&mut self, code: &AgencyCode, kind: &str, kind_zh: &str) {
        if self.known(code) && !self.ground.bodies.is(code, kind) {
            self.fault(
                Wrong::NotAHolder,
                format!("{code} is no {kind}"),
                format!("{code}不是{kind_zh}"),
            );
        }
    }

    /// A township is given a power by list, in its own territory.
    fn empowerment(&mut self, power: &Power, around: Around<'_>) {
        let after = around.after;
        if power.source != Source::Empowerment || runs_out(power, around.before.get(&self.name)) {
            return;
        }
        let matter = after.matter(&power.matter);
        if matter.is_some_and(|matter| !matter.township_empowerable) {
            let text =
                format!("{} is not on the list of what townships may be given", power.matter);
            let text_zh = format!("{}不属于可以赋予乡镇（街道）的事项", power.matter);
            self.fault(Wrong::NotEmpowerable, text, text_zh);
        }
        let own = match &power.holder {
            Holder::Township => false,
            Holder::Body(code) => {
                let body = self.ground.bodies.get(code);
                let government = body.is_some_and(|body| body.kind == "TOWNSHIP_GOVERNMENT");
                let seat = body.is_some_and(|body| body.region == Some(power.territory));
                let area = after
                    .areas()
                    .any(|area| area.region == power.territory && area.government == *code);
                government && power.territory.is_township() && (seat || area)
            }
        };
        if !own {
            let text = format!(
                "{} is not the territory of the township {}",
                power.territory, power.holder
            );
            let text_zh = format!("{}不是{}的辖区", power.territory, power.holder);
            self.fault(Wrong::NotEmpowerable, text, text_zh);
        }
    }

    fn conditions(&mut self, conditions: &[Condition]) {
        for one in conditions.iter().filter(|one| !discretion::is_sound(one)) {
            let (fact, sign, value) = (&one.fact, one.operator.as_str(), &one.value);
            let text = format!("{fact} {sign} {value}: only numbers have an order");
            self.fault(
                Wrong::Malformed,
                text,
                format!("{fact} {sign} {value}：只有数字可以比较大小"),
            );
        }
    }
}
