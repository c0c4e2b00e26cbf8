//! Dossiers and items: what is registered, what is refused, and who is asked about.

use proto::evidence::v1 as pb;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use crate::{
    case::{Case, data, thing, time},
    world::{Party, assert_told, fields, id, rule},
};

/// One whole item of each of the eight kinds.
fn each_kind() -> Vec<pb::Item> {
    use pb::EvidenceKind as Kind;
    let opinion = pb::Appraisal {
        institution: "示例鉴定所".to_owned(),
        qualification: "浙示字1号".to_owned(),
        appraiser: "示例".to_owned(),
        sample: "Y-1".to_owned(),
        method: "GB/T 1".to_owned(),
        is_signed: true,
    };
    let mut items = vec![data("E-4")];
    for (kind, code) in [
        (Kind::Documentary, "E-1"),
        (Kind::Physical, "E-2"),
        (Kind::AudioVisual, "E-3"),
        (Kind::Testimony, "E-5"),
        (Kind::PartyStatement, "E-6"),
        (Kind::AppraisalOpinion, "E-7"),
        (Kind::SiteRecord, "E-8"),
    ] {
        let appraisal = (kind == Kind::AppraisalOpinion).then(|| opinion.clone());
        items.push(pb::Item { kind: kind.into(), appraisal, ..thing(code) });
    }
    items
}

/// What is told about a registration that is refused.
async fn refused(case: &Case, change: impl FnOnce(&mut pb::Item)) -> Status {
    let mut item = thing("X");
    change(&mut item);
    case.mkt.try_add(&case.dossier, item).await.unwrap_err()
}

#[tokio::test]
async fn an_item_of_each_kind_is_registered_and_read_back_as_it_was_said() {
    let case = Case::new().await;
    for (number, said) in (1..).zip(each_kind()) {
        let item = case.mkt.add(&case.dossier, said.clone()).await;
        assert_eq!((item.number, item.dossier.as_str()), (number, case.dossier.as_str()));
        let custody = item.custody.clone().unwrap();
        assert_eq!((custody.holder.as_str(), custody.custodian.as_str()), ("MKT", ""));
        assert_eq!(custody.seal_no, said.seal_no);
        assert_eq!(item.etag, "\"1\"");
        assert_eq!(case.read(&item).await, item);
        // What the body said is what is kept.
        let kept = pb::Item {
            name: String::new(),
            dossier: String::new(),
            number: 0,
            custody: None,
            create_time: None,
            update_time: None,
            etag: String::new(),
            ..item.clone()
        };
        assert_eq!(kept, said);
        let chain = case.mkt.chain(&item.name).await.unwrap();
        let kinds: Vec<_> = chain.iter().map(pb::CustodyEvent::kind).collect();
        use pb::CustodyKind::{Collected, Registered, Sealed};
        let expected = if said.seal_no.is_empty() {
            vec![Collected, Registered]
        } else {
            vec![Collected, Sealed, Registered]
        };
        assert_eq!(kinds, expected);
        assert_eq!(chain[0].time, said.collection.unwrap().time);
    }
    let request = pb::GetDossierRequest { name: case.dossier.clone() };
    let dossier = case.mkt.client.clone().get_dossier(request).await.unwrap().into_inner();
    assert_eq!(dossier.dossier.unwrap().items, 8);
}

#[tokio::test]
async fn everything_that_is_missing_is_named_at_once_with_rule_and_article() {
    let case = Case::new().await;
    let bad = pb::ElectronicData { check_algorithm: "MD5".to_owned(), ..Default::default() };
    let empty = pb::Item {
        kind: pb::EvidenceKind::ElectronicData.into(),
        electronic_data: Some(bad),
        ..pb::Item::default()
    };
    let request = pb::AddItemRequest { item: Some(empty), ..Default::default() };
    let status = case.mkt.client.clone().add_item(request).await.unwrap_err();
    assert_told(&status, Code::InvalidArgument, "FIELDS");
    assert_eq!(
        fields(&status),
        [
            "request_id",
            "officer",
            "item.collection.method",
            "item.collection.time",
            "item.title",
            "item.code",
            "item.quantity",
            "item.unit",
            "item.source",
            "item.condition",
            "item.collection.place",
            "item.collection.collectors",
            "item.collection.witness",
            "item.electronic_data.category",
            "item.electronic_data.file_format",
            "item.electronic_data.check_value",
            "item.electronic_data.size",
            "item.electronic_data.check_algorithm",
            "item.electronic_data.medium_reason",
        ]
    );
    assert_eq!(rule(&status).0, "E-10");
    for told in ["E-10: MPS procedure art. 230", "E-06: 法发〔2016〕22号 art. 14", "MD5"] {
        let all = status.get_details_bad_request().unwrap();
        let found = all.field_violations.iter().any(|one| one.description.contains(told));
        assert!(found, "{told}: {all:?}");
    }
    assert!(status.get_details_localized_message().unwrap().message.contains("E-10"));
}

