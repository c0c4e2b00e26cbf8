//! What an offer shows and for how long, who may keep what is taken over, when nothing is left to hand
//! over, and where things may be given back to.

use proto::evidence::v1 as pb;
use tonic::Code;

use crate::{
    case::{Case, thing},
    custody::event,
    hand_over::{as_listed, proposal},
    world::{Party, assert_told, fields, id, rule},
};

/// Whether a body sees an item.
async fn sees(party: &Party, item: &pb::Item) -> bool {
    party.item(&item.name).await.is_ok()
}

/// Whether a body sees a dossier.
async fn sees_dossier(party: &Party, case: &Case) -> bool {
    let request = pb::GetDossierRequest { name: case.dossier.clone() };
    party.client.clone().get_dossier(request).await.is_ok()
}

#[tokio::test]
async fn an_offer_that_comes_to_nothing_shows_nothing_any_more() {
    let case = Case::new().await;
    let item = case.thing("A").await;
    let content = case.attach(&case.mkt, &item.name, pb::ContentRole::Photo, b"a picture").await;
    for by_receiver in [true, false] {
        let proposed = case.mkt.propose(proposal(&case, &[&item])).await.unwrap();
        assert!(sees(&case.psb, &item).await && sees_dossier(&case.psb, &case).await);
        match by_receiver {
            true => case.psb.refuse(&proposed).await.unwrap(),
            false => case.mkt.withdraw(&proposed).await.unwrap(),
        };
        assert!(!sees(&case.psb, &item).await && !sees_dossier(&case.psb, &case).await);
        let read = pb::ReadContentRequest { name: content.name.clone(), ..Default::default() };
        let status = case.psb.client.clone().read_content(read).await.unwrap_err();
        assert_told(&status, Code::NotFound, "NOT_FOUND");
        assert!(sees(&case.mkt, &item).await && sees_dossier(&case.mkt, &case).await);
        // What happened to the offer itself stays with both sides, also in the journal.
        case.psb.hand_over(&proposed.name).await.unwrap();
        let rows = case.psb.trace(&case.dossier, 1000).await.unwrap();
        assert!(rows.iter().any(|row| row.resource == proposed.name));
        assert!(rows.iter().all(|row| row.resource != item.name));
    }
    let status = case.stranger.trace(&case.dossier, 10).await.unwrap_err();
    assert_told(&status, Code::NotFound, "NOT_FOUND");
}

#[tokio::test]
async fn a_line_that_is_not_accepted_is_not_shown_any_more_and_what_was_held_is() {
    let case = Case::new().await;
    let (taken, left) = (case.thing("A").await, case.thing("B").await);
    let proposed = case.mkt.propose(proposal(&case, &[&taken, &left])).await.unwrap();
    let mut request = as_listed(&proposed);
    request.counts[1].accepted = false;
    request.counts[1].discrepancy = "不是本案物品".to_owned();
    let counted = case.psb.count(request).await.unwrap();
    case.mkt.sign(&counted).await.unwrap();
    case.psb.sign(&counted).await.unwrap();
    assert!(sees(&case.psb, &taken).await && sees_dossier(&case.psb, &case).await);
    assert!(!sees(&case.psb, &left).await);

    // It gives the item back, is offered it again, and refuses: it held the item once.
    let back = pb::ProposeHandOverRequest {
        receiver: "MKT".to_owned(),
        purpose: pb::HandOverPurpose::Return.into(),
        officer: "PSB-01".to_owned(),
        ..proposal(&case, &[&taken])
    };
    let proposed = case.psb.propose(back).await.unwrap();
    let request = pb::CountHandOverRequest {
        officer: "MKT-01".to_owned(),
        custodian: "MKT-06".to_owned(),
        investigators: Vec::new(),
        ..as_listed(&proposed)
    };
    let counted = case.mkt.count(request).await.unwrap();
    case.psb.sign(&counted).await.unwrap();
    case.mkt.sign(&counted).await.unwrap();
    let again = case.mkt.propose(proposal(&case, &[&taken])).await.unwrap();
    case.psb.refuse(&again).await.unwrap();
    assert!(sees(&case.psb, &taken).await && sees_dossier(&case.psb, &case).await);
}

