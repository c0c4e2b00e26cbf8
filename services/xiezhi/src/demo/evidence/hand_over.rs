//! A hand-over as both sides play it: the giver lists, the receiver counts, both sign; then referral
//! hears of it, and every item is where the signed list says.

use std::{collections::BTreeSet, time::Duration};

use client::Mesh;
use proto::{evidence::v1 as pb, referral::v1 as referral};
use serde::Deserialize;
use tokio::time::{Instant, sleep};

use super::{
    Evidence, came,
    scene::{Halt, Scene},
};
use crate::demo::replay::{Came, certificate};

/// How long referral may take to hear that both sides have signed.
const TELL: Duration = Duration::from_secs(5);
/// Where both sides count, and where the receiver keeps what it took over.
const ROOM: &str = "涉案财物交接室(示例)";
const STORE: &str = "涉案财物管理场所(示例)";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HandOverSaid {
    items: Option<Vec<String>>,
    receiver: Option<String>,
    #[serde(default)]
    property_under_measure: bool,
    #[serde(default)]
    party_told_on: String,
    completes: Option<bool>,
    #[serde(default)]
    counts: Vec<CountSaid>,
}

/// A line on which the receiver found something else than what was listed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CountSaid {
    item: String,
    counted: String,
    discrepancy: String,
    accepted: bool,
}

