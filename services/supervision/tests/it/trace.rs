//! The trace of a docket, with proof; and oversight, which those overseen see.

use command::marks::Marks;
use prost::Message as _;
use proto::{journal::v1::Row, supervision::v1 as pb};
use tlog::Entry;
use tonic::Code;

use crate::{
    story::{row, shown, term},
    world::{Client, World, assert_told, hashes, tamper},
};

async fn trace(client: &mut Client, proofs: bool) -> pb::GetTraceResponse {
    let asked = pb::GetTraceRequest { docket: "dockets/1".into(), proofs, ..Default::default() };
    client.get_trace(asked).await.unwrap().into_inner()
}

fn kinds(told: &pb::GetTraceResponse) -> Vec<&str> {
    told.rows.iter().map(|one| one.kind.as_str()).collect()
}

/// A docket that MKT opened, a referral that PSB sees, and what PSB did with it.
async fn county() -> World {
    let world = World::new().await;
    let by = |agency: &str, entry: db::journal::Entry| db::journal::Entry {
        agency: agency.into(),
        officer: format!("{agency}-01"),
        ..entry
    };
    let mut opened = row("DOCKET_OPENED", Marks::new().summary("MKT opened the docket"));
    opened.resource = "dockets/1".into();
    let opened = shown(opened, &["MKT"]);
    let mut other = row("STEP_TAKEN", Marks::new());
    (other.docket, other.resource) = ("dockets/2".into(), "referrals/2".into());
    world
        .tell(vec![
            opened,
            shown(row("REFERRAL_OPENED", Marks::new().under("T-02", "art. 3")), &["MKT", "PSB"]),
            by("PSB", row("STEP_TAKEN", Marks::new().term(term("t")))),
            other,
        ])
        .await;
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_sees_what_it_did_and_what_it_was_shown_in_order() {
    let world = county().await;
    let told = trace(&mut world.agency("MKT"), false).await;
    assert_eq!(kinds(&told), ["DOCKET_OPENED", "REFERRAL_OPENED", "STEP_TAKEN"]);
    assert_eq!(told.rows[1].shown_to, ["MKT", "PSB"], "who saw it from then on");
    assert_eq!((told.rows[1].rule.as_str(), told.rows[2].agency.as_str()), ("T-02", "PSB"));
    let told = trace(&mut world.agency("PSB"), false).await;
    assert_eq!(kinds(&told), ["REFERRAL_OPENED", "STEP_TAKEN"]);
    let asked = pb::GetTraceRequest { docket: "dockets/1".into(), ..Default::default() };
    let hidden = world.agency("ECO").get_trace(asked).await.unwrap_err();
    assert_told(&hidden, Code::NotFound, "NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_row_of_a_trace_comes_with_a_proof_that_holds() {
    let world = county().await;
    let told = trace(&mut world.agency("MKT"), true).await;
    let signed = world.open(&told.checkpoint);
    assert_eq!(told.rows.len(), 3);
    for one in told.rows {
        let entry = Entry::of_row(one.service.as_str(), one.row_id, &one.row).unwrap();
        let index = u64::try_from(one.leaf_index).unwrap();
        let proof = hashes(one.inclusion);
        tlog::verify_inclusion(entry.leaf_hash(), index, signed.size, &proof, signed.root).unwrap();
        assert_eq!(Row::decode(one.row.as_slice()).unwrap().kind, one.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_was_altered_says_so_and_the_others_are_proven() {
    let world = county().await;
    let sql = "UPDATE journal SET officer = 'X' WHERE kind = 'REFERRAL_OPENED'";
    tamper(&world.referral_db, sql).await;
    let told = trace(&mut world.agency("MKT"), true).await;
    let faults: Vec<bool> = told.rows.iter().map(|one| !one.fault.is_empty()).collect();
    assert_eq!(faults, [false, true, false]);
    assert!(told.rows[1].row.is_empty() && !told.rows[2].row.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_to_a_dossier_stands_on_the_docket_it_belongs_to() {
    let world = county().await;
    let on_dossier = |kind, marks: Marks| db::journal::Entry {
        docket: "dossiers/1".into(),
        resource: "dossiers/1".into(),
        ..row(kind, marks)
    };
    let marks = Marks::new().value("docket", "dockets/1");
    world.tell(vec![on_dossier("OPENED", marks), on_dossier("ITEM", Marks::new())]).await;
    world.tell(vec![on_dossier("CUSTODY", Marks::new())]).await;
    let told = trace(&mut world.agency("MKT"), false).await;
    assert_eq!(kinds(&told)[3..], ["OPENED", "ITEM", "CUSTODY"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trace_is_read_page_by_page() {
    let world = county().await;
    let mut mkt = world.agency("MKT");
    let (mut seen, mut page_token) = (Vec::new(), String::new());
    loop {
        let asked = pb::GetTraceRequest {
            docket: "dockets/1".into(),
            page_size: 2,
            page_token,
            proofs: false,
        };
        let page = mkt.get_trace(asked).await.unwrap().into_inner();
        seen.extend(page.rows.into_iter().map(|one| one.kind));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!(seen, ["DOCKET_OPENED", "REFERRAL_OPENED", "STEP_TAKEN"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_look_of_an_overseer_is_a_row_that_those_overseen_see() {
    let world = county().await;
    assert_eq!(trace(&mut world.agency("PRO"), false).await.rows.len(), 3);
    let looks = |code: &'static str| {
        let mut client = world.agency(code);
        async move {
            let asked = pb::ListOversightRequest::default();
            client.list_oversight(asked).await.unwrap().into_inner().oversights
        }
    };
    for body in ["MKT", "PSB"] {
        let seen = looks(body).await;
        assert_eq!(seen.len(), 1, "{body}");
        assert_eq!((seen[0].overseer.as_str(), seen[0].method.as_str()), ("PRO", "GetTrace"));
        assert_eq!(
            (seen[0].subject.as_str(), seen[0].overseen.as_slice()),
            ("dockets/1", [body.to_owned()].as_slice())
        );
    }
    assert_eq!(looks("PRO").await[0].overseen, ["MKT", "PSB"], "its own looks whole");
    assert!(looks("ECO").await.is_empty());
    // It is a leaf like every row, and stands in the trace of the docket.
    let saw = async {
        loop {
            let told = trace(&mut world.agency("MKT"), false).await;
            if told.rows.iter().any(|one| one.kind == "OVERSEEN") {
                return told;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    let told = tokio::time::timeout(std::time::Duration::from_secs(60), saw).await.unwrap();
    let look = told.rows.iter().find(|one| one.kind == "OVERSEEN").unwrap();
    assert_eq!((look.service.as_str(), look.agency.as_str()), ("supervision", "PRO"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_looks_at_its_own_leaves_no_row() {
    let world = county().await;
    trace(&mut world.agency("MKT"), false).await;
    let asked = pb::ListDueRequest::default();
    world.agency("PSB").list_due(asked).await.unwrap();
    assert_eq!(world.number("SELECT count(*) AS rows FROM journal").await, 0);
}
