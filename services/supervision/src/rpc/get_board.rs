//! How much is due, by body, form and rung, with the oldest of each.

use std::collections::BTreeMap;

use proto::supervision::v1 as pb;

use super::{
    Call, convert,
    overseen::{self, Look},
};
use crate::{Supervision, domain::due::Item, error::Error, events::timestamp, store};

pub(super) async fn get_board(
    service: &Supervision,
    call: Call,
    _: pb::GetBoardRequest,
) -> Result<pb::GetBoardResponse, Error> {
    let now = service.clock.now();
    let scope = service.settings.oversight.scope(&call.agency);
    let reader = overseen::reader(&call, &scope);
    let cells = store::board(service.db.reader(), &reader).await?;
    let keys: Vec<String> = cells.iter().map(|cell| cell.oldest.clone()).collect();
    let items = store::items(service.db.reader(), &keys).await?;
    let items: BTreeMap<String, Item> = items.into_iter().map(|item| (item.key(), item)).collect();
    let told = |cell: &store::Cell| {
        let oldest = items.get(&cell.oldest);
        let oldest = oldest.map(|item| convert::due(item, &service.rules, now)).transpose()?;
        Ok(pb::BoardCell {
            agency: cell.holder.clone(),
            form: convert::form(cell.form).into(),
            rung: convert::rung(cell.rung).into(),
            count: cell.count,
            oldest,
        })
    };
    let told: Result<Vec<_>, Error> = cells.iter().map(told).collect();
    let response = pb::GetBoardResponse { cells: told?, read_time: Some(timestamp(now)) };
    if scope.is_some() {
        let bodies = cells.into_iter().map(|cell| cell.holder).collect();
        let look = Look { method: "GetBoard", bodies, ..Look::default() };
        overseen::keep(service, call, look, &response).await?;
    }
    Ok(response)
}
