//! Hand-overs that the decision of a dispute orders: proposed in the giver's name, counted and signed as
//! any other.

use proto::evidence::v1 as pb;
use tonic::{Code, Status};

use crate::{
    case::{Case, thing},
    hand_over::{as_listed, proposal},
    world::{Client, Party, World, assert_told, fields, id, rule},
};

/// A docket, and a dossier of MKT's about it.
struct Ordered {
    case: Case,
    docket: String,
    dossier: String,
    arbitration: Client,
}

impl Ordered {
    async fn new() -> Self {
        let case = Case::new().await;
        let arbitration =
            case.world.caller(&case.world.evidence, World::service("arbitration")).await;
        let docket = format!("dockets/{}", id());
        let mut ordered = Self { case, docket, dossier: String::new(), arbitration };
        ordered.dossier = ordered.open("B-1").await;
        ordered
    }

    async fn open(&self, case_no: &str) -> String {
        let mkt = &self.case.mkt;
        let request = pb::OpenDossierRequest {
            request_id: id(),
            title: "非法占用农用地".to_owned(),
            case_no: case_no.to_owned(),
            docket: self.docket.clone(),
            investigators: vec![mkt.officer("01"), mkt.officer("02")],
            officer: mkt.officer("01"),
        };
        let opened = mkt.client.clone().open_dossier(request).await.unwrap().into_inner();
        opened.dossier.unwrap().name
    }

    async fn add(&self, code: &str) -> pb::Item {
        self.case.mkt.add(&self.dossier, thing(code)).await
    }

    /// MKT acted until now; CAE is competent.
    fn order(&self) -> pb::OrderHandOverRequest {
        pb::OrderHandOverRequest {
            request_id: id(),
            dispute: format!("disputes/{}", id()),
            docket: self.docket.clone(),
            giver: "MKT".to_owned(),
            receiver: "CAE".to_owned(),
        }
    }

    async fn ordered(&self, request: pb::OrderHandOverRequest) -> Result<Vec<String>, Status> {
        Ok(self.answered(request).await?.hand_overs)
    }

    async fn answered(
        &self,
        request: pb::OrderHandOverRequest,
    ) -> Result<pb::OrderHandOverResponse, Status> {
        Ok(self.arbitration.clone().order_hand_over(request).await?.into_inner())
    }

    /// What MKT proposes by hand because the decision orders it.
    fn by_hand(&self, dispute: &str, item: &pb::Item) -> pb::ProposeHandOverRequest {
        pb::ProposeHandOverRequest {
            dossier: item.dossier.clone(),
            purpose: pb::HandOverPurpose::Dispute.into(),
            dispute: dispute.to_owned(),
            receiver: "CAE".to_owned(),
            ..proposal(&self.case, &[item])
        }
    }
}

fn counted_by(receiver: &Party, of: &pb::HandOver) -> pb::CountHandOverRequest {
    pb::CountHandOverRequest {
        officer: receiver.officer("01"),
        custodian: receiver.officer("06"),
        investigators: vec![receiver.officer("01")],
        ..as_listed(of)
    }
}

