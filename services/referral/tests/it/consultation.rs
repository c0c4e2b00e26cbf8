//! Consultations both ways and early involvement: who sees what, and what the terms do.

use std::collections::BTreeMap;

use prost::Message as _;
use proto::{
    journal::v1::{Exchange, Marks},
    referral::v1 as pb,
};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use crate::{
    case::Case,
    journal,
    worker::{finish, start},
    world::{Party, World, assert_told, fields, id, local, rule},
};

fn question(by: &Party, asked: &str) -> pb::AskConsultationRequest {
    pb::AskConsultationRequest {
        request_id: id(),
        asked: asked.to_owned(),
        docket: String::new(),
        question: "二甲双胍添加于糖果，是否属于有毒、有害非食品原料？".to_owned(),
        attachments: vec![pb::Attachment {
            title: "检验报告".to_owned(),
            text: "检出二甲双胍 2.1 g/kg".to_owned(),
            sha256: String::new(),
        }],
        officer: by.officer("01"),
    }
}

fn answer(by: &Party, seen: &pb::Consultation) -> pb::AnswerConsultationRequest {
    pb::AnswerConsultationRequest {
        request_id: id(),
        name: seen.name.clone(),
        etag: seen.etag.clone(),
        answer: "属于".to_owned(),
        reasons: "刑法第144条；司法解释2021第9条".to_owned(),
        officer: by.officer("01"),
    }
}

fn back(by: &Party, seen: &pb::Consultation) -> pb::RequestConsultationMaterialRequest {
    pb::RequestConsultationMaterialRequest {
        request_id: id(),
        name: seen.name.clone(),
        etag: seen.etag.clone(),
        material: "抽样笔录".to_owned(),
        officer: by.officer("01"),
    }
}

fn supply(by: &Party, seen: &pb::Consultation) -> pb::SupplyConsultationMaterialRequest {
    pb::SupplyConsultationMaterialRequest {
        request_id: id(),
        name: seen.name.clone(),
        etag: seen.etag.clone(),
        note: "附后".to_owned(),
        attachments: question(by, "PRO").attachments,
        officer: by.officer("01"),
    }
}

fn withdrawal(by: &Party, seen: &pb::Consultation) -> pb::WithdrawConsultationRequest {
    pb::WithdrawConsultationRequest {
        request_id: id(),
        name: seen.name.clone(),
        etag: seen.etag.clone(),
        reason: "另案处理".to_owned(),
        officer: by.officer("01"),
    }
}

impl Party {
    async fn ask(&self, request: pb::AskConsultationRequest) -> Result<pb::Consultation, Status> {
        let answer = self.client.clone().ask_consultation(request).await?.into_inner();
        Ok(answer.consultation.unwrap())
    }

    async fn consultation(&self, name: &str) -> Result<pb::Consultation, Status> {
        let request = pb::GetConsultationRequest { name: name.to_owned() };
        let answer = self.client.clone().get_consultation(request).await?.into_inner();
        Ok(answer.consultation.unwrap())
    }

    async fn consultations(&self, filter: &str) -> Vec<pb::Consultation> {
        let filter = filter.to_owned();
        let request = pb::ListConsultationsRequest { filter, ..Default::default() };
        self.client.clone().list_consultations(request).await.unwrap().into_inner().consultations
    }

    async fn answers(
        &self,
        request: pb::AnswerConsultationRequest,
    ) -> Result<pb::Consultation, Status> {
        let answer = self.client.clone().answer_consultation(request).await?.into_inner();
        Ok(answer.consultation.unwrap())
    }

