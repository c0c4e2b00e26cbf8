//! How rows become leaves when things go wrong: a restart, damage, a journal that is away, a row
//! that comes again.

use proto::supervision::v1 as pb;
use tlog::LogKey;

use crate::world::{World, change, tamper};

/// Why a log could not be opened.
fn why<T>(opened: anyhow::Result<T>) -> String {
    opened.err().map(|error| format!("{error:#}")).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_log_has_a_signed_checkpoint_of_nothing() {
    let world = World::still().await;
    let (checkpoint, _) = world.checkpoint().await;
    assert_eq!((checkpoint.size, checkpoint.root), (0, tlog::Hash::EMPTY));
    assert_eq!(checkpoint.origin, "county.example/log");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_restart_the_log_goes_on_where_it_stopped() {
    let mut world = World::still().await;
    let first = world.replica().await.unwrap();
    world.write(300).await;
    world.start_replica(&first);
    let (before, _) = world.caught_up().await;
    world.stop().await;
    world.write(300).await;
    let second = world.replica().await.unwrap();
    world.start_replica(&second);
    let (after, _) = world.caught_up().await;
    assert_eq!(after.size, u64::try_from(world.row_ids().await.len()).unwrap());
    let request = pb::GetConsistencyProofRequest {
        first_size: i64::try_from(before.size).unwrap(),
        second_size: i64::try_from(after.size).unwrap(),
    };
    let answer = world.auditor.get_consistency_proof(request).await.unwrap().into_inner();
    let proof = crate::world::hashes(answer.proof);
    tlog::verify_consistency(before.size, after.size, before.root, after.root, &proof).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_log_is_not_served() {
    let mut world = World::new().await;
    world.write(300).await;
    world.caught_up().await;
    world.stop().await;
    let other = LogKey::generate("county.example/log").unwrap();
    let told = why(world.with_key(other).await);
    assert!(told.contains("not by this key"), "{told}");
    world.replica().await.unwrap();

    tamper(&world.log, "UPDATE log_head SET size = size - 1").await;
    assert_ne!(why(world.replica().await), "", "a head that was turned back");
    tamper(&world.log, "UPDATE log_head SET size = size + 1").await;
    world.replica().await.unwrap();

    let last = "DELETE FROM leaf WHERE idx = (SELECT max(idx) FROM leaf)";
    tamper(&world.log, last).await;
    let told = why(world.replica().await);
    assert!(told.contains("is missing"), "{told}");

    tamper(&world.log, "DELETE FROM tile WHERE level = 1").await;
    let told = why(world.replica().await);
    assert!(told.contains("a tile of the log is corrupt"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_tile_gives_no_proof() {
    let mut world = World::new().await;
    world.write(300).await;
    world.caught_up().await;
    world.stop().await;
    let tile = "UPDATE tile SET hashes = (SELECT hashes FROM tile WHERE level = 0 AND idx = 1) \
                WHERE level = 1";
    tamper(&world.log, tile).await;
    let row_id = world.row_ids().await[260];
    let asked =
        pb::GetInclusionProofRequest { service: "identity".into(), row_id, ..Default::default() };
    let refusal = world.auditor.get_inclusion_proof(asked).await.unwrap_err();
    assert_eq!(refusal.code(), tonic::Code::Internal);
}

#[tokio::test(flavor = "multi_thread")]
async fn journals_that_are_away_are_named_and_the_others_go_on() {
    const AWAY: [&str; 5] = ["arbitration", "catalogue", "evidence", "operations", "referral"];
    let mut world = World::still().await;
    let replica = world.with_absent(&AWAY).await;
    world.auditor = world.caller(&replica, "wimse://county.example/service/operator");
    world.start_replica(&replica);
    world.write(10).await;
    world.caught_up().await;
    for service in AWAY {
        world.fault(service).await;
    }
    let status = world.status().await;
    for journal in &status.journals {
        let is_away = AWAY.contains(&journal.service.as_str());
        // Its own journal is always there, and has nothing yet.
        let is_empty = is_away || journal.service == "supervision";
        assert_eq!(journal.fault.is_empty(), !is_away, "{}", journal.service);
        assert_eq!(journal.rows == 0 && journal.last_row_id == 0, is_empty, "{}", journal.service);
    }
    assert_eq!(status.journals.len(), AWAY.len() + 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_comes_again_altered_is_an_alarm_and_never_a_second_leaf() {
    let mut world = World::new().await;
    world.write(20).await;
    let (before, note) = world.caught_up().await;
    world.stop().await;
    let row_id = world.row_ids().await[5];
    let sql = format!("UPDATE journal SET kind = 'identity.forged.v1' WHERE id = {row_id}");
    tamper(&world.identity_db, &sql).await;
    // As after a restored backup of the position, or a journal that begins anew.
    tamper(&world.log, "UPDATE journal_position SET cursor = ''").await;
    let replica = world.replica().await.unwrap();
    world.start_replica(&replica);
    let fault = world.fault("identity").await;
    assert_eq!(world.checkpoint().await, (before, note));
    assert!(fault.contains("ALARM: 1 ") && fault.contains(&row_id.to_string()), "{fault}");
    world.write(1).await;
    let (after, _) = world.caught_up().await;
    assert_eq!(after.size, u64::try_from(world.row_ids().await.len()).unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_that_is_older_than_the_log_is_an_alarm_when_it_is_followed_again() {
    for (set, found) in [("DELETE FROM journal", "gone"), ("UPDATE journal SET kind = 'x'", "new")]
    {
        let mut world = World::new().await;
        world.write(20).await;
        world.caught_up().await;
        world.stop().await;
        // As after a restored backup: the last row is gone, or its number was used again.
        let last = *world.row_ids().await.last().unwrap();
        tamper(&world.identity_db, &format!("{set} WHERE id = {last}")).await;
        let replica = world.replica().await.unwrap();
        assert_eq!(world.status().await.journals[0].fault, "", "{found}: nobody has looked yet");
        world.start_replica(&replica);
        let fault = world.fault("identity").await;
        assert!(fault.contains("ALARM: 1 ") && fault.ends_with(&format!(" {last}")), "{fault}");
        // What comes after it is sequenced all the same; the first may have the number again.
        let before = world.checkpoint().await.0.size;
        world.write(2).await;
        while world.checkpoint().await.0.size == before {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_that_comes_back_older_after_it_was_away_is_an_alarm() {
    let world = World::new().await;
    world.write(20).await;
    world.caught_up().await;
    let last = *world.row_ids().await.last().unwrap();
    change(&world.identity_db, "ALTER TABLE journal RENAME TO restored").await;
    world.fault("identity").await;
    let sql = format!("UPDATE restored SET kind = 'identity.other.v1' WHERE id = {last}");
    tamper(&world.identity_db, &sql).await;
    change(&world.identity_db, "ALTER TABLE restored RENAME TO journal").await;
    while !world.fault("identity").await.contains("ALARM: 1 ") {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}
