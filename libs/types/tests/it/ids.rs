//! Identifiers and agency codes.

use chrono::{DateTime, Duration, Utc};
use types::{AgencyCode, Id};
use uuid::Uuid;

struct Docket;

fn noon() -> DateTime<Utc> {
    "2026-11-23T04:00:00Z".parse().unwrap()
}

#[test]
fn an_identifier_is_written_and_read_back() {
    let id: Id<Docket> = Id::new(noon());
    assert_eq!(id.to_string().parse::<Id<Docket>>().unwrap(), id);
    assert_eq!(Id::from(id.uuid()), id);
    let json = serde_json::to_string(&id).unwrap();
    assert_eq!(json, format!("\"{id}\""));
    assert_eq!(serde_json::from_str::<Id<Docket>>(&json).unwrap(), id);
    assert!("nonsense".parse::<Id<Docket>>().is_err());
}

#[test]
fn identifiers_are_of_version_seven_differ_and_order_by_time() {
    let [a, b]: [Id<Docket>; 2] = [Id::new(noon()), Id::new(noon())];
    assert_ne!(a, b);
    assert_eq!(a.uuid().get_version_num(), 7);
    let later: Id<Docket> = Id::new(noon() + Duration::milliseconds(1));
    assert!(a < later && b < later);
}

#[test]
fn an_identifier_carries_its_time_and_one_before_1970_counts_as_1970() {
    let millis = |at| {
        let (seconds, nanos) = Id::<Docket>::new(at).uuid().get_timestamp().unwrap().to_unix();
        (seconds, nanos / 1_000_000)
    };
    assert_eq!(millis("2026-11-23T04:00:00.250Z".parse().unwrap()), (1_795_406_400, 250));
    assert_eq!(millis("1969-12-31T23:59:59.5Z".parse().unwrap()), (0, 0));
    assert_eq!(millis("2016-12-31T23:59:60Z".parse().unwrap()), (1_483_228_799, 999));
}

#[test]
fn an_identifier_prints_as_its_uuid() {
    let uuid = Uuid::from_u128(7);
    assert_eq!(format!("{:?}", Id::<Docket>::from(uuid)), uuid.to_string());
}

#[test]
fn an_agency_code_is_read() {
    for code in ["MKT", "BR-T01", "PSB-LEG", "A1", "ABCDEFGHIJKLMNOP"] {
        assert_eq!(AgencyCode::parse(code).unwrap().as_str(), code);
        assert_eq!(AgencyCode::parse(code).unwrap().to_string(), code);
    }
}

#[test]
fn a_text_that_is_no_agency_code_is_refused() {
    for code in ["", "A", "mkt", "1MK", "-MK", "MK_T", "MK T", "MKT/", "市监", "ABCDEFGHIJKLMNOPQ"]
    {
        assert_eq!(AgencyCode::parse(code), None, "{code}");
        assert!(serde_json::from_value::<AgencyCode>(code.into()).is_err());
    }
    assert_eq!(
        serde_json::from_str::<AgencyCode>("\"MKT\"").unwrap(),
        AgencyCode::parse("MKT").unwrap()
    );
}
