//! Several processes on one log: each row once, in order, whoever is faster.

use std::collections::BTreeSet;

use proto::supervision::v1 as pb;
use server::Stop;
use supervision::config::Log;
use tlog::{BundleId, Entry, TILE_WIDTH, TileId, Tree, decode_bundle};

use crate::world::{World, quick};

#[tokio::test(flavor = "multi_thread")]
async fn of_two_sequencers_exactly_one_appends_each_row_and_none_is_left_out() {
    let mut world = World::new().await;
    let (second, third) = (world.replica().await.unwrap(), world.replica().await.unwrap());
    world.start_replica(&second);
    world.start_replica(&third);
    for burst in 0..30 {
        world.write(1 + burst * 3).await;
    }
    let (signed, _) = world.caught_up().await;
    let ids = world.row_ids().await;
    assert_eq!(signed.size, u64::try_from(ids.len()).unwrap(), "each row once");

    let (mut tree, mut leaves) = (Tree::new(), Vec::new());
    for index in 0..signed.size.div_ceil(u64::from(TILE_WIDTH)) {
        let width = TileId::in_tree(0, index, signed.size).unwrap().width;
        let path = BundleId { index, width }.path();
        let answer = world.auditor.get_tile(pb::GetTileRequest { path }).await.unwrap();
        let bytes = answer.into_inner().data;
        for entry in decode_bundle(&bytes).unwrap() {
            let entry = Entry::parse(entry).unwrap();
            leaves.push(entry.row());
            assert!(!tree.append(&[entry.leaf_hash()]).is_empty());
        }
    }
    assert_eq!(leaves, ids, "in the order of the journal");
    assert_eq!(leaves.iter().collect::<BTreeSet<_>>().len(), leaves.len());
    assert_eq!(tree.root(), signed.root);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_goes_on_alone_from_what_another_one_left() {
    let world = World::still().await;
    let (slow, stop) = (Stop::default(), Stop::default());
    world.service.start(&Log { checkpoint_ms: 200, ..quick() }, &slow);
    world.write(5).await;
    world.caught_up().await;
    // Now another one is faster.
    let second = world.replica().await.unwrap();
    second.start(&quick(), &stop);
    for _ in 0..20 {
        world.write(5).await;
        world.caught_up().await;
    }
    stop.now();
    stop.finished().await;
    for _ in 0..2 {
        world.write(300).await;
        let (signed, _) = world.caught_up().await;
        assert_eq!(signed.size, u64::try_from(world.row_ids().await.len()).unwrap());
    }
    slow.now();
    world.replica().await.unwrap();
}
