//! The chain of custody: what a holder records, what is refused, and what is found when it is altered.

use proto::evidence::v1 as pb;
use sea_orm::{ConnectionTrait as _, Statement};
use tonic::{Code, Status};

use crate::{
    case::{Case, data, thing, time},
    items::seizure,
    world::{Party, assert_told, fields, id, rule},
};

/// A record of an event by officer 06, with what it needs.
pub(crate) fn event(item: &pb::Item, kind: pb::CustodyKind) -> pb::RecordCustodyRequest {
    pb::RecordCustodyRequest {
        request_id: id(),
        item: item.name.clone(),
        etag: item.etag.clone(),
        officer: format!("{}-06", item.custody.as_ref().unwrap().holder),
        kind: kind.into(),
        place: "物证室".to_owned(),
        reason: "办案需要".to_owned(),
        ..pb::RecordCustodyRequest::default()
    }
}

impl Party {
    pub(crate) async fn record(
        &self,
        request: pb::RecordCustodyRequest,
    ) -> Result<(pb::Item, pb::CustodyEvent), Status> {
        let answer = self.client.clone().record_custody(request).await?.into_inner();
        Ok((answer.item.unwrap(), answer.event.unwrap()))
    }
}

/// Puts an item in storage.
fn stored(item: &pb::Item, custodian: &str) -> pb::RecordCustodyRequest {
    pb::RecordCustodyRequest {
        custodian: custodian.to_owned(),
        storage_place: "一号库".to_owned(),
        ..event(item, pb::CustodyKind::Stored)
    }
}

#[tokio::test]
async fn a_chain_grows_from_the_collection_to_the_return() {
    use pb::CustodyKind::{Collected, Registered, Returned, Sampled, Sealed, Stored, Unsealed};
    let case = Case::new().await;
    let item = case.thing("A").await;
    let seal = pb::RecordCustodyRequest { seal_no: "封-1".to_owned(), ..event(&item, Sealed) };
    let (item, sealed) = case.mkt.record(seal).await.unwrap();
    assert_eq!((sealed.sequence, sealed.seal_no.as_str()), (3, "封-1"));
    let (item, kept) = case.mkt.record(stored(&item, "MKT-06")).await.unwrap();
    assert_eq!((kept.custodian.as_str(), kept.storage_place.as_str()), ("MKT-06", "一号库"));
    case.world.clock.advance(chrono::Duration::days(2));
    let (item, _) = case.mkt.record(event(&item, Unsealed)).await.unwrap();
    let (item, sampled) = case.mkt.record(event(&item, Sampled)).await.unwrap();
    assert_eq!(sampled.custodian, "MKT-06", "who keeps it goes on to");
    let back =
        pb::RecordCustodyRequest { recipient: "店主".to_owned(), ..event(&item, Returned) };
    let (item, _) = case.mkt.record(back).await.unwrap();
    assert_eq!(item.custody.as_ref().unwrap().state(), pb::CustodyState::Returned);

    let chain = case.mkt.chain(&item.name).await.unwrap();
    let kinds: Vec<_> = chain.iter().map(pb::CustodyEvent::kind).collect();
    assert_eq!(kinds, [Collected, Registered, Sealed, Stored, Unsealed, Sampled, Returned]);
    assert!(chain.is_sorted_by_key(|one| one.time.unwrap().seconds));
    assert!(chain.iter().all(|one| one.digest.len() == 64));
    let assessed = case.assessed(&item).await;
    assert_eq!(assessed.defects, [], "the chain holds");

    let status = case.mkt.record(event(&item, Sampled)).await.unwrap_err();
    assert_told(&status, Code::FailedPrecondition, "RULE_BROKEN");
    assert!(status.message().contains("RETURNED: nothing follows"), "{status:?}");
}

#[tokio::test]
async fn a_sealed_item_is_not_opened_without_a_reason() {
    let case = Case::new().await;
    let item = case.mkt.add(&case.dossier, data("D")).await;
    let open = pb::RecordCustodyRequest {
        reason: String::new(),
        ..event(&item, pb::CustodyKind::Unsealed)
    };
    let status = case.mkt.record(open).await.unwrap_err();
    assert_told(&status, Code::InvalidArgument, "FIELDS");
    assert_eq!(fields(&status), ["reason"]);
    let (id, subject, basis) = rule(&status);
    assert_eq!((id.as_str(), subject.as_str()), ("E-07", item.name.as_str()));
    assert!(basis.contains("art. 113"), "{basis}");
    let status = case.mkt.record(event(&item, pb::CustodyKind::Tested)).await.unwrap_err();
    assert!(status.message().contains("under seal 封-001"), "{status:?}");
    assert_eq!(case.read(&item).await, item, "nothing was lost");
}

