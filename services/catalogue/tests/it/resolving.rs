//! Who is competent, over the wire: the cases of the issue.

use proto::catalogue::v1::{self as pb, Standing};
use tonic::Code;

use crate::world::{Party, World, ask, assert_told, fields};

fn filed(matter: &str, by: &str, on: &str) -> pb::ResolveCompetenceRequest {
    let (filed_by, filed_on) = (by.to_owned(), on.to_owned());
    pb::ResolveCompetenceRequest { filed_by, filed_on, ..ask(matter, "330999001") }
}

fn standing(answer: &pb::ResolveCompetenceResponse, agency: &str) -> Standing {
    let claim = answer.claims.iter().find(|claim| claim.agency == agency);
    claim.map_or(Standing::Unspecified, pb::Claim::standing)
}

async fn county() -> (World, Party) {
    let world = World::published().await;
    let mkt = world.agency("MKT").await;
    (world, mkt)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_case_stays_with_the_old_holder_and_a_new_one_does_not() {
    let (_world, mkt) = county().await;
    let old = mkt.resolve(filed("M008", "NAT", "2022-06-30")).await;
    assert_eq!((old.competent.as_str(), standing(&old, "CAE")), ("NAT", Standing::NotCompetent));
    assert_eq!(old.claims[0].agency, "NAT", "the competent body first");
    let why = &old.claims[0].reasons[0];
    assert!(
        why.text_zh.contains("职权划转前已经立案") && why.source.contains("seed section 1.1"),
        "{why:?}"
    );
    let new = mkt.resolve(filed("M008", "NAT", "2022-07-01")).await;
    assert_eq!((new.competent.as_str(), standing(&new, "NAT")), ("CAE", Standing::NotCompetent));
    assert!(old.basis.unwrap().citation.contains("城乡规划法"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_has_filed_tomorrow() {
    let (_world, mkt) = county().await;
    let asked = filed("M008", "NAT", "2026-03-03");
    let refusal = mkt.client.clone().resolve_competence(asked).await.unwrap_err();
    assert_told(&refusal, Code::InvalidArgument, "FIELDS");
    assert_eq!(fields(&refusal), ["filed_on"]);
    mkt.resolve(filed("M008", "NAT", "2026-03-02")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_township_on_the_list_acts_at_home_and_its_brigade_is_named() {
    let (_world, mkt) = county().await;
    let at_home = mkt.resolve(ask("M001", "330999004")).await;
    assert_eq!((at_home.competent.as_str(), at_home.brigade.as_str()), ("TG-T04", "BR-T04"));
    assert_eq!(standing(&at_home, "CAE"), Standing::NotCompetent);
    assert_eq!(standing(&at_home, "HOU"), Standing::NotCompetent, "the former holder is told too");
    let next_door = mkt.resolve(ask("M001", "330999213")).await;
    assert_eq!((next_door.competent.as_str(), next_door.brigade.as_str()), ("CAE", "BR-T04"));
    let own = mkt.resolve(ask("M009", "330999005")).await;
    assert_eq!(own.competent, "TG-T05");
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_share_a_matter_claim_it_until_one_files() {
    let (_world, mkt) = county().await;
    let both = mkt.resolve(ask("M046", "330999001")).await;
    assert_eq!(both.competent, "");
    assert_eq!(
        (standing(&both, "NAT"), standing(&both, "AGR")),
        (Standing::Claims, Standing::Claims)
    );
    assert!(both.claims.iter().all(|claim| claim.reasons.iter().any(|why| why.rule == "J-01")));
    let first = mkt.resolve(filed("M046", "AGR", "2026-02-02")).await;
    assert_eq!(
        (first.competent.as_str(), standing(&first, "NAT")),
        ("AGR", Standing::NotCompetent)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_posted_officer_acts_for_the_body_it_is_posted_to() {
    let (_world, mkt) = county().await;
    let asked = |certificate: &str| pb::ResolveCompetenceRequest {
        certificate_no: certificate.to_owned(),
        ..ask("M001", "330999004")
    };
    assert_eq!(mkt.resolve(asked("CAE-02")).await.officer_acts_for, "BR-T04");
    assert_eq!(mkt.resolve(asked("CAE-01")).await.officer_acts_for, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_law_of_the_day_of_the_act_applies() {
    let (_world, mkt) = county().await;
    let basis = async |on: &str| {
        let act_date = on.to_owned();
        let asked = pb::ResolveCompetenceRequest { act_date, ..ask("M041", "330999001") };
        mkt.resolve(asked).await.basis.unwrap()
    };
    let (old, new) = (basis("2026-08-14").await, basis("2026-08-15").await);
    assert!(old.citation.starts_with("固体废物污染环境防治法") && old.verified == "M", "{old:?}");
    assert!(new.citation.starts_with("生态环境法典") && new.verified == "V", "{new:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_competent_elsewhere_and_an_unknown_matter_is_named() {
    let (_world, mkt) = county().await;
    let elsewhere = mkt.resolve(ask("M001", "330998001")).await;
    assert!(elsewhere.competent.is_empty() && elsewhere.claims.is_empty());
    assert!(elsewhere.summary.contains("nobody"), "{}", elsewhere.summary);
    let refusal =
        mkt.client.clone().resolve_competence(ask("M999", "330999001")).await.unwrap_err();
    assert_told(&refusal, Code::NotFound, "UNKNOWN_MATTER");
    assert!(refusal.message().contains("M999 in revision 1"), "{refusal:?}");
}
