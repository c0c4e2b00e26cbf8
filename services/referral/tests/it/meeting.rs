//! Joint meetings: who convenes, who sees which item, and resolutions that are terms of their owners.

use prost::Message as _;
use proto::{journal::v1::Marks, referral::v1 as pb};
use tonic::{Code, Status};

use crate::{
    case::Case,
    journal,
    worker::{finish, start},
    world::{Party, World, assert_told, fields, id, local, rule},
};

fn stamp(text: &str) -> Option<prost_types::Timestamp> {
    Some(prost_types::Timestamp { seconds: local(text).timestamp(), nanos: 0 })
}

fn invitation(by: &Party, docket: &str, invited: &[&str]) -> pb::ConveneMeetingRequest {
    let item = |title: &str, docket: &str| pb::AgendaItem {
        title: title.to_owned(),
        docket: docket.to_owned(),
        detail: "移送标准".to_owned(),
        minutes: String::new(),
    };
    pb::ConveneMeetingRequest {
        request_id: id(),
        title: "行刑衔接联席会议".to_owned(),
        place: "县政府三楼".to_owned(),
        hold_time: stamp("2026-03-05 14:00"),
        agenda: vec![item("减肥糖果案", docket), item("工作通报", "")],
        invited: invited.iter().map(|one| (*one).to_owned()).collect(),
        officer: by.officer("01"),
    }
}

fn minutes(by: &Party, seen: &pb::JointMeeting) -> pb::RecordMinutesRequest {
    pb::RecordMinutesRequest {
        request_id: id(),
        name: seen.name.clone(),
        etag: seen.etag.clone(),
        minutes: "会议议定事项如下".to_owned(),
        item_minutes: vec!["公安机关提前介入".to_owned(), "通报上季度情况".to_owned()],
        attended: vec!["PSB".to_owned()],
        sha256: String::new(),
        officer: by.officer("01"),
    }
}

fn resolution(by: &Party, meeting: &str, docket: &str, owner: &str) -> pb::RecordResolutionRequest {
    pb::RecordResolutionRequest {
        request_id: id(),
        meeting: meeting.to_owned(),
        text: "三个工作日内派员会商".to_owned(),
        owner: owner.to_owned(),
        due_date: "2026-03-15".to_owned(),
        docket: docket.to_owned(),
        officer: by.officer("01"),
    }
}

impl Party {
    async fn convene(
        &self,
        request: pb::ConveneMeetingRequest,
    ) -> Result<pb::JointMeeting, Status> {
        let answer = self.client.clone().convene_meeting(request).await?.into_inner();
        Ok(answer.meeting.unwrap())
    }

    async fn meeting(&self, name: &str) -> Result<pb::GetMeetingResponse, Status> {
        let request = pb::GetMeetingRequest { name: name.to_owned() };
        Ok(self.client.clone().get_meeting(request).await?.into_inner())
    }

    async fn hold(&self, request: pb::RecordMinutesRequest) -> Result<pb::JointMeeting, Status> {
        let answer = self.client.clone().record_minutes(request).await?.into_inner();
        Ok(answer.meeting.unwrap())
    }

    async fn resolve(
        &self,
        request: pb::RecordResolutionRequest,
    ) -> Result<pb::Resolution, Status> {
        let answer = self.client.clone().record_resolution(request).await?.into_inner();
        Ok(answer.resolution.unwrap())
    }

    async fn confirm(
        &self,
        seen: &pb::JointMeeting,
        attends: bool,
    ) -> Result<pb::JointMeeting, Status> {
        let request = pb::ConfirmAttendanceRequest {
            request_id: id(),
            name: seen.name.clone(),
            etag: seen.etag.clone(),
            attends,
            reason: if attends { String::new() } else { "另有任务".to_owned() },
            officer: self.officer("01"),
        };
        let answer = self.client.clone().confirm_attendance(request).await?.into_inner();
        Ok(answer.meeting.unwrap())
    }

    async fn cancel(
        &self,
        seen: &pb::JointMeeting,
        reason: &str,
    ) -> Result<pb::JointMeeting, Status> {
        let request = pb::CancelMeetingRequest {
            request_id: id(),
            name: seen.name.clone(),
            etag: seen.etag.clone(),
            reason: reason.to_owned(),
            officer: self.officer("01"),
        };
        let answer = self.client.clone().cancel_meeting(request).await?.into_inner();
        Ok(answer.meeting.unwrap())
    }

