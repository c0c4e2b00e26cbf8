//! The receipt of a call, for who made it: the row as its service has it now, and the proof that it
//! is what was sequenced. A row that is not is never given a receipt.

use proto::supervision::v1 as pb;
use tlog::{Entry, Receipt};
use types::AgencyCode;

use super::ask;
use crate::{
    Supervision,
    domain::{Alarm, Leaf},
    error::Error,
    journals::Journal,
    store::{self, Sought},
    worker,
};

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
    let row = row(service, journal, &leaf).await?;
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

/// The canonical bytes of the leaf's row, if it is still what was sequenced.
async fn row(service: &Supervision, journal: &Journal, leaf: &Leaf) -> Result<Vec<u8>, Error> {
    let (name, row_id) = (leaf.entry.service(), leaf.entry.row());
    let bytes = journal.bytes(row_id).await?;
    let now = bytes.as_deref().and_then(|bytes| Entry::of_row(name, row_id, bytes).ok());
    match bytes {
        Some(bytes) if now.as_ref() == Some(&leaf.entry) => Ok(bytes),
        _ => {
            let found = now.map(|entry| *entry.digest()).unwrap_or_default();
            let leaf = *leaf.entry.digest();
            let alarm = Alarm { service: name.to_owned(), row_id, leaf, found };
            worker::cry(&alarm);
            let kept = service
                .db
                .write(move |tx| Box::pin(async move { store::put_alarm(tx, &alarm).await }));
            kept.await?;
            Err(Error::Mismatch { service: name.to_owned(), row_id })
        }
    }
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
