//! Each revision at fault is refused with its rule, in the preview and in the publication alike.

use proto::{
    catalogue::v1::{self as pb, entry::Entry},
    referral::v1::ClosedCase,
};
use tonic::{Code, Status};

use crate::world::{Party, World, assert_told, fields, id, local, power, put, rule, transfer};

/// That `changes` have this fault first, in the preview and in the publication; nothing is written.
async fn at_fault(county: &Party, changes: pb::Changes, word: &str) -> Status {
    let preview = county.preview(1, changes.clone()).await.unwrap();
    let told = preview.faults.first().map(|fault| fault.reason.as_str());
    assert_eq!(told, Some(word), "{:?}", preview.faults);
    let whole = preview.faults.iter().all(|fault| {
        !fault.text.is_empty() && !fault.text_zh.is_empty() && !fault.source.is_empty()
    });
    assert!(whole, "each fault is told in both languages, with its source: {:?}", preview.faults);
    let refusal = county.publish(1, changes).await.unwrap_err();
    assert_told(&refusal, Code::FailedPrecondition, word);
    assert_eq!(fields(&refusal).len(), preview.faults.len(), "all at once");
    let zh = tonic_types::StatusExt::get_details_localized_message(&refusal).unwrap();
    assert_eq!(zh.locale, "zh-CN");
    let latest = pb::GetRevisionRequest { name: "revisions/latest".to_owned() };
    let latest = county.client.clone().get_revision(latest).await.unwrap().into_inner();
    assert_eq!(latest.revision.unwrap().number, 1);
    refusal
}

