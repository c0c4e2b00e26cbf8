//! How far the log is behind each journal, and what is wrong.

use proto::supervision::v1 as pb;

use super::ask;
use crate::{Supervision, domain::Position, error::Error, store};

pub(super) async fn get_log_status(
    service: &Supervision,
) -> Result<pb::GetLogStatusResponse, Error> {
    let reader = service.db.reader();
    let positions = store::positions(reader).await?;
    let alarms = store::alarms(reader).await?;
    let head = store::head(reader).await?;
    let status = |name: &str| {
        let Position { rows, last_row_id, .. } = positions.get(name).cloned().unwrap_or_default();
        let altered = alarms.get(name).map(|(count, first)| {
            format!("ALARM: {count} sequenced rows are altered or gone since, the first is {first}")
        });
        let faults: Vec<String> = altered.into_iter().chain(service.journals.fault(name)).collect();
        pb::JournalStatus { service: name.to_owned(), rows, last_row_id, fault: faults.join("; ") }
    };
    Ok(pb::GetLogStatusResponse {
        verifier_key: service.key.verifier().to_string(),
        tree_size: ask::count(head.size)?,
        journals: service.journals.iter().map(|journal| status(journal.service())).collect(),
    })
}
