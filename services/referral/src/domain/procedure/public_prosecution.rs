//! `PUBLIC_PROSECUTION`: the court tries the case (LAW.md 3.2 C-02..C-05, C-07, C-10).
//!
//! Sender: the procuratorate. Receiver: the court. Agency: whose case it was. Keeper: the agency that
//! still keeps items.

use clock::Unit;

use super::{
    Close::{Done, Moot},
    Effect, Guard,
    Overdue::{Breach, Lapse},
    PLAIN, Procedure, Row, Say, Start,
    TermLength::{Fixed, Set},
    TermRule, law, length, required, term,
};
use crate::domain::{
    step::StepKind as Step,
    word::{
        Actor::{Agency, Keeper, Receiver, ReceiverSuperior, Sender},
        Ground, Mark, ProcedureCode,
        State::*,
    },
};

/// The procedure.
pub static PUBLIC_PROSECUTION: Procedure = Procedure {
    code: ProcedureCode::PublicProsecution,
    title: "公诉案件审判 trial of a public prosecution",
    starts: &[Start {
        on: None,
        law: law("P-16", "CPL art. 176", Mark::V),
        state: Indicted,
        opens: &[],
        shows: &[Sender, Receiver, Agency],
    }],
    secret: true,
    finals: &[TrialConcluded],
    rows: ROWS,
    terms: TERMS,
};