    async fn report(&self, seen: &pb::Resolution) -> Result<pb::Resolution, Status> {
        let request = pb::ReportResolutionRequest {
            request_id: id(),
            name: seen.name.clone(),
            etag: seen.etag.clone(),
            report: "已会商".to_owned(),
            officer: self.officer("01"),
        };
        let answer = self.client.clone().report_resolution(request).await?.into_inner();
        Ok(answer.resolution.unwrap())
    }

    async fn accept(&self, seen: &pb::Resolution) -> Result<pb::Resolution, Status> {
        let request = pb::AcceptResolutionRequest {
            request_id: id(),
            name: seen.name.clone(),
            etag: seen.etag.clone(),
            officer: self.officer("01"),
        };
        let answer = self.client.clone().accept_resolution(request).await?.into_inner();
        Ok(answer.resolution.unwrap())
    }

    async fn reopen(&self, seen: &pb::Resolution, day: &str) -> Result<pb::Resolution, Status> {
        let request = pb::ReopenResolutionRequest {
            request_id: id(),
            name: seen.name.clone(),
            etag: seen.etag.clone(),
            reason: "缺会商记录".to_owned(),
            due_date: day.to_owned(),
            officer: self.officer("01"),
        };
        let answer = self.client.clone().reopen_resolution(request).await?.into_inner();
        Ok(answer.resolution.unwrap())
    }