#[tokio::test]
async fn who_investigates_or_collected_does_not_keep_and_who_keeps_is_an_officer() {
    let case = Case::new().await;
    let item = case.thing("A").await;
    for investigator in ["MKT-01", "MKT-02"] {
        let status = case.mkt.record(stored(&item, investigator)).await.unwrap_err();
        assert_told(&status, Code::PermissionDenied, "WRONG_OFFICER");
        assert_eq!(rule(&status).2, "MPS procedure art. 235");
    }
    for nobody in ["MKT-08", "PSB-06", "X"] {
        let status = case.mkt.record(stored(&item, nobody)).await.unwrap_err();
        assert_eq!(fields(&status), ["custodian"], "{nobody}");
    }
}

#[tokio::test]
async fn events_that_follow_from_other_calls_are_refused_with_their_name() {
    use pb::CustodyKind as Kind;
    let case = Case::new().await;
    let item = case.thing("A").await;
    for (kind, call) in [
        (Kind::Collected, "AddItem"),
        (Kind::Registered, "AddItem"),
        (Kind::HandedOver, "SignHandOver"),
        (Kind::Received, "SignHandOver"),
        (Kind::Recognized, "RecognizeItem"),
        (Kind::Cured, "CureDefect"),
    ] {
        let status = case.mkt.record(event(&item, kind)).await.unwrap_err();
        assert_told(&status, Code::FailedPrecondition, "RULE_BROKEN");
        assert!(status.message().contains(call), "{status:?}");
    }
    let status = case.mkt.record(event(&item, Kind::Unspecified)).await.unwrap_err();
    assert_eq!(fields(&status), ["kind"]);
    let nowhere = pb::RecordCustodyRequest { place: " ".to_owned(), ..event(&item, Kind::Tested) };
    assert_eq!(fields(&case.mkt.record(nowhere).await.unwrap_err()), ["place"]);
}

#[tokio::test]
async fn a_sale_needs_photographs_of_this_item_and_the_principal_head() {
    use pb::ContentRole::Photo;
    let case = Case::new().await;
    let fish = pb::Item { perishable: true, measure: Some(seizure()), ..thing("A") };
    let (item, other) = (case.mkt.add(&case.dossier, fish).await, case.thing("B").await);
    let photo = case.attach(&case.mkt, &item.name, Photo, b"fresh fish").await.name;
    let paper = case.attach(&case.mkt, &item.name, pb::ContentRole::Record, b"a list").await.name;
    let foreign = case.attach(&case.mkt, &other.name, Photo, b"bottle").await.name;
    let sale = |contents: &[&str], head: &str| pb::RecordCustodyRequest {
        contents: contents.iter().map(|one| (*one).to_owned()).collect(),
        approved_by: head.to_owned(),
        reason: "鲜活物品不宜保存，变卖价款 100000 分".to_owned(),
        ..event(&item, pb::CustodyKind::Sold)
    };
    let status = case.mkt.record(sale(&[], "")).await.unwrap_err();
    assert_eq!(fields(&status), ["contents", "approved_by"]);
    assert_eq!(rule(&status).2, "Decree 310 art. 4; MPS procedure art. 236");
    let status = case.mkt.record(sale(&[&photo, &foreign], "MKT-04")).await.unwrap_err();
    assert_eq!(fields(&status), ["contents[1]"], "of another item");
    let nothing = format!("contents/{}", id());
    let status = case.mkt.record(sale(&[&nothing], "MKT-04")).await.unwrap_err();
    assert_eq!(fields(&status), ["contents[0]"]);
    for not_principal in ["MKT-02", "MKT-03"] {
        let status = case.mkt.record(sale(&[&photo], not_principal)).await.unwrap_err();
        assert_told(&status, Code::PermissionDenied, "WRONG_OFFICER");
    }
    let status = case.mkt.record(sale(&[&paper], "MKT-04")).await.unwrap_err();
    assert_told(&status, Code::FailedPrecondition, "RULE_BROKEN");
    assert!(status.message().contains("PHOTO or a VIDEO"), "{status:?}");
    let bottle = pb::RecordCustodyRequest {
        item: other.name.clone(),
        etag: case.read(&other).await.etag,
        ..sale(&[&foreign], "MKT-04")
    };
    let status = case.mkt.record(bottle).await.unwrap_err();
    assert!(status.message().contains("not registered as perishable"), "{status:?}");
    let (sold, event) = case.mkt.record(sale(&[&photo], "MKT-04")).await.unwrap();
    assert_eq!(sold.custody.unwrap().state(), pb::CustodyState::Sold);
    assert_eq!(sold.measure.unwrap().state(), pb::MeasureState::Disposed, "its measure is over");
    assert_eq!((event.contents, event.approved_by), (vec![photo], "MKT-04".to_owned()));
}

