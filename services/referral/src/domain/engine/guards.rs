//! What must hold beside the state, and the sentence when it does not.

mod way;

use types::AgencyCode;

use super::effects::longer_review;
use crate::domain::{
    act::{Act, Parent, World},
    dispute::{Dispute, J_07},
    leg::Leg,
    procedure::{Guard, Law, Row},
    refusal::Refusal,
    step::PenaltyKind,
    word::Mark,
};

/// Whether a guard can be asked without knowing what the step will say.
pub(super) fn looks_only_at_leg(guard: Guard) -> bool {
    match guard {
        Guard::NotForIncompleteness
        | Guard::NoFine
        | Guard::PartyTold
        | Guard::LongerReview
        | Guard::OtherPoliceOrgan
        | Guard::ReferralOrReason
        | Guard::FastTrackInTime
        | Guard::FineAllowed
        | Guard::SetOff
        | Guard::Punishes
        | Guard::InCountyOrConsulted
        | Guard::OtherProcuratorate
        | Guard::KeeperKnown => false,
        Guard::Running(_)
        | Guard::Open(_)
        | Guard::Unused(_)
        | Guard::Overdue(_)
        | Guard::NoticeServed
        | Guard::NoticeDue
        | Guard::NoSupervisionOpen
        | Guard::Ground(_)
        | Guard::ParentDecided
        | Guard::ParentNotFiled
        | Guard::SuggestionInTime
        | Guard::NotInDispute
        | Guard::Fewer(..)
        | Guard::NotExtended(_)
        | Guard::Passed(_)
        | Guard::Settled(_)
        | Guard::NotYet(_)
        | Guard::NotPunished
        | Guard::ParentNotOverdue => true,
    }
}

/// Whether a guard holds; the refusal if not.
pub(super) fn check(
    guard: Guard,
    leg: &Leg,
    act: &Act,
    world: World<'_>,
    row: &Row,
) -> Result<(), Refusal> {
    if holds(guard, leg, act, world) {
        return Ok(());
    }
    let (what, what_zh, law) = why(guard, row, act, world);
    Err(Refusal::Broken { what, what_zh, law })
}

fn holds(guard: Guard, leg: &Leg, act: &Act, world: World<'_>) -> bool {
    let open = |slot: &str| leg.open_term(slot);
    let in_time = |slot: &str| open(slot).is_some_and(|term| term.runs(act.now));
    let parent = |asks: fn(Parent) -> bool| world.parent.is_some_and(asks);
    match guard {
        Guard::Running(slot) => in_time(slot),
        Guard::Open(slot) => open(slot).is_some(),
        Guard::Unused(slot) => !leg.terms.iter().any(|term| term.slot == slot),
        Guard::Overdue(slots) => {
            slots.iter().any(|slot| open(slot).is_some_and(|term| !term.runs(act.now)))
        }
        Guard::NoticeServed => open("T-15").is_none(),
        Guard::NoticeDue => open("T-15").is_some(),
        Guard::NoSupervisionOpen => !world.supervision_open,
        Guard::Ground(grounds) => leg.ground.is_some_and(|ground| grounds.contains(&ground)),
        Guard::NotForIncompleteness => !act.said.for_incompleteness,
        Guard::NoFine => act.said.penalty != PenaltyKind::Fine.as_str(),
        Guard::PartyTold => !act.said.under_measure || act.said.party_told_on.is_some(),
        Guard::LongerReview => longer_review(leg, act, world).is_some(),
        Guard::OtherPoliceOrgan => AgencyCode::parse(&act.said.organ)
            .is_some_and(|organ| organ != leg.to && world.bodies.is_police(&organ)),
        Guard::ParentDecided => parent(|parent| parent.decided),
        Guard::ParentNotFiled => parent(|parent| !parent.filed),
        Guard::ParentNotOverdue => parent(|parent| !parent.decided && !parent.overdue),
        Guard::ReferralOrReason if act.said.referral.is_empty() => {
            !act.said.reason.trim().is_empty()
        }
        Guard::ReferralOrReason => world.answer_refers,
        Guard::SuggestionInTime => !world.settings.direct_suggestion_lapses || in_time("T-16"),
        Guard::NotInDispute => {
            !world.settings.dispute_bars_passing_on || in_dispute(act, world).is_none()
        }
        Guard::Fewer(slot, most) => {
            leg.terms.iter().filter(|term| term.slot == slot).count() < most
        }
        Guard::NotExtended(slot) => open(slot).is_some_and(|term| term.extensions.is_empty()),
        Guard::Passed(slot) => way::passed(leg, slot, act),
        Guard::Settled(slots) => slots.iter().all(|slot| open(slot).is_none()),
        Guard::NotYet(code) => !leg.held.iter().any(|held| held == code),
        Guard::FastTrackInTime => way::fast_track_in_time(leg, act, world),
        Guard::FineAllowed => way::fine_allowed(act, world),
        Guard::SetOff => act.said.set_off_fen == way::set_off(act, world),
        Guard::NotPunished => way::not_punished(leg),
        Guard::Punishes => way::punishes(leg, act, world),
        Guard::InCountyOrConsulted => way::in_county_or_consulted(leg, act, world),
        Guard::OtherProcuratorate => way::other_procuratorate(leg, act, world),
        Guard::KeeperKnown => way::keeper_known(act, world),
    }
}

