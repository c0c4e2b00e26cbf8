//! What every call that changes an item says alike, and what it begins and ends with.

use chrono::{DateTime, NaiveDate, Utc};
use command::{Written, check_request_id};
use prost::Message;
use sea_orm::DatabaseTransaction;
use types::AgencyCode;

use super::convert;
use crate::{
    Evidence,
    domain::{custody::CustodyEvent, item::Item, refusal::Refusal},
    error::Error,
    events::{self, Deed},
    store,
};

/// The most contents that one event names.
const CONTENTS_MAX: usize = 100;

/// Whose change of which item, as it was read, when.
#[derive(Clone, Debug)]
pub(super) struct Change {
    pub(super) agency: AgencyCode,
    pub(super) officer: String,
    pub(super) item: String,
    pub(super) version: i32,
    pub(super) now: DateTime<Utc>,
}

/// The fields that these calls have alike.
#[derive(Clone, Copy, Debug)]
pub(super) struct Alike<'a> {
    pub(super) request_id: &'a str,
    pub(super) item: &'a str,
    pub(super) etag: &'a str,
    pub(super) officer: &'a str,
}

impl Alike<'_> {
    /// Notes what is wrong with them; gives the version that the caller has read.
    pub(super) fn check(&self, fields: &mut server::Fields) -> i32 {
        check_request_id(fields, self.request_id);
        fields.text(self.item, 128, "item");
        fields.text(self.officer, 64, "officer");
        let version = convert::version(self.etag);
        fields.need(version, "etag", "is missing or malformed").unwrap_or_default()
    }
}

/// Notes a text that is too long or has control characters; lines are fine.
pub(super) fn check_text(fields: &mut server::Fields, value: &str, max: usize, field: &str) {
    fields.check(value.len() <= max, field, format!("is longer than {max} bytes"));
    let plain = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
    fields.check(value.chars().all(plain), field, "has control characters");
}

/// Notes contents that are too many, or named twice.
pub(super) fn check_contents(fields: &mut server::Fields, contents: &[String]) {
    fields.check(contents.len() <= CONTENTS_MAX, "contents", "are more than 100");
    let distinct: std::collections::BTreeSet<&String> = contents.iter().collect();
    fields.check(distinct.len() == contents.len(), "contents", "name one twice");
}

impl Change {
    /// The legal day.
    pub(super) fn day(&self) -> NaiveDate {
        clock::legal_date(self.now)
    }

    /// The item as the caller has read it.
    pub(super) async fn read(&self, tx: &DatabaseTransaction) -> Result<Item, Error> {
        let item = store::item_to_change(tx, &self.agency, &self.item).await?;
        if item.version == self.version { Ok(item) } else { Err(Error::Stale) }
    }

    /// A refusal, about the item.
    pub(super) fn refused(&self, refusal: Refusal) -> Error {
        Error::refused(refusal, &self.item)
    }

    /// Saves the item, with the event that its chain gained, if one did.
    pub(super) async fn save(
        &self,
        tx: &DatabaseTransaction,
        (before, after): (&Item, &Item),
        event: Option<&CustodyEvent>,
    ) -> Result<(), Error> {
        store::save_items(tx, &[(before, after)]).await?;
        if let Some(event) = event {
            store::append_custody(tx, &[(after.id, event.clone())]).await?;
        }
        Ok(())
    }

    /// The item as it is told, with its contents.
    pub(super) async fn told(
        &self,
        tx: &DatabaseTransaction,
        service: &Evidence,
        item: &Item,
    ) -> Result<proto::evidence::v1::Item, Error> {
        let contents = store::contents_of(tx, std::slice::from_ref(&self.item)).await?;
        Ok(convert::item(item, &contents, &service.calendar, self.day()))
    }

    /// The answer, and the journal row of `kind` with `message`.
    pub(super) fn written<R>(
        self,
        kind: &'static str,
        item: &Item,
        message: &impl Message,
        response: R,
    ) -> Written<R> {
        let deed = Deed {
            dossier: store::dossier_name(item.dossier),
            resource: self.item,
            agency: self.agency,
            officer: self.officer,
            at: self.now,
        };
        Written { response, entries: vec![events::entry(kind, deed, message)] }
    }
}