#[tokio::test]
async fn what_the_giver_holds_of_the_docket_is_listed_and_goes_to_the_competent_body() {
    let all = Ordered::new().await;
    let (mkt, cae) = (&all.case.mkt, &all.case.stranger);
    let (first, second) = (all.add("A").await, all.add("B").await);
    // Of another dossier, which is not of the docket.
    all.case.thing("C").await;
    let request = all.order();
    let names = all.ordered(request.clone()).await.unwrap();
    assert_eq!(names.len(), 1);
    let proposed = cae.hand_over(&names[0]).await.unwrap();
    assert_eq!(proposed, mkt.hand_over(&names[0]).await.unwrap(), "both see it");
    assert_eq!(proposed.purpose(), pb::HandOverPurpose::Dispute);
    assert_eq!(proposed.state(), pb::HandOverState::Proposed);
    assert_eq!((proposed.giver.as_str(), proposed.receiver.as_str()), ("MKT", "CAE"));
    assert_eq!((proposed.dispute.as_str(), proposed.referral.as_str()), (&*request.dispute, ""));
    assert_eq!(proposed.giver_officer, "", "nobody has signed for the giver");
    let listed: Vec<_> = proposed.lines.iter().map(|line| line.item.clone()).collect();
    assert_eq!(listed, [first.name.clone(), second.name]);
    assert_eq!(cae.item(&first.name).await.unwrap().custody.unwrap().hand_over, names[0]);

    let counted = cae.count(counted_by(cae, &proposed)).await.unwrap();
    assert_eq!(evidence::sheet::list_sha256(&counted), counted.list_sha256);
    mkt.sign(&counted).await.unwrap();
    let done = cae.sign(&counted).await.unwrap();
    assert_eq!(done.state(), pb::HandOverState::Completed);
    assert_eq!(evidence::sheet::list_sha256(&done), counted.list_sha256, "what both signed");
    let signers: Vec<_> = done.signatures.iter().map(|one| one.officer.as_str()).collect();
    assert_eq!(signers, ["MKT-01", "CAE-01"]);
    assert!(done.copies.iter().any(|copy| copy.copy == "FILE" && copy.held_by == "CAE"));
    let custody = cae.item(&first.name).await.unwrap().custody.unwrap();
    assert_eq!((custody.holder.as_str(), custody.hand_over.as_str()), ("CAE", ""));
}

#[tokio::test]
async fn a_decision_orders_it_once_however_often_it_is_told() {
    let all = Ordered::new().await;
    all.add("A").await;
    let request = all.order();
    let names = all.ordered(request.clone()).await.unwrap();
    assert_eq!(all.ordered(request.clone()).await.unwrap(), names);
    let again = pb::OrderHandOverRequest { request_id: id(), ..request.clone() };
    assert_eq!(all.ordered(again).await.unwrap(), names);
    let other = pb::OrderHandOverRequest { receiver: "PSB".to_owned(), ..request };
    let refusal = all.ordered(other).await.unwrap_err();
    assert_told(&refusal, Code::AlreadyExists, "REQUEST_ID_REUSED");
    let listed = all.case.mkt.hand_overs("", 100, "").await.unwrap().hand_overs;
    assert_eq!(listed.len(), 1);
}

#[tokio::test]
async fn what_is_in_another_open_hand_over_or_not_the_givers_is_left_out() {
    let all = Ordered::new().await;
    let mkt = &all.case.mkt;
    assert_eq!(all.ordered(all.order()).await.unwrap(), [""; 0], "there is nothing yet");
    let (listed, free) = (all.add("A").await, all.add("B").await);
    let elsewhere = pb::ProposeHandOverRequest {
        dossier: all.dossier.clone(),
        ..proposal(&all.case, &[&listed])
    };
    mkt.propose(elsewhere).await.unwrap();
    let second = all.open("B-2").await;
    let other = mkt.add(&second, thing("A")).await;
    let names = all.ordered(all.order()).await.unwrap();
    assert_eq!(names.len(), 2, "one for each dossier");
    let mut items = Vec::new();
    for name in &names {
        let hand_over = mkt.hand_over(name).await.unwrap();
        items.extend(hand_over.lines.into_iter().map(|line| line.item));
    }
    items.sort();
    let mut expected = [free.name, other.name];
    expected.sort();
    assert_eq!(items, expected);
    // CAE holds nothing of it: for the other way round there is nothing to order.
    let back = pb::OrderHandOverRequest {
        giver: "CAE".to_owned(),
        receiver: "MKT".to_owned(),
        ..all.order()
    };
    assert_eq!(all.ordered(back).await.unwrap(), [""; 0]);
}

#[tokio::test]
async fn a_list_that_would_be_too_long_becomes_several() {
    let all = Ordered::new().await;
    for number in 0..60 {
        let long = "长".repeat(1300);
        let (features, source, condition) = (long.clone(), long.clone(), long);
        let item = pb::Item { features, source, condition, ..thing(&format!("L-{number}")) };
        all.case.mkt.add(&all.dossier, item).await;
    }
    let names = all.ordered(all.order()).await.unwrap();
    assert_eq!(names.len(), 2);
    let mut lines = 0;
    for name in &names {
        lines += all.case.mkt.hand_over(name).await.unwrap().lines.len();
    }
    assert_eq!(lines, 60);
}

