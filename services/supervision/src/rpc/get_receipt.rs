//! The receipt of a call, for who made it: the row as its service has it now, and the proof that it
//! is what was sequenced. A row that is not is never given a receipt.

use proto::supervision::v1 as pb;
use tlog::Receipt;
use types::AgencyCode;

use super::ask;
use crate::{Supervision, error::Error, store::Sought};

pub(super) async fn get_receipt(
    service: &Supervision,
    caller: &AgencyCode,
    request: pb::GetReceiptRequest,
) -> Result<pb::GetReceiptResponse, Error> {
    let pb::GetReceiptRequest { service: name, request_id, wait_ms } = request;
    let mut fields = server::Fields::default();
    ask::check_service(service, &mut fields, &name);
    fields.text(&request_id, 64, "request_id");
    let wait = ask::wait(&mut fields, wait_ms);
    fields.done()?;

    let caller = caller.as_str();
    let sought = Sought::Call { service: &name, request_id: &request_id, caller };
    let leaf = ask::leaf(service, sought, wait).await?;
    let leaf = leaf.ok_or_else(|| Error::NoReceipt(name.clone()))?;
    let journal = service.journals.get(&name).ok_or(Error::Corrupt("leaf.service"))?;
    let row = service.row(journal, &leaf).await?;
    let tree = service.signed(0).await?;
    let inclusion = service.inclusion(&leaf, &tree).await?;
    let receipt = Receipt {
        row,
        service: name,
        row_id: leaf.entry.row(),
        leaf_index: leaf.index,
        inclusion,
        checkpoint: tree.note,
    };
    // What is handed out holds, or nothing is.
    let own = [service.key.verifier().clone()];
    receipt.verify(&own).map_err(|_| Error::Corrupt("a receipt"))?;
    Ok(pb::GetReceiptResponse { receipt: Some(told(receipt)?) })
}

fn told(receipt: Receipt) -> Result<pb::Receipt, Error> {
    Ok(pb::Receipt {
        service: receipt.service,
        row_id: receipt.row_id,
        row: receipt.row,
        leaf_index: ask::count(receipt.leaf_index)?,
        inclusion: ask::hashes(&receipt.inclusion),
        checkpoint: receipt.checkpoint,
    })
}
