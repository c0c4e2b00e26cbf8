//! The visits take place: on their day the officers of each body check in, record what they found, and
//! the visit is done.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use anyhow::Context as _;
use chrono::NaiveDate;
use client::Mesh;
use proto::operations::v1 as pb;
use tokio::{sync::Semaphore, task::JoinSet};

use super::days;
use crate::{command::call::called, demo::world::World};

/// Visits carried out at once.
const AT_ONCE: usize = 8;

/// Carries out the visits of some days.
///
/// Returns how many are done.
pub(super) async fn carried_out(
    world: &World,
    visits: &[pb::Visit],
    days: &[NaiveDate],
) -> anyhow::Result<usize> {
    let turns = Arc::new(Semaphore::new(AT_ONCE));
    let mut done = 0;
    for day in days {
        world.clock.set(days::instant(&format!("{day} 17:30"))?);
        let mut under_way = JoinSet::new();
        for visit in visits.iter().filter(|visit| visit.day == day.to_string()) {
            let mut meshes = BTreeMap::new();
            for group in &visit.groups {
                meshes.insert(group.agency.clone(), world.body(&group.agency)?.clone());
            }
            let (visit, turns) = (visit.clone(), Arc::clone(&turns));
            under_way.spawn(async move {
                let _turn = turns.acquire().await;
                carry_out(&visit, &meshes).await
            });
        }
        while let Some(ended) = under_way.join_next().await {
            let state = ended.context("a visit")??;
            done += usize::from(state == pb::VisitState::Done);
        }
    }
    Ok(done)
}

async fn carry_out(
    visit: &pb::Visit,
    meshes: &BTreeMap<String, Mesh>,
) -> anyhow::Result<pb::VisitState> {
    let mut reports = Vec::new();
    for (agency, mesh) in meshes {
        let own = || visit.groups.iter().filter(|group| group.agency == *agency);
        let officers: BTreeSet<&String> = own().flat_map(|group| &group.assigned).collect();
        let officers: Vec<String> = officers.into_iter().cloned().collect();
        let matters: BTreeSet<&String> = own().flat_map(|group| &group.matters).collect();
        let first = officers.first().cloned().unwrap_or_default();
        let request = pb::CheckInRequest {
            request_id: client::request_id(),
            name: visit.name.clone(),
            officers,
            shown: "SCANNED".to_owned(),
        };
        called(mesh.operations().check_in(request).await)?;
        reports.extend(matters.into_iter().map(|matter| (mesh, found(visit, matter, &first))));
    }
    let (last, mut state) = (reports.len(), visit.state());
    for (at, (mesh, result)) in reports.into_iter().enumerate() {
        let request = pb::RecordResultRequest {
            request_id: client::request_id(),
            name: visit.name.clone(),
            result: Some(result),
            done: at + 1 == last,
        };
        let answer = called(mesh.operations().record_result(request).await)?;
        state = answer.visit.unwrap_or_default().state();
    }
    Ok(state)
}

/// What was found: mostly nothing, at every eleventh enterprise something that was mended at once.
fn found(visit: &pb::Visit, matter: &str, officer: &str) -> pb::MatterResult {
    let sum: usize = visit.subject.bytes().map(usize::from).sum();
    let (result, findings) = if sum.is_multiple_of(11) {
        ("CORRECTED_ON_SITE", "发现轻微问题，已当场改正(示例)")
    } else {
        ("OK", "未发现问题(示例)")
    };
    pb::MatterResult {
        matter: matter.to_owned(),
        result: result.to_owned(),
        findings: findings.to_owned(),
        checklist: vec![pb::ChecklistLine {
            question: "是否亮证、扫码入企?".to_owned(),
            answer: "YES".to_owned(),
            note: String::new(),
        }],
        officer: officer.to_owned(),
        ..pb::MatterResult::default()
    }
}
