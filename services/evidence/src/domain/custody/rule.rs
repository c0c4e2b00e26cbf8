//! What a holder may record of an item: a table with one row for each kind of event.

use chrono::{DateTime, Utc};
use types::AgencyCode;

use super::{CustodyEvent, Said};
use crate::domain::{
    dossier::Dossier,
    item::Item,
    measure::Measure,
    refusal::{Law, Refusal},
    word::{CustodyKind, CustodyState, MeasureState, Position},
};

/// Append-only events, with approval where things end.
const CHAIN: Law = Law { rule: "E-10", basis: "MPS procedure art. 230, 235, 288", verified: "V" };
/// Who investigates keeps nothing.
const KEEPER: Law = Law { rule: "E-10", basis: "MPS procedure art. 235", verified: "V" };
/// Sale after photographs, with approval of the principal head.
const SALE: Law =
    Law { rule: "E-10", basis: "Decree 310 art. 4; MPS procedure art. 236", verified: "V" };
/// Every event says where.
const PLACE: Law = Law { rule: "E-10", basis: "LAW.md 4.3; MPS procedure art. 230", verified: "D" };
/// Destruction needs approval: LAW.md 4.3 asks for it without a text.
const DESTRUCTION: Law = Law { rule: "E-10", basis: "LAW.md 4.3", verified: "D" };
/// Sealed, and how it is opened.
const SEAL: Law = Law {
    rule: "E-07",
    basis: "法发〔2016〕22号 art. 18; SPC interpretation 2021 art. 113",
    verified: "S",
};

/// A row of the table.
#[derive(Debug)]
pub struct Rule {
    /// The event.
    pub kind: CustodyKind,
    /// What must be said.
    pub needs: &'static [Need],
    /// Who must approve.
    pub approval: Approval,
    /// How the seal must be.
    pub seal: Seal,
    /// How the item is after it; nothing can follow but on `HELD`.
    pub leaves: CustodyState,
    /// Where it stands.
    pub law: Law,
}

/// A field that an event takes; no other event does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Why. Every event may have a reason.
    Reason,
    /// The number of the seal.
    SealNo,
    /// Who keeps it.
    Custodian,
    /// Where it is kept.
    StoragePlace,
    /// Contents that show it. Every event may have some.
    Contents,
    /// To whom it is given back.
    Recipient,
}

/// Who must approve an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Approval {
    /// Nobody.
    None,
    /// A head of the holder.
    Head,
    /// The principal head of the holder.
    PrincipalHead,
}

/// How the seal must be before an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seal {
    /// It does not matter.
    Any,
    /// Whole.
    Whole,
    /// Open, or none.
    Open,
}

const fn row(kind: CustodyKind, needs: &'static [Need], seal: Seal, law: Law) -> Rule {
    Rule { kind, needs, approval: Approval::None, seal, leaves: CustodyState::Held, law }
}

/// What `RecordCustody` takes.
pub const TABLE: &[Rule] = &[
    row(CustodyKind::Sealed, &[Need::SealNo], Seal::Open, SEAL),
    row(CustodyKind::Unsealed, &[Need::Reason], Seal::Whole, SEAL),
    row(CustodyKind::Sampled, &[Need::Reason], Seal::Open, SEAL),
    row(CustodyKind::Tested, &[Need::Reason], Seal::Open, SEAL),
    row(CustodyKind::Stored, &[Need::Custodian, Need::StoragePlace], Seal::Any, KEEPER),
    Rule {
        leaves: CustodyState::Returned,
        ..row(CustodyKind::Returned, &[Need::Reason, Need::Recipient], Seal::Any, CHAIN)
    },
    Rule {
        approval: Approval::Head,
        leaves: CustodyState::Destroyed,
        ..row(CustodyKind::Destroyed, &[Need::Reason], Seal::Any, DESTRUCTION)
    },
    Rule {
        approval: Approval::PrincipalHead,
        leaves: CustodyState::Sold,
        ..row(CustodyKind::Sold, &[Need::Reason, Need::Contents], Seal::Any, SALE)
    },
];

/// The call that writes an event which nobody records by hand.
pub fn written_by(kind: CustodyKind) -> Option<&'static str> {
    match kind {
        CustodyKind::Collected | CustodyKind::Registered => Some("AddItem"),
        CustodyKind::HandedOver | CustodyKind::Received => {
            Some("SignHandOver: propose a hand-over, which both sides sign")
        }
        CustodyKind::Recognized => Some("RecognizeItem"),
        CustodyKind::Cured => Some("CureDefect"),
        CustodyKind::Sealed
        | CustodyKind::Unsealed
        | CustodyKind::Sampled
        | CustodyKind::Tested
        | CustodyKind::Stored
        | CustodyKind::Returned
        | CustodyKind::Destroyed
        | CustodyKind::Sold => None,
    }
}