#[tokio::test]
async fn destruction_is_approved_by_a_head_a_deputy_too() {
    let case = Case::new().await;
    let item = case.thing("A").await;
    let destroyed = |head: &str| pb::RecordCustodyRequest {
        approved_by: head.to_owned(),
        ..event(&item, pb::CustodyKind::Destroyed)
    };
    assert_eq!(fields(&case.mkt.record(destroyed("")).await.unwrap_err()), ["approved_by"]);
    let status = case.mkt.record(destroyed("MKT-01")).await.unwrap_err();
    assert_told(&status, Code::PermissionDenied, "WRONG_OFFICER");
    let status = case.mkt.record(destroyed("PSB-04")).await.unwrap_err();
    assert_eq!(fields(&status), ["approved_by"], "another body's head");
    case.mkt.record(destroyed("MKT-03")).await.unwrap();
}

#[tokio::test]
async fn time_goes_forward_and_not_beyond_now() {
    let case = Case::new().await;
    let item = case.thing("A").await;
    case.world.clock.advance(chrono::Duration::days(2));
    let tested = |at: &str| pb::RecordCustodyRequest {
        time: Some(time(at)),
        ..event(&item, pb::CustodyKind::Tested)
    };
    let status = case.mkt.record(tested("2026-03-02 09:59")).await.unwrap_err();
    assert!(status.message().contains("before the last event"), "{status:?}");
    let status = case.mkt.record(tested("2026-03-04 10:01")).await.unwrap_err();
    assert!(status.message().contains("later than now"), "{status:?}");
    let (_, event) = case.mkt.record(tested("2026-03-03 08:00")).await.unwrap();
    assert_eq!(event.time, Some(time("2026-03-03 08:00")));
    let bad = prost_types::Timestamp { seconds: i64::MAX, nanos: -1 };
    let request = pb::RecordCustodyRequest { time: Some(bad), ..tested("2026-03-03 08:00") };
    assert_eq!(fields(&case.mkt.record(request).await.unwrap_err()), ["time"]);
}

#[tokio::test]
async fn who_read_an_older_item_decides_again_and_a_repeated_request_is_answered_as_before() {
    let case = Case::new().await;
    let item = case.thing("A").await;
    let request = event(&item, pb::CustodyKind::Tested);
    let first = case.mkt.record(request.clone()).await.unwrap();
    let status = case.mkt.record(event(&item, pb::CustodyKind::Sampled)).await.unwrap_err();
    assert_told(&status, Code::Aborted, "STALE");
    assert_eq!(case.mkt.record(request.clone()).await.unwrap(), first);
    let other = pb::RecordCustodyRequest { reason: "别的".to_owned(), ..request };
    let status = case.mkt.record(other).await.unwrap_err();
    assert_told(&status, Code::AlreadyExists, "REQUEST_ID_REUSED");
    assert_eq!(case.mkt.chain(&item.name).await.unwrap().len(), 3);
}

#[tokio::test]
async fn of_many_who_change_an_item_at_once_one_does() {
    let case = Case::new().await;
    let item = case.thing("A").await;
    let tries = (0..8).map(|_| case.mkt.record(event(&item, pb::CustodyKind::Tested)));
    let done = futures_util::future::join_all(tries.collect::<Vec<_>>()).await;
    assert_eq!(done.iter().filter(|one| one.is_ok()).count(), 1);
    for status in done.into_iter().filter_map(Result::err) {
        assert_told(&status, Code::Aborted, "STALE");
    }
    assert_eq!(case.mkt.chain(&item.name).await.unwrap().len(), 3);
}

