//! Extends, ends or converts an administrative measure over an item.

use command::{Written, marks::Marks, once};
use proto::evidence::v1 as pb;
use sea_orm::DatabaseTransaction;
use types::AgencyCode;

use super::{
    Call,
    change::Change as ItemChange,
    change::{Alike, check_text},
    convert::of_word,
    officers::{Officers, Positions},
};
use crate::{
    Evidence,
    domain::{
        custody::rule,
        dossier::Dossier,
        item::Item,
        measure::{Measure, SEIZURE, SEIZURE_DAYS, Step, TESTING_DAYS},
        refusal::Refusal,
        word::MeasureChange,
    },
    error::Error,
    marks, store,
};

pub(super) async fn change_measure(
    service: &Evidence,
    call: Call,
    request: pb::ChangeMeasureRequest,
) -> Result<pb::ChangeMeasureResponse, Error> {
    let now = service.clock.now();
    let (version, change, days) = check(&request)?;
    let day = clock::legal_date(now);
    let mut officers = Officers::one("officer", &request.officer, day);
    if !request.approved_by.is_empty() {
        officers.ask(APPROVED_BY, &request.approved_by, day);
    }
    let certified = officers.check(service, &call.agency).await;
    let step = Step {
        change,
        days,
        reason: request.reason.trim().to_owned(),
        officer: request.officer.clone(),
        approved_by: request.approved_by,
        decision_no: request.decision_no.trim().to_owned(),
        at: now,
    };
    let changing = Changing {
        service: service.clone(),
        item: ItemChange {
            agency: call.agency.clone(),
            officer: request.officer,
            item: request.item,
            version,
            now,
        },
        step,
    };
    once(&service.db, call.command(request.request_id, "ChangeMeasure", now), move |tx| {
        Box::pin(async move { changing.write(tx, &certified?).await })
    })
    .await
}

const APPROVED_BY: &str = "approved_by";

fn check(request: &pb::ChangeMeasureRequest) -> Result<(i32, MeasureChange, u32), Error> {
    use pb::MeasureChange::{ExcludeTesting, Extend, Seize};
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
    check_text(&mut fields, &request.decision_no, 100, "decision_no");
    let kind = request.change();
    let (extends, excludes, seizes) = (kind == Extend, kind == ExcludeTesting, kind == Seize);
    let days = |days: i32, most: u32| u32::try_from(days).ok().filter(|days| *days <= most);
    let extension = days(request.extension_days, SEIZURE_DAYS);
    fields.check(extension.is_some(), "extension_days", "is not between 0 and 30");
    let testing = days(request.testing_days, TESTING_DAYS);
    fields.check(testing.is_some(), "testing_days", "is not between 0 and 365");
    fields.check(extends || request.extension_days == 0, "extension_days", "belongs to EXTEND");
    let only = "belongs to EXCLUDE_TESTING";
    fields.check(excludes || request.testing_days == 0, "testing_days", only);
    fields.check(!excludes || testing != Some(0), "testing_days", "is missing");
    let approved = !request.approved_by.is_empty();
    let what =
        "is missing: a head approves it (E-05: Administrative Compulsion Law art. 18, 24, 25)";
    let needed = extends || seizes;
    fields.check(!needed || approved, APPROVED_BY, what);
    fields.check(needed || !approved, APPROVED_BY, "belongs to EXTEND and SEIZE");
    let decided = !request.decision_no.trim().is_empty();
    let what = "is missing: a seizure is decided in writing (E-05: Administrative Compulsion Law \
                art. 24)";
    fields.check(!seizes || decided, "decision_no", what);
    fields.check(seizes || request.decision_no.is_empty(), "decision_no", "belongs to SEIZE");
    let change = of_word(kind.as_str_name(), "MEASURE_CHANGE_", MeasureChange::parse);
    fields.check(change.is_some(), "change", "is missing");
    fields.done()?;
    let days = match kind {
        Extend => extension.filter(|days| *days > 0).unwrap_or(SEIZURE_DAYS),
        ExcludeTesting => testing.unwrap_or_default(),
        pb::MeasureChange::Unspecified | pb::MeasureChange::Release | Seize => 0,
    };
    Ok((version, change.ok_or(Error::Corrupt("change"))?, days))
}

/// A change on its way.
struct Changing {
    service: Evidence,
    item: ItemChange,
    step: Step,
}

impl Changing {
    async fn write(
        self,
        tx: &DatabaseTransaction,
        positions: &Positions,
    ) -> Result<Written<pb::ChangeMeasureResponse>, Error> {
        let before = self.item.read(tx).await?;
        let dossier = store::dossier_name(before.dossier);
        let dossier = store::dossier(tx, &self.item.agency, &dossier).await?;
        may_change(&before, &dossier, &self.item.agency)
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
            let what = format!("{} is no head: a head approves it", self.step.approved_by);
            return Err(self.item.refused(Refusal::WrongOfficer { what, law: measure.law() }));
        }
        let table = self.service.calendar.table();
        let changed = measure.change(self.step, self.item.day(), &table);
        let changed = changed.map_err(|refusal| self.item.refused(refusal))?;
        let mut after = before.next(self.item.now);
        after.measure = Some(changed);
        self.item.save(tx, (&before, &after), None).await?;
        let law = measure.law();
        let marks = Marks::new()
            .under(law.rule, law.basis)
            .summary(format!("{} changed the measure over an item", dossier.agency))
            .terms(marks::measure(Some(&before), &after, &dossier.agency, (self.item.now, &table)));
        let told = self.item.told(tx, &self.service, &after).await?;
        let response = pb::ChangeMeasureResponse { item: Some(told.clone()) };
        let written = self.item.written("evidence.measure_changed.v1", &after, &told, response);
        Ok(written.marked(marks))
    }
}

/// That the body whose measure it is changes it, wherever the item is kept, and nobody during a
/// hand-over.
fn may_change(item: &Item, dossier: &Dossier, body: &AgencyCode) -> Result<(), Refusal> {
    if dossier.agency != *body {
        let law = item.measure.as_ref().map_or(SEIZURE, Measure::law);
        let what = format!("it is a measure of {}, which alone changes it", dossier.agency);
        return Err(Refusal::NotYours { what, law });
    }
    rule::still_there(item)
}
