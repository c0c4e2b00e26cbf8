//! Hand-overs from the proposal to the second signature, and how their sides make the calls.

use proto::evidence::v1 as pb;
use sha2::{Digest as _, Sha256};
use tonic::{Code, Status};

use crate::{
    case::{Case, data},
    world::{Party, World, assert_told, id},
};

/// MKT proposes to hand items of the case over to PSB, so that it may keep or use them.
pub(crate) fn proposal(case: &Case, items: &[&pb::Item]) -> pb::ProposeHandOverRequest {
    pb::ProposeHandOverRequest {
        request_id: id(),
        dossier: case.dossier.clone(),
        receiver: "PSB".to_owned(),
        purpose: pb::HandOverPurpose::OtherAgency.into(),
        items: items.iter().map(|item| item.name.clone()).collect(),
        place: "公安局物证室".to_owned(),
        officer: "MKT-01".to_owned(),
        ..Default::default()
    }
}

/// PSB finds everything as it was listed; PSB-06 will keep it.
pub(crate) fn as_listed(of: &pb::HandOver) -> pb::CountHandOverRequest {
    let counts = of.lines.iter().map(|line| pb::LineCount {
        line_no: line.line_no,
        counted_quantity: line.quantity.clone(),
        condition: line.condition.clone(),
        seal_no: line.seal_no.clone(),
        accepted: true,
        storage_place: "二号库".to_owned(),
        ..Default::default()
    });
    pb::CountHandOverRequest {
        request_id: id(),
        name: of.name.clone(),
        etag: of.etag.clone(),
        counts: counts.collect(),
        officer: "PSB-01".to_owned(),
        custodian: "PSB-06".to_owned(),
        investigators: vec!["PSB-01".to_owned(), "PSB-02".to_owned()],
    }
}

impl Party {
    pub(crate) async fn propose(
        &self,
        request: pb::ProposeHandOverRequest,
    ) -> Result<pb::HandOver, Status> {
        let answer = self.client.clone().propose_hand_over(request).await?;
        Ok(answer.into_inner().hand_over.unwrap())
    }

    pub(crate) async fn count(
        &self,
        request: pb::CountHandOverRequest,
    ) -> Result<pb::HandOver, Status> {
        let answer = self.client.clone().count_hand_over(request).await?;
        Ok(answer.into_inner().hand_over.unwrap())
    }

    pub(crate) async fn sign(&self, of: &pb::HandOver) -> Result<pb::HandOver, Status> {
        self.sign_so(of, |_| ()).await
    }

    pub(crate) async fn sign_so(
        &self,
        of: &pb::HandOver,
        change: impl FnOnce(&mut pb::SignHandOverRequest),
    ) -> Result<pb::HandOver, Status> {
        let mut request = pb::SignHandOverRequest {
            request_id: id(),
            name: of.name.clone(),
            list_sha256: of.list_sha256.clone(),
            officer: self.officer("01"),
        };
        change(&mut request);
        Ok(self.client.clone().sign_hand_over(request).await?.into_inner().hand_over.unwrap())
    }

    pub(crate) async fn refuse(&self, of: &pb::HandOver) -> Result<pb::HandOver, Status> {
        let request = pb::RefuseHandOverRequest {
            request_id: id(),
            name: of.name.clone(),
            reason: "与案件无关".to_owned(),
            officer: self.officer("01"),
        };
        Ok(self.client.clone().refuse_hand_over(request).await?.into_inner().hand_over.unwrap())
    }

    pub(crate) async fn withdraw(&self, of: &pb::HandOver) -> Result<pb::HandOver, Status> {
        let request = pb::WithdrawHandOverRequest {
            request_id: id(),
            name: of.name.clone(),
            reason: "清单有误".to_owned(),
            officer: self.officer("01"),
        };
        Ok(self.client.clone().withdraw_hand_over(request).await?.into_inner().hand_over.unwrap())
    }

