//! What is written is read back, and every fault of an entry is told at once.

use proto::catalogue::v1::{self as pb, entry::Entry as Body};

use super::{changes, entry};
use crate::{
    convert, data,
    domain::{fault::Wrong, reader::Reader},
};

#[test]
fn every_entry_of_the_example_reads_as_it_is_written() {
    let first = data::first().unwrap();
    assert!(first.put.len() > 150, "{}", first.put.len());
    for sent in first.put {
        let read = entry(&sent).unwrap();
        assert_eq!(convert::entry(&read, 0, None, &Reader::Trusted), sent);
    }
}

#[test]
fn every_field_at_fault_is_told_at_once() {
    let power = pb::Power { territory: "3309".into(), valid_to: "x".into(), ..Default::default() };
    let sent = pb::Entry { entry: Some(Body::Power(power)), ..Default::default() };
    let faults = entry(&sent).unwrap_err();
    let fields: Vec<_> = faults.iter().filter_map(|fault| fault.split(' ').next()).collect();
    assert_eq!(fields, ["holder", "matter", "territory", "valid_from", "valid_to", "source"]);
    let backwards = pb::Area {
        region: "330999004".into(),
        name_zh: "某镇".into(),
        government: "TG-T04".into(),
        brigade: "BR-T04".into(),
        valid_from: "2026-01-02".into(),
        valid_to: "2026-01-01".into(),
    };
    let sent = pb::Entry { entry: Some(Body::Area(backwards)), ..Default::default() };
    assert_eq!(entry(&sent).unwrap_err(), ["valid_to is before valid_from"]);
}

#[test]
fn versions_of_a_law_follow_each_other() {
    let mut sent = data::first().unwrap().put.remove(0);
    let Some(Body::Matter(matter)) = &mut sent.entry else { panic!("{sent:?}") };
    matter.bases.push(matter.bases[0].clone());
    assert!(entry(&sent).unwrap_err()[0].starts_with("bases are not in the order"));
}

#[test]
fn a_key_may_be_left_out_and_must_not_be_another() {
    let mut first = data::first().unwrap();
    first.put.truncate(2);
    let key = std::mem::take(&mut first.put[0].key);
    first.put[1].key = "M999".into();
    first.remove.push(pb::EntryRef { kind: 0, key: "M001".into() });
    let (read, faults) = changes(&first);
    assert_eq!(read.put[0].key(), key);
    let wrong: Vec<_> = faults.iter().map(|fault| fault.wrong).collect();
    assert_eq!(wrong, [Wrong::KeyDiffers, Wrong::Malformed]);
}
