//! A hand-over (移交): a list that the giver proposes, the receiver counts, and both sign. Custody
//! moves when both have signed, and only then (MPS procedure art. 185, 230).

pub mod count;
pub mod moving;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, SubsecRound as _, Utc};
use serde::{Deserialize, Serialize};
use types::{AgencyCode, Id};

use super::{
    custody::Digest,
    dossier::Dossier,
    item::Item,
    refusal::{Law, Refusal},
    word::{CustodyState, HandOverState, Purpose},
};

/// The most lines of one list.
pub const ITEMS_MAX: usize = 1000;

/// How items are handed over.
pub const E_10: Law =
    Law { rule: "E-10", basis: "MPS procedure art. 185, 230, 235", verified: "V" };
/// What the decision of a dispute orders: evidence goes to the body found competent.
pub const ORDERED: Law = Law {
    rule: "E-12",
    basis: "浙江省综合行政执法条例 art. 11, 18; Penalty Law art. 25(2)",
    verified: "V",
};
/// What must be handed over after filing, by whom to whom.
pub const T_21: Law =
    Law { rule: "T-21", basis: "Decree 310 art. 12; MPS procedure art. 185", verified: "V" };
/// Property under a measure goes with the case, and the party is told.
pub const T_22: Law =
    Law { rule: "T-22", basis: "Administrative Compulsion Law art. 21", verified: "V" };

/// A hand-over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandOver {
    /// Its id.
    pub id: Id<Self>,
    /// The dossier of all its items.
    pub dossier: Id<Dossier>,
    /// Who gives.
    pub giver: AgencyCode,
    /// Who receives.
    pub receiver: AgencyCode,
    /// What for.
    pub purpose: Purpose,
    /// `referrals/{uuid}`; empty for other purposes.
    pub referral: String,
    /// `disputes/{uuid}` whose decision orders it; empty for other purposes.
    pub dispute: String,
    /// How it stands.
    pub state: HandOverState,
    /// Where it takes place.
    pub place: String,
    /// The list. A line's number is its place, from 1.
    pub lines: Vec<Line>,
    /// Whether property was under a measure (T-22).
    pub under_measure: bool,
    /// When the party was told of that.
    pub party_told_on: Option<NaiveDate>,
    /// Whether with it everything of the case is handed over, as the giver says.
    pub completes: bool,
    /// Whether everything of the case was handed over and accepted in the end: see
    /// [`HandOver::fulfil`].
    pub fulfils: bool,
    /// Certificate number of the giver's officer who proposed it; empty in one that arbitration ordered,
    /// which nobody proposes: who signs for the giver is in its signature.
    pub giver_officer: String,
    /// Certificate number of who counted; empty before.
    pub receiver_officer: String,
    /// Certificate number of who will keep the items; empty before it is counted.
    pub custodian: String,
    /// Certificate numbers of who investigates for the receiver; empty before it is counted.
    pub investigators: Vec<String>,
    /// SHA-256 of the counted list: what both sign.
    pub list: Option<Digest>,
    /// Who signed.
    pub signatures: Vec<Signature>,
    /// Why it was refused or taken back.
    pub reason: String,
    /// When it was proposed, to the microsecond.
    pub created_at: DateTime<Utc>,
    /// When the second side signed.
    pub completed_at: Option<DateTime<Utc>>,
    /// What referral said to it; empty until then.
    pub outcome: String,
    /// Grows by one with each change.
    pub version: i32,
}

/// One line of the list, as the item was when it was listed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The item.
    pub item: Id<Item>,
    /// 名称.
    pub title: String,
    /// 编号.
    pub code: String,
    /// A decimal number.
    pub quantity: String,
    /// Of what.
    pub unit: String,
    /// 特征.
    pub features: String,
    /// 来源.
    pub source: String,
    /// 状况.
    pub condition: String,
    /// The seal it is under; empty when none.
    pub seal_no: String,
    /// In fen; 0 when it is not known.
    pub value_fen: i64,
    /// Where the giver has it.
    pub storage_place: String,
    /// SHA-256 of its contents.
    pub contents: Vec<String>,
    /// What the receiver found.
    pub count: Option<Count>,
}

