//! SIGKILL in the middle of writes, again and again, on one data directory.

use std::{
    collections::BTreeMap,
    hash::{BuildHasher as _, Hasher as _, RandomState},
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use client::Mesh;
use db::{Db, Engine};
use futures_util::future::join_all;
use proto::referral::v1 as pb;
use tokio::{
    task::JoinHandle,
    time::{Instant, sleep, timeout},
};

use crate::{
    calls::{self, list, timeline, watched},
    county::County,
    ledger::{Case, Ledger, said},
    process::Server,
};

const KILLS: usize = 4;
/// Systems that write at once.
const SYSTEMS: usize = 6;
/// The last docket of all, by which the watch is known to have seen everything before.
const LAST: &str = "the last docket";

#[tokio::test]
async fn what_was_acknowledged_survives_kills_and_nothing_happens_twice() {
    let env = databases().await;
    let (county, mut server) = County::new(&["MKT"], env).await;
    let mesh = county.connect("MKT").await;
    let watch = watch(county.connect("MKT").await);
    let mut ledgers: Vec<Ledger> = (0..SYSTEMS).map(Ledger::new).collect();

    for _ in 0..KILLS {
        write_until_killed(&mesh, &mut ledgers, server).await;
        server = county.launch.start().await;
        everything_acknowledged_is_there(&mesh, &ledgers).await;
        // What was answered is answered again, and what was not takes place once.
        for ledger in &mut ledgers {
            if let Some((call, answer)) = &ledger.last {
                assert_eq!(call.make(&mesh).await.unwrap(), *answer);
            }
            ledger.advance(&mesh).await.unwrap();
        }
        nothing_else_is_there(&mesh, &ledgers).await;
    }

    let last = calls::open_docket(LAST);
    mesh.referral().open_docket(last).await.unwrap();
    let seen = timeout(Duration::from_secs(30), watch).await.unwrap().unwrap();
    the_watch_saw_each_event_once(&mesh, &ledgers, seen).await;
    server.stop().await;
}

/// The files of the data directory, or the PostgreSQL that `XIEZHI_TEST_POSTGRES` names.
async fn databases() -> Vec<(&'static str, String)> {
    let identity = db::testing::database::<identity::migration::Migrator>("identity").await;
    if identity.engine() == Engine::Sqlite {
        return Vec::new();
    }
    let referral = db::testing::database::<referral::Migrations>("referral").await;
    let env = vec![
        ("IDENTITY__DB__URL", identity.url().to_owned()),
        ("REFERRAL__DB__URL", referral.url().to_owned()),
    ];
    Db::clone(&identity).close().await;
    Db::clone(&referral).close().await;
    env
}

/// Lets every system write, and kills the server at a moment that nobody chose.
async fn write_until_killed(mesh: &Mesh, ledgers: &mut [Ledger], server: Server) {
    let random = RandomState::new().build_hasher().finish();
    let (calls, micros) = (20 + random % 60, random / 60 % 5000);
    let acknowledged = AtomicU64::new(0);
    let systems = join_all(ledgers.iter_mut().map(|ledger| async {
        while ledger.advance(mesh).await.is_ok() {
            acknowledged.fetch_add(1, Ordering::Relaxed);
        }
    }));
    let killer = async {
        let until = Instant::now() + Duration::from_secs(60);
        while acknowledged.load(Ordering::Relaxed) < calls {
            assert!(Instant::now() < until, "the systems do not get on");
            sleep(Duration::from_millis(1)).await;
        }
        sleep(Duration::from_micros(micros)).await;
        server.kill();
    };
    tokio::join!(systems, killer);
    assert!(ledgers.iter().all(|ledger| ledger.pending.is_some()));
}

/// Each timeline begins with what was acknowledged; the call that was not may have come behind.
async fn everything_acknowledged_is_there(mesh: &Mesh, ledgers: &[Ledger]) {
    for ledger in ledgers {
        for (number, case) in ledger.cases.iter().enumerate() {
            let events = timeline(mesh, &case.docket.name).await;
            let (found, wanted): (Vec<_>, _) = (events.iter().map(said).collect(), case.events());
            let open = usize::from(number + 1 == ledger.cases.len());
            assert!(found.starts_with(&wanted), "{}: {found:?}", case.title);
            assert!(found.len() <= wanted.len() + open, "{}: {found:?}", case.title);
        }
    }
}

/// Timelines and list hold what was acknowledged, each thing once, and nothing beside it.
async fn nothing_else_is_there(mesh: &Mesh, ledgers: &[Ledger]) {
    let cases: Vec<&Case> = ledgers.iter().flat_map(|ledger| &ledger.cases).collect();
    for case in &cases {
        let events = timeline(mesh, &case.docket.name).await;
        assert_eq!(events.iter().map(said).collect::<Vec<_>>(), case.events(), "{}", case.title);
    }
    let by_name = |referrals: Vec<pb::Referral>| {
        let mut pairs: Vec<_> = referrals.into_iter().map(|one| (one.name, one.etag)).collect();
        pairs.sort();
        pairs
    };
    let wanted: Vec<pb::Referral> = cases.iter().filter_map(|case| case.referral.clone()).collect();
    assert_eq!(by_name(list(mesh).await), by_name(wanted));
}

/// Follows everything MKT may see, from the beginning to the last docket, whoever dies meanwhile.
#[expect(clippy::disallowed_methods, reason = "the test waits for it")]
fn watch(mesh: Mesh) -> JoinHandle<Vec<pb::Event>> {
    tokio::spawn(async move {
        let (mut events, mut watch) = (Vec::<pb::Event>::new(), client::watch(mesh.referral(), ""));
        while !events.last().is_some_and(|event| event.summary.contains(LAST)) {
            events.push(watch.next().await.unwrap());
        }
        events
    })
}

/// No gap, no repetition, and the order in which a new watch sees it too.
async fn the_watch_saw_each_event_once(mesh: &Mesh, ledgers: &[Ledger], seen: Vec<pb::Event>) {
    assert_eq!(seen, watched(mesh).await);
    let mut by_docket: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for event in &seen[..seen.len() - 1] {
        by_docket.entry(event.docket.clone()).or_default().push(said(event));
    }
    let cases = ledgers.iter().flat_map(|ledger| &ledger.cases);
    let wanted: BTreeMap<_, _> =
        cases.map(|case| (case.docket.name.clone(), case.events())).collect();
    assert_eq!(by_docket, wanted);
    let ids: std::collections::BTreeSet<&str> =
        seen.iter().map(|event| event.cursor.as_str()).collect();
    assert_eq!(ids.len(), seen.len());
}
