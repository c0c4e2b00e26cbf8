//! Notices of case information: who is entitled, to how much, and what is not acknowledged stays listed.

use prost::Message as _;
use proto::{journal::v1::Marks, referral::v1 as pb};
use tonic::{Code, Status};

use crate::{
    case::Case,
    journal,
    worker::{finish, start},
    world::{Party, World, assert_told, fields, id, local, rule},
};

fn notice(by: &Party, docket: &str, to: &str) -> pb::SendNoticeRequest {
    pb::SendNoticeRequest {
        request_id: id(),
        docket: docket.to_owned(),
        to_agency: to.to_owned(),
        title: "减肥糖果案进展".to_owned(),
        progress: "已移送公安机关".to_owned(),
        facts: String::new(),
        persons: String::new(),
        officer: by.officer("01"),
    }
}

impl Party {
    async fn tell(&self, request: pb::SendNoticeRequest) -> Result<pb::Notice, Status> {
        let answer = self.client.clone().send_notice(request).await?.into_inner();
        Ok(answer.notice.unwrap())
    }

    async fn acknowledge(&self, seen: &pb::Notice) -> Result<pb::Notice, Status> {
        let request = pb::AcknowledgeNoticeRequest {
            request_id: id(),
            name: seen.name.clone(),
            etag: seen.etag.clone(),
            officer: self.officer("01"),
        };
        let answer = self.client.clone().acknowledge_notice(request).await?.into_inner();
        Ok(answer.notice.unwrap())
    }