/// What the receiver found on one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// A decimal number.
    pub quantity: String,
    /// 状况.
    pub condition: String,
    /// The seal found; empty when none.
    pub seal_no: String,
    /// How it differs from the list, or why it is not accepted.
    pub discrepancy: String,
    /// Contents of the hand-over.
    pub photos: Vec<String>,
    /// Whether it is taken over.
    pub accepted: bool,
    /// Where it will be kept.
    pub storage_place: String,
    /// The body that keeps it for the receiver (T-22b).
    pub kept_by: Option<AgencyCode>,
}

/// One side's signature under the counted list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// The side.
    pub agency: AgencyCode,
    /// Certificate number of its officer.
    pub officer: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// What a giver proposes beside the items.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are those of `HandOver`")]
pub struct Proposal {
    pub giver: AgencyCode,
    pub receiver: AgencyCode,
    pub purpose: Purpose,
    pub referral: String,
    pub dispute: String,
    pub place: String,
    pub under_measure: bool,
    pub party_told_on: Option<NaiveDate>,
    pub completes: bool,
    pub officer: String,
}

impl Proposal {
    /// The hand-over of `items`, which are as many as the list has lines, in its order; `contents`
    /// are the digests of each item's files, by its name.
    ///
    /// # Errors
    /// The rule that forbids it; every item that stands in the way is named.
    pub fn list(
        self,
        dossier: &Dossier,
        items: &[Item],
        contents: &BTreeMap<String, Vec<String>>,
        now: DateTime<Utc>,
    ) -> Result<HandOver, Refusal> {
        let elsewhere = items.iter().enumerate().filter(|(_, item)| item.dossier != dossier.id);
        let faults: Vec<(String, String)> = elsewhere
            .map(|(at, _)| (format!("items[{at}]"), "is an item of another dossier".to_owned()))
            .collect();
        if !faults.is_empty() {
            return Err(Refusal::Fields { faults, law: E_10 });
        }
        let away: Vec<String> = items.iter().filter_map(|item| away(item, &self.giver)).collect();
        if !away.is_empty() {
            let what = some_of(&away);
            return broken(E_10, what, "所列涉案财物已经不在移交机关或者正在另一次移交之中");
        }
        self.measures(items)?;
        let lines = items
            .iter()
            .map(|item| Line::of(item, contents.get(&item.name()).cloned().unwrap_or_default()));
        Ok(HandOver {
            id: Id::new(now),
            dossier: dossier.id,
            giver: self.giver,
            receiver: self.receiver,
            purpose: self.purpose,
            referral: self.referral,
            dispute: self.dispute,
            state: HandOverState::Proposed,
            place: self.place,
            lines: lines.collect(),
            under_measure: self.under_measure,
            party_told_on: self.party_told_on,
            completes: self.completes,
            fulfils: false,
            giver_officer: self.officer,
            receiver_officer: String::new(),
            custodian: String::new(),
            investigators: Vec::new(),
            list: None,
            signatures: Vec::new(),
            reason: String::new(),
            // As the database keeps it: the list that is signed has this time in it.
            created_at: now.trunc_subsecs(6),
            completed_at: None,
            outcome: String::new(),
            version: 1,
        })
    }

    /// T-22, where the hand-over ends the measure: then the party must have been told.
    fn measures(&self, items: &[Item]) -> Result<(), Refusal> {
        if self.under_measure && self.party_told_on.is_none() {
            let fault = "is missing: when property under a measure is handed over, the party is told \
                         in writing";
            let faults = vec![("party_told_on".to_owned(), fault.to_owned())];
            return Err(Refusal::Fields { faults, law: T_22 });
        }
        if !moving::ends_measures(self.purpose) || self.under_measure {
            return Ok(());
        }
        let held = items.iter().filter(|item| item.measure.as_ref().is_some_and(|m| m.is_open()));
        let held: Vec<String> = held.map(|item| named(item, "is under a measure")).collect();
        if held.is_empty() {
            return Ok(());
        }
        let what = format!(
            "property_under_measure must be true, and party_told_on say when the party was told in \
             writing: {}",
            some_of(&held)
        );
        broken(T_22, what, "查封、扣押的财物应当一并移送，并书面告知当事人")
    }
}

