//! What is there before the draw: certificates, the list of subjects, what each body can send, its
//! plan, filed by its head.

use proto::{identity::v1 as identity, operations::v1 as pb};

use super::{
    book::Book,
    county::{Body, County},
    days,
};
use crate::{command::call::called, demo::world::World};

/// Subjects of one call.
const AT_ONCE: usize = 500;

/// Writes the lists of the county through the API; returns the plans that are filed.
pub(super) async fn prepare(
    world: &World,
    county: &County,
    office: &str,
    book: &mut Book,
) -> anyhow::Result<Vec<String>> {
    world.clock.set(days::instant(days::LISTS)?);
    let officers: Vec<identity::Officer> =
        county.bodies.iter().flat_map(|body| body.certificates.clone()).collect();
    let count = officers.len();
    let request = identity::ImportDirectoryRequest {
        request_id: client::request_id(),
        agencies: Vec::new(),
        officers,
    };
    let answer = called(world.operator().identity().import_directory(request).await)?;
    book.equal("officers whose certificates identity has", count, answer.officers);
    let mut created = 0;
    for some in county.subjects.chunks(AT_ONCE) {
        let request = pb::PutSubjectsRequest {
            request_id: client::request_id(),
            subjects: some.to_vec(),
            officer: format!("{office}-01"),
        };
        created += called(world.body(office)?.operations().put_subjects(request).await)?.created;
    }
    book.equal("enterprises on the list", county.subjects.len(), created);
    let mut plans = Vec::new();
    for body in &county.bodies {
        plans.push(body_lists(world, body).await?);
    }
    book.equal("plans filed by the heads (O-10, I-03)", county.bodies.len(), plans.len());
    Ok(plans)
}

async fn body_lists(world: &World, body: &Body) -> anyhow::Result<String> {
    let (code, mut operations) = (body.code, world.body(body.code)?.operations());
    let request = pb::PutResourcesRequest {
        request_id: client::request_id(),
        officers: body.officers.clone(),
        kits: body.kits.clone(),
        cap: Some(pb::Cap {
            yearly_by_tier: vec![2, 2, 4, 6],
            published_on: "2026-01-05".to_owned(),
            ..pb::Cap::default()
        }),
        officer: format!("{code}-01"),
    };
    called(operations.put_resources(request).await)?;
    let week = days::week().map(|day| day.to_string());
    let plan = pb::Plan {
        title: format!("2026年第43周{}检查计划(示例)", body.name),
        period_start: week[0].clone(),
        period_end: week[4].clone(),
        items: body.items.clone(),
        ..pb::Plan::default()
    };
    let request = pb::PutPlanRequest {
        request_id: client::request_id(),
        plan: Some(plan),
        officer: format!("{code}-01"),
    };
    let plan = called(operations.put_plan(request).await)?.plan.unwrap_or_default();
    let request = pb::FilePlanRequest {
        request_id: client::request_id(),
        name: plan.name.clone(),
        etag: plan.etag,
        file_no: format!("{code}备〔2026〕43号"),
        officer: format!("{code}-04"),
    };
    called(operations.file_plan(request).await)?;
    Ok(plan.name)
}
