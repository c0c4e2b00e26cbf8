//! SIGTERM: what runs is finished, what only waits is left, and the process ends.

use std::time::Duration;

use proto::referral::v1 as pb;
use tokio::time::Instant;
use xiezhi::mesh::SERVICES;

use crate::{
    calls::{opened, watched},
    county::County,
};

#[tokio::test]
async fn sigterm_lets_a_call_in_flight_finish() {
    let (county, mut server) = County::new(&["MKT"], Vec::new()).await;
    let mesh = county.connect("MKT").await;
    opened(&mesh, "a case").await;
    let cursor = watched(&mesh).await.pop().unwrap().cursor;

    let began = Instant::now();
    let request = pb::WatchReferralsRequest { cursor, wait_seconds: 2 };
    let mut referral = mesh.referral();
    let in_flight = async {
        let mut events = referral.watch_referrals(request).await.unwrap().into_inner();
        assert_eq!(events.message().await.unwrap(), None);
        began.elapsed()
    };
    let stop = async {
        // Sent on the same connection after the watch, and answered: so the watch has arrived.
        let list = pb::ListReferralsRequest::default();
        mesh.referral().list_referrals(list).await.unwrap();
        server.signal("TERM");
        began.elapsed()
    };
    let (answered, signalled) = tokio::join!(in_flight, stop);
    assert!(
        signalled < answered && answered >= Duration::from_secs(2),
        "{signalled:?} {answered:?}"
    );
    assert!(server.ended(Duration::from_secs(5)).await.success());
}

#[tokio::test]
async fn sigterm_does_not_wait_for_clients_that_stay_connected() {
    let (county, mut server) = County::new(&["MKT", "PSB"], Vec::new()).await;
    let connected = [county.connect("MKT").await, county.connect("PSB").await];
    for mesh in &connected {
        mesh.referral().list_referrals(pb::ListReferralsRequest::default()).await.unwrap();
    }
    server.signal("TERM");
    assert!(server.ended(Duration::from_secs(5)).await.success());
    // Each database is one whole file, as whoever copies it expects.
    let files = std::fs::read_dir(county.launch.data.join("db")).unwrap();
    let mut names: Vec<_> =
        files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    let mut whole: Vec<String> = SERVICES.iter().map(|name| format!("{name}.sqlite")).collect();
    whole.sort();
    assert_eq!(names, whole);
}
