//! What a hand-over does to its items: nothing until both have signed, then everything at once.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use types::{AgencyCode, Id};

use super::{E_10, HandOver, Line, Proposal, broken, named, some_of};
use crate::domain::{
    custody::{CustodyEvent, Said},
    item::Item,
    refusal::Refusal,
    word::{CustodyKind, HandOverState, Purpose},
};

/// Whether a hand-over for this ends the giver's measures: the item goes to another organ's case. The
/// decision of a dispute ends none: what the former body did stays valid (LAW.md 5).
pub(super) fn ends_measures(purpose: Purpose) -> bool {
    match purpose {
        Purpose::Referral | Purpose::OtherAgency => true,
        Purpose::Custody | Purpose::Return | Purpose::Dispute => false,
    }
}

/// Whether the receiver of a hand-over for this takes the items into a case of its own.
pub(super) fn takes_the_case(purpose: Purpose) -> bool {
    match purpose {
        Purpose::Referral | Purpose::OtherAgency | Purpose::Dispute => true,
        Purpose::Custody | Purpose::Return => false,
    }
}

/// What moved.
#[derive(Clone, Debug, Default)]
pub struct Moved {
    /// The items as they are now, in the order of the lines.
    pub items: Vec<Item>,
    /// What is added to their chains.
    pub events: Vec<(Id<Item>, CustodyEvent)>,
}

/// A copy of the signed list (一式三份), and who has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copy<'a> {
    /// `GIVER`, `CUSTODIAN` or `FILE`.
    pub copy: &'static str,
    /// The body that has it.
    pub held_by: &'a AgencyCode,
}

impl Proposal {
    /// That items which are given back go to a body that handed them over to the giver; `chains` are
    /// those of the items, by name.
    ///
    /// # Errors
    /// E-10; every item that did not come from there is named.
    pub fn may_return(
        &self,
        items: &[Item],
        chains: &BTreeMap<String, Vec<CustodyEvent>>,
    ) -> Result<(), Refusal> {
        let came = |event: &CustodyEvent| {
            event.kind == CustodyKind::HandedOver
                && event.agency == self.receiver
                && event.holder == self.giver
        };
        let from_there =
            |item: &&Item| chains.get(&item.name()).is_some_and(|chain| chain.iter().any(came));
        let others = items.iter().filter(|item| !from_there(item));
        let how = format!("did not come to {} from {}", self.giver, self.receiver);
        let others: Vec<String> = others.map(|item| named(item, &how)).collect();
        if others.is_empty() {
            return Ok(());
        }
        broken(E_10, some_of(&others), "所列物品并非由该机关移交而来，不能退回该机关")
    }
}

impl HandOver {
    /// The items, in the order of the lines, as listing them leaves them.
    pub fn listed(&self, items: &[Item], now: DateTime<Utc>) -> Vec<Item> {
        let name = self.name();
        let listed = |item: &Item| {
            let mut item = item.next(now);
            item.custody.hand_over.clone_from(&name);
            item
        };
        items.iter().map(listed).collect()
    }

    /// The items, in the order of the lines, as this state of the hand-over leaves them: once it is
    /// completed, what was accepted is the receiver's; once it is over, nothing is listed any more.
    pub fn moves(&self, items: &[Item], now: DateTime<Utc>) -> Moved {
        let mut moved = Moved::default();
        for (line, item) in self.lines.iter().zip(items) {
            let mut item = item.next(now);
            item.custody.hand_over.clear();
            if self.state == HandOverState::Completed {
                moved.events.extend(self.hand_over(line, &mut item));
            }
            moved.items.push(item);
        }
        moved
    }

    /// Gives one item to the receiver, if the line was accepted.
    fn hand_over(&self, line: &Line, item: &mut Item) -> Vec<(Id<Item>, CustodyEvent)> {
        let Some(count) = line.count.as_ref().filter(|count| count.accepted) else {
            return Vec::new();
        };
        let custody = &mut item.custody;
        custody.holder.clone_from(&self.receiver);
        custody.custodian.clone_from(&self.custodian);
        custody.kept_by.clone_from(&count.kept_by);
        custody.storage_place.clone_from(&count.storage_place);
        custody.seal_no.clone_from(&count.seal_no);
        if ends_measures(self.purpose) {
            item.measure = item.measure.take().map(|measure| measure.handed_over());
        }
        let at = self.completed_at.unwrap_or(self.created_at);
        let sides =
            [(CustodyKind::HandedOver, &self.giver), (CustodyKind::Received, &self.receiver)];
        let events = sides.into_iter().map(|(kind, side)| {
            let officer = self.signature(side).map_or("", |signature| &signature.officer);
            let mut said = Said::new(kind, at, side, officer);
            said.place.clone_from(&self.place);
            said.hand_over = self.name();
            said.law = Some(E_10);
            if kind == CustodyKind::Received {
                said.reason.clone_from(&count.discrepancy);
                said.contents.clone_from(&count.photos);
            }
            (item.id, item.append(said))
        });
        events.collect()
    }

    /// The three copies of the list once both have signed (MPS procedure art. 230). The copy for the
    /// file is with the body whose case it is now.
    pub fn copies(&self) -> Vec<Copy<'_>> {
        if self.state != HandOverState::Completed {
            return Vec::new();
        }
        let file = match self.purpose {
            Purpose::Referral | Purpose::OtherAgency | Purpose::Return | Purpose::Dispute => {
                &self.receiver
            }
            Purpose::Custody => &self.giver,
        };
        vec![
            Copy { copy: "GIVER", held_by: &self.giver },
            Copy { copy: "CUSTODIAN", held_by: &self.receiver },
            Copy { copy: "FILE", held_by: file },
        ]
    }
}