    async fn notices(&self, filter: &str) -> Vec<pb::Notice> {
        let filter = filter.to_owned();
        let request = pb::ListNoticesRequest { filter, ..Default::default() };
        self.client.clone().list_notices(request).await.unwrap().into_inner().notices
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_entitled_is_told_acknowledges_and_what_is_not_stays_listed() {
    let case = Case::new().await;
    let (jus, pro) = (case.world.agency("JUS").await, &case.pro);
    let to_jus = case.mkt.tell(notice(&case.mkt, &case.docket, "JUS")).await.unwrap();
    assert_eq!(to_jus.role(), pb::NoticeRole::JusticeBureau);
    assert!(to_jus.terms[0].service_target);
    // Of two that are sent in one instant none is the newer.
    case.world.clock.advance(chrono::Duration::seconds(1));
    let with_facts = pb::SendNoticeRequest {
        facts: "检出二甲双胍".to_owned(),
        ..notice(&case.mkt, &case.docket, "PRO")
    };
    let to_pro = case.mkt.tell(with_facts).await.unwrap();
    assert_eq!(case.mkt.notices("acknowledged = false").await, [to_pro.clone(), to_jus.clone()]);
    assert_eq!(jus.notices("").await, std::slice::from_ref(&to_jus));

    let own = case.mkt.acknowledge(&to_pro).await.unwrap_err();
    assert_told(&own, Code::PermissionDenied, "NOT_YOUR_STEP");
    let hidden = jus.acknowledge(&to_pro).await.unwrap_err();
    assert_told(&hidden, Code::NotFound, "NOT_FOUND");
    let get = pb::GetNoticeRequest { name: to_pro.name.clone() };
    let hidden = jus.client.clone().get_notice(get.clone()).await.unwrap_err();
    assert_told(&hidden, Code::NotFound, "NOT_FOUND");
    let acknowledged = pro.acknowledge(&to_pro).await.unwrap();
    assert_eq!((acknowledged.state(), acknowledged.late), (pb::NoticeState::Acknowledged, false));
    let read = pro.client.clone().get_notice(get).await.unwrap().into_inner().notice.unwrap();
    assert_eq!(read, acknowledged);
    assert_eq!(case.mkt.notices("acknowledged = false").await, [to_jus]);
    assert_eq!(case.mkt.notices("acknowledged = true").await, [acknowledged]);
    let request = pb::GetDocketRequest { name: case.docket.clone() };
    let hidden = jus.client.clone().get_docket(request).await.unwrap_err();
    assert_told(&hidden, Code::NotFound, "NOT_FOUND");
    let request = pb::GetTimelineRequest { docket: case.docket.clone(), ..Default::default() };
    let events = case.mkt.client.clone().get_timeline(request).await.unwrap().into_inner().events;
    assert!(events.iter().any(|event| event.kind == "NOTICE_ACKNOWLEDGED"), "{events:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_entitled_or_needs_less_is_not_told() {
    let case = Case::new().await.delivered().await;
    let refusal = case.mkt.tell(notice(&case.mkt, &case.docket, "CAE")).await.unwrap_err();
    assert_told(&refusal, Code::FailedPrecondition, "RULE_BROKEN");
    assert_eq!(rule(&refusal).0, "13.11");
    let too_much = |by: &Party, to: &str| pb::SendNoticeRequest {
        facts: "案情".to_owned(),
        persons: "当事人".to_owned(),
        ..notice(by, &case.docket, to)
    };
    for (by, to, named) in [
        (&case.mkt, "GDO", &["facts", "persons"][..]),
        (&case.mkt, "GOV-C", &["persons"]),
        (&case.psb, "MKT", &["facts", "persons"]),
        (&case.psb, "GOV-C", &["facts", "persons"]),
    ] {
        let refusal = by.tell(too_much(by, to)).await.unwrap_err();
        assert_told(&refusal, Code::InvalidArgument, "FIELDS");
        assert_eq!((fields(&refusal), rule(&refusal).0), (owned(named), "13.11".to_owned()));
    }
    let told = case.mkt.tell(too_much(&case.mkt, "PSB")).await.unwrap();
    assert_eq!(told.role(), pb::NoticeRole::Party);
    let stranger = case.world.agency("CAE").await;
    let hidden = stranger.tell(notice(&stranger, &case.docket, "PRO")).await.unwrap_err();
    assert_told(&hidden, Code::NotFound, "NOT_FOUND");
    let blank = pb::SendNoticeRequest { request_id: id(), ..Default::default() };
    let refusal = case.mkt.tell(blank).await.unwrap_err();
    assert_eq!(fields(&refusal), ["docket", "to_agency", "title", "progress", "officer"]);
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_acknowledged_in_time_is_warned_of_once_and_marked_for_those_who_watch() {
    let case = Case::new().await;
    let sent = case.mkt.tell(notice(&case.mkt, &case.docket, "PRO")).await.unwrap();
    let second = case.world.replica(referral::Calendar::open("").unwrap()).await;
    let workers = [start(&case.world.referral), start(&second)];
    case.world.clock.set(local("2026-03-09 09:00"));
    let rungs = |events: &[pb::Event]| {
        events.iter().filter(|e| e.kind == "TERM_RUNG" && e.resource == sent.name).count()
    };
    case.pro.watch_until(|events| rungs(events) >= 3).await;
    for worker in workers {
        finish(worker).await;
    }
    assert_eq!(rungs(&case.pro.watch("", 0).await), 3);
    assert_eq!(case.pro.notices("late = true AND acknowledged = false").await.len(), 1);
    let acknowledged = case.pro.acknowledge(&sent).await.unwrap();
    assert!(acknowledged.late);

    let rows = journal::all(&case.world).await;
    let marks: Vec<(String, Marks)> = rows
        .iter()
        .filter(|row| row.resource == sent.name)
        .map(|row| (row.kind.clone(), Marks::decode(row.marks.as_slice()).unwrap()))
        .collect();
    let (kind, first) = &marks[0];
    assert_eq!((kind.as_str(), first.exchanges[0].state.as_str()), ("NOTICE_SENT", "SENT"));
    assert_eq!(first.shown_to, ["MKT", "PRO"]);
    assert_eq!((first.terms[0].holder.as_str(), first.terms[0].state.as_str()), ("PRO", "RUNNING"));
    let (kind, last) = &marks[marks.len() - 1];
    assert_eq!(kind, "NOTICE_ACKNOWLEDGED");
    assert_eq!(last.exchanges[0].state, "ACKNOWLEDGED");
    assert_eq!(
        (last.terms[0].id.clone(), last.terms[0].state.as_str()),
        (first.terms[0].id.clone(), "MISSED")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_notices_meet_without_gap_or_overlap() {
    let case = Case::new().await;
    let mut sent = Vec::new();
    for _ in 0..5 {
        case.world.clock.advance(chrono::Duration::seconds(1));
        sent.insert(0, case.mkt.tell(notice(&case.mkt, &case.docket, "PRO")).await.unwrap());
    }
    let mut request = pb::ListNoticesRequest { page_size: 2, ..Default::default() };
    let mut read = Vec::new();
    loop {
        let page = case.pro.client.clone().list_notices(request.clone()).await.unwrap();
        let page = page.into_inner();
        read.extend(page.notices);
        request.page_token = page.next_page_token;
        if request.page_token.is_empty() {
            break;
        }
    }
    assert_eq!(read, sent);
    let wrong = pb::ListNoticesRequest {
        page_size: -1,
        page_token: "x".to_owned(),
        filter: "persons = \"x\"".to_owned(),
    };
    let refusal = case.pro.client.clone().list_notices(wrong).await.unwrap_err();
    assert_eq!(fields(&refusal), ["page_size", "filter", "page_token"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_whose_term_the_calendar_did_not_cover_is_counted_again() {
    let (file, world) = crate::calendar::world_with_file("2026-12-30 10:00").await;
    let case = Case::of(world).await;
    let sent = case.mkt.tell(notice(&case.mkt, &case.docket, "PRO")).await.unwrap();
    assert!(sent.terms[0].provisional);
    let worker = start(&case.world.referral);
    file.publish_2027();
    let recounted = |events: &[pb::Event]| {
        events.iter().any(|e| e.kind == "TERM_RECOUNTED" && e.resource == sent.name)
    };
    case.pro.watch_until(recounted).await;
    finish(worker).await;
    let read = case.pro.notices("").await;
    assert!(!read[0].terms[0].provisional);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_is_sent_once_however_often_it_is_asked_for() {
    let world = World::new().await;
    let case = Case::of(world).await;
    let request = notice(&case.mkt, &case.docket, "PRO");
    let first = case.mkt.tell(request.clone()).await.unwrap();
    case.pro.acknowledge(&first).await.unwrap();
    assert_eq!(case.mkt.tell(request).await.unwrap(), first, "the first answer, for ever");
    assert_eq!(case.pro.notices("").await.len(), 1);
    let stale = case.pro.acknowledge(&first).await.unwrap_err();
    assert_told(&stale, Code::Aborted, "STALE");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_ends_before_it_is_too_long_for_a_message() {
    let case = Case::new().await;
    let long = "案".repeat(2700);
    let mut sent = Vec::new();
    for _ in 0..60 {
        case.world.clock.advance(chrono::Duration::seconds(1));
        let notice = pb::SendNoticeRequest {
            progress: long.clone(),
            facts: long.clone(),
            persons: long.clone(),
            ..notice(&case.mkt, &case.docket, "PRO")
        };
        sent.insert(0, case.mkt.tell(notice).await.unwrap().name);
    }
    let request = pb::ListNoticesRequest { page_size: 1000, ..Default::default() };
    let page = case.pro.client.clone().list_notices(request).await.unwrap().into_inner();
    assert!(page.notices.len() < 60 && !page.next_page_token.is_empty());
    let rest = pb::ListNoticesRequest {
        page_size: 1000,
        page_token: page.next_page_token,
        ..Default::default()
    };
    let rest = case.pro.client.clone().list_notices(rest).await.unwrap().into_inner();
    assert!(rest.next_page_token.is_empty());
    let read = page.notices.into_iter().chain(rest.notices).map(|one| one.name);
    assert_eq!(read.collect::<Vec<_>>(), sent);
}
