//! What must hold on the way through prosecution and court, and back.

use types::AgencyCode;

use super::super::effects::fast_track;
use crate::domain::{
    act::{Act, World},
    branch::Criminal,
    leg::Leg,
    procedure::{Guard, Law, Row},
    step::PenaltyKind,
    word::{Mark, Verdict},
};

/// The paper with which another procuratorate answered.
const CONSULTED: &str = "CONSULTATION_REPLY";

pub(super) const NO_FINE: Law = Law {
    rule: "T-02",
    basis: "Decree 310 art. 11(1); Penalty Law art. 8(2), 57(1)(4)",
    mark: Mark::V,
};
const FINED_ONCE: Law =
    Law { rule: "T-20", basis: "Decree 310 art. 11(3); Penalty Law art. 35", mark: Mark::V };
const SET_OFF: Law = Law {
    rule: "C-05",
    basis: "SPC interpretation 2021 art. 523(2); Penalty Law art. 35(2)",
    mark: Mark::V,
};
const CONSULT: Law =
    Law { rule: "P-11b", basis: "行刑反向衔接工作指引 2024 art. 12", mark: Mark::S };

/// Whether a term was opened in the slot, and its time is over.
pub(super) fn passed(leg: &Leg, slot: &str, act: &Act) -> bool {
    let newest = leg.terms.iter().rev().find(|term| term.slot == slot);
    newest.is_some_and(|term| term.due_at <= act.now)
}

pub(super) fn fast_track_in_time(leg: &Leg, act: &Act, world: World<'_>) -> bool {
    let Some(mut term) = leg.open_term("P-16").cloned() else { return false };
    term.counting.length = fast_track(act);
    term.count(world.settings.near_percent, world.calendar);
    term.runs(act.now)
}

/// An agency may fine when the criminal branch has ended and no court fined.
pub(super) fn fine_allowed(act: &Act, world: World<'_>) -> bool {
    let branches = world.branches;
    let free = branches.criminal != Criminal::Open && branches.court_fine_fen == 0;
    free || act.said.penalty != PenaltyKind::Fine.as_str()
}

/// What is to be set off: what the fines of agencies and the court's have in common.
pub(super) fn set_off(act: &Act, world: World<'_>) -> i64 {
    act.said.amount_fen.min(world.branches.fines_fen)
}

pub(super) fn not_punished(leg: &Leg) -> bool {
    leg.judged.is_some_and(|judged| judged.verdict != Verdict::Convicted)
}

pub(super) fn punishes(leg: &Leg, act: &Act, world: World<'_>) -> bool {
    let to = addressee(leg, act);
    to != leg.from && world.bodies.get(&to).is_some_and(|body| body.penalty_power)
}

pub(super) fn in_county_or_consulted(leg: &Leg, act: &Act, world: World<'_>) -> bool {
    let consulted = leg.held.iter().any(|held| held == CONSULTED);
    consulted || world.bodies.same_county(&addressee(leg, act), &leg.from)
}

pub(super) fn other_procuratorate(leg: &Leg, act: &Act, world: World<'_>) -> bool {
    AgencyCode::parse(&act.said.organ).is_some_and(|organ| {
        world.bodies.is_procuratorate(&organ) && !world.bodies.same_county(&organ, &leg.from)
    })
}

/// Who keeps nothing can return no slip: the case would never end.
pub(super) fn keeper_known(act: &Act, world: World<'_>) -> bool {
    let named = AgencyCode::parse(&act.said.organ);
    named.is_none_or(|keeper| world.bodies.get(&keeper).is_some())
}

/// Who gets an opinion or a case: whom the step names; else the agency of a case that a court passes
/// on, and the receiver of one that goes back already.
fn addressee(leg: &Leg, act: &Act) -> AgencyCode {
    let named = AgencyCode::parse(&act.said.organ);
    named.unwrap_or_else(|| if leg.table().secret { &leg.agency } else { &leg.to }.clone())
}

/// The sentence for a guard of these that does not hold, and the rule that says so.
pub(super) fn why(
    guard: Guard,
    row: &Row,
    act: &Act,
    world: World<'_>,
) -> (String, &'static str, Law) {
    let mut law = row.law;
    let (what, zh) = if let Guard::Fewer(_, most) = guard {
        (format!("it was done {most} times already"), "已经达到次数上限")
    } else if let Guard::NotExtended(slot) = guard {
        (format!("{slot} was made longer already"), "期限已经延长过")
    } else if let Guard::Passed(slot) = guard {
        (format!("the time of {slot} is not over yet"), "催告期限尚未届满")
    } else if let Guard::Settled(slots) = guard {
        (format!("something is still owed under {}", slots.join(", ")), "尚有待办事项")
    } else if let Guard::NotYet(code) = guard {
        (format!("{code} was sent already"), "已经移送")
    } else if guard == Guard::FastTrackInTime {
        ("the days of the fast track are over already".to_owned(), "速裁程序期限已过")
    } else if guard == Guard::FineAllowed && world.branches.criminal == Criminal::Open {
        law = NO_FINE;
        let what = "no fine may be decided while the criminal branch of the docket is open";
        (what.to_owned(), "刑事程序终结前不得作出罚款决定，不得以行政处罚代替移送")
    } else if guard == Guard::FineAllowed {
        law = FINED_ONCE;
        let what = "the court has imposed a fine: no fine follows it";
        (what.to_owned(), "人民法院已经判处罚金的，行政机关不再给予罚款")
    } else if guard == Guard::SetOff {
        law = SET_OFF;
        let (fines, due) = (world.branches.fines_fen, set_off(act, world));
        let what = format!(
            "step.set_off_fen: is not {due}: administrative fines of {fines} fen on the same facts \
             are set off"
        );
        (what, "行政机关已经给予当事人罚款的，应当折抵相应罚金")
    } else if guard == Guard::NotPunished {
        ("the court has punished: there is nothing to transfer".to_owned(), "已经判处刑罚")
    } else if guard == Guard::Punishes {
        let what = "the body named, or the receiver, is no other body that may punish";
        (what.to_owned(), "移送对象不是有处罚权的主管机关")
    } else if guard == Guard::InCountyOrConsulted {
        law = CONSULT;
        let what = "the body is of another place: consult the procuratorate there first \
                    (CONSULT_LOCAL_PROCURATORATE)";
        (what.to_owned(), "拟向外地行政机关提出检察意见的，应当先征求当地人民检察院意见")
    } else if guard == Guard::KeeperKnown {
        ("step.kept_by: is no body of the directory".to_owned(), "保管机关不在机构名录中")
    } else {
        let what = "step.competent_organ: is no procuratorate of another place";
        (what.to_owned(), "不是外地人民检察院")
    };
    (what, zh, law)
}
