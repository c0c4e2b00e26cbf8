//! The full trace of a docket across services: who did, saw and changed what, in order; on request
//! each row with its bytes and the proof that it is in the log.

use chrono::{DateTime, Utc};
use proto::supervision::v1 as pb;

use super::{
    Call, ask, convert,
    overseen::{self, Look},
    paged,
};
use crate::{
    Supervision,
    error::Error,
    prove::Signed,
    store::{self, Sought, Traced},
};

/// The most rows of a page with proofs.
const PROVEN: usize = 100;

pub(super) async fn get_trace(
    service: &Supervision,
    call: Call,
    request: pb::GetTraceRequest,
) -> Result<pb::GetTraceResponse, Error> {
    let mut fields = server::Fields::default();
    fields.text(&request.docket, 64, "docket");
    let mut page =
        paged::page(&mut fields, request.page_size, &request.page_token, &request.docket);
    let after = page.cursor.as_deref().and_then(read_cursor);
    let read = page.cursor.is_none() || after.is_some();
    fields.check(read, "page_token", "does not belong to this list");
    fields.done()?;
    if request.proofs {
        page.size = page.size.min(PROVEN);
    }

    let scope = service.settings.oversight.scope(&call.agency);
    let (reader, docket) = (overseen::reader(&call, &scope), request.docket);
    let mut found = store::trace(service.db.reader(), &reader, &docket, after, page.want()).await?;
    if found.is_empty() && after.is_none() {
        return Err(Error::NotFound("docket"));
    }
    let next_page_token = page.cut(&mut found, cursor);
    let others = found.iter().filter(|row| !row.own);
    let bodies = others.map(|row| row.agency.clone()).collect();
    let rows: Result<Vec<_>, Error> = found.into_iter().map(convert::traced).collect();
    let mut response =
        pb::GetTraceResponse { rows: rows?, next_page_token, checkpoint: String::new() };
    if request.proofs {
        let tree = service.signed(0).await?;
        for row in &mut response.rows {
            prove(service, row, &tree).await?;
        }
        response.checkpoint = tree.note;
    }
    let look = Look { method: "GetTrace", subject: docket.clone(), docket, bodies };
    overseen::keep(service, call, look, &response).await?;
    Ok(response)
}

/// Adds the bytes and the proof of a row. A row that cannot be had, or that was altered, says so, and
/// the others are proven all the same.
async fn prove(service: &Supervision, row: &mut pb::TraceRow, tree: &Signed) -> Result<(), Error> {
    let sought = Sought::Row { service: &row.service, row_id: row.row_id };
    let leaf = store::leaf(service.db.reader(), sought).await?;
    let leaf = leaf.ok_or(Error::Corrupt("trace_row.row_id"))?;
    let Some(journal) = service.journals.get(&row.service) else {
        row.fault = format!("the journal of {} is not followed any more", row.service);
        return Ok(());
    };
    match service.row(journal, &leaf).await {
        Ok(bytes) => {
            row.row = bytes;
            row.inclusion = ask::hashes(&service.inclusion(&leaf, tree).await?);
            Ok(())
        }
        Err(fault @ (Error::Mismatch { .. } | Error::Journal { .. })) => {
            row.fault = fault.to_string();
            Ok(())
        }
        Err(error) => Err(error),
    }
}

fn cursor(row: &Traced) -> String {
    format!("{} {}", row.at.timestamp_micros(), row.leaf)
}

fn read_cursor(text: &str) -> Option<(DateTime<Utc>, i64)> {
    let (micros, leaf) = text.split_once(' ')?;
    let at = DateTime::<Utc>::from_timestamp_micros(micros.parse().ok()?)?;
    Some((at, leaf.parse().ok()?))
}
