//! A hand-over against its rows: that its list is what was proposed and counted, that both sides
//! signed it, and that it stands as the last row about it says.

use evidence::sheet::list_sha256;
use proto::{evidence::v1 as pb, journal::v1::Row};

use super::rows::{Rows, payload, to_micros};

/// The rows of a hand-over, each with the hand-over as it stood after it.
const KINDS: [&str; 6] = [
    PROPOSED,
    ORDERED,
    "evidence.hand_over_counted.v1",
    "evidence.hand_over_signed.v1",
    "evidence.hand_over_refused.v1",
    "evidence.hand_over_withdrawn.v1",
];
pub(super) const PROPOSED: &str = "evidence.hand_over_proposed.v1";
/// Proposed in the giver's name, by the decision of a dispute.
pub(super) const ORDERED: &str = "evidence.hand_over_ordered.v1";
const COMPLETED: &str = "evidence.hand_over_completed.v1";

/// That a hand-over is the one that was proposed, counted and signed.
pub(super) fn check(hand_over: &pb::HandOver, rows: &Rows<'_>) -> Result<(), String> {
    let digest = list_sha256(hand_over);
    listed(hand_over, &digest, rows)?;
    signed(hand_over, &digest, rows)?;
    let (row, said) = last(&hand_over.name, rows)?;
    for (what, same) in [
        ("state", said.state == hand_over.state),
        ("reason", said.reason == hand_over.reason),
        (
            "complete_time",
            said.complete_time.map(to_micros) == hand_over.complete_time.map(to_micros),
        ),
        ("copies", said.copies == hand_over.copies),
        ("signatures", signatures(&said) == signatures(hand_over)),
    ] {
        if !same {
            return Err(format!("its {what} differs from what {} {} says", row.kind, row.id));
        }
    }
    if hand_over.state() != pb::HandOverState::Completed {
        return Ok(());
    }
    let completed: pb::HandOverCompleted = rows.first(COMPLETED, &hand_over.name)?;
    let moved = completed.items.iter().map(|moved| &moved.item);
    let is_accepted =
        |line: &&pb::HandOverLine| line.count.as_ref().is_some_and(|one| one.accepted);
    if !moved.eq(hand_over.lines.iter().filter(is_accepted).map(|line| &line.item)) {
        return Err("other items moved than those that were accepted".to_owned());
    }
    Ok(())
}

/// That the list is that of the proposal or of the count.
fn listed(hand_over: &pb::HandOver, digest: &str, rows: &Rows<'_>) -> Result<(), String> {
    let kind = match hand_over.list_sha256.as_str() {
        // What the giver proposes by hand of what is ordered has its officer.
        "" if hand_over.purpose() == pb::HandOverPurpose::Dispute
            && hand_over.giver_officer.is_empty() =>
        {
            ORDERED
        }
        "" => PROPOSED,
        counted if counted == digest => "evidence.hand_over_counted.v1",
        _ => return Err("the list was altered: its digest is another".to_owned()),
    };
    let said: pb::HandOver = rows.last(kind, &hand_over.name)?;
    if list_sha256(&said) != digest || said.list_sha256 != hand_over.list_sha256 {
        return Err(format!("the list differs from that of {kind}"));
    }
    Ok(())
}

/// That each side which signed asked for it itself, and that both did if it is completed.
fn signed(hand_over: &pb::HandOver, digest: &str, rows: &Rows<'_>) -> Result<(), String> {
    let mut own = Vec::new();
    for row in rows.all("evidence.hand_over_signed.v1", &hand_over.name) {
        let said: pb::HandOver = payload(row)?;
        own.extend(signatures(&said).into_iter().filter(|one| one.agency == row.agency));
    }
    for one in signatures(hand_over) {
        if one.list_sha256 != digest || !own.contains(&one) {
            return Err(format!("the signature of {} is not in the journal", one.agency));
        }
    }
    for side in [&hand_over.giver, &hand_over.receiver] {
        let has_signed = hand_over.signatures.iter().any(|one| one.agency == *side);
        if hand_over.state() == pb::HandOverState::Completed && !has_signed {
            return Err(format!("{side} has not signed, and it is said to be completed"));
        }
    }
    Ok(())
}

fn signatures(hand_over: &pb::HandOver) -> Vec<pb::HandOverSignature> {
    let signatures = hand_over.signatures.iter().cloned();
    signatures.map(|one| pb::HandOverSignature { time: one.time.map(to_micros), ..one }).collect()
}

/// The last row about a hand-over, and how it stood after it.
fn last<'a>(name: &str, rows: &Rows<'a>) -> Result<(&'a Row, pb::HandOver), String> {
    let of = |kind: &&str| rows.all(kind, name).last().copied();
    if let Some(row) = of(&COMPLETED) {
        let completed: pb::HandOverCompleted = payload(row)?;
        return Ok((row, completed.hand_over.unwrap_or_default()));
    }
    let row = KINDS.iter().filter_map(of).max_by_key(|row| row.id);
    let row = row.ok_or_else(|| format!("no row about {name} is in the bag"))?;
    Ok((row, payload(row)?))
}