impl Evidence<'_> {
    /// Proposes, counts and signs a list; then the referral is as the mesh says.
    pub(super) async fn hand_over(&mut self, scene: &Scene<'_>) -> Result<Came, Halt> {
        let said: HandOverSaid = scene.said()?;
        let codes = said.items.clone().unwrap_or_else(|| self.left(scene));
        self.prepare(scene, &codes).await.map_err(before)?;
        let giver = scene.mesh()?;
        let referral = referral_of(giver, scene.leg).await?;
        let receiver = said.receiver.clone().unwrap_or(referral.to_agency);
        let list = self.propose(scene, &said, &codes, &receiver).await?;
        let taker = scene.world.body(&receiver)?;
        let counted = self.count(taker, &said, &list, &receiver).await?;
        for (side, mesh) in [(receiver.as_str(), taker), (scene.by, giver)] {
            let request = pb::SignHandOverRequest {
                request_id: client::request_id(),
                name: counted.name.clone(),
                list_sha256: counted.list_sha256.clone(),
                officer: if side == scene.by {
                    scene.officer()?
                } else {
                    certificate(side, "officer2")?
                },
            };
            mesh.evidence().sign_hand_over(request).await?;
        }
        self.hand_overs += 1;
        told(giver, &counted.name).await?;
        self.check_custody((giver, taker), &counted, &said).await?;
        Ok(came(&referral_of(giver, scene.leg).await?.state))
    }

    async fn propose(
        &self,
        scene: &Scene<'_>,
        said: &HandOverSaid,
        codes: &[String],
        receiver: &str,
    ) -> Result<pb::HandOver, Halt> {
        let request = pb::ProposeHandOverRequest {
            request_id: client::request_id(),
            dossier: self.dossier.clone().unwrap_or_default(),
            receiver: receiver.to_owned(),
            purpose: pb::HandOverPurpose::Referral.into(),
            referral: scene.leg.to_owned(),
            dispute: String::new(),
            items: codes.iter().map(|code| self.name(code)).collect::<anyhow::Result<_>>()?,
            place: ROOM.to_owned(),
            property_under_measure: said.property_under_measure,
            party_told_on: said.party_told_on.clone(),
            completes: said.completes.unwrap_or(true),
            officer: scene.officer()?,
        };
        let answer = scene.mesh()?.evidence().propose_hand_over(request).await?;
        Ok(answer.into_inner().hand_over.unwrap_or_default())
    }

    /// Counts every line as it is listed, except those of which the file says something else.
    async fn count(
        &self,
        taker: &Mesh,
        said: &HandOverSaid,
        list: &pb::HandOver,
        receiver: &str,
    ) -> Result<pb::HandOver, Halt> {
        let unknown = |count: &&CountSaid| list.lines.iter().all(|line| line.code != count.item);
        if let Some(count) = said.counts.iter().find(unknown) {
            Err(anyhow::anyhow!("counts speak of {}, which is not on the list", count.item))?;
        }
        let counts = list.lines.iter().map(|line| {
            let found = said.counts.iter().find(|count| count.item == line.code);
            let kept_by = self.kept_by(&line.code);
            pb::LineCount {
                line_no: line.line_no,
                counted_quantity: found.map_or(&line.quantity, |found| &found.counted).clone(),
                condition: line.condition.clone(),
                seal_no: line.seal_no.clone(),
                discrepancy: found.map_or("", |found| &found.discrepancy).to_owned(),
                photos: Vec::new(),
                accepted: found.is_none_or(|found| found.accepted),
                // What another body keeps stays where it is.
                storage_place: if kept_by.is_empty() { STORE } else { &line.storage_place }
                    .to_owned(),
                kept_by,
            }
        });
        let request = pb::CountHandOverRequest {
            request_id: client::request_id(),
            name: list.name.clone(),
            etag: list.etag.clone(),
            counts: counts.collect(),
            officer: certificate(receiver, "officer2")?,
            custodian: certificate(receiver, "deputy")?,
            investigators: vec![
                certificate(receiver, "officer1")?,
                certificate(receiver, "officer2")?,
            ],
        };
        let answer = taker.evidence().count_hand_over(request).await?;
        Ok(answer.into_inner().hand_over.unwrap_or_default())
    }

    /// Whether each item is where the signed list says, as the body sees it that has it now: what the
    /// receiver did not accept is no longer shown to it.
    async fn check_custody(
        &mut self,
        (giver, taker): (&Mesh, &Mesh),
        list: &pb::HandOver,
        said: &HandOverSaid,
    ) -> Result<(), Halt> {
        let refused: BTreeSet<&str> = said
            .counts
            .iter()
            .filter(|count| !count.accepted)
            .map(|count| count.item.as_str())
            .collect();
        for line in &list.lines {
            let accepted = !refused.contains(line.code.as_str());
            let kept_by = if accepted { self.kept_by(&line.code) } else { String::new() };
            let request = pb::GetItemRequest { name: line.item.clone() };
            let mesh = if accepted { taker } else { giver };
            let item = mesh.evidence().get_item(request).await?.into_inner().item;
            let custody = item.unwrap_or_default().custody.unwrap_or_default();
            let holder = if accepted { &list.receiver } else { &list.giver };
            let keeper = certificate(holder, "deputy")?;
            let found = (&custody.holder, &custody.custodian, &custody.kept_by);
            if found != (holder, &keeper, &kept_by) || !custody.hand_over.is_empty() {
                self.faults.push(format!(
                    "{} is held by {}, kept by {} {}, listed in {:?}; the list gives it to {holder}",
                    line.code,
                    custody.holder,
                    custody.custodian,
                    custody.kept_by,
                    custody.hand_over,
                ));
            }
            if let Some(kept) = self.items.get_mut(&line.code) {
                kept.holder.clone_from(holder);
            }
        }
        Ok(())
    }

    /// What `by` still holds of the sheet, in its order.
    fn left(&self, scene: &Scene<'_>) -> Vec<String> {
        let mut codes = self.scenario.codes_of(scene.step);
        codes.retain(|code| self.items.get(code).is_none_or(|kept| kept.holder == scene.by));
        codes
    }

    fn kept_by(&self, code: &str) -> String {
        self.scenario.thing(code).and_then(|thing| thing.kept_by.clone()).unwrap_or_default()
    }
}

/// A refusal before the hand-over itself is none that a scenario can expect: it names no rule.
fn before(halt: Halt) -> Halt {
    match halt {
        Halt::Refused(mut error) => {
            error.message = format!("before the hand-over: {}", error.message);
            error.rules.clear();
            Halt::Refused(error)
        }
        Halt::Broken(error) => Halt::Broken(error),
    }
}

/// Waits until referral has answered. What it said shows in the state of the referral.
async fn told(giver: &Mesh, hand_over: &str) -> Result<(), Halt> {
    let until = Instant::now() + TELL;
    loop {
        let request = pb::GetHandOverRequest { name: hand_over.to_owned() };
        let answer = giver.evidence().get_hand_over(request).await?.into_inner();
        let outcome = answer.hand_over.unwrap_or_default().referral_outcome;
        if !outcome.is_empty() || Instant::now() > until {
            return Ok(());
        }
        sleep(Duration::from_millis(5)).await;
    }
}

async fn referral_of(mesh: &Mesh, name: &str) -> Result<referral::Referral, Halt> {
    let request = referral::GetReferralRequest { name: name.to_owned() };
    let answer = mesh.referral().get_referral(request).await?;
    Ok(answer.into_inner().referral.unwrap_or_default())
}
