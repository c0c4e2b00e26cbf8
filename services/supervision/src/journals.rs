//! The journals of the other services, read over the wire. Their clients have one shape.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use auth::Signed;
use db::Db;
use prost::Message as _;
use proto::{
    arbitration::v1::{self as arbitration, arbitration_service_client::ArbitrationServiceClient},
    catalogue::v1::{self as catalogue, catalogue_service_client::CatalogueServiceClient},
    evidence::v1::{self as evidence, evidence_service_client::EvidenceServiceClient},
    identity::v1::{self as identity, identity_service_client::IdentityServiceClient},
    journal::v1 as pb,
    operations::v1::{self as operations, operations_service_client::OperationsServiceClient},
    referral::v1::{self as referral, referral_service_client::ReferralServiceClient},
};
use tlog::Entry;
use tonic::Status;

use crate::{
    domain::{Page, Row},
    error::Error,
    told,
};

/// The services whose journals can be followed.
pub(crate) const FOLLOWED: [&str; 6] =
    ["identity", "catalogue", "referral", "evidence", "arbitration", "operations"];
/// The service whose journal is always followed: this one.
const OWN: &str = "supervision";
/// A page of so many bytes was cut: there is more.
const CUT_BYTES: usize = 1 << 20;

/// The journal of one service.
#[derive(Clone, Debug)]
pub struct Journal {
    service: &'static str,
    client: Client,
}

#[derive(Clone)]
enum Client {
    Identity(IdentityServiceClient<Signed>),
    Catalogue(CatalogueServiceClient<Signed>),
    Referral(ReferralServiceClient<Signed>),
    Evidence(EvidenceServiceClient<Signed>),
    Arbitration(ArbitrationServiceClient<Signed>),
    Operations(OperationsServiceClient<Signed>),
    /// This service's own, which it need not call for.
    Own(Db),
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Client")
    }
}

/// What is asked of a journal.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked {
    /// Where to read on.
    pub cursor: String,
    /// How many rows at most.
    pub page_size: i32,
    /// How long to wait for one.
    pub wait_ms: i32,
    /// This row only, unless it is 0.
    pub row_id: i64,
}

impl Journal {
    /// The journal of `service`, which answers on `channel`; `None` if it has none.
    pub fn new(service: &str, channel: Signed) -> Option<Self> {
        let service = FOLLOWED.into_iter().find(|known| *known == service)?;
        let client = match service {
            "identity" => Client::Identity(IdentityServiceClient::new(channel)),
            "catalogue" => Client::Catalogue(CatalogueServiceClient::new(channel)),
            "referral" => Client::Referral(ReferralServiceClient::new(channel)),
            "evidence" => Client::Evidence(EvidenceServiceClient::new(channel)),
            "arbitration" => Client::Arbitration(ArbitrationServiceClient::new(channel)),
            "operations" => Client::Operations(OperationsServiceClient::new(channel)),
            _ => return None,
        };
        Some(Self { service, client })
    }

    /// The journal of this service itself.
    pub(crate) fn own(db: Db) -> Self {
        Self { service: OWN, client: Client::Own(db) }
    }