    pub(crate) async fn hand_over(&self, name: &str) -> Result<pb::HandOver, Status> {
        let request = pb::GetHandOverRequest { name: name.to_owned() };
        Ok(self.client.clone().get_hand_over(request).await?.into_inner().hand_over.unwrap())
    }

    pub(crate) async fn hand_overs(
        &self,
        filter: &str,
        page_size: i32,
        page_token: &str,
    ) -> Result<pb::ListHandOversResponse, Status> {
        let (filter, page_token) = (filter.to_owned(), page_token.to_owned());
        let request = pb::ListHandOversRequest { page_size, page_token, filter };
        Ok(self.client.clone().list_hand_overs(request).await?.into_inner())
    }
}

impl Case {
    /// A counted hand-over of new items.
    pub(crate) async fn counted(&self, codes: &[&str]) -> pb::HandOver {
        let mut items = Vec::new();
        for code in codes {
            items.push(self.thing(code).await);
        }
        let proposed = self.mkt.propose(proposal(self, &items.iter().collect::<Vec<_>>())).await;
        self.psb.count(as_listed(&proposed.unwrap())).await.unwrap()
    }
}

/// Attaches a file to something, as an agency.
async fn attached(world: &World, code: &str, parent: &str, bytes: &[u8]) -> pb::Content {
    let workload = format!("wimse://county.example/agency/{code}");
    let workload = types::Workload::parse(&workload).unwrap();
    let signed = world.signed(&world.evidence, workload).await;
    let mut client = crate::world::Client::new(signed.clone());
    let officer = format!("{code}-01");
    let begin = pb::BeginUploadRequest {
        request_id: id(),
        parent: parent.to_owned(),
        file_name: "封条.jpg".to_owned(),
        role: pb::ContentRole::Photo.into(),
        media_type: "image/jpeg".to_owned(),
        size: i64::try_from(bytes.len()).unwrap(),
        officer: officer.clone(),
        ..Default::default()
    };
    let upload = client.begin_upload(begin).await.unwrap().into_inner().upload.unwrap().name;
    let data = bytes.to_vec().into();
    let chunk = pb::UploadContentRequest { upload: upload.clone(), offset: 0, data };
    let mut streaming = crate::world::Client::new(signed.streaming());
    streaming.upload_content(tokio_stream::iter([chunk])).await.unwrap();
    let sha256 = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    let commit = pb::CommitUploadRequest {
        request_id: id(),
        name: upload,
        sha256,
        officer,
        ..Default::default()
    };
    client.commit_upload(commit).await.unwrap().into_inner().content.unwrap()
}

