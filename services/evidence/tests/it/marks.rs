//! What supervision learns from the marks of the journal alone, whatever the payloads say.

use proto::{evidence::v1 as pb, journal::v1::Row};

use crate::{
    case::{Case, thing},
    custody::measure_change,
    hand_over::{as_listed, proposal},
    items::seizure,
    world::World,
};

/// The rows of the whole journal once the last one is of a kind.
async fn rows_until(case: &Case, kind: &str) -> Vec<Row> {
    let world = &case.world;
    let mut log = world.caller(&world.evidence, World::service("supervision")).await;
    let reading = async {
        let (mut rows, mut cursor): (Vec<Row>, _) = (Vec::new(), String::new());
        while rows.last().is_none_or(|row| row.kind != kind) {
            let request = pb::ReadJournalRequest { cursor, wait_ms: 2000, ..Default::default() };
            let page = log.read_journal(request).await.unwrap().into_inner();
            rows.extend(page.rows);
            cursor = page.next_cursor;
        }
        rows
    };
    tokio::time::timeout(std::time::Duration::from_secs(60), reading).await.unwrap()
}

/// The values of all rows.
fn values(rows: &[Row]) -> Vec<(String, String)> {
    let all = rows.iter().flat_map(|row| row.marks.clone().unwrap_or_default().values);
    all.map(|value| (value.name, value.text)).collect()
}

fn value(name: &str, text: &str) -> (String, String) {
    (name.to_owned(), text.to_owned())
}

#[tokio::test]
async fn a_hand_over_is_an_exchange_until_its_receiver_has_signed() {
    let case = Case::new().await;
    let item = case.thing("A").await;
    let proposed = case.mkt.propose(proposal(&case, &[&item])).await.unwrap();
    let counted = case.psb.count(as_listed(&proposed)).await.unwrap();
    case.psb.sign(&counted).await.unwrap();
    case.mkt.sign(&counted).await.unwrap();
    let rows = rows_until(&case, "evidence.hand_over_completed.v1").await;
    let mut exchanges = rows.iter().flat_map(|row| row.marks.clone().unwrap_or_default().exchanges);
    let sent = exchanges.next().unwrap();
    assert_eq!((sent.id.as_str(), sent.kind.as_str()), (proposed.name.as_str(), "HAND_OVER"));
    assert_eq!((sent.sender.as_str(), sent.receiver.as_str()), ("MKT", "PSB"));
    assert_eq!((sent.state.as_str(), sent.end_time), ("SENT", None));
    let rest: Vec<_> = exchanges.map(|one| (one.state, one.digest)).collect();
    let stands = |state: &str| (state.to_owned(), counted.list_sha256.clone());
    // Counted, signed by PSB, signed by MKT, completed.
    let received = stands("ACKNOWLEDGED");
    assert_eq!(rest, [stands("SENT"), received.clone(), received.clone(), received]);

    let values = values(&rows);
    assert!(values.contains(&value("giver_officer", "MKT-01")), "{values:?}");
    assert!(values.contains(&value("receiver_officer", "PSB-01")), "{values:?}");
    let first = rows.iter().find(|row| row.resource == proposed.name).unwrap();
    assert_eq!(first.marks.as_ref().unwrap().shown_to, ["MKT", "PSB"]);
}

#[tokio::test]
async fn a_measure_is_a_term_from_its_beginning_over_its_extension_to_its_end() {
    use pb::MeasureChange::{Extend, Release};
    let case = Case::new().await;
    let item = pb::Item { measure: Some(seizure()), ..thing("A") };
    let item = case.mkt.add(&case.dossier, item).await;
    let longer = case.mkt.change(measure_change(&item, Extend, "MKT-03")).await.unwrap();
    case.mkt.change(measure_change(&longer, Release, "")).await.unwrap();
    let rows = rows_until(&case, "evidence.measure_changed.v1").await;
    let terms: Vec<_> =
        rows.iter().flat_map(|row| row.marks.clone().unwrap_or_default().terms).collect();
    let course: Vec<_> = terms
        .iter()
        .map(|term| (term.state.as_str(), term.length.as_str(), term.end_time.is_some()))
        .collect();
    let (first, then) = (("RUNNING", "30 DAY", false), ("RUNNING", "60 DAY", false));
    assert_eq!(course[..2], [first, then]);
    assert_eq!(course[2], ("KEPT", "60 DAY", true));
    assert!(terms.iter().all(|term| term.id == format!("{}/measure", item.name)));
    assert_eq!((terms[0].rule.as_str(), terms[0].holder.as_str()), ("E-05", "MKT"));
    let days = terms[0].due_time.unwrap().seconds - terms[0].start_time.unwrap().seconds;
    assert_eq!(days, 30 * 86_400);
}

#[tokio::test]
async fn a_defect_that_was_found_and_cured_is_counted() {
    let case = Case::new().await;
    let item = case.thing("A").await;
    case.mkt.find(&case.read(&item).await, "DESCRIPTION_UNCLEAR").await.unwrap();
    case.mkt.cure(&case.read(&item).await, "DESCRIPTION_UNCLEAR").await.unwrap();
    let rows = rows_until(&case, "evidence.defect_cured.v2").await;
    let values = values(&rows);
    let code = value("defect_code", "DESCRIPTION_UNCLEAR");
    let expected =
        [value("defect", "CURABLE"), code.clone(), value("defect_cured", "CURABLE"), code];
    assert_eq!(values[values.len() - 4..], expected);
    assert!(values[0].0 == "item" || values[0].0 == "docket", "{values:?}");
}
