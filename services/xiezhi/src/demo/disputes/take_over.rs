//! The evidence of the docket goes to the body that was found competent: counted, and signed by both.

use std::time::Duration;

use client::{Error, Mesh};
use proto::evidence::v1 as pb;
use serde::Deserialize;
use tokio::time::{Instant, sleep};

use super::{play::read, scenario::Step};
use crate::demo::{replay::certificate, world::World};

/// Where the receiver keeps what it takes over.
const STORE: &str = "涉案财物保管室(示例)";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    /// Code of the body that acted until now.
    giver: String,
}

/// Takes over what the decision orders; the number of items whose custody moved.
pub(super) async fn play(
    world: &World,
    step: &Step,
    dispute: &str,
    within: Duration,
) -> anyhow::Result<Result<usize, Error>> {
    let said: Said = toml::Value::Table(step.with.clone()).try_into()?;
    let (taker, giver) = (world.body(&step.by)?, world.body(&said.giver)?);
    let officers = Officers {
        counts: certificate(&step.by, &step.officer)?,
        keeps: certificate(&step.by, "deputy")?,
        investigate: [certificate(&step.by, "officer1")?, certificate(&step.by, "officer2")?],
        gives: certificate(&said.giver, &step.officer)?,
    };
    let until = Instant::now() + within;
    let ordered = loop {
        let answer = match read(taker, dispute).await {
            Ok(answer) => answer.dispute.unwrap_or_default(),
            Err(error) => return Ok(Err(error)),
        };
        let told = answer.decision.unwrap_or_default().evidence_outcome;
        if !told.is_empty() {
            break told;
        }
        anyhow::ensure!(Instant::now() < until, "the evidence service was not told");
        sleep(Duration::from_millis(5)).await;
    };
    let mut items = 0;
    for name in ordered.split([',', ' ']).filter(|name| name.starts_with("handOvers/")) {
        match hand_over(taker, giver, name, &officers).await {
            Ok(moved) => items += moved,
            Err(error) => return Ok(Err(error)),
        }
    }
    Ok(Ok(items))
}

/// Who signs what, by certificate number.
struct Officers {
    counts: String,
    keeps: String,
    investigate: [String; 2],
    gives: String,
}

async fn hand_over(
    taker: &Mesh,
    giver: &Mesh,
    name: &str,
    officers: &Officers,
) -> Result<usize, Error> {
    let request = pb::GetHandOverRequest { name: name.to_owned() };
    let list = taker.evidence().get_hand_over(request).await?.into_inner();
    let list = list.hand_over.unwrap_or_default();
    let counts = list.lines.iter().map(|line| pb::LineCount {
        line_no: line.line_no,
        counted_quantity: line.quantity.clone(),
        condition: line.condition.clone(),
        seal_no: line.seal_no.clone(),
        accepted: true,
        storage_place: STORE.to_owned(),
        ..pb::LineCount::default()
    });
    let request = pb::CountHandOverRequest {
        request_id: client::request_id(),
        name: list.name,
        etag: list.etag,
        counts: counts.collect(),
        officer: officers.counts.clone(),
        custodian: officers.keeps.clone(),
        investigators: officers.investigate.to_vec(),
    };
    let counted = taker.evidence().count_hand_over(request).await?.into_inner();
    let counted = counted.hand_over.unwrap_or_default();
    let mut signed = pb::HandOver::default();
    for (mesh, officer) in [(taker, &officers.counts), (giver, &officers.gives)] {
        let request = pb::SignHandOverRequest {
            request_id: client::request_id(),
            name: counted.name.clone(),
            list_sha256: counted.list_sha256.clone(),
            officer: officer.clone(),
        };
        let answer = mesh.evidence().sign_hand_over(request).await?.into_inner();
        signed = answer.hand_over.unwrap_or_default();
    }
    let complete = signed.state() == pb::HandOverState::Completed;
    Ok(if complete { signed.lines.len() } else { 0 })
}