#[tokio::test]
async fn the_giver_cannot_take_it_back_and_the_receiver_may_refuse_it() {
    let all = Ordered::new().await;
    let item = all.add("A").await;
    let names = all.ordered(all.order()).await.unwrap();
    let proposed = all.case.mkt.hand_over(&names[0]).await.unwrap();
    let refusal = all.case.mkt.withdraw(&proposed).await.unwrap_err();
    assert_told(&refusal, Code::FailedPrecondition, "RULE_BROKEN");
    let (id, _, article) = rule(&refusal);
    assert!(id == "E-12" && article.contains("条例 art. 11, 18"), "{article}");
    assert!(refusal.message().contains(&proposed.dispute), "{refusal:?}");
    all.case.stranger.refuse(&proposed).await.unwrap();
    let custody = all.case.mkt.item(&item.name).await.unwrap().custody.unwrap();
    assert_eq!((custody.holder.as_str(), custody.hand_over.as_str()), ("MKT", ""));
}

#[tokio::test]
async fn no_measure_ends_with_it() {
    let all = Ordered::new().await;
    let measure = pb::Measure {
        kind: pb::MeasureKind::Seizure.into(),
        start_date: "2026-03-01".to_owned(),
        decision_no: "扣〔2026〕1号".to_owned(),
        approved_by: "MKT-04".to_owned(),
        ..pb::Measure::default()
    };
    let item = pb::Item { measure: Some(measure), ..thing("A") };
    let item = all.case.mkt.add(&all.dossier, item).await;
    let names = all.ordered(all.order()).await.unwrap();
    let (mkt, cae) = (&all.case.mkt, &all.case.stranger);
    let proposed = cae.hand_over(&names[0]).await.unwrap();
    let counted = cae.count(counted_by(cae, &proposed)).await.unwrap();
    cae.sign(&counted).await.unwrap();
    mkt.sign(&counted).await.unwrap();
    let measure = cae.item(&item.name).await.unwrap().measure.unwrap();
    assert_eq!(measure.state(), pb::MeasureState::Running, "what the former body did stays valid");
}

#[tokio::test]
async fn the_answer_counts_what_was_skipped_and_the_giver_proposes_that_by_hand_later() {
    let all = Ordered::new().await;
    let (mkt, cae) = (&all.case.mkt, &all.case.stranger);
    let (away, _free) = (all.add("A").await, all.add("B").await);
    let elsewhere = pb::ProposeHandOverRequest {
        dossier: all.dossier.clone(),
        ..proposal(&all.case, &[&away])
    };
    let elsewhere = mkt.propose(elsewhere).await.unwrap();
    let order = all.order();
    let answer = all.answered(order.clone()).await.unwrap();
    assert_eq!((answer.hand_overs.len(), answer.skipped_items), (1, 1));
    let refusal = mkt.propose(all.by_hand(&order.dispute, &away)).await.unwrap_err();
    assert_told(&refusal, Code::FailedPrecondition, "RULE_BROKEN");

    mkt.withdraw(&elsewhere).await.unwrap();
    let proposed = mkt.propose(all.by_hand(&order.dispute, &away)).await.unwrap();
    assert_eq!(proposed.purpose(), pb::HandOverPurpose::Dispute);
    assert_eq!((proposed.dispute.as_str(), &*proposed.giver_officer), (&*order.dispute, "MKT-01"));
    let refusal = mkt.withdraw(&proposed).await.unwrap_err();
    assert_eq!(rule(&refusal).0, "E-12", "it is ordered all the same");
    let counted = cae.count(counted_by(cae, &proposed)).await.unwrap();
    mkt.sign(&counted).await.unwrap();
    cae.sign(&counted).await.unwrap();
    assert_eq!(cae.item(&away.name).await.unwrap().custody.unwrap().holder, "CAE");
    // Told once more, it is the same order, and nothing is left over.
    let again = pb::OrderHandOverRequest { request_id: id(), ..order };
    let answer = all.answered(again).await.unwrap();
    assert_eq!((answer.hand_overs.len(), answer.skipped_items), (2, 0));
}