#[tokio::test]
async fn very_many_faults_are_counted_rather_than_left_out_in_silence() {
    let case = Case::new().await;
    let bad = pb::SourcePaper {
        code: "kein code".to_owned(),
        number: "x".repeat(101),
        signed_by: vec!["MAYOR".to_owned(), "NOBODY".to_owned()],
    };
    let status = refused(&case, |item| {
        item.title = "a\u{0}b".to_owned();
        item.quantity = "-1".to_owned();
        item.source_papers = vec![bad; 24];
    })
    .await;
    let named = fields(&status);
    assert_eq!(named.len(), 61, "{named:?}");
    let told = status.get_details_bad_request().unwrap().field_violations;
    assert!(told[60].description.starts_with("and "), "{}", told[60].description);
}

#[tokio::test]
async fn md5_alone_is_refused_and_beside_sha_256_it_is_kept() {
    let case = Case::new().await;
    let mut item = data("D");
    let list = item.electronic_data.as_mut().unwrap();
    list.other_check_values = vec!["MD5:d41d8cd98f00b204e9800998ecf8427e".to_owned()];
    case.mkt.add(&case.dossier, item.clone()).await;
    let list = item.electronic_data.as_mut().unwrap();
    list.check_algorithm = "MD5".to_owned();
    list.check_value = "d41d8cd98f00b204e9800998ecf8427e".to_owned();
    let status = case.mkt.try_add(&case.dossier, item).await.unwrap_err();
    let named = ["item.electronic_data.check_algorithm", "item.electronic_data.check_value"];
    assert_eq!(fields(&status), named);
    assert!(status.message().contains("MD5, which alone is not accepted"), "{status:?}");
    assert!(status.message().contains("LAW.md 4.3"), "{status:?}");
}

#[tokio::test]
async fn collectors_hold_certificates_of_the_agency_on_the_day_of_the_collection() {
    let case = Case::new().await;
    let by = |collectors: [&str; 2]| collectors.map(str::to_owned).to_vec();
    // MKT-08's certificate ended in 2015; PSB-01 is of another body.
    let status = refused(&case, |item| {
        item.collection.as_mut().unwrap().collectors = by(["MKT-08", "PSB-01"]);
    })
    .await;
    let named = ["item.collection.collectors[0]", "item.collection.collectors[1]"];
    assert_eq!(fields(&status), named);
    let mut item = thing("OLD");
    let collection = item.collection.as_mut().unwrap();
    collection.collectors = by(["MKT-08", "MKT-01"]);
    collection.time = Some(time("2014-05-05 09:00"));
    case.mkt.add(&case.dossier, item).await;
}

#[tokio::test]
async fn every_certificate_that_does_not_hold_is_named_whatever_its_day() {
    let case = Case::new().await;
    let mut item = thing("X");
    item.collection.as_mut().unwrap().collectors = vec!["MKT-08".to_owned(), "MKT-02".to_owned()];
    item.measure = Some(pb::Measure { approved_by: "MKT-99".to_owned(), ..seizure() });
    let request = pb::AddItemRequest {
        request_id: id(),
        dossier: case.dossier.clone(),
        item: Some(item),
        officer: "MKT-77".to_owned(),
    };
    let status = case.mkt.client.clone().add_item(request).await.unwrap_err();
    let mut named = fields(&status);
    named.sort();
    let expected = ["item.collection.collectors[0]", "item.measure.approved_by", "officer"];
    assert_eq!(named, expected);
    let request = pb::OpenDossierRequest {
        request_id: id(),
        title: "案".to_owned(),
        case_no: "A-2".to_owned(),
        investigators: vec!["MKT-01".to_owned(), "MKT-98".to_owned()],
        officer: "MKT-01".to_owned(),
        ..Default::default()
    };
    let status = case.mkt.client.clone().open_dossier(request).await.unwrap_err();
    assert_eq!(fields(&status), ["investigators[1]"]);
}

