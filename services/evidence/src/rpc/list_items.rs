//! The items of a dossier that the caller may see, in the order of their numbers.

use proto::evidence::v1 as pb;
use types::page;

use super::{Call, convert};
use crate::{Evidence, error::Error, store};

pub(super) async fn list_items(
    service: &Evidence,
    call: Call,
    request: pb::ListItemsRequest,
) -> Result<pb::ListItemsResponse, Error> {
    let asked = Page::read(&request.dossier, request.page_size, &request.page_token)?;
    let reader = service.db.reader();
    store::dossier(reader, &call.agency, &request.dossier).await?;
    let mut items =
        store::items_of_dossier(reader, &call.agency, &request.dossier, asked.after, asked.want())
            .await?;
    let next_page_token = asked.cut(&mut items, |item| item.number);
    let names: Vec<String> = items.iter().map(|item| item.name()).collect();
    let mut contents = store::contents_of(reader, &names).await?;
    contents.sort_by(|a, b| a.about.parent.cmp(&b.about.parent));
    let day = clock::legal_date(service.clock.now());
    let told = items.iter().map(|item| {
        let first = contents.partition_point(|one| one.about.parent < item.name());
        let own = contents[first..].partition_point(|one| one.about.parent == item.name());
        convert::item(item, &contents[first..first + own], &service.calendar, day)
    });
    Ok(pb::ListItemsResponse { items: told.collect(), next_page_token })
}

/// A page of a list in the order of a number: of items, of events.
#[derive(Debug)]
pub(super) struct Page {
    /// What the token is bound to.
    list: String,
    /// After this number.
    pub(super) after: i32,
    size: usize,
}

impl Page {
    /// Reads what a request asks for.
    pub(super) fn read(list: &str, size: i32, token: &str) -> Result<Self, Error> {
        let mut fields = server::Fields::default();
        let size = fields.need(page::Size::of(size).ok(), "page_size", "is negative");
        let mut after = Some(0);
        if !token.is_empty() {
            after = page::Token::decode(list, token).and_then(|number| number.parse().ok());
            fields.check(after.is_some(), "page_token", "does not belong to this list");
        }
        fields.done()?;
        let (after, size) = (after.unwrap_or_default(), size.unwrap_or(1));
        Ok(Self { list: list.to_owned(), after, size })
    }

    /// How many rows to read: one more than asked says whether there is a next page.
    pub(super) fn want(&self) -> u64 {
        u64::try_from(self.size + 1).unwrap_or(u64::MAX)
    }

    /// Cuts what was read to the page, and gives the token of the next; empty when it is the last.
    pub(super) fn cut<T>(&self, rows: &mut Vec<T>, number: fn(&T) -> i32) -> String {
        let more = rows.len() > self.size;
        rows.truncate(self.size);
        let last = rows.last().filter(|_| more).map(number);
        last.map(|last| page::Token::encode(&self.list, &last.to_string())).unwrap_or_default()
    }
}
