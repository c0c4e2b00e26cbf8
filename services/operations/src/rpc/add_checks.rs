//! Adds checks that were not drawn: complaints, orders from above, follow-ups. Checks that have a name are
//! known: see `over_cap`.

use std::collections::BTreeSet;

use command::marks::Marks;
use proto::operations::v1 as pb;
use sea_orm::ConnectionTrait;

use super::{
    Call,
    convert::plan::{check as message, read_check},
    once::{Written, once},
    over_cap,
};
use crate::{
    Operations,
    catalogue::{self, Wanted},
    domain::{check::Check, law, operation::Operation, word::OperationState},
    error::Error,
    events::{Doer, Happened},
    store,
};

/// The most checks of one call.
pub(super) const CHECKS_MAX: usize = 1000;

pub(super) async fn add_checks(
    service: &Operations,
    call: Call,
    request: pb::AddChecksRequest,
) -> Result<pb::AddChecksResponse, Error> {
    if request.checks.iter().any(|one| !one.name.is_empty()) {
        return over_cap::over_cap(service, call, request).await;
    }
    let now = service.clock.now();
    let mut fields = server::Fields::default();
    command::check_request_id(&mut fields, &request.request_id);
    fields.text(&request.officer, 64, "officer");
    let count = (1..=CHECKS_MAX).contains(&request.checks.len());
    fields.check(count, "checks", "are not 1 to 1000");
    let mut checks = Vec::new();
    for (at, one) in request.checks.into_iter().take(CHECKS_MAX).enumerate() {
        let with = (&*service.settings, now);
        checks.extend(read_check(&mut fields, one, &format!("checks[{at}]."), &call.agency, with));
    }
    fields.done()?;
    let bodies = service.bodies.with(std::slice::from_ref(&call.agency)).await?;
    bodies
        .inspector(&call.agency, &service.settings)
        .map_err(|refusal| Error::refused(refusal, "checks"))?;
    let act = ("adding checks", law::I_03, "checks");
    let head = service.bodies.head(&call.agency, &request.officer, act, now).await;
    let held = catalogue::held(service, &wanted(&checks), clock::legal_date(now), "checks").await;

    let doer = Doer::new(&call.agency, &request.officer);
    let agency = call.agency.clone();
    let command = call.command(request.request_id, "AddChecks", now);
    once(service, command, move |tx| {
        Box::pin(async move {
            head?;
            held?;
            must_be_known(tx, &checks).await?;
            must_take_part(tx, &agency, &checks).await?;
            store::insert_many(tx, &checks).await?;
            let summary = format!("{agency} added {} checks", checks.len());
            let about = checks.iter().map(about);
            let subjects: BTreeSet<&str> = checks.iter().map(|one| one.subject.as_str()).collect();
            let marks = Marks::new()
                .value("checks_added", checks.len())
                .value("subjects_planned", subjects.len());
            let happened = Happened::new("CHECKS_ADDED", "checks", summary).under(law::I_03);
            let happened = happened.marked(marks);
            Ok(Written {
                response: pb::AddChecksResponse { checks: checks.iter().map(message).collect() },
                entries: vec![happened.with(about.collect()).by(&doer, now)],
                shown: Vec::new(),
            })
        })
    })
    .await
}

/// What the journal keeps of a check: why it takes place, and the head's reason to exceed a cap (I-04).
fn about(check: &Check) -> String {
    let over = &check.over_cap_because;
    let over = if over.is_empty() { String::new() } else { format!(", even over the cap: {over}") };
    format!("{}:{}{over}", check.origin, check.subject)
}

/// What the body must hold.
fn wanted(checks: &[Check]) -> Vec<Wanted> {
    let all = checks.iter().enumerate().flat_map(|(at, check)| {
        check.matters.iter().enumerate().map(move |(n, matter)| Wanted {
            field: format!("checks[{at}].matters[{n}]"),
            agency: check.agency.clone(),
            matter: matter.clone(),
        })
    });
    all.collect()
}

async fn must_be_known(tx: &impl ConnectionTrait, checks: &[Check]) -> Result<(), Error> {
    let names: BTreeSet<&str> = checks.iter().map(|one| one.subject.as_str()).collect();
    let names: Vec<&str> = names.into_iter().collect();
    let known = store::subjects_named(tx, &names).await?;
    let known: BTreeSet<&str> = known.iter().map(|one| one.name.as_str()).collect();
    let mut fields = server::Fields::default();
    for (at, check) in checks.iter().enumerate() {
        let is = known.contains(check.subject.as_str());
        fields.check(is, format!("checks[{at}].subject"), "is not known");
    }
    Ok(fields.done()?)
}

/// A check of a joint operation is a confirmed participant's.
async fn must_take_part(
    tx: &impl ConnectionTrait,
    agency: &types::AgencyCode,
    checks: &[Check],
) -> Result<(), Error> {
    let sources: BTreeSet<&str> = checks
        .iter()
        .map(|one| one.source.as_str())
        .filter(|source| source.starts_with("operations/"))
        .collect();
    let mut fields = server::Fields::default();
    for source in sources {
        let at = checks.iter().position(|one| one.source == source).unwrap_or_default();
        let field = format!("checks[{at}].source");
        match store::read::<Operation>(tx, agency, source).await {
            Ok(operation) => {
                let open =
                    matches!(operation.state, OperationState::Confirmed | OperationState::Approved);
                fields.check(open, &field, "is an operation that is not confirmed, or over");
                fields.check(operation.has(agency), field, "is an operation of other bodies");
            }
            Err(Error::NotFound(_)) => fields.fault(field, "is no operation"),
            Err(error) => return Err(error),
        }
    }
    Ok(fields.done()?)
}
