//! Files a plan with the superior: from then on it can be drawn from.

use proto::operations::v1 as pb;

use super::{
    Call, asked,
    convert::plan::plan as message,
    once::{Written, once},
    put_plan::wanted,
};
use crate::{
    Operations, catalogue,
    domain::{law, plan::Plan},
    error::Error,
    events::{Doer, Happened},
    store,
};

pub(super) async fn file_plan(
    service: &Operations,
    call: Call,
    request: pb::FilePlanRequest,
) -> Result<pb::FilePlanResponse, Error> {
    let now = service.clock.now();
    let mut fields = server::Fields::default();
    command::check_request_id(&mut fields, &request.request_id);
    fields.text(&request.officer, 64, "officer");
    fields.text(&request.file_no, 100, "file_no");
    let version = asked::version(&mut fields, &request.etag);
    fields.done()?;
    // A plan is an approval in advance of what is inspected by it.
    let act = ("filing the plan", law::I_03, request.name.as_str());
    let head = service.bodies.head(&call.agency, &request.officer, act, now).await;
    // What the body held when it wrote the plan may have moved.
    let known: Result<Plan, Error> =
        store::read(service.db.reader(), &call.agency, &request.name).await;
    let held = match known {
        Ok(plan) => {
            catalogue::held(service, &wanted(&plan), clock::legal_date(now), &plan.name).await
        }
        Err(error) => Err(error),
    };

    let doer = Doer::new(&call.agency, &request.officer);
    let agency = call.agency.clone();
    let superior = service.bodies.all().superior(&agency);
    let command = call.command(request.request_id, "FilePlan", now);
    let (name, file_no) = (request.name, request.file_no);
    once(service, command, move |tx| {
        Box::pin(async move {
            head?;
            held?;
            let plan: Plan = store::read(tx, &agency, &name).await?;
            if plan.agency != agency {
                return Err(Error::NotFound("plan"));
            }
            if Some(plan.version) != version {
                return Err(Error::Stale);
            }
            let plan =
                plan.file(&file_no, now).map_err(|refusal| Error::refused(refusal, &name))?;
            store::update(tx, &plan).await?;
            let summary = format!("{agency} filed the plan {} as {file_no}", plan.title);
            let happened = Happened::new("PLAN_FILED", &name, summary).under(law::O_10);
            Ok(Written {
                response: pb::FilePlanResponse { plan: Some(message(&plan)) },
                entries: vec![happened.by(&doer, now)],
                shown: superior.into_iter().map(|superior| (superior, name.clone())).collect(),
            })
        })
    })
    .await
}