#[tokio::test]
async fn custody_moves_with_the_second_signature_and_not_before() {
    let case = Case::new().await;
    let (bottle, disk) = (case.thing("A").await, case.mkt.add(&case.dossier, data("B")).await);
    let proposed = case.mkt.propose(proposal(&case, &[&disk, &bottle])).await.unwrap();
    assert_eq!(proposed.state(), pb::HandOverState::Proposed);
    // In the order of the giver's list, as the items were then.
    let listed: Vec<_> = proposed
        .lines
        .iter()
        .map(|line| (line.line_no, line.code.as_str(), line.seal_no.as_str()))
        .collect();
    assert_eq!(listed, [(1, "B", "封-001"), (2, "A", "")]);
    assert_eq!(case.read(&bottle).await.custody.unwrap().hand_over, proposed.name);

    let counted = case.psb.count(as_listed(&proposed)).await.unwrap();
    assert_eq!(counted.state(), pb::HandOverState::Counted);
    assert_eq!(counted.list_sha256, evidence::sheet::list_sha256(&counted));

    let half = case.psb.sign(&counted).await.unwrap();
    assert_eq!(half.state(), pb::HandOverState::HalfSigned);
    assert!(half.copies.is_empty() && half.complete_time.is_none());
    let custody = case.read(&bottle).await.custody.unwrap();
    assert_eq!((custody.holder.as_str(), custody.events), ("MKT", 2), "nothing moved");

    let done = case.mkt.sign(&half).await.unwrap();
    assert_eq!(done.state(), pb::HandOverState::Completed);
    assert_eq!(done.list_sha256, counted.list_sha256);
    let signers: Vec<_> = done.signatures.iter().map(|one| one.officer.as_str()).collect();
    assert_eq!(signers, ["PSB-01", "MKT-01"]);
    let copies: Vec<_> =
        done.copies.iter().map(|one| (one.copy.as_str(), one.held_by.as_str())).collect();
    assert_eq!(copies, [("GIVER", "MKT"), ("CUSTODIAN", "PSB"), ("FILE", "PSB")]);
    assert_eq!(evidence::sheet::list_sha256(&done), done.list_sha256, "it binds what was signed");

    for party in [&case.mkt, &case.psb] {
        let custody = party.item(&disk.name).await.unwrap().custody.unwrap();
        assert_eq!((custody.holder.as_str(), custody.custodian.as_str()), ("PSB", "PSB-06"));
        assert_eq!((custody.storage_place.as_str(), custody.hand_over.as_str()), ("二号库", ""));
        assert_eq!(party.hand_over(&done.name).await.unwrap(), done);
        let chain = party.chain(&disk.name).await.unwrap();
        let last: Vec<_> = chain.iter().rev().take(2).collect();
        assert_eq!(last[0].kind(), pb::CustodyKind::Received);
        assert_eq!((last[0].agency.as_str(), last[0].officer.as_str()), ("PSB", "PSB-01"));
        assert_eq!(last[1].kind(), pb::CustodyKind::HandedOver);
        assert_eq!(
            (last[1].agency.as_str(), last[1].hand_over.as_str()),
            ("MKT", done.name.as_str())
        );
    }
}

#[tokio::test]
async fn the_giver_may_sign_first() {
    let case = Case::new().await;
    let counted = case.counted(&["A"]).await;
    let half = case.mkt.sign(&counted).await.unwrap();
    assert_eq!(half.state(), pb::HandOverState::HalfSigned);
    let done = case.psb.sign(&counted).await.unwrap();
    assert_eq!(done.state(), pb::HandOverState::Completed);
    let item = case.psb.item(&done.lines[0].item).await.unwrap();
    assert_eq!(item.custody.unwrap().holder, "PSB");
}

#[tokio::test]
async fn what_is_not_accepted_stays_with_the_giver_and_may_be_handed_over_again() {
    let case = Case::new().await;
    let (first, second) = (case.thing("A").await, case.thing("B").await);
    let proposed = case.mkt.propose(proposal(&case, &[&first, &second])).await.unwrap();
    let mut request = as_listed(&proposed);
    request.counts[1].accepted = false;
    request.counts[1].counted_quantity = "11".to_owned();
    request.counts[1].discrepancy = "少一瓶".to_owned();
    let counted = case.psb.count(request).await.unwrap();
    case.mkt.sign(&counted).await.unwrap();
    let done = case.psb.sign(&counted).await.unwrap();
    assert_eq!(done.state(), pb::HandOverState::Completed);
    let holder = async |item: &pb::Item| case.read(item).await.custody.unwrap().holder;
    assert_eq!((holder(&first).await, holder(&second).await), ("PSB".into(), "MKT".into()));
    assert_eq!(case.mkt.chain(&second.name).await.unwrap().len(), 2);

    let again = case.mkt.propose(proposal(&case, &[&second])).await.unwrap();
    let counted = case.psb.count(as_listed(&again)).await.unwrap();
    case.mkt.sign(&counted).await.unwrap();
    case.psb.sign(&counted).await.unwrap();
    assert_eq!(holder(&second).await, "PSB");
}