#[tokio::test]
async fn what_the_receiver_refused_the_giver_proposes_again_by_hand() {
    let all = Ordered::new().await;
    let (mkt, cae) = (&all.case.mkt, &all.case.stranger);
    let item = all.add("A").await;
    let order = all.order();
    let names = all.ordered(order.clone()).await.unwrap();
    cae.refuse(&mkt.hand_over(&names[0]).await.unwrap()).await.unwrap();
    let proposed = mkt.propose(all.by_hand(&order.dispute, &item)).await.unwrap();
    assert_eq!(cae.hand_over(&proposed.name).await.unwrap(), proposed);
}

#[tokio::test]
async fn an_order_that_found_nothing_free_is_kept_for_the_giver() {
    let all = Ordered::new().await;
    let order = all.order();
    let answer = all.answered(order.clone()).await.unwrap();
    assert_eq!(answer, pb::OrderHandOverResponse::default());
    let late = all.add("A").await;
    all.case.mkt.propose(all.by_hand(&order.dispute, &late)).await.unwrap();
}

#[tokio::test]
async fn by_hand_it_is_proposed_only_as_it_is_ordered() {
    let all = Ordered::new().await;
    let mkt = &all.case.mkt;
    let item = all.add("A").await;
    let (order, other) = (all.order(), format!("disputes/{}", id()));
    let by_hand = all.by_hand(&order.dispute, &item);
    let refusal = mkt.propose(by_hand.clone()).await.unwrap_err();
    assert_told(&refusal, Code::InvalidArgument, "FIELDS");
    assert_eq!((fields(&refusal), rule(&refusal).0.as_str()), (vec!["dispute".into()], "E-12"));
    let names = all.ordered(order.clone()).await.unwrap();
    all.case.stranger.refuse(&mkt.hand_over(&names[0]).await.unwrap()).await.unwrap();
    let spoil: [fn(&mut pb::ProposeHandOverRequest); 2] =
        [|one| one.receiver = "PSB".to_owned(), |one| one.dispute.clear()];
    for spoil in spoil {
        let mut spoilt = pb::ProposeHandOverRequest { request_id: id(), ..by_hand.clone() };
        spoil(&mut spoilt);
        assert_eq!(fields(&mkt.propose(spoilt).await.unwrap_err()), ["dispute"]);
    }
    let refusal = mkt.propose(all.by_hand(&other, &item)).await.unwrap_err();
    assert_eq!(fields(&refusal), ["dispute"]);
    let named = pb::ProposeHandOverRequest {
        purpose: pb::HandOverPurpose::OtherAgency.into(),
        ..all.by_hand(&order.dispute, &item)
    };
    assert_eq!(fields(&mkt.propose(named).await.unwrap_err()), ["dispute"]);
    // A dossier about another docket is not what the decision speaks of.
    let mut elsewhere = Ordered { docket: format!("dockets/{}", id()), ..all };
    elsewhere.dossier = elsewhere.open("B-9").await;
    let strange = elsewhere.add("A").await;
    let refusal = elsewhere.case.mkt.propose(elsewhere.by_hand(&order.dispute, &strange)).await;
    assert_eq!(fields(&refusal.unwrap_err()), ["dispute"]);
}

#[tokio::test]
async fn only_arbitration_orders_it_and_every_fault_is_named() {
    let all = Ordered::new().await;
    let empty = pb::OrderHandOverRequest::default();
    let refusal = all.ordered(empty).await.unwrap_err();
    assert_told(&refusal, Code::InvalidArgument, "FIELDS");
    assert_eq!(fields(&refusal), ["request_id", "dispute", "docket", "giver", "receiver"]);
    let itself = pb::OrderHandOverRequest { receiver: "MKT".to_owned(), ..all.order() };
    assert_eq!(fields(&all.ordered(itself).await.unwrap_err()), ["receiver"]);
    let nobody = pb::OrderHandOverRequest { receiver: "NOBODY".to_owned(), ..all.order() };
    assert_eq!(fields(&all.ordered(nobody).await.unwrap_err()), ["receiver"]);
    let mkt = all.case.mkt.client.clone().order_hand_over(all.order()).await.unwrap_err();
    assert_eq!(mkt.code(), Code::PermissionDenied);
}
