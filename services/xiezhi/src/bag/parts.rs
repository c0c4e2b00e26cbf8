//! What a bag says of its dossier: the messages in its files, as they were read.

use std::collections::{BTreeMap, BTreeSet};

use proto::{evidence::v1 as pb, journal::v1::Row};

use super::{layout, rows, structure::Bag};
use crate::{forms::Names, out::Contract};

/// Everything that is told of a dossier. Nothing of it is believed but the rows, which are proven.
#[derive(Clone, Debug, Default)]
pub(super) struct Parts {
    pub(super) dossier: pb::Dossier,
    pub(super) items: Vec<pb::Item>,
    /// The chain of each item, in their order.
    pub(super) chains: Vec<Vec<pb::CustodyEvent>>,
    /// In the order in which they were proposed.
    pub(super) hand_overs: Vec<pb::HandOver>,
    /// Oldest first.
    pub(super) rows: Vec<Row>,
    /// What the bodies are called.
    pub(super) names: Names,
}

impl Parts {
    /// Reads the files of a bag; `rows` are those of its receipts.
    pub(super) fn read(bag: &Bag, rows: Vec<Row>) -> Result<Self, String> {
        let contract = Contract::load().map_err(|error| format!("{error:#}"))?;
        let dossier = message(bag, &contract, layout::DOSSIER, "Dossier")?;
        let listed: pb::ListItemsResponse =
            message(bag, &contract, layout::ITEMS, "ListItemsResponse")?;
        let mut chains = Vec::new();
        for item in &listed.items {
            let path = layout::custody(item.number);
            let chain: pb::ListCustodyResponse =
                message(bag, &contract, &path, "ListCustodyResponse")?;
            chains.push(chain.events);
        }
        let mut hand_overs = Vec::new();
        while bag.payload.contains_key(&layout::hand_over(hand_overs.len() + 1)) {
            let path = layout::hand_over(hand_overs.len() + 1);
            hand_overs.push(message(bag, &contract, &path, "HandOver")?);
        }
        let names = serde_json::from_str(&bag.text(layout::AGENCIES)?)
            .map_err(|error| format!("{}: {error}", layout::AGENCIES))?;
        Ok(Self { dossier, items: listed.items, chains, hand_overs, rows, names })
    }

    /// The photographs of the hand-overs, by the number of the hand-over.
    pub(super) fn photos(&self) -> Result<BTreeMap<usize, Vec<pb::Content>>, String> {
        photos(&self.hand_overs, &self.rows)
    }

    /// Every file that the payload of this dossier has, but for its contents.
    pub(super) fn files(&self) -> BTreeSet<String> {
        let fixed = [
            layout::DOSSIER,
            layout::ITEMS,
            layout::ASSESSMENT,
            layout::AGENCIES,
            layout::CHECKPOINT,
            layout::INVOLVED,
        ];
        let mut files: BTreeSet<String> = fixed.map(str::to_owned).into();
        files.extend(self.items.iter().map(|item| layout::custody(item.number)));
        for (number, hand_over) in (1..).zip(&self.hand_overs) {
            files.insert(layout::hand_over(number));
            files.insert(layout::hand_over_form(number));
            if hand_over.state() == pb::HandOverState::Completed {
                files.insert(layout::receipt_form(number));
            }
        }
        files.extend(self.rows.iter().map(|row| layout::receipt(&row.service, row.id)));
        files
    }
}

/// The photographs of hand-overs, as the rows of their commit tell them.
pub(crate) fn photos(
    hand_overs: &[pb::HandOver],
    rows: &[Row],
) -> Result<BTreeMap<usize, Vec<pb::Content>>, String> {
    let numbers: BTreeMap<&str, usize> =
        hand_overs.iter().map(|one| one.name.as_str()).zip(1..).collect();
    let mut photos: BTreeMap<usize, Vec<pb::Content>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.kind == "evidence.content_committed.v1") {
        let content: pb::Content = rows::payload(row)?;
        if let Some(number) = numbers.get(content.parent.as_str()) {
            photos.entry(*number).or_default().push(content);
        }
    }
    Ok(photos)
}

fn message<M: prost::Message + Default>(
    bag: &Bag,
    contract: &Contract,
    path: &str,
    name: &str,
) -> Result<M, String> {
    let json =
        serde_json::from_str(&bag.text(path)?).map_err(|error| format!("{path}: {error}"))?;
    let name = format!("xiezhi.evidence.v1.{name}");
    contract.read(&name, json).map_err(|error| format!("{path}: {error:#}"))
}