    /// Whose journal it is.
    pub(crate) fn service(&self) -> &'static str {
        self.service
    }

    /// What follows a cursor, ready to be sequenced.
    pub(crate) async fn page(&self, asked: Asked) -> Result<Page, Error> {
        let (from, page_size) = (asked.cursor.clone(), asked.page_size);
        let (rows, next) = self.read(asked).await?;
        if !rows.is_empty() && next == from {
            return Err(self.away(Status::data_loss("rows came, and the cursor stays")));
        }
        let bytes: usize = rows.iter().map(prost::Message::encoded_len).sum();
        let full = usize::try_from(page_size).is_ok_and(|size| rows.len() >= size);
        let rows: Result<Vec<Row>, Error> = rows.iter().map(|row| self.row(row)).collect();
        let (service, full) = (self.service.to_owned(), full || bytes >= CUT_BYTES);
        Ok(Page { service, from, next, rows: rows?, full })
    }

    /// The canonical bytes of one row, as it is now.
    pub(crate) async fn bytes(&self, row_id: i64) -> Result<Option<Vec<u8>>, Error> {
        let (rows, _) = self.read(Asked { row_id, ..Asked::default() }).await?;
        Ok(rows.first().map(pb::Row::encode_to_vec))
    }

    fn row(&self, row: &pb::Row) -> Result<Row, Error> {
        let entry = Entry::of_row(row.service.as_str(), row.id, &row.encode_to_vec());
        let entry = entry.ok().filter(|entry| entry.service() == self.service && entry.row() > 0);
        let Some(entry) = entry else {
            let told = format!("gave row {} of {:?} for its own", row.id, row.service);
            return Err(self.away(Status::data_loss(told)));
        };
        Ok(Row {
            entry,
            agency: row.agency.clone(),
            request_id: row.request_id.clone(),
            attested: row.attestation.is_some(),
            told: told::told(row),
        })
    }

    async fn read(&self, asked: Asked) -> Result<(Vec<pb::Row>, String), Error> {
        let Asked { cursor, page_size, wait_ms, row_id } = asked;
        let answer = match self.client.clone() {
            Client::Identity(mut client) => client
                .read_journal(identity::ReadJournalRequest { cursor, page_size, wait_ms, row_id })
                .await
                .map(|answer| answer.into_inner())
                .map(|answer| (answer.rows, answer.next_cursor)),
            Client::Catalogue(mut client) => client
                .read_journal(catalogue::ReadJournalRequest { cursor, page_size, wait_ms, row_id })
                .await
                .map(|answer| answer.into_inner())
                .map(|answer| (answer.rows, answer.next_cursor)),
            Client::Referral(mut client) => client
                .read_journal(referral::ReadJournalRequest { cursor, page_size, wait_ms, row_id })
                .await
                .map(|answer| answer.into_inner())
                .map(|answer| (answer.rows, answer.next_cursor)),
            Client::Evidence(mut client) => client
                .read_journal(evidence::ReadJournalRequest { cursor, page_size, wait_ms, row_id })
                .await
                .map(|answer| answer.into_inner())
                .map(|answer| (answer.rows, answer.next_cursor)),
            Client::Arbitration(mut client) => client
                .read_journal(arbitration::ReadJournalRequest {
                    cursor,
                    page_size,
                    wait_ms,
                    row_id,
                })
                .await
                .map(|answer| answer.into_inner())
                .map(|answer| (answer.rows, answer.next_cursor)),
            Client::Operations(mut client) => client
                .read_journal(operations::ReadJournalRequest { cursor, page_size, wait_ms, row_id })
                .await
                .map(|answer| answer.into_inner())
                .map(|answer| (answer.rows, answer.next_cursor)),
            Client::Own(db) => {
                let asked = ::events::Asked { cursor, page_size, wait_ms, row_id };
                ::events::read_journal(&db, OWN, &asked)
                    .await
                    .map(|read| (read.rows, read.next_cursor))
                    .map_err(|unread| Status::unavailable(unread.to_string()))
            }
        };
        answer.map_err(|status| self.away(status))
    }

    fn away(&self, status: Status) -> Error {
        Error::Journal { service: self.service.to_owned(), status: Box::new(status) }
    }
}

/// The journals that are followed, and why some cannot be read now; clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Journals {
    all: Arc<BTreeMap<&'static str, Journal>>,
    faults: Arc<Mutex<BTreeMap<String, String>>>,
}

impl Journals {
    pub(crate) fn new(journals: Vec<Journal>) -> Self {
        let all = journals.into_iter().map(|one| (one.service, one)).collect();
        Self { all: Arc::new(all), faults: Arc::default() }
    }

    pub(crate) fn get(&self, service: &str) -> Option<&Journal> {
        self.all.get(service)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Journal> {
        self.all.values()
    }

    /// Notes why a journal cannot be sequenced now. Whether that is news.
    pub(crate) fn failed(&self, service: &str, fault: String) -> bool {
        let mut faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
        faults.insert(service.to_owned(), fault).is_none()
    }

    /// Notes that a journal can be sequenced. Whether that is news.
    pub(crate) fn recovered(&self, service: &str) -> bool {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner).remove(service).is_some()
    }

    /// Why a journal cannot be sequenced now.
    pub(crate) fn fault(&self, service: &str) -> Option<String> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner).get(service).cloned()
    }
}