    async fn timeline(&self, docket: &str) -> Vec<pb::Event> {
        let docket = docket.to_owned();
        let request = pb::GetTimelineRequest { docket, page_size: 1000, ..Default::default() };
        self.client.clone().get_timeline(request).await.unwrap().into_inner().events
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_is_answered_with_reasons_and_only_the_two_see_it() {
    let world = World::new().await;
    let (mkt, pro) = (world.agency("MKT").await, world.agency("PRO").await);
    let asked = mkt.ask(question(&mkt, "PRO")).await.unwrap();
    let term = &asked.terms[0];
    assert_eq!((term.rule.as_str(), term.length.as_str()), ("P-14", "7 DAY"));
    assert_eq!((term.holder.as_str(), term.verified.as_str()), ("PRO", "M"));
    assert_eq!(pro.consultation(&asked.name).await.unwrap(), asked);
    let psb = world.agency("PSB").await;
    let hidden = psb.consultation(&asked.name).await.unwrap_err();
    assert_told(&hidden, Code::NotFound, "NOT_FOUND");
    let hidden = psb.answers(answer(&psb, &asked)).await.unwrap_err();
    assert_told(&hidden, Code::NotFound, "NOT_FOUND");
    assert!(psb.consultations("").await.is_empty());

    let own = mkt.answers(answer(&mkt, &asked)).await.unwrap_err();
    assert_told(&own, Code::PermissionDenied, "NOT_YOUR_STEP");
    let answered = pro.answers(answer(&pro, &asked)).await.unwrap();
    assert_eq!(answered.state(), pb::ConsultationState::Answered);
    assert_eq!((answered.late, answered.terms[0].state()), (false, pb::TermState::Kept));
    let events = mkt.watch_until(|events| events.len() >= 2).await;
    let kinds: Vec<_> = events.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(kinds, ["CONSULTATION_ASKED", "CONSULTATION_ANSWERED"]);
    let again = pro.answers(answer(&pro, &answered)).await.unwrap_err();
    assert_told(&again, Code::FailedPrecondition, "WRONG_STATE");
    assert_eq!(rule(&again).0, "SEED-14");
    assert!(again.get_details_localized_message().is_some(), "in Chinese too");
}

#[tokio::test(flavor = "multi_thread")]
async fn asked_about_a_docket_the_other_body_sees_what_is_attached_and_not_the_docket() {
    let case = Case::new().await;
    let about =
        pb::AskConsultationRequest { docket: case.docket.clone(), ..question(&case.mkt, "PSB") };
    let asked = case.mkt.ask(about.clone()).await.unwrap();
    let seen = case.psb.consultation(&asked.name).await.unwrap();
    assert_eq!(seen.attachments, about.attachments);
    let request = pb::GetDocketRequest { name: case.docket.clone() };
    let hidden = case.psb.client.clone().get_docket(request).await.unwrap_err();
    assert_told(&hidden, Code::NotFound, "NOT_FOUND");
    let events = case.mkt.timeline(&case.docket).await;
    assert!(events.iter().any(|event| event.kind == "CONSULTATION_ASKED"), "{events:?}");
    let filter = format!("docket = \"{}\" AND asked = \"PSB\"", case.docket);
    assert_eq!(case.mkt.consultations(&filter).await, [asked]);

    let stranger = case.world.agency("CAE").await;
    let of_others =
        pb::AskConsultationRequest { docket: case.docket.clone(), ..question(&stranger, "PSB") };
    let hidden = stranger.ask(of_others).await.unwrap_err();
    assert_told(&hidden, Code::NotFound, "NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_term_stands_still_while_material_is_awaited_once() {
    let world = World::new().await;
    let (mkt, pro) = (world.agency("MKT").await, world.agency("PRO").await);
    let asked = mkt.ask(question(&mkt, "PRO")).await.unwrap();
    let due = asked.terms[0].due_time.unwrap();
    world.clock.set(local("2026-03-04 10:00"));
    let waiting = pro.client.clone().request_consultation_material(back(&pro, &asked)).await;
    let waiting = waiting.unwrap().into_inner().consultation.unwrap();
    assert_eq!(waiting.terms[0].state(), pb::TermState::Suspended);

    world.clock.set(local("2026-03-06 10:00"));
    let supplied = mkt.client.clone().supply_consultation_material(supply(&mkt, &waiting)).await;
    let supplied = supplied.unwrap().into_inner().consultation.unwrap();
    assert_eq!(supplied.attachments.len(), 2);
    assert_eq!(supplied.terms[0].due_time.unwrap().seconds, due.seconds + 2 * 86_400);
    let again = pro.client.clone().request_consultation_material(back(&pro, &supplied)).await;
    let again = again.unwrap_err();
    assert_told(&again, Code::FailedPrecondition, "RULE_BROKEN");
    let stale = pro.answers(answer(&pro, &asked)).await.unwrap_err();
    assert_told(&stale, Code::Aborted, "STALE");
    let told = told(&world).await;
    let states: Vec<_> = told.iter().map(|one| (&*one.receiver, &*one.state)).collect();
    let wanted =
        [("PRO", "SENT"), ("PRO", "ACKNOWLEDGED"), ("MKT", "SENT"), ("MKT", "ACKNOWLEDGED")];
    assert_eq!(states, wanted, "what is wanted back is on its way until it is supplied");
    assert!(told.iter().all(|one| !one.title.is_empty()));
    let withdrawn = mkt.client.clone().withdraw_consultation(withdrawal(&mkt, &supplied)).await;
    let withdrawn = withdrawn.unwrap().into_inner().consultation.unwrap();
    assert_eq!(withdrawn.state(), pb::ConsultationState::Withdrawn);
    assert_eq!(withdrawn.terms[0].state(), pb::TermState::Lapsed);
}

/// The exchanges of the journal, row by row.
async fn told(world: &World) -> Vec<Exchange> {
    let rows = journal::all(world).await;
    rows.iter().flat_map(|row| Marks::decode(row.marks.as_slice()).unwrap().exchanges).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wanted_back_is_waited_for_no_longer_once_the_question_is_answered() {
    let world = World::new().await;
    let (mkt, pro) = (world.agency("MKT").await, world.agency("PRO").await);
    for ends in ["answered", "taken back"] {
        let asked = mkt.ask(question(&mkt, "PRO")).await.unwrap();
        let waiting = pro.client.clone().request_consultation_material(back(&pro, &asked)).await;
        let waiting = waiting.unwrap().into_inner().consultation.unwrap();
        if ends == "answered" {
            pro.answers(answer(&pro, &waiting)).await.unwrap();
        } else {
            let back = withdrawal(&mkt, &waiting);
            mkt.client.clone().withdraw_consultation(back).await.unwrap();
        }
        let mut last = BTreeMap::new();
        let ours = told(&world).await.into_iter().filter(|one| one.id.starts_with(&asked.name));
        last.extend(ours.map(|one| (one.receiver, one.state)));
        let wanted = [("MKT", "WITHDRAWN"), ("PRO", "ACKNOWLEDGED")];
        let wanted = wanted.map(|(body, state)| (body.to_owned(), state.to_owned()));
        assert_eq!(last, BTreeMap::from(wanted), "{ends}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_answers_to_one_etag_at_once_one_is_taken() {
    let world = World::new().await;
    let (mkt, pro) = (world.agency("MKT").await, world.agency("PRO").await);
    let asked = mkt.ask(question(&mkt, "PRO")).await.unwrap();
    let back = withdrawal(&mkt, &asked);
    let mut client = mkt.client.clone();
    let (answered, withdrawn) =
        tokio::join!(pro.answers(answer(&pro, &asked)), client.withdraw_consultation(back));
    let refused = match (answered, withdrawn) {
        (Ok(_), Err(refused)) | (Err(refused), Ok(_)) => refused,
        both => panic!("one of the two is taken: {both:?}"),
    };
    assert_told(&refused, Code::Aborted, "STALE");
    let exchanges = told(&world).await;
    assert_eq!(exchanges.len(), 2, "it comes to rest once: {exchanges:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_or_filter_that_no_engine_reads_is_not_found_or_named() {
    let world = World::new().await;
    let mkt = world.agency("MKT").await;
    let hidden = mkt.consultation("consultations/\0").await.unwrap_err();
    assert_told(&hidden, Code::NotFound, "NOT_FOUND");
    let hidden =
        mkt.client.clone().get_docket(pb::GetDocketRequest { name: "\0".to_owned() }).await;
    assert_told(&hidden.unwrap_err(), Code::NotFound, "NOT_FOUND");
    assert_told(&mkt.get("referrals/\0").await.unwrap_err(), Code::NotFound, "NOT_FOUND");
    let list =
        pb::ListConsultationsRequest { filter: "asker = M\0".to_owned(), ..Default::default() };
    let refusal = mkt.client.clone().list_consultations(list).await.unwrap_err();
    assert_eq!(fields(&refusal), ["filter"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_workers_raise_each_rung_once_and_a_late_answer_is_taken_and_marked() {
    let world = World::new().await;
    let (mkt, pro) = (world.agency("MKT").await, world.agency("PRO").await);
    let asked = mkt.ask(question(&mkt, "PRO")).await.unwrap();
    let second = world.replica(referral::Calendar::open("").unwrap()).await;
    let workers = [start(&world.referral), start(&second)];
    world.clock.set(local("2026-03-20 10:00"));
    let rungs = |events: &[pb::Event]| events.iter().filter(|e| e.kind == "TERM_RUNG").count();
    mkt.watch_until(|events| rungs(events) >= 3).await;
    for worker in workers {
        finish(worker).await;
    }
    let events = mkt.watch("", 0).await;
    let steps: Vec<_> = events.iter().map(|event| event.step.as_str()).collect();
    assert_eq!(steps, ["", "HALF", "NEAR", "OVERDUE"], "each once, and for the asker to see");

    let seen = pro.consultation(&asked.name).await.unwrap();
    assert_eq!(seen.etag, asked.etag, "a warning changes no etag");
    assert_eq!(pro.consultations("late = true").await.len(), 1);
    let answered = pro.answers(answer(&pro, &seen)).await.unwrap();
    assert_eq!((answered.late, answered.terms[0].state()), (true, pb::TermState::Missed));
    assert_eq!(mkt.consultations("late = true AND state = \"ANSWERED\"").await, [answered]);
    assert!(mkt.consultations("late = false").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_field_at_fault_is_named_and_only_two_sides_consult() {
    let world = World::new().await;
    let (mkt, oeo) = (world.agency("MKT").await, world.agency("OEO").await);
    let wrong = pb::AskConsultationRequest {
        request_id: "1".to_owned(),
        asked: "?".to_owned(),
        docket: "dockets/1".to_owned(),
        question: " ".to_owned(),
        attachments: vec![pb::Attachment { sha256: "zz".to_owned(), ..Default::default() }],
        officer: String::new(),
    };
    let refusal = mkt.ask(wrong).await.unwrap_err();
    assert_told(&refusal, Code::InvalidArgument, "FIELDS");
    let named = [
        "request_id",
        "asked",
        "docket",
        "question",
        "officer",
        "attachments[0].title",
        "attachments[0].sha256",
    ];
    assert_eq!(fields(&refusal), named);
    for (by, asked, id) in [(&mkt, "CAE", "SEED-14"), (&oeo, "PRO", "13.10")] {
        let refusal = by.ask(question(by, asked)).await.unwrap_err();
        assert_told(&refusal, Code::FailedPrecondition, "RULE_BROKEN");
        assert_eq!(rule(&refusal).0, id);
    }
    let unknown = mkt.ask(question(&mkt, "XYZ")).await.unwrap_err();
    assert_told(&unknown, Code::InvalidArgument, "FIELDS");
    let officer =
        pb::AskConsultationRequest { officer: "PSB-01".to_owned(), ..question(&mkt, "PRO") };
    let refusal = mkt.ask(officer).await.unwrap_err();
    assert_eq!(fields(&refusal), ["officer"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_question_is_asked_once() {
    let world = World::new().await;
    let mkt = world.agency("MKT").await;
    let request = question(&mkt, "PRO");
    let first = mkt.ask(request.clone()).await.unwrap();
    world.clock.set(local("2026-03-05 10:00"));
    assert_eq!(mkt.ask(request.clone()).await.unwrap(), first);
    assert_eq!(mkt.consultations("").await.len(), 1);
    let other = pb::AskConsultationRequest { question: "另问".to_owned(), ..request };
    let refusal = mkt.ask(other).await.unwrap_err();
    assert_told(&refusal, Code::AlreadyExists, "REQUEST_ID_REUSED");
}

fn alarm(by: &Party, docket: &str) -> pb::NotifyEarlyInvolvementRequest {
    pb::NotifyEarlyInvolvementRequest {
        request_id: id(),
        docket: docket.to_owned(),
        dangers: vec![
            pb::EarlyInvolvementDanger::Flight.into(),
            pb::EarlyInvolvementDanger::MovingProperty.into(),
        ],
        facts: "当事人已转移货款".to_owned(),
        to_agency: String::new(),
        officer: by.officer("01"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_police_are_told_at_once_and_answer_and_the_procuratorate_sees_it() {
    let case = Case::new().await;
    let request = alarm(&case.mkt, &case.docket);
    let told = case.mkt.client.clone().notify_early_involvement(request).await.unwrap();
    let told = told.into_inner().early_involvement.unwrap();
    assert_eq!((told.to_agency.as_str(), told.terms[0].rule.as_str()), ("PSB", "T-09b"));
    assert!(told.terms[0].service_target);
    let get = pb::GetEarlyInvolvementRequest { name: told.name.clone() };
    let seen = case.pro.client.clone().get_early_involvement(get.clone()).await.unwrap();
    assert_eq!(seen.into_inner().early_involvement.unwrap(), told);
    let stranger = case.world.agency("CAE").await;
    let hidden = stranger.client.clone().get_early_involvement(get).await.unwrap_err();
    assert_told(&hidden, Code::NotFound, "NOT_FOUND");

    let answer = pb::AnswerEarlyInvolvementRequest {
        request_id: id(),
        name: told.name.clone(),
        etag: told.etag.clone(),
        joins: true,
        answer: "即派员到场".to_owned(),
        officer: case.psb.officer("01"),
    };
    let other = pb::AnswerEarlyInvolvementRequest {
        officer: case.pro.officer("01"),
        request_id: id(),
        ..answer.clone()
    };
    let refusal = case.pro.client.clone().answer_early_involvement(other).await.unwrap_err();
    assert_told(&refusal, Code::PermissionDenied, "NOT_YOUR_STEP");
    let joined = case.psb.client.clone().answer_early_involvement(answer).await.unwrap();
    let joined = joined.into_inner().early_involvement.unwrap();
    assert_eq!((joined.state(), joined.late), (pb::EarlyInvolvementState::Joined, false));
    let kinds: Vec<_> =
        case.mkt.timeline(&case.docket).await.into_iter().map(|event| event.kind).collect();
    assert!(kinds.contains(&"EARLY_INVOLVEMENT_NOTIFIED".to_owned()), "{kinds:?}");
    assert!(kinds.contains(&"EARLY_INVOLVEMENT_ANSWERED".to_owned()));
    let list = pb::ListEarlyInvolvementsRequest {
        filter: "state = \"JOINED\" AND from_agency = \"MKT\"".to_owned(),
        ..Default::default()
    };
    let page = case.pro.client.clone().list_early_involvements(list).await.unwrap().into_inner();
    assert_eq!(page.early_involvements, [joined]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alarm_without_danger_or_about_a_case_of_others_is_refused() {
    let case = Case::new().await.delivered().await;
    let blank = pb::NotifyEarlyInvolvementRequest {
        dangers: Vec::new(),
        facts: String::new(),
        ..alarm(&case.mkt, &case.docket)
    };
    let refusal = case.mkt.client.clone().notify_early_involvement(blank).await.unwrap_err();
    assert_eq!(fields(&refusal), ["dangers", "facts"]);
    let of_others = alarm(&case.pro, &case.docket);
    let refusal = case.pro.client.clone().notify_early_involvement(of_others).await.unwrap_err();
    assert_told(&refusal, Code::FailedPrecondition, "RULE_BROKEN");
    assert_eq!(rule(&refusal).0, "T-09b");
}