#[tokio::test]
async fn only_the_holder_records_and_nothing_during_a_hand_over() {
    let case = Case::new().await;
    let item = case.thing("A").await;
    case.mkt.propose(crate::hand_over::proposal(&case, &[&item])).await.unwrap();
    let listed = case.read(&item).await;
    let status = case.mkt.record(event(&listed, pb::CustodyKind::Tested)).await.unwrap_err();
    assert_told(&status, Code::FailedPrecondition, "RULE_BROKEN");
    assert!(status.message().contains("handOvers/"), "{status:?}");
    let by_psb = pb::RecordCustodyRequest {
        officer: "PSB-01".to_owned(),
        ..event(&listed, pb::CustodyKind::Tested)
    };
    let status = case.psb.record(by_psb).await.unwrap_err();
    assert_told(&status, Code::PermissionDenied, "NOT_YOURS");

    let item = case.thing("B").await;
    case.handed_over(&[&item]).await;
    let moved = case.read(&item).await;
    let by_mkt = pb::RecordCustodyRequest {
        officer: "MKT-06".to_owned(),
        ..event(&moved, pb::CustodyKind::Tested)
    };
    let status = case.mkt.record(by_mkt).await.unwrap_err();
    assert_told(&status, Code::PermissionDenied, "NOT_YOURS");
    case.psb.record(event(&moved, pb::CustodyKind::Tested)).await.unwrap();
}

#[tokio::test]
async fn a_chain_comes_in_pages() {
    let case = Case::new().await;
    let mut item = case.thing("A").await;
    for _ in 0..3 {
        item = case.mkt.record(event(&item, pb::CustodyKind::Tested)).await.unwrap().0;
    }
    let list = async |page_token: &str| {
        let page_token = page_token.to_owned();
        let request = pb::ListCustodyRequest { item: item.name.clone(), page_size: 2, page_token };
        case.mkt.client.clone().list_custody(request).await.unwrap().into_inner()
    };
    let (mut numbers, mut token) = (Vec::new(), String::new());
    loop {
        let page = list(&token).await;
        numbers.push(page.events.iter().map(|one| one.sequence).collect::<Vec<_>>());
        if page.next_page_token.is_empty() {
            break;
        }
        token = page.next_page_token;
    }
    assert_eq!(numbers, [vec![1, 2], vec![3, 4], vec![5]]);
}

impl Case {
    /// How MKT may use an item at trial, as the service tells it.
    pub(crate) async fn assessed(&self, item: &pb::Item) -> pb::Assessment {
        self.assessed_by(&self.mkt, item, pb::Use::Trial).await
    }

    /// Changes a row behind the service's back.
    async fn tamper(&self, sql: &str, item: &pb::Item) {
        let (sql, item) = (sql.to_owned(), item.name.clone());
        let backend = self.world.db.reader().get_database_backend();
        let write = self.world.db.write(move |tx| {
            Box::pin(async move {
                let statement = Statement::from_sql_and_values(backend, sql, [item.into()]);
                tx.execute_raw(statement).await.map(|done| done.rows_affected())
            })
        });
        assert_eq!(write.await.unwrap(), 1);
    }
}

#[tokio::test]
async fn an_event_that_is_altered_deleted_or_added_behind_our_back_is_found() {
    let ways = [
        "UPDATE custody SET place = 'elsewhere' WHERE item = $1 AND sequence = 1",
        "UPDATE custody SET at_us = at_us + 1 WHERE item = $1 AND sequence = 2",
        "DELETE FROM custody WHERE item = $1 AND sequence = 2",
        "DELETE FROM custody WHERE item = $1 AND sequence = 3",
        "UPDATE item SET holder = 'PSB' WHERE name = $1",
        "UPDATE item SET custodian = 'MKT-07' WHERE name = $1",
        "UPDATE item SET seal_no = '' WHERE name = $1",
        "INSERT INTO custody SELECT item, 4, kind, at_us, agency, officer, place, reason, \
         approved_by, holder, custodian, kept_by, storage_place, seal_no, hand_over, contents, \
         rule, basis, defect, recipient, digest FROM custody WHERE item = $1 AND sequence = 3",
    ];
    let case = Case::new().await;
    for (number, way) in ways.iter().enumerate() {
        let item = case.mkt.add(&case.dossier, data(&format!("D-{number}"))).await;
        assert!(case.assessed(&item).await.usable);
        case.tamper(way, &item).await;
        let assessed = case.assessed(&item).await;
        let codes: Vec<_> = assessed.defects.iter().map(|one| one.code.as_str()).collect();
        assert!(codes.contains(&"CHAIN_BROKEN") && !assessed.usable, "{way}: {codes:?}");
    }
}

/// Changes the measure of an item, as MKT-01 with the approval of `head`.
pub(crate) fn measure_change(
    item: &pb::Item,
    change: pb::MeasureChange,
    head: &str,
) -> pb::ChangeMeasureRequest {
    pb::ChangeMeasureRequest {
        request_id: id(),
        item: item.name.clone(),
        etag: item.etag.clone(),
        officer: "MKT-01".to_owned(),
        change: change.into(),
        reason: "案情复杂".to_owned(),
        approved_by: head.to_owned(),
        ..pb::ChangeMeasureRequest::default()
    }
}