/// The open dispute over the docket to which the body that acts is a party. Only a body that can have a
/// dispute over who is competent is one: public security passes a crime on within 24 hours (T-11).
fn in_dispute<'a>(act: &Act, world: World<'a>) -> Option<&'a Dispute> {
    world.disputes.iter().find(|dispute| dispute.parties.contains(&act.by))
}

const SUPPLEMENT: Law = Law { rule: "T-13", basis: "MPS procedure art. 180(2)", mark: Mark::V };
const PARTY_TOLD: Law =
    Law { rule: "T-22", basis: "Administrative Compulsion Law art. 21", mark: Mark::V };

fn party_of(act: &Act, dispute: Option<&Dispute>) -> String {
    let dispute = dispute.map_or("a dispute", |dispute| &dispute.name);
    format!(
        "{} is a party of {dispute}, which is open: it does not pass the case on, and its terms run",
        act.by
    )
}

/// The sentence for a guard that does not hold, and the rule that says so.
fn why(guard: Guard, row: &Row, act: &Act, world: World<'_>) -> (String, &'static str, Law) {
    let mut law = row.law;
    let (what, zh) = match guard {
        Guard::Running(slot) => (format!("the term {slot} does not run any more"), "期限已过"),
        Guard::Open(slot) => (format!("nothing is owed under {slot}"), "无待办事项"),
        Guard::Unused(slot) => (format!("{slot} was asked for already"), "已经提出过"),
        Guard::Overdue(slots) => (format!("{} is not overdue", slots.join(", ")), "期限未届满"),
        Guard::NoticeServed => {
            ("the notice of the decision has not been served yet".into(), "决定尚未送达")
        }
        Guard::NoticeDue => ("the notice was served already".into(), "通知已经送达"),
        Guard::NoSupervisionOpen => {
            ("a supervision of this case is under way".into(), "立案监督正在进行")
        }
        Guard::Ground(_) => ("the supervision has another ground".into(), "监督事由不符"),
        Guard::NotForIncompleteness => {
            law = SUPPLEMENT;
            let what = "missing material is no ground to refuse: ask for it within 24 hours";
            (what.into(), "材料不全不得拒绝受理，应当在24小时内一次告知补正")
        }
        Guard::NoFine => {
            law = way::NO_FINE;
            let what = "no fine may be decided while the suspected crime is open";
            (what.into(), "不得以行政处罚代替移送")
        }
        Guard::PartyTold => {
            law = PARTY_TOLD;
            let what = "step.party_told_on: property under a measure is handed over only after the \
                        party was told in writing";
            (what.into(), "查封、扣押、冻结的财物一并移送，并书面告知当事人")
        }
        Guard::LongerReview => {
            ("no rule of the sector allows it with this approval".into(), "无延长审查期限的依据")
        }
        Guard::OtherPoliceOrgan => {
            ("step.competent_organ: is not another police organ".into(), "不是其他公安机关")
        }
        Guard::ParentDecided => {
            ("public security has not decided yet".into(), "公安机关尚未作出决定")
        }
        Guard::ParentNotFiled => ("the case is still filed".into(), "案件尚未撤销"),
        Guard::ParentNotOverdue => {
            ("the term of public security is over".into(), "公安机关已经超过期限")
        }
        Guard::ReferralOrReason => (
            "step.referral: no such referral by this agency, and step.reason is missing".into(),
            "应当移送或者说明理由",
        ),
        Guard::SuggestionInTime => {
            ("the three days of art. 9(1) are over (setting)".into(), "期限已过")
        }
        Guard::NotInDispute => {
            law = J_07;
            let what = party_of(act, in_dispute(act, world));
            (what, "接收机关是争议一方的，协调期间不得再行移送，各项法定期限照常计算")
        }
        Guard::Fewer(..)
        | Guard::NotExtended(_)
        | Guard::Passed(_)
        | Guard::Settled(_)
        | Guard::NotYet(_)
        | Guard::FastTrackInTime
        | Guard::FineAllowed
        | Guard::SetOff
        | Guard::NotPunished
        | Guard::Punishes
        | Guard::InCountyOrConsulted
        | Guard::OtherProcuratorate
        | Guard::KeeperKnown => return way::why(guard, row, act, world),
    };
    (what, zh, law)
}