fn removal(kind: pb::EntryKind, key: &str) -> pb::Changes {
    let remove = vec![pb::EntryRef { kind: kind.into(), key: key.to_owned() }];
    pb::Changes { put: Vec::new(), remove }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_matter_without_a_holder_is_refused() {
    let world = World::published().await;
    let county = world.agency("GOV-C").await;
    let gone = removal(pb::EntryKind::Power, "M033/MKT/330999/2000-01-01");
    let refusal = at_fault(&county, gone, "WITHOUT_HOLDER").await;
    assert_eq!(rule(&refusal).0, "LAW-12");
    assert!(
        refusal.message().contains("nobody holds M033 in 330999 from 2026-03-02 on"),
        "{refusal:?}"
    );
    let ends = transfer("2026-03-31", "2026-04-02");
    let refusal = at_fault(&county, ends, "WITHOUT_HOLDER").await;
    assert!(refusal.message().contains("from 2026-04-01 on"), "a day without: {refusal:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revision_that_overlaps_another_is_refused() {
    let world = World::published().await;
    let county = world.agency("GOV-C").await;
    let twin = put([Entry::Power(power("M033", "CAE", "2026-04-01", ""))]);
    let refusal = at_fault(&county, twin, "OVERLAP").await;
    assert_eq!(rule(&refusal), ("J-01".to_owned(), "Penalty Law art. 25(1)".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_in_the_past_over_closed_cases_is_refused() {
    let world = World::published().await;
    let county = world.agency("GOV-C").await;
    let past = transfer("2026-01-31", "2026-02-01");
    assert_eq!(county.preview(1, past.clone()).await.unwrap().faults, [], "no case is closed");
    let closed = |matter: &str, at: &str| {
        let at = local(at);
        ClosedCase {
            docket: format!("dockets/{}", id()),
            matter: matter.to_owned(),
            agency: "MKT".to_owned(),
            close_time: Some(prost_types::Timestamp { seconds: at.timestamp(), nanos: 0 }),
        }
    };
    world.cases.close(closed("M033", "2026-01-31 23:59"));
    world.cases.close(closed("M034", "2026-02-10 10:00"));
    assert_eq!(county.preview(1, past.clone()).await.unwrap().faults, [], "before, or another's");
    let case = closed("M033", "2026-02-01 00:00");
    world.cases.close(case.clone());
    let refusal = at_fault(&county, past, "RETROACTIVE").await;
    assert!(refusal.message().contains(&case.docket), "{refusal:?}");
    county.publish(1, transfer("2026-03-31", "2026-04-01")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn while_referral_does_not_answer_only_the_past_stays_as_it_is() {
    let world = World::published().await;
    let county = world.agency("GOV-C").await;
    let past = transfer("2026-01-31", "2026-02-01");
    let request = county.signed(1, past.clone()).await;
    let away = world.without_referral().await;
    let county = world.agency_of(&away, "GOV-C").await;
    for refusal in
        [county.preview(1, past).await.unwrap_err(), county.send(request).await.unwrap_err()]
    {
        assert_told(&refusal, Code::Unavailable, "CASES_UNAVAILABLE");
    }
    county.publish(1, transfer("2026-03-31", "2026-04-01")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_matter_may_start_in_the_past() {
    let world = World::published().await;
    let county = world.agency("GOV-C").await;
    let basis = pb::Basis {
        citation: "某条例 art. 1".to_owned(),
        verified: "V".to_owned(),
        ..Default::default()
    };
    let matter = pb::Matter {
        code: "M900".to_owned(),
        name_zh: "对某行为的行政处罚".to_owned(),
        domain: "MARKET".to_owned(),
        regime: pb::Regime::Department.into(),
        bases: vec![basis],
        ..Default::default()
    };
    let changes =
        put([Entry::Matter(matter), Entry::Power(power("M900", "MKT", "2020-01-01", ""))]);
    assert_eq!(county.publish(1, changes).await.unwrap().number, 2);
    assert_eq!(county.resolve(crate::world::ask("M900", "330999001")).await.competent, "MKT");
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_cannot_hold_a_power_are_refused_by_name() {
    let world = World::published().await;
    let county = world.agency("GOV-C").await;
    let held = |code: &str| {
        let mut changes = transfer("2026-03-31", "2026-04-01");
        changes.put.pop();
        changes.put.extend(put([Entry::Power(power("M033", code, "2026-04-01", ""))]).put);
        changes
    };
    at_fault(&county, held("XYZ"), "UNKNOWN_BODY").await;
    for code in ["GDO", "LGR", "OEO", "JUS", "GOV-C", "BR-T04", "PRO"] {
        let refusal = at_fault(&county, held(code), "NOT_A_HOLDER").await;
        assert_eq!(rule(&refusal).0, "I-01");
    }
    let given = pb::Power {
        territory: "330999007".to_owned(),
        source: pb::PowerSource::Empowerment.into(),
        ..power("M033", "TG-T07", "2026-04-01", "")
    };
    let refusal = at_fault(&county, put([Entry::Power(given)]), "NOT_EMPOWERABLE").await;
    assert!(rule(&refusal).1.contains("Penalty Law art. 24"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_read_is_told_field_by_field() {
    let world = World::published().await;
    let county = world.agency("GOV-C").await;
    let power = pb::Power { matter: "M033".to_owned(), ..Default::default() };
    let preview = county.preview(1, put([Entry::Power(power)])).await.unwrap();
    let texts: Vec<_> = preview.faults.iter().map(|fault| fault.text.as_str()).collect();
    assert_eq!(texts.len(), 4, "{texts:?}");
    assert!(
        preview.faults.iter().all(|fault| fault.reason == "MALFORMED" && fault.key == "put[0]")
    );
    at_fault(&county, catalogue::data::first().unwrap(), "NO_CHANGE").await;
    at_fault(&county, removal(pb::EntryKind::Area, "330999999/2000-01-01"), "ABSENT").await;
    let boundary = pb::Boundary {
        dispute: format!("disputes/{}", id()),
        matter: "M033".to_owned(),
        territory: "330999".to_owned(),
        competent: "CAE".to_owned(),
        valid_from: "2026-04-01".to_owned(),
        act: "无".to_owned(),
        ..Default::default()
    };
    let refusal = at_fault(&county, put([Entry::Boundary(boundary)]), "BY_DECISION_ONLY").await;
    assert_eq!(rule(&refusal).0, "J-02");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_government_over_closed_cases_is_refused() {
    let world = World::published().await;
    let county = world.agency("GOV-C").await;
    let area = catalogue::data::first().unwrap().put.into_iter().find_map(|one| match one.entry {
        Some(Entry::Area(area)) if area.region == "330999005" => Some(area),
        _ => None,
    });
    let merged = put([Entry::Area(pb::Area { government: "TG-T04".to_owned(), ..area.unwrap() })]);
    assert_eq!(county.preview(1, merged.clone()).await.unwrap().faults, [], "no case is closed");
    world.cases.close(ClosedCase {
        docket: format!("dockets/{}", id()),
        matter: "M009".to_owned(),
        agency: "TG-T05".to_owned(),
        close_time: Some(prost_types::Timestamp {
            seconds: local("2026-02-10 10:00").timestamp(),
            nanos: 0,
        }),
    });
    let refusal = at_fault(&county, merged, "RETROACTIVE").await;
    assert!(fields(&refusal)[0].starts_with("AREA 330999005/"), "{refusal:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_powers_is_one_fault() {
    let world = World::published().await;
    let county = world.agency("GOV-C").await;
    let days = "1950-01-01".parse::<chrono::NaiveDate>().unwrap().iter_days();
    let power = |from: chrono::NaiveDate| power("M033", "CAE", &from.to_string(), "");
    let flood = days.take(5000).flat_map(|from| put([Entry::Power(power(from))]).put).collect();
    let flood = pb::Changes { put: flood, remove: Vec::new() };
    let refusal = at_fault(&county, flood, "TOO_MANY").await;
    assert_eq!(fields(&refusal), ["POWER M033"]);
}