impl Party {
    pub(crate) async fn change(
        &self,
        request: pb::ChangeMeasureRequest,
    ) -> Result<pb::Item, Status> {
        Ok(self.client.clone().change_measure(request).await?.into_inner().item.unwrap())
    }
}

#[tokio::test]
async fn a_seizure_is_extended_once_with_approval_expires_and_is_then_released() {
    use pb::MeasureChange::{ExcludeTesting, Extend, Release};
    let case = Case::new().await;
    let item = pb::Item { measure: Some(seizure()), ..thing("A") };
    let item = case.mkt.add(&case.dossier, item).await;
    let status = case.mkt.change(measure_change(&item, Extend, "")).await.unwrap_err();
    assert_eq!(fields(&status), ["approved_by"]);
    let status = case.mkt.change(measure_change(&item, Extend, "MKT-02")).await.unwrap_err();
    assert_told(&status, Code::PermissionDenied, "WRONG_OFFICER");
    let longer = case.mkt.change(measure_change(&item, Extend, "MKT-03")).await.unwrap();
    let measure = longer.measure.clone().unwrap();
    assert_eq!((measure.end_date.as_str(), measure.extended), ("2026-04-30", true));
    let status = case.mkt.change(measure_change(&longer, Extend, "MKT-04")).await.unwrap_err();
    assert_told(&status, Code::FailedPrecondition, "RULE_BROKEN");
    let excluded = pb::ChangeMeasureRequest {
        testing_days: 10,
        ..measure_change(&longer, ExcludeTesting, "")
    };
    let tested = case.mkt.change(excluded).await.unwrap();
    assert_eq!(tested.measure.as_ref().unwrap().end_date, "2026-05-10");

    case.world.clock.set(crate::world::local("2026-05-11 00:00"));
    let late = case.read(&item).await;
    assert_eq!(late.measure.as_ref().unwrap().state(), pb::MeasureState::Expired);
    let codes: Vec<_> = case.assessed(&item).await.defects.into_iter().map(|d| d.code).collect();
    assert_eq!(codes, ["MEASURE_EXPIRED"]);
    let excluded =
        pb::ChangeMeasureRequest { testing_days: 1, ..measure_change(&late, ExcludeTesting, "") };
    let status = case.mkt.change(excluded).await.unwrap_err();
    assert!(status.message().contains("can only be released"), "{status:?}");
    let back = pb::RecordCustodyRequest {
        recipient: "店主".to_owned(),
        ..event(&late, pb::CustodyKind::Returned)
    };
    let status = case.mkt.record(back).await.unwrap_err();
    assert!(status.message().contains("release it first"), "{status:?}");
    let free = case.mkt.change(measure_change(&late, Release, "")).await.unwrap();
    assert_eq!(free.measure.as_ref().unwrap().state(), pb::MeasureState::Released);
    assert_eq!(case.assessed(&item).await.defects, []);
}

#[tokio::test]
async fn a_measure_is_changed_by_the_holder_of_an_item_that_has_one() {
    use pb::MeasureChange::{Extend, Release, Unspecified};
    let case = Case::new().await;
    let item = case.thing("A").await;
    let status = case.mkt.change(measure_change(&item, Release, "")).await.unwrap_err();
    assert!(status.message().contains("under no measure"), "{status:?}");
    let bad = pb::ChangeMeasureRequest {
        reason: String::new(),
        extension_days: 31,
        testing_days: 3,
        ..measure_change(&item, Unspecified, "MKT-04")
    };
    let status = case.mkt.change(bad).await.unwrap_err();
    let expected =
        ["reason", "extension_days", "extension_days", "testing_days", "approved_by", "change"];
    assert_eq!(fields(&status), expected);

    let seized = pb::Item { measure: Some(seizure()), ..thing("B") };
    let seized = case.mkt.add(&case.dossier, seized).await;
    let short =
        pb::ChangeMeasureRequest { extension_days: 5, ..measure_change(&seized, Extend, "MKT-04") };
    let item = case.mkt.change(short).await.unwrap();
    assert_eq!(item.measure.unwrap().end_date, "2026-04-05");
    let status = case.mkt.change(measure_change(&seized, Release, "")).await.unwrap_err();
    assert_told(&status, Code::Aborted, "STALE");
}
