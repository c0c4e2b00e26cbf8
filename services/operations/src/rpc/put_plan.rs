//! Writes a plan that is still a draft.

use proto::operations::v1 as pb;

use super::{
    Call, asked,
    convert::plan::{plan as message, read_plan},
    once::{Written, once},
};
use crate::{
    Operations,
    catalogue::{self, Wanted},
    domain::plan::{self, Plan},
    error::Error,
    events::{Doer, Happened},
    store,
};

pub(super) async fn put_plan(
    service: &Operations,
    call: Call,
    request: pb::PutPlanRequest,
) -> Result<pb::PutPlanResponse, Error> {
    let now = service.clock.now();
    let mut fields = server::Fields::default();
    command::check_request_id(&mut fields, &request.request_id);
    fields.text(&request.officer, 64, "officer");
    let said = fields.need(request.plan, "plan", "is missing").unwrap_or_default();
    let (name, etag) = (said.name.clone(), said.etag.clone());
    let version = if name.is_empty() { None } else { asked::version(&mut fields, &etag) };
    let plan = read_plan(&mut fields, said, &call.agency, &service.settings, now);
    fields.done()?;
    let plan = plan.ok_or(Error::Corrupt("request"))?;
    let subject = if name.is_empty() { "plans" } else { &name };
    let bodies = service.bodies.with(std::slice::from_ref(&call.agency)).await?;
    bodies
        .inspector(&call.agency, &service.settings)
        .and_then(|()| plan::check(&plan, &service.settings))
        .map_err(|refusal| Error::refused(refusal, subject))?;
    let certified = service.bodies.certified(&call.agency, &request.officer, now).await;
    let held = catalogue::held(service, &wanted(&plan), clock::legal_date(now), subject).await;

    let doer = Doer::new(&call.agency, &request.officer);
    let agency = call.agency.clone();
    let office = service.settings.guidance_office.clone();
    let command = call.command(request.request_id, "PutPlan", now);
    once(service, command, move |tx| {
        Box::pin(async move {
            certified?;
            held?;
            let plan = if name.is_empty() {
                store::insert(tx, &plan).await?;
                plan
            } else {
                let before: Plan = store::read(tx, &agency, &name).await?;
                if before.agency != agency {
                    return Err(Error::NotFound("plan"));
                }
                if Some(before.version) != version {
                    return Err(Error::Stale);
                }
                before.writable().map_err(|refusal| Error::refused(refusal, &name))?;
                let (created_at, version) = (before.created_at, before.version + 1);
                let plan = Plan { name, created_at, version, ..plan };
                store::update(tx, &plan).await?;
                plan
            };
            let summary = format!("{agency} wrote the plan {}", plan.title);
            Ok(Written {
                response: pb::PutPlanResponse {
                    plan: Some(message(&plan)),
                    warnings: plan::warnings(&plan),
                },
                entries: vec![Happened::new("PLAN_PUT", &plan.name, summary).by(&doer, now)],
                shown: vec![(agency, plan.name.clone()), (office, plan.name.clone())],
            })
        })
    })
    .await
}

/// What the plan's body must hold.
pub(super) fn wanted(plan: &Plan) -> Vec<Wanted> {
    let items = plan.items.iter().enumerate();
    items
        .map(|(at, item)| Wanted {
            field: format!("plan.items[{at}].matter"),
            agency: plan.agency.clone(),
            matter: item.matter.clone(),
        })
        .collect()
}