const ROWS: &[Row] = &[
    Row {
        law: law("C-02", "CPL art. 186, 208", Mark::V),
        from: &[Indicted],
        step: Step::AcceptIndictment,
        actor: Receiver,
        says: &[Say::CaseNo],
        to: Some(OnTrial),
        opens: &["C-02", "C-02-LATEST"],
        ..PLAIN
    },
    Row {
        law: law("C-02", "CPL art. 208(1)", Mark::V),
        from: &[OnTrial],
        step: Step::ExtendTrial,
        actor: Receiver,
        says: &[Say::Reason],
        guards: &[Guard::Running("C-02-LATEST"), Guard::NotExtended("C-02-LATEST")],
        effects: &[Effect::Extend("C-02-LATEST", length(3, Unit::Month))],
        ..PLAIN
    },
    Row {
        law: law("C-03", "CPL art. 245; SPC interpretation 2021 art. 444, 445", Mark::V),
        from: &[OnTrial],
        step: Step::PronounceJudgment,
        actor: Receiver,
        says: &[Say::Verdict],
        papers: &[required("JUDGMENT")],
        guards: &[Guard::SetOff],
        to: Some(Judged),
        opens: &["C-10"],
        closes: &[("C-02", Done), ("C-02-LATEST", Done)],
        effects: &[Effect::KeepVerdict],
        ..PLAIN
    },
    // Appeal or protest. The statute's articles are remembered, not read.
    Row {
        law: law("C-03", "CPL art. 227, 228", Mark::M),
        from: &[Judged],
        step: Step::RecordAppeal,
        actor: Receiver,
        says: &[Say::Reason],
        to: Some(OnAppeal),
        effects: &[Effect::Show(ReceiverSuperior)],
        ..PLAIN
    },
    Row {
        law: law("C-03", "CPL art. 236, 245; SPC interpretation 2021 art. 446", Mark::M),
        from: &[OnAppeal],
        step: Step::DecideAppeal,
        actor: ReceiverSuperior,
        says: &[Say::Verdict, Say::KeeperIfAny],
        papers: &[required("JUDGMENT")],
        guards: &[Guard::SetOff, Guard::KeeperKnown],
        to: Some(JudgmentEffective),
        effects: &[Effect::KeepVerdict, Effect::KeepKeeper("C-04")],
        ..PLAIN
    },
    Row {
        law: law("C-03", "CPL art. 236; SPC interpretation 2021 art. 446", Mark::M),
        from: &[OnAppeal],
        step: Step::RemandCase,
        actor: ReceiverSuperior,
        says: &[Say::Reason],
        to: Some(OnTrial),
        opens: &["C-02", "C-02-LATEST"],
        closes: &[("C-10", Moot)],
        ..PLAIN
    },
    // The judgment is effective: the items, the notice, the way back.
    Row {
        law: law("C-04", "SPC interpretation 2021 art. 447", Mark::V),
        from: &[Judged],
        step: Step::TakeEffect,
        actor: Receiver,
        says: &[Say::KeeperIfAny],
        guards: &[Guard::KeeperKnown],
        to: Some(JudgmentEffective),
        effects: &[Effect::KeepKeeper("C-04")],
        ..PLAIN
    },
    Row {
        law: law("C-04", "SPC interpretation 2021 art. 447(2)", Mark::V),
        from: &[JudgmentEffective],
        step: Step::SendJudgment,
        actor: Receiver,
        guards: &[Guard::Open("C-04")],
        opens: &["C-04-SLIP"],
        closes: &[("C-04", Done)],
        effects: &[Effect::Show(Keeper)],
        ..PLAIN
    },
    Row {
        law: law("C-04", "SPC interpretation 2021 art. 447(2)", Mark::V),
        from: &[JudgmentEffective],
        step: Step::ReturnSlip,
        actor: Keeper,
        papers: &[required("EXECUTION_SLIP")],
        guards: &[Guard::Open("C-04-SLIP")],
        closes: &[("C-04-SLIP", Done)],
        ..PLAIN
    },
    Row {
        law: law("C-10", "practice; 应急〔2019〕54号", Mark::D),
        from: &[Judged, OnAppeal, JudgmentEffective],
        step: Step::NotifyJudgment,
        actor: Receiver,
        papers: &[required("JUDGMENT_NOTICE")],
        closes: &[("C-10", Done)],
        ..PLAIN
    },
    Row {
        law: law("C-07", "Penalty Law art. 27(1)", Mark::V),
        from: &[JudgmentEffective],
        step: Step::TransferForPenalty,
        actor: Receiver,
        says: &[Say::Reason, Say::AuthorityIfAny],
        papers: &[required("TRANSFER_LETTER")],
        guards: &[Guard::NotPunished, Guard::NotYet("TRANSFER_LETTER"), Guard::Punishes],
        effects: &[Effect::OpenReverse(Ground::Exempted)],
        ..PLAIN
    },
    Row {
        law: law("C-04", "SPC interpretation 2021 art. 447(2)", Mark::V),
        from: &[JudgmentEffective],
        step: Step::ConcludeTrial,
        actor: Receiver,
        guards: &[Guard::Settled(&["C-04", "C-04-SLIP"])],
        to: Some(TrialConcluded),
        ..PLAIN
    },
];

const TERMS: &[TermRule] = &[
    term(
        "C-02",
        law("C-02", "CPL art. 208(1)", Mark::V),
        "pronounce the judgment of first instance",
        Receiver,
        Fixed(2, Unit::Month),
        Lapse("three months at the latest (C-02-LATEST)"),
    ),
    term(
        "C-02-LATEST",
        law("C-02", "CPL art. 208(1)", Mark::V),
        "pronounce the judgment of first instance, at the latest",
        Receiver,
        Fixed(3, Unit::Month),
        Breach("the judgment is late"),
    ),
    term(
        "C-04",
        law("C-04", "SPC interpretation 2021 art. 447(2)", Mark::V),
        "send the effective judgment to the agency that keeps the items",
        Receiver,
        Fixed(10, Unit::Day),
        Breach("the items wait for their disposal"),
    ),
    term(
        "C-04-SLIP",
        law("C-04", "SPC interpretation 2021 art. 447(2)", Mark::V),
        "return the execution slip to the court",
        Keeper,
        Fixed(1, Unit::Month),
        Breach("the disposal of the items is not proven"),
    ),
    term(
        "C-10",
        law("C-10", "practice", Mark::D),
        "tell the referring agency the result",
        Receiver,
        Set(10, Unit::Day),
        Breach("a service target: no statute obliges the court"),
    ),
];
