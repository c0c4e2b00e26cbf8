//! The terms that rows open: who owes what, how long, and what follows when it is not done.

use clock::{Length, Unit};

use super::{CITY_RULE, DESIGN, Overdue, TermRule, law};
use crate::domain::{
    settings::working_days,
    word::{Holder, Mark},
};

/// The terms the rows open.
pub const TERMS: &[TermRule] = &[
    TermRule {
        slot: "NEGOTIATE",
        law: DESIGN,
        duty: "agree, or apply for coordination",
        holder: Holder::Applicant,
        length: |law| working_days(law.negotiate_days),
        overdue: Overdue("the dispute must go before its forum"),
    },
    TermRule {
        slot: "NEGOTIATE-MARKET",
        law: law("J-11", "市场监管投诉举报处理暂行办法 2022 art. 30", Mark::V),
        duty: "agree, or report to the common superior",
        holder: Holder::Applicant,
        length: |law| working_days(law.negotiate_market_days),
        overdue: Overdue("the common superior designates"),
    },
    TermRule {
        slot: "APPLY-RECEIVER",
        law: law("J-07", "Xiangshan County 行政执法争议协调办法 2021", Mark::S),
        duty: "apply for coordination; the case may not be passed on",
        holder: Holder::Applicant,
        length: |law| working_days(law.apply_days),
        overdue: Overdue("the receiver stays responsible; a late application is taken as late"),
    },
    TermRule {
        slot: "APPLY-TRANSFEROR",
        law: law("J-08", "Xiangshan County 行政执法争议协调办法 2021", Mark::S),
        duty: "apply for coordination after the refusal",
        holder: Holder::Applicant,
        length: |law| working_days(law.apply_days),
        overdue: Overdue("the transferor stays responsible; a late application is taken as late"),
    },
    TermRule {
        slot: "ACCEPT",
        law: CITY_RULE,
        duty: "take the application, or reject it with reasons",
        holder: Holder::Convener,
        length: |law| working_days(law.accept_days),
        overdue: Overdue("a party may bring the dispute before the superior"),
    },
    TermRule {
        slot: "FORWARD",
        law: CITY_RULE,
        duty: "forward the application to the other parties",
        holder: Holder::Convener,
        length: |law| working_days(law.forward_days),
        overdue: Overdue("a party may bring the dispute before the superior"),
    },
    TermRule {
        slot: "REPLY",
        law: law("J-09", "LAW.md 5: reply 5 working days (older city rule: 7)", Mark::D),
        duty: "reply in writing",
        holder: Holder::OtherParties,
        length: |law| working_days(law.reply_days),
        overdue: Overdue("the forum goes on without the reply"),
    },
    TermRule {
        slot: "MEDIATE",
        law: law("J-03", "LAW.md 5: mediate 15 working days", Mark::D),
        duty: "bring the parties to agree, or escalate",
        holder: Holder::Convener,
        length: |law| working_days(law.mediate_days),
        overdue: Overdue("a party may bring the dispute before the superior"),
    },
    TermRule {
        slot: "CONSULT",
        law: law("J-04", "LAW.md 5: mediate 15 working days", Mark::D),
        duty: "agree among the three bodies, or report to the superior",
        holder: Holder::Convener,
        length: |law| working_days(law.consult_days),
        overdue: Overdue(
            "no vote is taken any more; a party may bring the dispute before the superior",
        ),
    },
    TermRule {
        slot: "DECIDE",
        law: law("J-02", "LAW.md 5: government 15 working days", Mark::D),
        duty: "designate the competent body",
        holder: Holder::Superior,
        length: |law| working_days(law.decide_days),
        overdue: Overdue("the acting body goes on"),
    },
    TermRule {
        slot: "ESCALATE",
        law: law("J-02", "Penalty Law art. 25(2); a term by design", Mark::D),
        duty: "bring the rejected dispute before the superior, or let it rest",
        holder: Holder::Parties,
        length: |law| working_days(law.escalate_days),
        overdue: Overdue("the rejection stands; the dispute may be opened anew"),
    },
    TermRule {
        slot: "ACKNOWLEDGE",
        law: law("J-02", "LAW.md 5, effects; a service target", Mark::D),
        duty: "confirm that it has the decision",
        holder: Holder::Parties,
        length: |law| Length { value: law.acknowledge_hours, unit: Unit::Hour },
        overdue: Overdue("the decision binds all the same"),
    },
];