pub(crate) fn seizure() -> pb::Measure {
    pb::Measure {
        kind: pb::MeasureKind::Seizure.into(),
        start_date: "2026-03-01".to_owned(),
        decision_no: "扣〔2026〕1号".to_owned(),
        approved_by: "MKT-04".to_owned(),
        ..pb::Measure::default()
    }
}

#[tokio::test]
async fn a_measure_is_approved_by_a_head() {
    let case = Case::new().await;
    let status = refused(&case, |item| {
        item.measure = Some(pb::Measure { approved_by: "MKT-02".to_owned(), ..seizure() });
    })
    .await;
    assert_told(&status, Code::PermissionDenied, "WRONG_OFFICER");
    assert_eq!(rule(&status).0, "E-05");
    let status = refused(&case, |item| item.measure = Some(pb::Measure::default())).await;
    assert_eq!(fields(&status), ["item.measure.kind", "item.measure.start_date"]);
    let status = refused(&case, |item| {
        item.measure = Some(pb::Measure {
            kind: pb::MeasureKind::Seizure.into(),
            start_date: "2026-03-03".to_owned(),
            ..pb::Measure::default()
        });
    })
    .await;
    assert_eq!(fields(&status), ["item.measure.start_date"], "tomorrow");
    let mut item = thing("A");
    item.measure = Some(seizure());
    let item = case.mkt.add(&case.dossier, item).await;
    assert_eq!(item.measure.unwrap().end_date, "2026-03-31");
}

#[tokio::test]
async fn a_code_is_there_once_in_a_dossier() {
    let case = Case::new().await;
    case.thing("A").await;
    let status = case.mkt.try_add(&case.dossier, thing("A")).await.unwrap_err();
    assert_told(&status, Code::AlreadyExists, "EXISTS");
    let other = case.mkt.open("A-2").await.name;
    assert_eq!(case.mkt.add(&other, thing("A")).await.number, 1, "another dossier");
    assert_eq!(case.thing("B").await.number, 2, "what was refused has no number");
}

#[tokio::test]
async fn the_same_request_gets_its_first_answer_for_ever_and_another_body_is_refused() {
    let case = Case::new().await;
    let request = pb::AddItemRequest {
        request_id: id(),
        dossier: case.dossier.clone(),
        item: Some(thing("A")),
        officer: "MKT-01".to_owned(),
    };
    let mut client = case.mkt.client.clone();
    let first = client.add_item(request.clone()).await.unwrap().into_inner();
    case.world.clock.advance(chrono::Duration::days(400));
    let again = client.add_item(request.clone()).await.unwrap().into_inner();
    assert_eq!(first, again);
    let other = pb::AddItemRequest { item: Some(thing("B")), ..request };
    let status = client.add_item(other).await.unwrap_err();
    assert_told(&status, Code::AlreadyExists, "REQUEST_ID_REUSED");
    let open = pb::OpenDossierRequest {
        request_id: id(),
        title: "案".to_owned(),
        case_no: "A-9".to_owned(),
        investigators: vec!["MKT-01".to_owned()],
        officer: "MKT-01".to_owned(),
        ..Default::default()
    };
    let first = client.open_dossier(open.clone()).await.unwrap().into_inner();
    assert_eq!(first, client.open_dossier(open).await.unwrap().into_inner());
}

#[tokio::test]
async fn items_added_at_once_have_each_their_number() {
    let case = Case::new().await;
    let adding = (0..20).map(|n| case.mkt.add(&case.dossier, thing(&format!("C-{n}"))));
    let added = futures_util::future::join_all(adding.collect::<Vec<_>>()).await;
    let mut numbers: Vec<i32> = added.iter().map(|item| item.number).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=20).collect::<Vec<_>>());
}

#[tokio::test]
async fn of_items_with_one_code_that_are_added_at_once_one_is() {
    let case = Case::new().await;
    let adding = (0..8).map(|_| case.mkt.try_add(&case.dossier, thing("C")));
    let added = futures_util::future::join_all(adding.collect::<Vec<_>>()).await;
    assert_eq!(added.iter().filter(|one| one.is_ok()).count(), 1);
    for status in added.into_iter().filter_map(Result::err) {
        assert_told(&status, Code::AlreadyExists, "EXISTS");
    }
    assert_eq!(case.thing("D").await.number, 2, "what was refused has no number");
}

