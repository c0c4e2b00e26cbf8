//! Lets checks that are there, drawn or added, take place although a cap is reached: the head gives a reason,
//! which supervision sees (I-04).

use std::collections::BTreeSet;

use proto::operations::v1 as pb;
use server::Fields;

use super::{
    Call,
    add_checks::CHECKS_MAX,
    convert::plan::check as message,
    once::{Written, once},
};
use crate::{
    Operations,
    domain::{check::Check, law},
    error::Error,
    events::{Doer, Happened},
    store,
};

pub(super) async fn over_cap(
    service: &Operations,
    call: Call,
    request: pb::AddChecksRequest,
) -> Result<pb::AddChecksResponse, Error> {
    let now = service.clock.now();
    let mut fields = Fields::default();
    command::check_request_id(&mut fields, &request.request_id);
    fields.text(&request.officer, 64, "officer");
    fields.check(request.checks.len() <= CHECKS_MAX, "checks", "are not 1 to 1000");
    let allowed = read(&mut fields, request.checks);
    fields.done()?;
    let act = ("exceeding a cap", law::I_04, "checks");
    let head = service.bodies.head(&call.agency, &request.officer, act, now).await;

    let doer = Doer::new(&call.agency, &request.officer);
    let agency = call.agency.clone();
    let command = call.command(request.request_id, "AddChecks", now);
    once(service, command, move |tx| {
        Box::pin(async move {
            head?;
            let mut fields = Fields::default();
            let (mut checks, mut entries) = (Vec::new(), Vec::new());
            for (at, (name, because)) in allowed.into_iter().enumerate() {
                let check: Option<Check> = store::public(tx, &name).await?;
                let waits = check.filter(|one| one.agency == agency && one.visit.is_none());
                let fault = "is no check of the body that waits for a visit";
                let check = fields.need(waits, format!("checks[{at}].name"), fault);
                let Some(mut check) = check else { continue };
                check.over_cap_because = because;
                check.version += 1;
                store::update(tx, &check).await?;
                entries.push(happened(&check).by(&doer, now));
                checks.push(message(&check));
            }
            fields.done()?;
            let response = pb::AddChecksResponse { checks };
            Ok(Written { response, entries, shown: Vec::new() })
        })
    })
    .await
}

/// The names, each with the reason.
fn read(fields: &mut Fields, checks: Vec<pb::Check>) -> Vec<(String, String)> {
    let (mut names, mut allowed) = (BTreeSet::new(), Vec::new());
    for (at, one) in checks.into_iter().enumerate().take(CHECKS_MAX) {
        let field = |field: &str| format!("checks[{at}].{field}");
        fields.text(&one.name, 64, &field("name"));
        fields.text(&one.over_cap_because, 1000, &field("over_cap_because"));
        let alone = one.subject.is_empty() && one.matters.is_empty() && one.source.is_empty();
        let fault = "is there, and so is more: a check that is known has its reason only";
        fields.check(alone, field("name"), fault);
        let once = names.insert(one.name.clone());
        fields.check(once, field("name"), "is there twice");
        allowed.push((one.name, one.over_cap_because.trim().to_owned()));
    }
    allowed
}

fn happened(check: &Check) -> Happened {
    let Check { agency, subject, over_cap_because, .. } = check;
    let plain = format!("the head of {agency} lets {subject} be inspected even over the cap");
    Happened::new("CHECK_OVER_CAP", &check.name, format!("{plain}: {over_cap_because}"))
        .under(law::I_04)
        .plainly(plain)
}