impl Line {
    fn of(item: &Item, contents: Vec<String>) -> Self {
        let facts = item.facts.clone();
        Self {
            item: item.id,
            title: facts.title,
            code: facts.code,
            quantity: facts.quantity,
            unit: facts.unit,
            features: facts.features,
            source: facts.source,
            condition: facts.condition,
            seal_no: item.custody.seal_no.clone(),
            value_fen: facts.value_fen,
            storage_place: item.custody.storage_place.clone(),
            contents,
            count: None,
        }
    }

    /// Whether the receiver takes it over.
    pub fn is_accepted(&self) -> bool {
        self.count.as_ref().is_some_and(|count| count.accepted)
    }
}

impl HandOver {
    /// Its resource name.
    pub fn name(&self) -> String {
        format!("handOvers/{}", self.id)
    }

    /// The names of its items, in the order of the lines.
    pub fn items(&self) -> Vec<String> {
        self.lines.iter().map(|line| format!("items/{}", line.item)).collect()
    }

    /// The signature of a side.
    pub fn signature(&self, side: &AgencyCode) -> Option<&Signature> {
        self.signatures.iter().find(|signature| signature.agency == *side)
    }

    /// Signs the counted list for a side. With the second signature it is completed: see
    /// [`HandOver::moves`].
    ///
    /// # Errors
    /// The rule that forbids it.
    pub fn sign(
        &self,
        side: &AgencyCode,
        officer: &str,
        list: Digest,
        now: DateTime<Utc>,
    ) -> Result<Self, Refusal> {
        let other = if *side == self.giver { &self.receiver } else { &self.giver };
        match self.state {
            HandOverState::Counted | HandOverState::HalfSigned => {}
            HandOverState::Proposed => {
                let what = format!("it is not counted yet: {} counts it first", self.receiver);
                return broken(E_10, what, "应当先由接收人当面查点清楚");
            }
            HandOverState::Completed | HandOverState::Refused | HandOverState::Withdrawn => {
                return self.over();
            }
        }
        if self.signature(side).is_some() {
            let what = format!("{side} has signed it already: it waits for {other}");
            return broken(E_10, what, "本机关已经签名，等待对方签名");
        }
        // A list without lines only says that those before it were all.
        if !self.lines.is_empty() && !self.lines.iter().any(Line::is_accepted) {
            let what = format!("no line is accepted: {} can only refuse it", self.receiver);
            return broken(E_10, what, "清单所列物品均未被接收，只能退回");
        }
        if self.list != Some(list) {
            let what = "list_sha256 is not that of the counted list: read it again, and sign what \
                        you see";
            return broken(E_10, what.to_owned(), "所签清单与查点后的清单不一致");
        }
        let signature = Signature {
            agency: side.clone(),
            officer: officer.to_owned(),
            at: now.trunc_subsecs(6),
        };
        let mut after = self.next();
        after.signatures.push(signature);
        after.state = HandOverState::HalfSigned;
        if self.signature(other).is_some() {
            after.state = HandOverState::Completed;
            after.completed_at = Some(now.trunc_subsecs(6));
        }
        Ok(after)
    }

    /// Refuses the list as a whole: the receiver's, before it signs.
    ///
    /// # Errors
    /// The rule that forbids it.
    pub fn refuse(&self, side: &AgencyCode, reason: &str) -> Result<Self, Refusal> {
        self.only(side, &self.receiver, "refuses it")?;
        self.open()?;
        if self.signature(side).is_some() {
            let what = format!("{side} has signed it: it waits for {}", self.giver);
            return broken(E_10, what, "本机关已经签名，不能再退回");
        }
        Ok(self.ended(HandOverState::Refused, reason))
    }