#[tokio::test]
async fn a_receiver_refuses_a_giver_takes_back_and_nothing_has_moved() {
    let case = Case::new().await;
    let item = case.thing("A").await;
    for by_receiver in [true, false] {
        let proposed = case.mkt.propose(proposal(&case, &[&item])).await.unwrap();
        let over = if by_receiver {
            let counted = case.psb.count(as_listed(&proposed)).await.unwrap();
            // The giver has signed: its signature alone moves nothing.
            case.mkt.sign(&counted).await.unwrap();
            let over = case.psb.refuse(&proposed).await.unwrap();
            assert_eq!(
                (over.state(), over.reason.as_str()),
                (pb::HandOverState::Refused, "与案件无关")
            );
            over
        } else {
            let over = case.mkt.withdraw(&proposed).await.unwrap();
            assert_eq!(
                (over.state(), over.reason.as_str()),
                (pb::HandOverState::Withdrawn, "清单有误")
            );
            over
        };
        assert!(over.copies.is_empty());
        let custody = case.read(&item).await.custody.unwrap();
        assert_eq!((custody.holder.as_str(), custody.hand_over.as_str()), ("MKT", ""));
        assert_eq!(case.mkt.chain(&item.name).await.unwrap().len(), 2);
    }
}

#[tokio::test]
async fn the_receiver_sees_what_it_is_offered_and_a_third_body_does_not() {
    let case = Case::new().await;
    let (item, other) = (case.thing("A").await, case.thing("B").await);
    let content = attached(&case.world, "MKT", &item.name, b"a picture").await;
    let read = async |party: &Party| {
        let request = pb::ReadContentRequest { name: content.name.clone(), offset: 0, length: 100 };
        party.client.clone().read_content(request).await.map(|answer| answer.into_inner().data)
    };
    assert_told(&case.psb.item(&item.name).await.unwrap_err(), Code::NotFound, "NOT_FOUND");
    let proposed = case.mkt.propose(proposal(&case, &[&item])).await.unwrap();
    assert_eq!(proposed.lines[0].contents, std::slice::from_ref(&content.sha256));
    case.psb.item(&item.name).await.unwrap();
    assert_eq!(read(&case.psb).await.unwrap().as_ref(), b"a picture");
    assert_told(&case.psb.item(&other.name).await.unwrap_err(), Code::NotFound, "NOT_FOUND");

    let stranger = &case.stranger;
    let counted = case.psb.count(as_listed(&proposed)).await.unwrap();
    for refusal in [
        stranger.hand_over(&proposed.name).await.unwrap_err(),
        stranger.item(&item.name).await.unwrap_err(),
        read(stranger).await.unwrap_err(),
        stranger
            .count(pb::CountHandOverRequest {
                officer: "CAE-01".to_owned(),
                custodian: "CAE-06".to_owned(),
                investigators: Vec::new(),
                ..as_listed(&proposed)
            })
            .await
            .unwrap_err(),
        stranger.sign(&counted).await.unwrap_err(),
        stranger.refuse(&counted).await.unwrap_err(),
        stranger.withdraw(&counted).await.unwrap_err(),
        stranger
            .propose(pb::ProposeHandOverRequest {
                officer: "CAE-01".to_owned(),
                ..proposal(&case, &[&item])
            })
            .await
            .unwrap_err(),
    ] {
        assert_told(&refusal, Code::NotFound, "NOT_FOUND");
    }
    assert!(stranger.hand_overs("", 0, "").await.unwrap().hand_overs.is_empty());
    // A refused hand-over stays visible to who refused it.
    case.psb.refuse(&counted).await.unwrap();
    assert_eq!(case.psb.hand_overs("", 0, "").await.unwrap().hand_overs.len(), 1);
}

#[tokio::test]
async fn photographs_are_files_of_the_hand_over() {
    let case = Case::new().await;
    let item = case.thing("A").await;
    let elsewhere = attached(&case.world, "MKT", &item.name, b"another picture").await;
    let proposed = case.mkt.propose(proposal(&case, &[&item])).await.unwrap();
    let photo = attached(&case.world, "PSB", &proposed.name, b"the seal").await;
    let mut request = as_listed(&proposed);
    request.counts[0].photos = vec![photo.name.clone(), elsewhere.name];
    let refusal = case.psb.count(request.clone()).await.unwrap_err();
    assert_eq!(crate::world::fields(&refusal), ["counts[0].photos[1]"]);
    request.counts[0].photos.pop();
    let counted = case.psb.count(request).await.unwrap();
    case.mkt.sign(&counted).await.unwrap();
    case.psb.sign(&counted).await.unwrap();
    let chain = case.psb.chain(&item.name).await.unwrap();
    assert_eq!(chain.last().unwrap().contents, [photo.name]);
}