    async fn resolutions(&self, filter: &str) -> Vec<pb::Resolution> {
        let filter = filter.to_owned();
        let request = pb::ListResolutionsRequest { filter, ..Default::default() };
        self.client.clone().list_resolutions(request).await.unwrap().into_inner().resolutions
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_about_a_case_is_a_title_for_who_does_not_see_the_case() {
    let case = Case::new().await.delivered().await;
    let cae = case.world.agency("CAE").await;
    let request = invitation(&case.mkt, &case.docket, &["PSB", "CAE"]);
    let meeting = case.mkt.convene(request).await.unwrap();
    assert_eq!(meeting.agenda[0].docket, case.docket);
    let meeting = case.psb.confirm(&meeting, true).await.unwrap();
    assert_eq!(meeting.agenda[0].detail, "移送标准", "the police see the case");
    let meeting = cae.confirm(&meeting, false).await.unwrap();
    let hidden = &meeting.agenda[0];
    assert_eq!((hidden.title.as_str(), hidden.docket.as_str()), ("减肥糖果案", ""));
    assert_eq!((hidden.detail.as_str(), meeting.agenda[1].detail.as_str()), ("", "移送标准"));

    let early = case.mkt.hold(minutes(&case.mkt, &meeting)).await.unwrap_err();
    assert_told(&early, Code::FailedPrecondition, "RULE_BROKEN");
    case.world.clock.set(local("2026-03-05 17:00"));
    let held = case.mkt.hold(minutes(&case.mkt, &meeting)).await.unwrap();
    assert_eq!((held.state(), held.minutes_sha256.len()), (pb::MeetingState::Held, 64));
    assert!(held.attendances[0].attended && !held.attendances[1].attended);
    let seen = cae.meeting(&meeting.name).await.unwrap().meeting.unwrap();
    assert_eq!((seen.agenda[0].minutes.as_str(), seen.minutes_sha256), ("", held.minutes_sha256));
    assert_eq!(seen.agenda[1].minutes, "通报上季度情况");
    let list =
        pb::ListMeetingsRequest { filter: "state = \"HELD\"".to_owned(), ..Default::default() };
    let page = cae.client.clone().list_meetings(list).await.unwrap().into_inner();
    assert_eq!(page.meetings[0].agenda, seen.agenda);
    let request = pb::GetTimelineRequest { docket: case.docket.clone(), ..Default::default() };
    let events = case.psb.client.clone().get_timeline(request).await.unwrap().into_inner().events;
    assert!(events.iter().any(|event| event.kind == "MEETING_AGENDA"), "{events:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resolution_about_a_case_is_for_who_sees_the_case() {
    let case = Case::new().await.delivered().await;
    let cae = case.world.agency("CAE").await;
    let request = invitation(&case.mkt, &case.docket, &["PSB", "CAE"]);
    let meeting = case.mkt.convene(request).await.unwrap();
    case.world.clock.set(local("2026-03-05 17:00"));
    case.mkt.hold(minutes(&case.mkt, &meeting)).await.unwrap();
    let refused = |owner| resolution(&case.mkt, &meeting.name, &case.docket, owner);
    let told = case.mkt.resolve(refused("CAE")).await.unwrap_err();
    assert_told(&told, Code::FailedPrecondition, "RULE_BROKEN");
    assert_eq!(rule(&told).0, "13.11");
    let one = case.mkt.resolve(refused("PSB")).await.unwrap();
    case.world.clock.advance(chrono::Duration::seconds(1));
    let other = case.mkt.resolve(resolution(&case.mkt, &meeting.name, "", "CAE")).await.unwrap();
    assert_eq!(case.psb.resolutions("").await, [other.clone(), one.clone()]);
    assert_eq!(cae.resolutions("").await, std::slice::from_ref(&other));
    assert_eq!(cae.meeting(&meeting.name).await.unwrap().resolutions, [other]);
    let hidden = cae.report(&one).await.unwrap_err();
    assert_told(&hidden, Code::NotFound, "NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resolution_without_owner_or_day_is_refused_with_every_field_and_the_rule() {
    let world = World::new().await;
    let (gdo, psb) = (world.agency("GDO").await, world.agency("PSB").await);
    let meeting = gdo.convene(invitation(&gdo, "", &["PSB", "MKT"])).await.unwrap();
    world.clock.set(local("2026-03-05 17:00"));
    let early = gdo.resolve(resolution(&gdo, &meeting.name, "", "PSB")).await.unwrap_err();
    assert_told(&early, Code::FailedPrecondition, "WRONG_STATE");
    gdo.hold(minutes(&gdo, &meeting)).await.unwrap();
    let blank = pb::RecordResolutionRequest {
        text: String::new(),
        owner: String::new(),
        due_date: String::new(),
        ..resolution(&gdo, &meeting.name, "", "")
    };
    let refusal = gdo.resolve(blank).await.unwrap_err();
    assert_told(&refusal, Code::InvalidArgument, "FIELDS");
    assert_eq!(fields(&refusal), ["text", "owner", "due_date"]);
    assert_eq!(rule(&refusal).0, "SEED-14");
    let past = pb::RecordResolutionRequest {
        due_date: "2026-03-01".to_owned(),
        ..resolution(&gdo, &meeting.name, "", "PSB")
    };
    assert_eq!(fields(&gdo.resolve(past).await.unwrap_err()), ["due_date"]);
    let absent = gdo.resolve(resolution(&gdo, &meeting.name, "", "CAE")).await.unwrap_err();
    assert_eq!(fields(&absent), ["owner"]);
    let other = psb.resolve(resolution(&psb, &meeting.name, "", "MKT")).await.unwrap_err();
    assert_told(&other, Code::PermissionDenied, "NOT_YOUR_STEP");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resolution_runs_as_a_term_is_reported_reopened_and_accepted() {
    let world = World::new().await;
    let (gdo, psb) = (world.agency("GDO").await, world.agency("PSB").await);
    let meeting = gdo.convene(invitation(&gdo, "", &["PSB"])).await.unwrap();
    world.clock.set(local("2026-03-05 17:00"));
    gdo.hold(minutes(&gdo, &meeting)).await.unwrap();
    let one = gdo.resolve(resolution(&gdo, &meeting.name, "", "PSB")).await.unwrap();
    assert_eq!(one.terms[0].due_time, stamp("2026-03-16 00:00"), "the whole day, a Sunday too");

    let second = world.replica(referral::Calendar::open("").unwrap()).await;
    let workers = [start(&world.referral), start(&second)];
    world.clock.set(local("2026-03-17 09:00"));
    let rungs = |events: &[pb::Event]| events.iter().filter(|e| e.kind == "TERM_RUNG").count();
    psb.watch_until(|events| rungs(events) >= 3).await;
    for worker in workers {
        finish(worker).await;
    }
    assert_eq!(rungs(&psb.watch("", 0).await), 3);
    assert_eq!(gdo.resolutions("open = true AND late = true AND owner = \"PSB\"").await.len(), 1);

    let own = gdo.report(&one).await.unwrap_err();
    assert_told(&own, Code::PermissionDenied, "NOT_YOUR_STEP");
    let reported = psb.report(&one).await.unwrap();
    assert_eq!(reported.terms[0].state(), pb::TermState::Missed);
    assert_eq!(fields(&gdo.reopen(&reported, "2026-03-16").await.unwrap_err()), ["due_date"]);
    let reopened = gdo.reopen(&reported, "2026-03-31").await.unwrap();
    assert_eq!(reopened.state(), pb::ResolutionState::Open);
    assert_eq!((reopened.terms.len(), reopened.due_date.as_str()), (2, "2026-03-31"));
    let reported = psb.report(&reopened).await.unwrap();
    let accepted = gdo.accept(&reported).await.unwrap();
    assert_eq!(accepted.terms[1].state(), pb::TermState::Kept);
    assert_eq!(accepted.state(), pb::ResolutionState::Accepted);
    assert!(psb.resolutions("open = true").await.is_empty());
    let filter = format!("meeting = \"{}\" AND state = \"ACCEPTED\"", meeting.name);
    assert_eq!(psb.resolutions(&filter).await, [accepted]);
    assert!(psb.resolutions("meeting = \"meetings/0\"").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_convene_is_told_why_and_strangers_learn_nothing() {
    let case = Case::new().await;
    for (code, id) in [("PSB", "SEED-14"), ("OEO", "13.10"), ("MKT", "SEED-14")] {
        let by = case.world.agency(code).await;
        let refusal = by.convene(invitation(&by, "", &["CAE"])).await.unwrap_err();
        assert_told(&refusal, Code::FailedPrecondition, "RULE_BROKEN");
        assert_eq!(rule(&refusal).0, id, "{code}");
    }
    let gdo = case.world.agency("GDO").await;
    let hidden = gdo.convene(invitation(&gdo, &case.docket, &["CAE"])).await.unwrap_err();
    assert_told(&hidden, Code::NotFound, "NOT_FOUND");
    let wrong = pb::ConveneMeetingRequest {
        title: String::new(),
        hold_time: None,
        agenda: Vec::new(),
        invited: Vec::new(),
        ..invitation(&gdo, "", &[])
    };
    let refusal = gdo.convene(wrong).await.unwrap_err();
    assert_eq!(fields(&refusal), ["title", "hold_time", "agenda", "invited"]);
    let past = pb::ConveneMeetingRequest {
        hold_time: stamp("2026-03-01 10:00"),
        ..invitation(&gdo, "", &["GDO"])
    };
    let refusal = gdo.convene(past).await.unwrap_err();
    assert_eq!(fields(&refusal), ["hold_time", "invited[0]"]);

    let meeting = gdo.convene(invitation(&gdo, "", &["PSB"])).await.unwrap();
    let cae = case.world.agency("CAE").await;
    for told in [
        cae.meeting(&meeting.name).await.map(drop).unwrap_err(),
        cae.confirm(&meeting, true).await.map(drop).unwrap_err(),
        cae.hold(minutes(&cae, &meeting)).await.map(drop).unwrap_err(),
        cae.resolve(resolution(&cae, &meeting.name, "", "PSB")).await.map(drop).unwrap_err(),
    ] {
        assert_told(&told, Code::NotFound, "NOT_FOUND");
    }
    let list = pb::ListMeetingsRequest::default();
    assert!(cae.client.clone().list_meetings(list).await.unwrap().into_inner().meetings.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_is_at_rest_with_the_first_word_of_the_body_or_with_the_minutes() {
    let world = World::new().await;
    let (gdo, psb) = (world.agency("GDO").await, world.agency("PSB").await);
    let meeting = gdo.convene(invitation(&gdo, "", &["PSB", "MKT", "CAE"])).await.unwrap();
    let meeting = psb.confirm(&meeting, false).await.unwrap();
    let meeting = psb.confirm(&meeting, true).await.unwrap();
    world.clock.set(local("2026-03-05 17:00"));
    let attended = vec!["PSB".to_owned(), "MKT".to_owned()];
    gdo.hold(pb::RecordMinutesRequest { attended, ..minutes(&gdo, &meeting) }).await.unwrap();
    let wanted = [
        ("PSB", "SENT"),
        ("MKT", "SENT"),
        ("CAE", "SENT"),
        ("PSB", "REFUSED"),
        ("MKT", "ACKNOWLEDGED"),
        ("CAE", "WITHDRAWN"),
    ];
    assert_eq!(exchanges(&world).await, wanted.map(owned));
}

fn owned((body, state): (&str, &str)) -> (String, String) {
    (body.to_owned(), state.to_owned())
}

/// Every exchange of the journal as it stood row by row: receiver and state.
async fn exchanges(world: &World) -> Vec<(String, String)> {
    let rows = journal::all(world).await;
    let marks = rows.iter().map(|row| Marks::decode(row.marks.as_slice()).unwrap());
    let told = marks.flat_map(|marks| marks.exchanges);
    told.inspect(|one| assert!(!one.title.is_empty(), "what stands on the board has a title"))
        .map(|one| (one.receiver, one.state))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_meeting_waits_for_nobody_and_is_not_put_on_record() {
    let world = World::new().await;
    let (gdo, psb) = (world.agency("GDO").await, world.agency("PSB").await);
    let meeting = gdo.convene(invitation(&gdo, "", &["PSB", "MKT"])).await.unwrap();
    let meeting = psb.confirm(&meeting, true).await.unwrap();
    assert_eq!(fields(&gdo.cancel(&meeting, " ").await.unwrap_err()), ["reason"]);
    let other = psb.cancel(&meeting, "x").await.unwrap_err();
    assert_told(&other, Code::PermissionDenied, "NOT_YOUR_STEP");
    let stranger = world.agency("CAE").await;
    let hidden = stranger.cancel(&meeting, "x").await.unwrap_err();
    assert_told(&hidden, Code::NotFound, "NOT_FOUND");
    let request = pb::CancelMeetingRequest {
        request_id: id(),
        name: meeting.name.clone(),
        etag: meeting.etag.clone(),
        reason: "台风停会".to_owned(),
        officer: gdo.officer("01"),
    };
    let mut client = gdo.client.clone();
    let cancelled = client.cancel_meeting(request.clone()).await.unwrap().into_inner();
    assert_eq!(client.cancel_meeting(request).await.unwrap().into_inner(), cancelled, "once");
    let cancelled = cancelled.meeting.unwrap();
    assert_eq!(cancelled.state(), pb::MeetingState::Cancelled);
    let seen = psb.meeting(&meeting.name).await.unwrap().meeting.unwrap();
    assert_eq!(seen.cancel_reason, "台风停会");
    world.clock.set(local("2026-03-05 17:00"));
    let late = gdo.hold(minutes(&gdo, &cancelled)).await.unwrap_err();
    assert_told(&late, Code::FailedPrecondition, "WRONG_STATE");
    assert_eq!(rule(&late).0, "SEED-14");
    let wanted = [("PSB", "SENT"), ("MKT", "SENT"), ("PSB", "ACKNOWLEDGED"), ("MKT", "WITHDRAWN")];
    assert_eq!(exchanges(&world).await, wanted.map(owned));
    psb.watch_until(|events| events.iter().any(|event| event.kind == "MEETING_CANCELLED")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_on_its_way_to_the_convener_until_it_is_accepted_or_not() {
    let world = World::new().await;
    let (gdo, psb) = (world.agency("GDO").await, world.agency("PSB").await);
    let meeting = gdo.convene(invitation(&gdo, "", &["PSB"])).await.unwrap();
    world.clock.set(local("2026-03-05 17:00"));
    gdo.hold(minutes(&gdo, &meeting)).await.unwrap();
    let one = gdo.resolve(resolution(&gdo, &meeting.name, "", "PSB")).await.unwrap();
    let one = psb.report(&one).await.unwrap();
    let one = gdo.reopen(&one, "2026-03-31").await.unwrap();
    let one = psb.report(&one).await.unwrap();
    gdo.accept(&one).await.unwrap();
    let wanted = [
        ("PSB", "SENT"),
        ("PSB", "ACKNOWLEDGED"),
        ("GDO", "SENT"),
        ("GDO", "REFUSED"),
        ("GDO", "SENT"),
        ("GDO", "ACKNOWLEDGED"),
    ];
    assert_eq!(exchanges(&world).await, wanted.map(owned));
    let own = gdo.resolve(resolution(&gdo, &meeting.name, "", "GDO")).await.unwrap();
    gdo.report(&own).await.unwrap();
    assert_eq!(exchanges(&world).await.len(), wanted.len(), "nobody sends itself anything");
}