/// What is recorded: an event, and what it changes.
#[derive(Clone, Debug)]
pub struct Record {
    /// The event as it is said.
    pub said: Said,
    /// SEALED: the seal.
    pub seal_no: String,
    /// STORED: who keeps it.
    pub custodian: String,
    /// STORED: where.
    pub storage_place: String,
    /// What the one who approved is; none when nobody is named.
    pub approver: Option<Position>,
    /// Whether a photograph or a recording is among the contents.
    pub pictured: bool,
}

/// The instant of an event that was said to have happened at `time`, or just now.
#[derive(Clone, Copy, Debug)]
pub struct When {
    /// Now.
    pub now: DateTime<Utc>,
    /// Whether a time was said, and is not just now.
    pub said: bool,
}

/// Every field that is missing or out of place, whatever the item.
///
/// # Errors
/// `Fields`, with all of them; or that another call writes such events.
pub fn check(record: &Record) -> Result<&'static Rule, Refusal> {
    let kind = record.said.kind;
    let Some(rule) = TABLE.iter().find(|rule| rule.kind == kind) else {
        let call = written_by(kind).unwrap_or("no call");
        let what = format!("{kind} is not recorded by hand: it is written by {call}");
        return Err(Refusal::Broken {
            what, what_zh: "该流转事项由系统另行登记", law: CHAIN
        });
    };
    let fields: [(&str, bool, Need, bool); 6] = [
        ("reason", !record.said.reason.trim().is_empty(), Need::Reason, true),
        ("seal_no", !record.seal_no.is_empty(), Need::SealNo, false),
        ("custodian", !record.custodian.is_empty(), Need::Custodian, false),
        ("storage_place", !record.storage_place.trim().is_empty(), Need::StoragePlace, false),
        ("contents", !record.said.contents.is_empty(), Need::Contents, true),
        ("recipient", !record.said.recipient.trim().is_empty(), Need::Recipient, false),
    ];
    let mut faults = Vec::new();
    for (field, there, need, free) in fields {
        let needed = rule.needs.contains(&need);
        if needed && !there {
            let what = match need {
                Need::Contents => "are missing: photograph or record it first",
                Need::Reason => "is missing: say why",
                Need::SealNo | Need::Custodian | Need::StoragePlace | Need::Recipient => {
                    "is missing"
                }
            };
            faults.push((field.to_owned(), format!("{what} ({kind})")));
        } else if there && !needed && !free {
            faults.push((field.to_owned(), format!("does not belong to {kind}")));
        }
    }
    let approved = !record.said.approved_by.is_empty();
    match rule.approval {
        Approval::None if approved => {
            faults.push(("approved_by".to_owned(), format!("does not belong to {kind}")));
        }
        Approval::Head | Approval::PrincipalHead if !approved => {
            faults.push(("approved_by".to_owned(), format!("is missing: a head approves {kind}")));
        }
        Approval::None | Approval::Head | Approval::PrincipalHead => {}
    }
    let law = if faults.is_empty() { PLACE } else { rule.law };
    if record.said.place.trim().is_empty() {
        faults.push(("place".to_owned(), format!("is missing: say where ({kind})")));
    }
    if faults.is_empty() { Ok(rule) } else { Err(Refusal::Fields { faults, law }) }
}

/// Records an event of the item, as its holder.
///
/// # Errors
/// The rule that forbids it.
pub fn record(
    item: &Item,
    dossier: &Dossier,
    record: Record,
    when: When,
) -> Result<(Item, CustodyEvent), Refusal> {
    let rule = check(&record)?;
    may_change(item, &record.said.agency)?;
    let law = rule.law;
    let kind = record.said.kind;
    let broken = |what: String, what_zh| Err(Refusal::Broken { what, what_zh, law });
    approved(rule, &record)?;
    let seal = &item.custody.seal_no;
    match rule.seal {
        Seal::Whole if seal.is_empty() => {
            return broken("the item is not sealed".to_owned(), "物品未封存");
        }
        Seal::Open if !seal.is_empty() => {
            let what = format!("the item is under seal {seal}: unseal it first, with the reason");
            return broken(what, "物品处于封存状态，应当先说明理由启封");
        }
        Seal::Any | Seal::Whole | Seal::Open => {}
    }
    let at = record.said.at;
    if when.said && at > when.now {
        return broken(format!("{kind} at a time later than now"), "时间晚于当前时间");
    }
    if when.said && at < item.custody.last_at {
        let what = format!("{kind} before the last event of the chain: a chain only grows");
        return broken(what, "时间早于上一次流转");
    }
    if kind == CustodyKind::Stored {
        keeper(item, dossier, &record.custodian)?;
    }
    if kind == CustodyKind::Sold {
        may_be_sold(item, &record)?;
    }
    if kind == CustodyKind::Returned
        && let Some(measure) = &item.measure
        && measure.state == MeasureState::Running
    {
        let what = "the item is still under a measure: release it first (ChangeMeasure)";
        return Err(Refusal::Broken {
            what: what.to_owned(),
            what_zh: "应当先解除措施",
            law: measure.law(),
        });
    }
    Ok(written(item, rule, record, when.now))
}