#[tokio::test]
async fn who_investigates_for_the_receiver_keeps_nothing_then_and_later() {
    let case = Case::new().await;
    let item = case.thing("A").await;
    let proposed = case.mkt.propose(proposal(&case, &[&item])).await.unwrap();
    let with = |investigators: &[&str], custodian: &str| pb::CountHandOverRequest {
        investigators: investigators.iter().map(|one| (*one).to_owned()).collect(),
        custodian: custodian.to_owned(),
        ..as_listed(&proposed)
    };
    let unsaid = case.psb.count(with(&[], "PSB-06")).await.unwrap_err();
    assert_eq!(fields(&unsaid), ["investigators"]);
    assert_eq!(rule(&unsaid).0, "E-10");
    let foreign = case.psb.count(with(&["PSB-01", "MKT-01"], "PSB-06")).await.unwrap_err();
    assert_eq!(fields(&foreign), ["investigators[1]"]);
    let twice = case.psb.count(with(&["PSB-02", "PSB-02"], "PSB-06")).await.unwrap_err();
    assert_eq!(fields(&twice), ["investigators"]);
    // PSB-02 investigates; PSB-01 counts.
    let status = case.psb.count(with(&["PSB-02"], "PSB-02")).await.unwrap_err();
    assert_told(&status, Code::PermissionDenied, "WRONG_OFFICER");
    let counted = case.psb.count(with(&["PSB-02"], "PSB-06")).await.unwrap();
    assert_eq!(counted.investigators, ["PSB-02"], "both sign who it is");
    assert_eq!(counted.list_sha256, evidence::sheet::list_sha256(&counted));
    case.mkt.sign(&counted).await.unwrap();
    case.psb.sign(&counted).await.unwrap();

    let stored = |item: &pb::Item, custodian: &str| pb::RecordCustodyRequest {
        custodian: custodian.to_owned(),
        storage_place: "一号库".to_owned(),
        ..event(item, pb::CustodyKind::Stored)
    };
    let held = case.read(&item).await;
    let status = case.psb.record(stored(&held, "PSB-02")).await.unwrap_err();
    assert_told(&status, Code::PermissionDenied, "WRONG_OFFICER");
    let (held, _) = case.psb.record(stored(&held, "PSB-07")).await.unwrap();
    // Of the next list of the case as well.
    let next = case.thing("B").await;
    let proposed = case.mkt.propose(proposal(&case, &[&next])).await.unwrap();
    let request = pb::CountHandOverRequest {
        investigators: vec!["PSB-01".to_owned()],
        custodian: "PSB-02".to_owned(),
        ..as_listed(&proposed)
    };
    let status = case.psb.count(request).await.unwrap_err();
    assert_told(&status, Code::PermissionDenied, "WRONG_OFFICER");
    assert_eq!(case.assessed(&held).await.defects, []);
    // Were it written behind our back, it would be a defect.
    let sql = format!("UPDATE custody SET custodian = 'PSB-02' WHERE item = '{}'", held.name);
    case.world.sql(&sql).await;
    let codes: Vec<_> =
        case.assessed(&held).await.defects.into_iter().map(|one| one.code).collect();
    assert!(codes.contains(&"CUSTODIAN_IS_INVESTIGATOR:1".to_owned()), "{codes:?}");
}

impl Case {
    /// Counts and signs a list of MKT as one that completes a referral, which is no part of these
    /// tests: the row says so. Whether it ends the duty to hand over.
    async fn completes(&self, items: &[&pb::Item], refused: &[&str]) -> bool {
        let proposed = self.mkt.propose(proposal(self, items)).await.unwrap();
        let mut request = as_listed(&proposed);
        for (count, line) in request.counts.iter_mut().zip(&proposed.lines) {
            if refused.contains(&line.code.as_str()) {
                count.accepted = false;
                count.discrepancy = "未见此物".to_owned();
            }
        }
        let counted = self.psb.count(request).await.unwrap();
        let sql = format!(
            "UPDATE hand_over SET purpose = 'REFERRAL', referral = 'referrals/1', completes = TRUE \
             WHERE name = '{}'",
            counted.name
        );
        self.world.sql(&sql).await;
        self.mkt.sign(&counted).await.unwrap();
        self.psb.sign(&counted).await.unwrap();
        let fulfils = "SELECT count(*) AS n FROM hand_over WHERE fulfils AND name = ";
        self.world.count(&format!("{fulfils}'{}'", counted.name)).await == 1
    }
}

