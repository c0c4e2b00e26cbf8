//! Inclusion and consistency, as an auditor checks them who believes nobody.

use std::time::Duration;

use proto::supervision::v1 as pb;
use tlog::{Entry, verify_consistency, verify_inclusion};
use tonic::Code;

use crate::world::{World, assert_told, fields, hashes};

fn of_row(row_id: i64) -> pb::GetInclusionProofRequest {
    pb::GetInclusionProofRequest { service: "identity".into(), row_id, ..Default::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_row_is_a_leaf_in_the_order_of_its_journal_and_its_proof_verifies() {
    let mut world = World::new().await;
    world.write(600).await;
    world.caught_up().await;
    let ids = world.row_ids().await;
    for (at, row_id) in ids.iter().enumerate().step_by(61) {
        let proof = world.auditor.get_inclusion_proof(of_row(*row_id)).await.unwrap().into_inner();
        let tree = world.open(&proof.checkpoint);
        assert_eq!(u64::try_from(proof.tree_size).unwrap(), tree.size);
        assert_eq!(usize::try_from(proof.leaf_index).unwrap(), at);
        let entry = Entry::parse(&proof.entry).unwrap();
        assert_eq!((entry.service(), entry.row()), ("identity", *row_id));
        let (leaf, at) = (entry.leaf_hash(), u64::try_from(at).unwrap());
        verify_inclusion(leaf, at, tree.size, &hashes(proof.proof), tree.root).unwrap();
    }
    let status = world.status().await;
    let (rows, last) = (i64::try_from(ids.len()).unwrap(), *ids.last().unwrap());
    assert_eq!(status.verifier_key, world.key.verifier().to_string());
    assert_eq!(status.tree_size, rows);
    let one = &status.journals[0];
    assert_eq!((one.rows, one.last_row_id, one.fault.as_str()), (rows, last, ""));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_can_be_waited_for_and_one_that_does_not_come_is_told_of() {
    let mut world = World::new().await;
    world.caught_up().await;
    let next = world.row_ids().await.last().unwrap() + 1;
    let refusal = world.auditor.get_inclusion_proof(of_row(next)).await.unwrap_err();
    assert_told(&refusal, Code::NotFound, "NOT_INCLUDED_YET");

    let waiting = pb::GetInclusionProofRequest { wait_ms: 10_000, ..of_row(next) };
    let mut auditor = world.auditor.clone();
    let write = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        world.write(1).await;
    };
    let (proof, ()) = tokio::join!(auditor.get_inclusion_proof(waiting), write);
    let proof = proof.unwrap().into_inner();
    assert_eq!(Entry::parse(&proof.entry).unwrap().row(), next);
    assert_eq!(world.open(&proof.checkpoint).size, u64::try_from(proof.tree_size).unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proof_is_given_in_every_tree_there_was_and_in_no_other() {
    let mut world = World::new().await;
    world.write(300).await;
    let (tree, _) = world.caught_up().await;
    let row_id = world.row_ids().await[3];
    let within = |tree_size| pb::GetInclusionProofRequest { tree_size, ..of_row(row_id) };
    // Nobody signed a tree of 257 leaves: rows came by the hundred. What is proven in it follows
    // from the proof that the signed one continues it.
    let small = world.auditor.get_inclusion_proof(within(257)).await.unwrap().into_inner();
    assert_eq!((small.tree_size, small.checkpoint.as_str()), (257, ""));
    let bundle = pb::GetTileRequest { path: "tile/entries/000".into() };
    let bundle = world.auditor.get_tile(bundle).await.unwrap().into_inner().data;
    let rest = pb::GetTileRequest { path: "tile/entries/001.p/1".into() };
    let rest = world.auditor.get_tile(rest).await.unwrap().into_inner().data;
    let entries = [bundle, rest].concat();
    let mut leaves = Vec::new();
    let mut left = entries.as_slice();
    while let Some((length, after)) = left.split_first_chunk::<2>() {
        let (entry, after) = after.split_at(usize::from(u16::from_be_bytes(*length)));
        leaves.push(tlog::Hash::leaf(entry));
        left = after;
    }
    let mut grown = tlog::Tree::new();
    assert!(!grown.append(&leaves).is_empty());
    verify_inclusion(leaves[3], 3, 257, &hashes(small.proof), grown.root()).unwrap();

    let refusal = world.auditor.get_inclusion_proof(within(3)).await.unwrap_err();
    assert_told(&refusal, Code::NotFound, "NOT_INCLUDED_YET");
    let larger = i64::try_from(tree.size).unwrap() + 1;
    let refusal = world.auditor.get_inclusion_proof(within(larger)).await.unwrap_err();
    assert_told(&refusal, Code::NotFound, "TREE_SIZE_UNKNOWN");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_checkpoint_continues_those_before_it() {
    let mut world = World::new().await;
    let mut checkpoints = vec![world.caught_up().await.0];
    for rows in [1, 2, 250, 7, 300] {
        world.write(rows).await;
        checkpoints.push(world.caught_up().await.0);
    }
    for (at, second) in checkpoints.iter().enumerate() {
        for first in &checkpoints[..=at] {
            let request = pb::GetConsistencyProofRequest {
                first_size: i64::try_from(first.size).unwrap(),
                second_size: i64::try_from(second.size).unwrap(),
            };
            let answer = world.auditor.get_consistency_proof(request).await.unwrap().into_inner();
            assert_eq!(world.open(&answer.checkpoint), *second);
            let proof = hashes(answer.proof);
            let (from, to) = ((first.size, first.root), (second.size, second.root));
            verify_consistency(from.0, to.0, from.1, to.1, &proof).unwrap();
        }
    }
    let latest = pb::GetConsistencyProofRequest { first_size: 1, second_size: 0 };
    let latest = world.auditor.get_consistency_proof(latest).await.unwrap().into_inner();
    assert_eq!(world.open(&latest.checkpoint), *checkpoints.last().unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_question_is_told_all_at_once() {
    let mut world = World::new().await;
    let wrong = pb::GetInclusionProofRequest {
        service: "gateway".into(),
        row_id: 0,
        tree_size: -1,
        wait_ms: 10_001,
    };
    let refusal = world.auditor.get_inclusion_proof(wrong).await.unwrap_err();
    assert_told(&refusal, Code::InvalidArgument, "FIELDS");
    assert_eq!(fields(&refusal), ["service", "row_id", "tree_size", "wait_ms"]);

    let between =
        |first_size, second_size| pb::GetConsistencyProofRequest { first_size, second_size };
    for (wrong, at_fault) in [
        (between(0, 1), vec!["first_size"]),
        (between(2, 1), vec!["second_size"]),
        (between(-1, -1), vec!["first_size", "second_size"]),
    ] {
        let refusal = world.auditor.get_consistency_proof(wrong).await.unwrap_err();
        assert_eq!(fields(&refusal), at_fault);
    }
    let beyond = between(1, i64::MAX);
    let refusal = world.auditor.get_consistency_proof(beyond).await.unwrap_err();
    assert_told(&refusal, Code::NotFound, "TREE_SIZE_UNKNOWN");
}
