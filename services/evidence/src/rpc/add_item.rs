//! Registers an item that was collected, and begins its chain of custody.

use command::{Written, check_request_id, once};
use db::journal;
use proto::evidence::v1 as pb;
use sea_orm::DatabaseTransaction;
use types::AgencyCode;

use super::{
    Call, convert,
    item_said::{self, Said},
    officers::{Officers, Positions},
};
use crate::{
    Evidence,
    domain::{
        item::Item,
        refusal::Refusal,
        registration::{self, LINE, New},
    },
    error::Error,
    events::{self, Deed},
    marks, store,
};

/// The most items one dossier has.
const ITEMS_MAX: i32 = 100_000;

pub(super) async fn add_item(
    service: &Evidence,
    call: Call,
    request: pb::AddItemRequest,
) -> Result<pb::AddItemResponse, Error> {
    let now = service.clock.now();
    let mut fields = server::Fields::default();
    check_request_id(&mut fields, &request.request_id);
    fields.text(&request.officer, 64, "officer");
    let said = item_said::read(fields, request.item, now)?;
    let day = clock::legal_date(now);
    let mut officers = Officers::one("officer", &request.officer, day);
    let collected = clock::legal_date(said.facts.collection.time);
    for (at, certificate) in said.facts.collection.collectors.iter().enumerate() {
        officers.ask(format!("item.collection.collectors[{at}]"), certificate, collected);
    }
    if let Some(measure) = &said.measure {
        officers.ask(APPROVED_BY, &measure.approved_by, measure.start);
    }
    let certified = officers.check(service, &call.agency).await;

    let adding = Adding {
        service: service.clone(),
        agency: call.agency.clone(),
        dossier: request.dossier,
        officer: request.officer,
        said,
    };
    once(&service.db, call.command(request.request_id, "AddItem", now), move |tx| {
        Box::pin(async move { adding.write(tx, certified?, now).await })
    })
    .await
}

const APPROVED_BY: &str = "item.measure.approved_by";

/// A registration on its way.
struct Adding {
    service: Evidence,
    agency: AgencyCode,
    dossier: String,
    officer: String,
    said: Said,
}

impl Adding {
    async fn write(
        self,
        tx: &DatabaseTransaction,
        positions: Positions,
        now: chrono::DateTime<chrono::Utc>,
    ) -> Result<Written<pb::AddItemResponse>, Error> {
        let dossier = store::dossier(tx, &self.agency, &self.dossier).await?;
        let refused = |refusal| Err(Error::refused(refusal, &self.dossier));
        if dossier.agency != self.agency {
            let what = format!("only {} adds to its dossier: open one of your own", dossier.agency);
            return refused(Refusal::NotYours { what, law: LINE });
        }
        if let Some(measure) = &self.said.measure
            && !positions.get(APPROVED_BY).is_some_and(|position| position.is_head())
        {
            let what = format!("{} is no head: a head approves a measure", measure.approved_by);
            return refused(Refusal::WrongOfficer { what, law: measure.law() });
        }
        // First, since it makes others wait: of two that add the same code one finds the other's.
        let number = store::next_number(tx, &self.dossier).await?;
        if store::has_code(tx, &self.dossier, &self.said.facts.code).await? {
            let code = &self.said.facts.code;
            return Err(Error::Exists(format!("an item with the code {code}")));
        }
        if number > ITEMS_MAX {
            return refused(Refusal::Broken {
                what: format!("the dossier has {ITEMS_MAX} items, which is the most: open another"),
                what_zh: "卷宗物品数量已达上限",
                law: LINE,
            });
        }
        let Said { facts, measure } = self.said;
        let (item, chain) = registration::register(New {
            dossier: &dossier,
            number,
            facts,
            measure,
            officer: &self.officer,
            now,
        });
        store::insert_item(tx, &item).await?;
        let chain: Vec<_> = chain.into_iter().map(|event| (item.id, event)).collect();
        store::append_custody(tx, &chain).await?;
        store::show(tx, &[(self.agency.clone(), item.name())]).await?;
        let day = clock::legal_date(now);
        let message = convert::item(&item, &[], &self.service.calendar, day);
        let marks = marks::added(&item, &self.agency, &self.service.calendar.table());
        let entry = added(&item, self.dossier, (self.agency, self.officer), &message);
        let response = pb::AddItemResponse { item: Some(message) };
        Ok(Written { response, entries: vec![entry] }.marked(marks))
    }
}

fn added(
    item: &Item,
    dossier: String,
    (agency, officer): (AgencyCode, String),
    message: &pb::Item,
) -> journal::Entry {
    let deed = Deed { dossier, resource: item.name(), agency, officer, at: item.created_at };
    events::entry("evidence.item_added.v1", deed, message)
}
