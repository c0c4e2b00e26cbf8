//! The journal rows behind a figure, newest first: a body those of its own figures, an overseer those
//! of the services it oversees.

use proto::supervision::v1 as pb;

use super::{
    Call, ask, figure_said,
    overseen::{self, Look},
    paged,
};
use crate::{
    Supervision,
    domain::{indicator::Indicator, word::Part},
    error::Error,
    events::timestamp,
    store::fact::{self, Line, Reader},
};

pub(super) async fn list_figure_rows(
    service: &Supervision,
    call: Call,
    request: pb::ListFigureRowsRequest,
) -> Result<pb::ListFigureRowsResponse, Error> {
    // A token is for these rows only.
    let asked = format!("{} {:?} {}", request.name, request.filter, request.part);
    let pb::ListFigureRowsRequest { name, filter, part, page_size, page_token } = request;
    let mut fields = server::Fields::default();
    let indicator = Indicator::find(&name);
    let indicator = fields.need(indicator, "name", "is not indicators/{id} of ListIndicators");
    let part = fields.need(Part::parse(&part), "part", "is not NUMERATOR or DENOMINATOR");
    let filter = figure_said::filter(&mut fields, indicator, filter.unwrap_or_default());
    let page = paged::page(&mut fields, page_size, &page_token, &asked);
    let before = page.cursor.as_deref().and_then(place);
    let ok = page.cursor.is_some() == before.is_some();
    fields.check(ok, "page_token", "does not belong to this list");
    fields.done()?;
    let (Some(indicator), Some(part)) = (indicator, part) else {
        return Err(Error::Corrupt("indicator"));
    };
    let scope = service.settings.oversight.scope(&call.agency);
    let own = call.agency.to_string();
    if scope.is_none() && filter.body.as_ref().is_some_and(|body| *body != own) {
        return Err(Error::NotFound("figure"));
    }

    let who = Reader { own, scope };
    let mut lines = Vec::new();
    for measure in indicator.part(part) {
        let some = fact::lines(service.db.reader(), *measure, (&filter, &who), before, page.want());
        lines.extend(some.await?);
    }
    lines.sort_by_key(|line| std::cmp::Reverse((line.leaf, line.nth)));
    let next_page_token = page.cut(&mut lines, |line| format!("{}.{}", line.leaf, line.nth));
    let bodies = lines.iter().map(|line| line.cell.body.clone()).collect();
    let rows = lines.into_iter().map(told).collect::<Result<_, _>>()?;
    let response = pb::ListFigureRowsResponse { rows, next_page_token };
    let look = Look { method: "ListFigureRows", subject: name, bodies, ..Look::default() };
    overseen::keep(service, call, look, &response).await?;
    Ok(response)
}

fn place(cursor: &str) -> Option<(u64, i32)> {
    let (leaf, nth) = cursor.split_once('.')?;
    Some((leaf.parse().ok()?, nth.parse().ok()?))
}

fn told(line: Line) -> Result<pb::FigureRow, Error> {
    Ok(pb::FigureRow {
        measure: line.measure.to_string(),
        service: line.service,
        row_id: line.row_id,
        leaf_index: ask::count(line.leaf)?,
        time: Some(timestamp(line.at)),
        resource: line.resource,
        docket: line.docket,
        body: line.cell.body,
        area: line.cell.area,
        matter: line.cell.matter,
        month: line.cell.month,
        officer: line.officer,
        detail: line.detail,
    })
}