    /// Takes the proposal back: the giver's, before anybody signed.
    ///
    /// # Errors
    /// The rule that forbids it.
    pub fn withdraw(&self, side: &AgencyCode, reason: &str) -> Result<Self, Refusal> {
        self.only(side, &self.giver, "takes it back")?;
        self.open()?;
        if self.purpose == Purpose::Dispute {
            let what = format!(
                "it is ordered by the decision of {}: {side} signs it, and cannot take it back",
                self.dispute
            );
            return broken(ORDERED, what, "争议决定确定的证据移交，移交机关不得撤回");
        }
        if let Some(signed) = self.signatures.first() {
            let what = format!("{} has signed it already: it cannot be taken back", signed.agency);
            return broken(E_10, what, "已有一方签名，不能撤回");
        }
        Ok(self.ended(HandOverState::Withdrawn, reason))
    }

    /// The names of the items that this completed hand-over, or one completed `before` it, left out
    /// and none accepted later.
    pub fn left_out(&self, before: &[Self]) -> Vec<String> {
        // When each item was last left out, and when it was last accepted.
        let mut last: BTreeMap<Id<Item>, [Option<DateTime<Utc>>; 2]> = BTreeMap::new();
        for one in before.iter().chain([self]) {
            for line in &one.lines {
                let [left, accepted] = last.entry(line.item).or_default();
                let when = if line.is_accepted() { accepted } else { left };
                *when = one.completed_at.max(*when);
            }
        }
        let left = last.into_iter().filter(|(_, [left, accepted])| left > accepted);
        left.map(|(item, _)| format!("items/{item}")).collect()
    }

    /// Says of a completed hand-over whether it ends the duty to hand over (T-21): its giver says
    /// that nothing is missing, and nothing that was left out is `still_held` by anybody but the
    /// receiver. What was given back, sold or destroyed (a loss is recorded as that, with its reason)
    /// cannot be handed over any more.
    #[must_use]
    pub fn fulfil(self, still_held: bool) -> Self {
        Self { fulfils: self.completes && !still_held, ..self }
    }

    /// Notes what referral said.
    #[must_use]
    pub fn told(&self, outcome: &str) -> Self {
        Self { outcome: outcome.to_owned(), ..self.next() }
    }

    fn next(&self) -> Self {
        Self { version: self.version + 1, ..self.clone() }
    }

    fn ended(&self, state: HandOverState, reason: &str) -> Self {
        Self { state, reason: reason.to_owned(), ..self.next() }
    }

    fn only(&self, side: &AgencyCode, whose: &AgencyCode, does: &str) -> Result<(), Refusal> {
        if side == whose {
            return Ok(());
        }
        Err(Refusal::NotYours { what: format!("only {whose} {does}"), law: E_10 })
    }

    fn open(&self) -> Result<(), Refusal> {
        match self.state {
            HandOverState::Proposed | HandOverState::Counted | HandOverState::HalfSigned => Ok(()),
            HandOverState::Completed | HandOverState::Refused | HandOverState::Withdrawn => {
                self.over()
            }
        }
    }

    fn over<T>(&self) -> Result<T, Refusal> {
        broken(E_10, format!("it is {}: nothing follows", self.state), "该次移交已经结束")
    }
}

/// Why an item cannot be listed by `giver`.
fn away(item: &Item, giver: &AgencyCode) -> Option<String> {
    let custody = &item.custody;
    if custody.state != CustodyState::Held {
        return Some(named(item, &format!("is {}", custody.state)));
    }
    if custody.holder != *giver {
        return Some(named(item, &format!("is held by {}", custody.holder)));
    }
    if custody.hand_over.is_empty() {
        return None;
    }
    Some(named(item, &format!("is listed in {}, which is not over", custody.hand_over)))
}

fn named(item: &Item, how: &str) -> String {
    format!("{} ({}) {how}", item.name(), item.facts.code)
}

/// As many of the sentences as a refusal can tell.
fn some_of(said: &[String]) -> String {
    const TOLD: usize = 10;
    let mut what = said.iter().take(TOLD).cloned().collect::<Vec<_>>().join("; ");
    if let Some(more) = said.len().checked_sub(TOLD).filter(|more| *more > 0) {
        what.push_str(&format!("; and {more} more items"));
    }
    what
}

fn broken<T>(law: Law, what: String, what_zh: &'static str) -> Result<T, Refusal> {
    Err(Refusal::Broken { what, what_zh, law })
}