/// The pages of the items of a dossier.
async fn pages(party: &Party, dossier: &str, page_size: i32) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = pb::ListItemsRequest { dossier: dossier.to_owned(), page_size, page_token };
        let page = party.client.clone().list_items(request).await.unwrap().into_inner();
        pages.push(page.items.iter().map(|item| item.code.clone()).collect());
        if page.next_page_token.is_empty() {
            return pages;
        }
        page_token = page.next_page_token;
    }
}

#[tokio::test]
async fn items_come_in_pages_in_the_order_of_their_numbers() {
    let case = Case::new().await;
    for n in 0..5 {
        case.thing(&n.to_string()).await;
    }
    let expected = [vec!["0", "1"], vec!["2", "3"], vec!["4"]];
    assert_eq!(pages(&case.mkt, &case.dossier, 2).await, expected);
    assert_eq!(pages(&case.mkt, &case.dossier, 5).await.len(), 1, "no empty page at the end");
    let list = async |page_size, page_token: &str| {
        let dossier = case.dossier.clone();
        let page_token = page_token.to_owned();
        let request = pb::ListItemsRequest { dossier, page_size, page_token };
        case.mkt.client.clone().list_items(request).await
    };
    let page = list(2, "").await.unwrap().into_inner();
    let item = case.read(&page.items[0]).await;
    assert_eq!(page.items[0], item, "the same as alone");
    assert_eq!(fields(&list(-1, "").await.unwrap_err()), ["page_size"]);
    assert_eq!(fields(&list(2, "nonsense").await.unwrap_err()), ["page_token"]);
    let other = case.mkt.open("A-2").await.name;
    let request =
        pb::ListItemsRequest { dossier: other, page_size: 2, page_token: page.next_page_token };
    let status = case.mkt.client.clone().list_items(request).await.unwrap_err();
    assert_eq!(fields(&status), ["page_token"], "it belongs to another list");
}

#[tokio::test]
async fn dossiers_are_listed_newest_first_and_by_case() {
    let case = Case::new().await;
    for n in 2..=5 {
        case.world.clock.advance(chrono::Duration::minutes(1));
        case.mkt.open(&format!("A-{n}")).await;
    }
    let list = async |filter: &str, page_size, page_token: &str| {
        let (filter, page_token) = (filter.to_owned(), page_token.to_owned());
        let request = pb::ListDossiersRequest { page_size, page_token, filter };
        case.mkt.client.clone().list_dossiers(request).await
    };
    let cases = |answer: &pb::ListDossiersResponse| {
        answer.dossiers.iter().map(|one| one.case_no.clone()).collect::<Vec<_>>()
    };
    let first = list("", 3, "").await.unwrap().into_inner();
    assert_eq!(cases(&first), ["A-5", "A-4", "A-3"]);
    let second = list("", 3, &first.next_page_token).await.unwrap().into_inner();
    assert_eq!(
        (cases(&second), second.next_page_token.as_str()),
        (vec!["A-2".into(), "A-1".into()], "")
    );
    let found = list("case_no = \"A-4\"", 0, "").await.unwrap().into_inner();
    assert_eq!(cases(&found), ["A-4"]);
    assert_eq!(fields(&list("title = x", 0, "").await.unwrap_err()), ["filter"]);
    let other = list("case_no=A-4", 0, &first.next_page_token).await.unwrap_err();
    assert_eq!(fields(&other), ["page_token"]);
    let docket = format!("docket = \"dockets/{}\"", id());
    assert!(list(&docket, 0, "").await.unwrap().into_inner().dossiers.is_empty());
}

#[tokio::test]
async fn a_dossier_that_is_not_whole_is_refused_with_every_fault() {
    let case = Case::new().await;
    let request = pb::OpenDossierRequest {
        request_id: "1".to_owned(),
        title: "a\nb".to_owned(),
        docket: "referrals/1".to_owned(),
        investigators: vec!["MKT-01".to_owned(), "MKT-01".to_owned()],
        ..Default::default()
    };
    let status = case.mkt.client.clone().open_dossier(request).await.unwrap_err();
    let expected = ["request_id", "case_no", "officer", "title", "docket", "investigators"];
    assert_eq!(fields(&status), expected);
}