fn written(item: &Item, rule: &Rule, record: Record, now: DateTime<Utc>) -> (Item, CustodyEvent) {
    let mut after = item.next(now);
    after.custody.state = rule.leaves;
    match rule.kind {
        CustodyKind::Sealed => after.custody.seal_no = record.seal_no,
        CustodyKind::Unsealed => after.custody.seal_no.clear(),
        CustodyKind::Stored => {
            after.custody.custodian = record.custodian;
            after.custody.storage_place = record.storage_place;
            // The holder has it again, whoever kept it meanwhile (T-22b).
            after.custody.kept_by = None;
        }
        CustodyKind::Destroyed | CustodyKind::Sold => {
            after.measure = after.measure.map(Measure::disposed);
        }
        CustodyKind::Collected
        | CustodyKind::Registered
        | CustodyKind::Sampled
        | CustodyKind::Tested
        | CustodyKind::HandedOver
        | CustodyKind::Received
        | CustodyKind::Returned
        | CustodyKind::Recognized
        | CustodyKind::Cured => {}
    }
    let said = Said { law: Some(rule.law), ..record.said };
    let event = after.append(said);
    (after, event)
}

/// That `body` holds the item, that the item is still there, and that it is in no open hand-over.
///
/// # Errors
/// The rule that forbids a change.
pub fn may_change(item: &Item, body: &AgencyCode) -> Result<(), Refusal> {
    let custody = &item.custody;
    if custody.holder != *body {
        let what = format!("{} holds the item, and alone changes it", custody.holder);
        return Err(Refusal::NotYours { what, law: CHAIN });
    }
    still_there(item)
}

/// That the item is still there, and in no open hand-over.
///
/// # Errors
/// The rule that forbids a change.
pub fn still_there(item: &Item) -> Result<(), Refusal> {
    let custody = &item.custody;
    if custody.state != CustodyState::Held {
        let what = format!("the item is {}: nothing follows", custody.state);
        return Err(Refusal::Broken { what, what_zh: "物品已经处理完毕", law: CHAIN });
    }
    if !custody.hand_over.is_empty() {
        let what = format!(
            "the item is listed in the open {}: nothing changes until that is over",
            custody.hand_over
        );
        return Err(Refusal::Broken {
            what, what_zh: "物品正在移交，不得变动", law: CHAIN
        });
    }
    Ok(())
}

/// That `custodian` neither investigates the case nor collected the item.
///
/// # Errors
/// MPS procedure art. 235.
pub fn keeper(item: &Item, dossier: &Dossier, custodian: &str) -> Result<(), Refusal> {
    let investigates = dossier.investigates(custodian);
    let collected = item.facts.collection.collectors.iter().any(|one| one == custodian);
    if investigates || collected {
        let what = format!(
            "{custodian} {}: who investigates must not keep the items",
            if investigates { "investigates this case" } else { "collected this item" }
        );
        return Err(Refusal::WrongOfficer { what, law: KEEPER });
    }
    Ok(())
}

/// Only what spoils is sold before the case is decided, once it was photographed or recorded.
fn may_be_sold(item: &Item, record: &Record) -> Result<(), Refusal> {
    let (what, what_zh) = if !item.facts.perishable {
        ("it is not registered as perishable: it is kept", "该物品并非易腐烂变质或者不易保管的财物")
    } else if !record.pictured {
        let what = "none of the contents is a PHOTO or a VIDEO: photograph or record it first";
        (what, "应当先行拍照或者录像")
    } else {
        return Ok(());
    };
    Err(Refusal::Broken { what: what.to_owned(), what_zh, law: SALE })
}

fn approved(rule: &Rule, record: &Record) -> Result<(), Refusal> {
    let (ok, whom) = match (rule.approval, record.approver) {
        (Approval::None, _) => (true, ""),
        (Approval::Head, position) => (position.is_some_and(Position::is_head), "a head"),
        (Approval::PrincipalHead, position) => {
            (position.is_some_and(Position::is_principal), "the principal head")
        }
    };
    if ok {
        return Ok(());
    }
    let (by, kind) = (&record.said.approved_by, rule.kind);
    let what = format!("{by} cannot approve {kind}: {whom} does");
    Err(Refusal::WrongOfficer { what, law: rule.law })
}