#[tokio::test]
async fn who_keeps_an_item_for_the_receiver_sees_it() {
    let case = Case::new().await;
    let item = case.thing("A").await;
    let proposed = case.mkt.propose(proposal(&case, &[&item])).await.unwrap();
    let mut request = as_listed(&proposed);
    request.counts[0].kept_by = "CAE".to_owned();
    let counted = case.psb.count(request).await.unwrap();
    case.mkt.sign(&counted).await.unwrap();
    assert!(case.stranger.item(&item.name).await.is_err());
    case.psb.sign(&counted).await.unwrap();
    let custody = case.stranger.item(&item.name).await.unwrap().custody.unwrap();
    assert_eq!((custody.holder.as_str(), custody.kept_by.as_str()), ("PSB", "CAE"));
}

#[tokio::test]
async fn a_request_that_was_answered_is_answered_again() {
    let case = Case::new().await;
    let item = case.thing("A").await;
    let request = proposal(&case, &[&item]);
    let proposed = case.mkt.propose(request.clone()).await.unwrap();
    assert_eq!(case.mkt.propose(request.clone()).await.unwrap(), proposed);
    let other = pb::ProposeHandOverRequest { place: "别处".to_owned(), ..request };
    let refusal = case.mkt.propose(other).await.unwrap_err();
    assert_told(&refusal, Code::AlreadyExists, "REQUEST_ID_REUSED");
    let counted = case.psb.count(as_listed(&proposed)).await.unwrap();
    let same = id();
    let half =
        case.mkt.sign_so(&counted, |request| request.request_id = same.clone()).await.unwrap();
    case.psb.sign(&counted).await.unwrap();
    let again = case.mkt.sign_so(&counted, |request| request.request_id = same).await.unwrap();
    assert_eq!((again.state(), &again), (pb::HandOverState::HalfSigned, &half), "as it was then");
    assert_eq!(case.mkt.chain(&item.name).await.unwrap().len(), 4, "and it moved once");
}

#[tokio::test]
async fn lists_are_paged_filtered_and_without_their_lines() {
    let case = Case::new().await;
    let (first, second) = (case.thing("A").await, case.thing("B").await);
    let withdrawn = case.mkt.propose(proposal(&case, &[&first])).await.unwrap();
    case.mkt.withdraw(&withdrawn).await.unwrap();
    let open = case.mkt.propose(proposal(&case, &[&first, &second])).await.unwrap();
    let page = case.psb.hand_overs("", 1, "").await.unwrap();
    assert_eq!((page.hand_overs.len(), page.hand_overs[0].lines.len()), (1, 0));
    let mut names = vec![page.hand_overs[0].name.clone()];
    let page = case.psb.hand_overs("", 1, &page.next_page_token).await.unwrap();
    assert!(page.next_page_token.is_empty());
    names.extend(page.hand_overs.into_iter().map(|one| one.name));
    names.sort();
    let mut both = [withdrawn.name.clone(), open.name.clone()];
    both.sort();
    assert_eq!(names, both);
    let filter = format!("state = \"PROPOSED\" AND dossier = \"{}\"", case.dossier);
    let found = case.mkt.hand_overs(&filter, 0, "").await.unwrap().hand_overs;
    assert_eq!(found.iter().map(|one| &one.name).collect::<Vec<_>>(), [&open.name]);
    let refusal = case.mkt.hand_overs("state = \"LOST\"", -1, "x").await.unwrap_err();
    assert_eq!(crate::world::fields(&refusal), ["page_size", "filter", "page_token"]);
}
