//! Extends or ends an administrative measure over an item.

use proto::evidence::v1 as pb;
use sea_orm::DatabaseTransaction;

use super::{
    Call,
    change::Change as ItemChange,
    change::{Alike, check_text},
    officers::{Officers, Positions},
    once::{Written, once},
};
use crate::{
    Evidence,
    domain::{
        custody::rule,
        measure::{Change, SEIZURE, SEIZURE_DAYS, TESTING_DAYS},
        refusal::Refusal,
    },
    error::Error,
};

pub(super) async fn change_measure(
    service: &Evidence,
    call: Call,
    request: pb::ChangeMeasureRequest,
) -> Result<pb::ChangeMeasureResponse, Error> {
    let now = service.clock.now();
    let (version, change) = check(&request)?;
    let day = clock::legal_date(now);
    let mut officers = Officers::one("officer", &request.officer, day);
    if !request.approved_by.is_empty() {
        officers.ask(APPROVED_BY, &request.approved_by, day);
    }
    let certified = officers.check(service, &call.agency).await;
    let changing = Changing {
        service: service.clone(),
        item: ItemChange {
            agency: call.agency.clone(),
            officer: request.officer,
            item: request.item,
            version,
            now,
        },
        change,
    };
    once(service, call.command(request.request_id, "ChangeMeasure", now), move |tx| {
        Box::pin(async move { changing.write(tx, &certified?).await })
    })
    .await
}

const APPROVED_BY: &str = "approved_by";

fn check(request: &pb::ChangeMeasureRequest) -> Result<(i32, Change), Error> {
    let mut fields = server::Fields::default();
    let alike = Alike {
        request_id: &request.request_id,
        item: &request.item,
        etag: &request.etag,
        officer: &request.officer,
    };
    let version = alike.check(&mut fields);
    fields.text(&request.reason, 4000, "reason");
    check_text(&mut fields, &request.reason, 4000, "reason");
    check_text(&mut fields, &request.approved_by, 64, APPROVED_BY);
    let days = |days: i32, most: u32| u32::try_from(days).ok().filter(|days| *days <= most);
    let kind = request.change();
    let extension = days(request.extension_days, SEIZURE_DAYS);
    fields.check(extension.is_some(), "extension_days", "is not between 0 and 30");
    let testing = days(request.testing_days, TESTING_DAYS);
    fields.check(testing.is_some(), "testing_days", "is not between 0 and 365");
    let (extends, excludes) =
        (kind == pb::MeasureChange::Extend, kind == pb::MeasureChange::ExcludeTesting);
    fields.check(extends || request.extension_days == 0, "extension_days", "belongs to EXTEND");
    let only = "belongs to EXCLUDE_TESTING";
    fields.check(excludes || request.testing_days == 0, "testing_days", only);
    fields.check(!excludes || testing != Some(0), "testing_days", "is missing");
    let approved = !request.approved_by.is_empty();
    let what = "is missing: a head approves an extension (E-05: Administrative Compulsion Law \
                art. 25)";
    fields.check(!extends || approved, APPROVED_BY, what);
    fields.check(extends || !approved, APPROVED_BY, "belongs to EXTEND");
    let change = match kind {
        pb::MeasureChange::Unspecified => None,
        pb::MeasureChange::Extend => {
            Some(Change::Extend(extension.filter(|days| *days > 0).unwrap_or(SEIZURE_DAYS)))
        }
        pb::MeasureChange::ExcludeTesting => {
            Some(Change::ExcludeTesting(testing.unwrap_or_default()))
        }
        pb::MeasureChange::Release => Some(Change::Release),
    };
    fields.check(change.is_some(), "change", "is missing");
    fields.done()?;
    Ok((version, change.ok_or(Error::Corrupt("change"))?))
}

/// A change on its way.
struct Changing {
    service: Evidence,
    item: ItemChange,
    change: Change,
}

impl Changing {
    async fn write(
        self,
        tx: &DatabaseTransaction,
        positions: &Positions,
    ) -> Result<Written<pb::ChangeMeasureResponse>, Error> {
        let before = self.item.read(tx).await?;
        rule::may_change(&before, &self.item.agency)
            .map_err(|refusal| self.item.refused(refusal))?;
        let Some(measure) = &before.measure else {
            return Err(self.item.refused(Refusal::Broken {
                what: "the item is under no measure".to_owned(),
                what_zh: "该物品未被采取措施",
                law: SEIZURE,
            }));
        };
        if let Some(position) = positions.get(APPROVED_BY)
            && !position.is_head()
        {
            let what = "no head: a head approves an extension".to_owned();
            return Err(self.item.refused(Refusal::WrongOfficer { what, law: measure.law() }));
        }
        let table = self.service.calendar.table();
        let changed = measure.change(self.change, self.item.day(), &table);
        let changed = changed.map_err(|refusal| self.item.refused(refusal))?;
        let mut after = before.next(self.item.now);
        after.measure = Some(changed);
        self.item.save(tx, (&before, &after), None).await?;
        let told = self.item.told(tx, &self.service, &after).await?;
        let response = pb::ChangeMeasureResponse { item: Some(told.clone()) };
        Ok(self.item.written("evidence.measure_changed.v1", &after, &told, response))
    }
}
