//! The measure over an item against its rows: what was registered or last changed, and how it ended.

use proto::{evidence::v1 as pb, journal::v1::Row};

use super::rows::{Rows, payload};

/// That the measure is what the registration or the last change says, and over when a later row
/// ended it. Two things depend on the day on which it was looked at, and are not compared: whether
/// a measure that runs is past its last day, and the last day of a prior registration, which
/// follows from the calendar.
pub(super) fn check(item: &pb::Item, rows: &Rows<'_>, all: &[Row]) -> Result<(), String> {
    let changed = rows.all("evidence.measure_changed.v1", &item.name).last();
    let added = rows.all("evidence.item_added.v1", &item.name).first();
    let row = changed.or(added).ok_or("no row of its registration is in the bag")?;
    let said: pb::Item = payload(row)?;
    let mut expected = said.measure.map(lasting);
    for later in all.iter().filter(|later| later.id > row.id) {
        let Some(measure) = &mut expected else { break };
        if measure.state() == pb::MeasureState::Running
            && let Some(state) = ended_by(later, &item.name)?
        {
            measure.set_state(state);
        }
    }
    if item.measure.clone().map(lasting) == expected {
        return Ok(());
    }
    Err(format!("its measure differs from what {} {} says", row.kind, row.id))
}

/// How a row ended the measure over an item, if it did.
fn ended_by(row: &Row, item: &str) -> Result<Option<pb::MeasureState>, String> {
    match row.kind.as_str() {
        "evidence.hand_over_completed.v1" => {
            let completed: pb::HandOverCompleted = payload(row)?;
            let moved = completed.items.iter().any(|moved| moved.item == item);
            // The item went to another organ's case. A decision ends none.
            let ends = match completed.hand_over.unwrap_or_default().purpose() {
                pb::HandOverPurpose::Referral | pb::HandOverPurpose::OtherAgency => true,
                pb::HandOverPurpose::Unspecified
                | pb::HandOverPurpose::Custody
                | pb::HandOverPurpose::Return
                | pb::HandOverPurpose::Dispute => false,
            };
            Ok((moved && ends).then_some(pb::MeasureState::HandedOver))
        }
        "evidence.custody_recorded.v1" if row.resource == item => {
            let kind = payload::<pb::CustodyEvent>(row)?.kind();
            let disposed = matches!(kind, pb::CustodyKind::Sold | pb::CustodyKind::Destroyed);
            Ok(disposed.then_some(pb::MeasureState::Disposed))
        }
        _ => Ok(None),
    }
}

/// What of a measure does not depend on the day on which it is looked at.
fn lasting(mut measure: pb::Measure) -> pb::Measure {
    measure.provisional = false;
    if measure.kind() == pb::MeasureKind::PriorRegistration {
        measure.end_date.clear();
    }
    if measure.state() == pb::MeasureState::Expired {
        measure.set_state(pb::MeasureState::Running);
    }
    for step in &mut measure.steps {
        step.time = step.time.map(super::rows::to_micros);
    }
    measure
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(state: pb::MeasureState, end_date: &str) -> pb::Item {
        let measure = pb::Measure {
            kind: pb::MeasureKind::Seizure.into(),
            end_date: end_date.to_owned(),
            state: state.into(),
            ..pb::Measure::default()
        };
        pb::Item { name: "items/1".to_owned(), measure: Some(measure), ..pb::Item::default() }
    }

    fn row(id: i64, kind: &str, payload: &impl prost::Message) -> Row {
        Row {
            id,
            kind: format!("evidence.{kind}.v1"),
            resource: "items/1".to_owned(),
            payload: payload.encode_to_vec(),
            ..Row::default()
        }
    }

    fn handed_over(purpose: pb::HandOverPurpose) -> pb::HandOverCompleted {
        let moved = pb::MovedItem { item: "items/1".to_owned(), ..pb::MovedItem::default() };
        let hand_over = pb::HandOver { purpose: purpose.into(), ..pb::HandOver::default() };
        pb::HandOverCompleted { hand_over: Some(hand_over), items: vec![moved] }
    }

    #[test]
    fn a_measure_is_what_the_last_row_about_it_made_of_it() {
        use pb::MeasureState::{Disposed, Expired, HandedOver, Released, Running};
        let added = row(1, "item_added", &item(Running, "2026-04-01"));
        let extended = row(2, "measure_changed", &item(Running, "2026-05-01"));
        let released = row(3, "measure_changed", &item(Released, "2026-05-01"));
        let moved = |purpose| row(4, "hand_over_completed", &handed_over(purpose));
        let referred = moved(pb::HandOverPurpose::Referral);
        let kept = moved(pb::HandOverPurpose::Custody);
        let sold = pb::CustodyEvent { kind: pb::CustodyKind::Sold.into(), ..Default::default() };
        let sold = row(5, "custody_recorded", &sold);
        let said = |rows: &[&Row], state, end_date: &str| {
            let rows: Vec<Row> = rows.iter().map(|row| (*row).clone()).collect();
            check(&item(state, end_date), &Rows::of(&rows), &rows).is_ok()
        };
        assert!(said(&[&added], Running, "2026-04-01"));
        assert!(said(&[&added], Expired, "2026-04-01"), "the day on which it was looked at");
        assert!(!said(&[&added], Released, "2026-04-01"));
        assert!(!said(&[&added], Running, "2026-04-02"));
        assert!(said(&[&added, &extended], Running, "2026-05-01"));
        assert!(!said(&[&added, &extended], Running, "2026-04-01"));
        assert!(said(&[&added, &extended, &released, &referred], Released, "2026-05-01"));
        assert!(said(&[&added, &referred], HandedOver, "2026-04-01"));
        assert!(!said(&[&added, &referred], Running, "2026-04-01"));
        assert!(said(&[&added, &kept], Running, "2026-04-01"));
        assert!(!said(&[&added, &kept], HandedOver, "2026-04-01"));
        assert!(said(&[&added, &kept, &sold], Disposed, "2026-04-01"));
    }
}
