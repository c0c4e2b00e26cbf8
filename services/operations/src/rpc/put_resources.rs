//! Officers, kits and the yearly cap of the caller's own body.

use std::collections::BTreeSet;

use proto::operations::v1 as pb;

use super::{
    Call,
    convert::subject::{read_cap, read_kit, read_officer, wire},
    once::{Written, once},
};
use crate::{
    Operations,
    domain::{
        law,
        refusal::Refusal,
        resource::{Cap, Kit, OfficerProfile},
    },
    error::Error,
    events::{Doer, Happened},
    store,
};

/// The most officers, and the most kits, of one call.
const RESOURCES_MAX: usize = 1000;

pub(super) async fn put_resources(
    service: &Operations,
    call: Call,
    request: pb::PutResourcesRequest,
) -> Result<pb::PutResourcesResponse, Error> {
    let now = service.clock.now();
    let mut fields = server::Fields::default();
    command::check_request_id(&mut fields, &request.request_id);
    fields.text(&request.officer, 64, "officer");
    let some = !(request.officers.is_empty() && request.kits.is_empty() && request.cap.is_none());
    fields.check(some, "officers", "are missing, and so are kits and cap");
    for (count, field) in [(request.officers.len(), "officers"), (request.kits.len(), "kits")] {
        fields.check(count <= RESOURCES_MAX, field, "are more than 1000");
    }
    let (mut officers, mut kits) = (Vec::new(), Vec::new());
    for (at, one) in request.officers.into_iter().take(RESOURCES_MAX).enumerate() {
        let at = format!("officers[{at}].");
        officers.push(read_officer(&mut fields, one, &at, &call.agency, now));
    }
    for (at, one) in request.kits.into_iter().take(RESOURCES_MAX).enumerate() {
        kits.push(read_kit(&mut fields, one, &format!("kits[{at}]."), &call.agency));
    }
    let cap = request.cap.as_ref().and_then(|cap| read_cap(&mut fields, cap, &call.agency));
    let names = |of: &mut dyn Iterator<Item = &String>| of.collect::<BTreeSet<_>>().len();
    let twice = names(&mut officers.iter().map(|one| &one.name)) < officers.len();
    fields.check(!twice, "officers", "name a certificate twice");
    let twice = names(&mut kits.iter().map(|one| &one.name)) < kits.len();
    fields.check(!twice, "kits", "name a code twice");
    fields.done()?;
    let bodies = service.bodies.with(std::slice::from_ref(&call.agency)).await?;
    bodies
        .inspector(&call.agency, &service.settings)
        .map_err(|refusal| Error::refused(refusal, "officerProfiles"))?;
    let mut certificates = vec![("officer".to_owned(), request.officer.clone())];
    certificates.extend(
        officers.iter().enumerate().map(|(at, one)| {
            (format!("officers[{at}].certificate_no"), one.certificate_no.clone())
        }),
    );
    let certified = service.bodies.all_certified(&call.agency, &certificates, now).await;

    let doer = Doer::new(&call.agency, &request.officer);
    let command = call.command(request.request_id, "PutResources", now);
    once(service, command, move |tx| {
        Box::pin(async move {
            certified?;
            let (officers, kits) =
                (versioned_officers(tx, officers).await?, versioned_kits(tx, kits).await?);
            store::upsert(tx, &officers).await?;
            store::upsert(tx, &kits).await?;
            let mut evidence: Vec<String> =
                officers.iter().map(|one| format!("officer:{}", one.certificate_no)).collect();
            if let Some(mut cap) = cap {
                let before = store::public::<Cap>(tx, &cap.name).await?;
                cap.version = before.map_or(1, |before| before.version + 1);
                evidence.push(format!("cap:{:?} since {}", cap.yearly_by_tier, cap.published_on));
                store::upsert(tx, &[cap]).await?;
            }
            let counts = (officers.len(), kits.len());
            let summary =
                format!("{} listed {} officers and {} kits", doer.agency, counts.0, counts.1);
            let happened = Happened::new("RESOURCES_PUT", "officerProfiles", summary);
            let count = |count: usize| wire(u32::try_from(count).unwrap_or(u32::MAX));
            Ok(Written {
                response: pb::PutResourcesResponse {
                    officers: count(counts.0),
                    kits: count(counts.1),
                },
                entries: vec![happened.under(law::O_06).with(evidence).by(&doer, now)],
                shown: Vec::new(),
            })
        })
    })
    .await
}

/// The officers with the versions that come after those that are kept.
async fn versioned_officers(
    tx: &impl sea_orm::ConnectionTrait,
    mut officers: Vec<OfficerProfile>,
) -> Result<Vec<OfficerProfile>, Error> {
    for one in &mut officers {
        one.version = 1;
        if let Some(before) = store::public::<OfficerProfile>(tx, &one.name).await? {
            one.version = before.version + 1;
            // A certificate that moved to another body is new there.
            if before.agency == one.agency {
                one.created_at = before.created_at;
            }
        }
    }
    Ok(officers)
}

/// The kits with the versions that come after those that are kept; a kit stays its body's.
async fn versioned_kits(
    tx: &impl sea_orm::ConnectionTrait,
    mut kits: Vec<Kit>,
) -> Result<Vec<Kit>, Error> {
    for one in &mut kits {
        one.version = 1;
        if let Some(before) = store::public::<Kit>(tx, &one.name).await? {
            if before.agency != one.agency {
                let whose = format!("the body that owns {}", one.name);
                let act = "listing the kit";
                let refusal = Refusal::NotYours { act, whose, law: law::O_04 };
                return Err(Error::refused(refusal, &one.name));
            }
            one.version = before.version + 1;
        }
    }
    Ok(kits)
}
