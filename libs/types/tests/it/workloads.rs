//! Workload Identifiers.

use proptest::prelude::*;
use types::{AgencyCode, Kind, TrustDomain, Workload};

fn county() -> TrustDomain {
    TrustDomain::parse("county.example").unwrap()
}

#[test]
fn the_system_of_an_agency_is_written_and_read_back() {
    let code = AgencyCode::parse("BR-T01").unwrap();
    let workload = Workload::agency(&county(), &code);
    assert_eq!(workload.to_string(), "wimse://county.example/agency/BR-T01");
    assert_eq!(Workload::parse("wimse://county.example/agency/BR-T01"), Some(workload.clone()));
    assert_eq!(workload.agency_code(), Some(code));
    assert!(!workload.is_service("BR-T01"));
}

#[test]
fn a_service_is_written_and_read_back_and_is_no_agency() {
    let workload = Workload::service(&county(), "referral");
    assert_eq!(workload.to_string(), "wimse://county.example/service/referral");
    assert_eq!(Workload::parse("wimse://county.example/service/referral"), Some(workload.clone()));
    assert_eq!(workload.agency_code(), None);
    assert_eq!(workload.kind, Kind::Service);
    assert!(workload.is_service("referral") && !workload.is_service("operator"));
}

#[test]
fn a_text_with_a_second_spelling_is_refused() {
    for uri in [
        "",
        "spiffe://county.example/agency/MKT",
        "WIMSE://county.example/agency/MKT",
        "wimse://County.example/agency/MKT",
        "wimse://county.example:443/agency/MKT",
        "wimse://u@county.example/agency/MKT",
        "wimse:///agency/MKT",
        "wimse://county.example",
        "wimse://county.example/agency",
        "wimse://county.example/agency/",
        "wimse://county.example/agency/MKT/",
        "wimse://county.example/agency/MKT/x",
        "wimse://county.example/agency/MKT?x",
        "wimse://county.example/agency/MKT#x",
        "wimse://county.example/agency/M%4BT",
        "wimse://county.example/agency/mkt",
        "wimse://county.example/service/Referral",
        "wimse://county.example/service/",
        "wimse://county.example/person/zhang",
        " wimse://county.example/agency/MKT",
    ] {
        assert_eq!(Workload::parse(uri), None, "{uri}");
    }
}

#[test]
fn a_trust_domain_is_a_lower_case_host_name() {
    let longest = [["a"; 63].concat().as_str(); 4].join(".");
    assert_eq!(longest.len(), 255);
    for name in ["county.example", "x", "a-b.c1"] {
        assert_eq!(TrustDomain::parse(name).unwrap().as_str(), name);
    }
    assert!(TrustDomain::parse(&longest[2..]).is_some());
    let long_label = "a".repeat(64);
    for name in
        ["", ".", "a.", ".a", "a..b", "A", "a_b", "-a", "a-", "a b", "县", &longest, &long_label]
    {
        assert_eq!(TrustDomain::parse(name), None, "{name}");
    }
}

proptest! {
    #[test]
    fn whatever_is_read_is_written_the_same(
        uri in "wimse://[a-z.-]{1,6}/(agency|service)/[A-Za-z0-9-]{1,5}",
    ) {
        if let Some(workload) = Workload::parse(&uri) {
            prop_assert_eq!(workload.to_string(), uri);
        }
    }

    #[test]
    fn every_agency_has_one_identifier(code in "[A-Z][A-Z0-9-]{1,15}") {
        let code = AgencyCode::parse(&code).unwrap();
        let workload = Workload::agency(&county(), &code);
        prop_assert_eq!(Workload::parse(&workload.to_string()), Some(workload.clone()));
        prop_assert_eq!(workload.agency_code(), Some(code));
    }
}
