//! The printed forms of a bag: each is what its data print, to the byte, or it is not proven.

use std::collections::BTreeMap;

use proto::evidence::v1 as pb;
use sha2::{Digest as _, Sha256};

use super::{info, layout, parts::Parts, structure::Bag, write::hex};
use crate::forms::{self, Leaf};

/// Prints each form anew. Says which are not proven: another version of this program may set them
/// otherwise. `leaves` are the places of the rows in the log.
pub(super) fn check(
    bag: &Bag,
    parts: &Parts,
    leaves: &BTreeMap<i64, Leaf>,
) -> Result<Vec<String>, String> {
    let mut others = Vec::new();
    let mut compare = |path: String, printed: anyhow::Result<Vec<u8>>| {
        let printed = printed.map_err(|error| format!("{path}: {error:#}"))?;
        if bag.payload.get(&path) == Some(&hex(&Sha256::digest(printed))) {
            return Ok(());
        }
        if bag.info(info::AGENT) == Some(info::THIS) {
            return Err(format!("{path} is not what the data beside it print"));
        }
        others.push(path);
        Ok(())
    };
    let involved = forms::involved_items(&parts.dossier, &parts.items, &parts.names);
    compare(layout::INVOLVED.to_owned(), involved)?;
    for (number, hand_over) in (1..).zip(&parts.hand_overs) {
        let form = forms::hand_over(hand_over, &parts.names);
        compare(layout::hand_over_form(number), form)?;
        if hand_over.state() == pb::HandOverState::Completed {
            let leaf = forms::completion(hand_over, &parts.rows)
                .and_then(|row| leaves.get(&row.id))
                .ok_or_else(|| format!("no row of the completion of {}", hand_over.name))?;
            let form = forms::receipt(hand_over, leaf, &parts.names);
            compare(layout::receipt_form(number), form)?;
        }
    }
    Ok(others)
}