#[tokio::test]
async fn what_nobody_holds_any_more_does_not_keep_the_duty_open() {
    let case = Case::new().await;
    let (one, two, lost) = (case.thing("A").await, case.thing("B").await, case.thing("C").await);
    assert!(!case.completes(&[&one, &lost], &["C"]).await, "C is still with MKT");
    let gone = pb::RecordCustodyRequest {
        approved_by: "MKT-03".to_owned(),
        reason: "保管中灭失".to_owned(),
        ..event(&case.read(&lost).await, pb::CustodyKind::Destroyed)
    };
    case.mkt.record(gone).await.unwrap();
    assert!(case.completes(&[&two], &[]).await, "nobody holds C any more");
}

#[tokio::test]
async fn a_list_without_items_is_for_a_referral_that_it_completes() {
    let case = Case::new().await;
    let none = pb::ProposeHandOverRequest {
        purpose: pb::HandOverPurpose::Referral.into(),
        referral: format!("referrals/{}", id()),
        ..proposal(&case, &[])
    };
    let status = case.mkt.propose(none.clone()).await.unwrap_err();
    assert_eq!(fields(&status), ["items"], "it completes nothing");
    let completing = pb::ProposeHandOverRequest { completes: true, request_id: id(), ..none };
    let status = case.mkt.propose(completing).await.unwrap_err();
    assert_told(&status, Code::Unavailable, "REFERRAL_UNAVAILABLE");
}

#[tokio::test]
async fn a_thing_is_given_back_to_whom_it_came_from() {
    let case = Case::new().await;
    let item = case.thing("A").await;
    case.handed_over(&[&item]).await;
    let back = |receiver: &str| pb::ProposeHandOverRequest {
        request_id: id(),
        receiver: receiver.to_owned(),
        purpose: pb::HandOverPurpose::Return.into(),
        officer: "PSB-01".to_owned(),
        ..proposal(&case, &[&item])
    };
    let status = case.psb.propose(back("CAE")).await.unwrap_err();
    assert_told(&status, Code::FailedPrecondition, "RULE_BROKEN");
    assert!(status.message().contains("(A) did not come to PSB from CAE"), "{status:?}");
    let never = case.thing("B").await;
    let status = pb::ProposeHandOverRequest {
        purpose: pb::HandOverPurpose::Return.into(),
        ..proposal(&case, &[&never])
    };
    let status = case.mkt.propose(status).await.unwrap_err();
    assert!(status.message().contains("(B) did not come to MKT from PSB"), "{status:?}");
    case.psb.propose(back("MKT")).await.unwrap();
}

#[tokio::test]
async fn what_is_taken_home_from_another_bodys_store_is_kept_by_nobody_else() {
    let case = Case::new().await;
    let item = case.thing("A").await;
    let proposed = case.mkt.propose(proposal(&case, &[&item])).await.unwrap();
    let mut request = as_listed(&proposed);
    request.counts[0].kept_by = "AGR".to_owned();
    let counted = case.psb.count(request).await.unwrap();
    case.mkt.sign(&counted).await.unwrap();
    case.psb.sign(&counted).await.unwrap();
    let held = case.read(&item).await;
    assert_eq!(held.custody.as_ref().unwrap().kept_by, "AGR");
    let home = pb::RecordCustodyRequest {
        custodian: "PSB-07".to_owned(),
        storage_place: "本局物证室".to_owned(),
        ..event(&held, pb::CustodyKind::Stored)
    };
    let (home, event) = case.psb.record(home).await.unwrap();
    assert_eq!((home.custody.unwrap().kept_by.as_str(), event.kept_by.as_str()), ("", ""));
}

#[tokio::test]
async fn of_offers_made_and_taken_back_at_once_those_that_stand_are_seen() {
    let case = Case::new().await;
    for round in 0..5 {
        let (one, two) =
            (case.thing(&format!("A{round}")).await, case.thing(&format!("B{round}")).await);
        let first = case.mkt.propose(proposal(&case, &[&one])).await.unwrap();
        let (over, second) =
            tokio::join!(case.mkt.withdraw(&first), case.mkt.propose(proposal(&case, &[&two])));
        over.unwrap();
        let second = second.unwrap();
        assert!(sees(&case.psb, &two).await && sees_dossier(&case.psb, &case).await);
        assert!(!sees(&case.psb, &one).await);
        case.mkt.withdraw(&second).await.unwrap();
        assert!(!sees_dossier(&case.psb, &case).await);
    }
    let absent = thing("Z");
    assert!(!sees(&case.psb, &absent).await);
}
