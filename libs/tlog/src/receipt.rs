//! The file a party keeps: a journal row, and the proof that the log has it.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Deserialize;
use serde_json::{Value, json};
use thiserror::Error;

use crate::{Checkpoint, Entry, EntryError, Hash, InvalidProof, OpenError, Vkey, verify_inclusion};

/// Largest receipt, in bytes of JSON.
const MAX_RECEIPT: usize = 1024 * 1024;

/// Most hashes in an inclusion proof: the height of the largest tree.
const MAX_PROOF: usize = 64;

/// What `type` says.
const TYPE: &str = "xiezhi.receipt.v1";

/// A receipt as it was read: nothing in it is to be believed before [`Receipt::verify`].
///
/// ```json
/// {
///   "type": "xiezhi.receipt.v1",
///   "row": "<base64 of the journal row's canonical bytes>",
///   "service": "referral",
///   "row_id": 123,
///   "leaf_index": 70123,
///   "inclusion": ["<base64 of 32 bytes>"],
///   "checkpoint": "<signed note>"
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The canonical bytes of the journal row.
    pub row: Vec<u8>,
    /// The service whose journal it is.
    pub service: String,
    /// The row's id in that journal.
    pub row_id: i64,
    /// Which leaf of the log it is.
    pub leaf_index: u64,
    /// The proof from the leaf to the checkpoint's root.
    pub inclusion: Vec<Hash>,
    /// The signed note of a [`Checkpoint`].
    pub checkpoint: String,
}

impl Receipt {
    /// Reads a receipt of at most 1 MiB. Members that are not known, and members that stand there
    /// twice, are refused.
    ///
    /// # Errors
    /// [`ReceiptError`]; every member that is wrong is named at once.
    pub fn parse(json: &str) -> Result<Self, ReceiptError> {
        if json.len() > MAX_RECEIPT {
            return Err(ReceiptError::Large);
        }
        let members: Members =
            serde_json::from_str(json).map_err(|e| ReceiptError::Json(e.to_string()))?;
        members.read()
    }

    /// The file: JSON, made to be read by people too.
    #[must_use]
    pub fn to_json(&self) -> String {
        let inclusion: Vec<String> = self.inclusion.iter().map(Hash::to_string).collect();
        let receipt = json!({
            "type": TYPE,
            "row": STANDARD.encode(&self.row),
            "service": self.service,
            "row_id": self.row_id,
            "leaf_index": self.leaf_index,
            "inclusion": inclusion,
            "checkpoint": self.checkpoint,
        });
        format!("{receipt:#}\n")
    }

    /// Proves the row under the trusted log keys, without asking anyone.
    ///
    /// Whether those whom the row speaks of really said so is another question, and not answered
    /// here: the row carries their own signatures.
    ///
    /// # Errors
    /// [`Broken`] names the first thing that is wrong, in this order: entry, checkpoint, leaf
    /// index, length of the proof, root.
    pub fn verify(&self, vkeys: &[Vkey]) -> Result<Proven, Broken> {
        let entry = Entry::of_row(self.service.as_str(), self.row_id, &self.row)?;
        let checkpoint = Checkpoint::open(&self.checkpoint, vkeys)?;
        let (size, root) = (checkpoint.size, checkpoint.root);
        verify_inclusion(entry.leaf_hash(), self.leaf_index, size, &self.inclusion, root)?;
        Ok(Proven { checkpoint, entry })
    }
}

/// What a receipt has proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proven {
    /// What the log signed.
    pub checkpoint: Checkpoint,
    /// The leaf that is in it; its digest is the row's.
    pub entry: Entry,
}

/// The first thing that is wrong with a receipt.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Broken {
    /// Service or row id cannot be those of a journal.
    #[error("the receipt names no journal row: {0}")]
    Entry(#[from] EntryError),
    /// The checkpoint is malformed, not signed by a trusted key, altered, or of another log.
    #[error("{0}")]
    Checkpoint(#[from] OpenError),
    /// The leaf's place is not in the checkpoint's tree.
    #[error("the receipt names leaf {index}, but its checkpoint has only {size} leaves")]
    Index {
        /// The place that the receipt names.
        index: u64,
        /// Leaves of the checkpoint's tree.
        size: u64,
    },
    /// The inclusion proof is not of the length that index and size ask for.
    #[error("the receipt's inclusion proof has {got} hashes and must have {want}")]
    Length {
        /// Hashes that such a proof has.
        want: usize,
        /// Hashes that it has.
        got: usize,
    },
    /// The proof does not lead from the row to the root.
    #[error(
        "the receipt's row is not in the log as it stands here: row, service, row id, leaf index \
         or inclusion proof was altered"
    )]
    Root,
}

impl From<InvalidProof> for Broken {
    fn from(error: InvalidProof) -> Self {
        match error {
            InvalidProof::Index { index, size } => Self::Index { index, size },
            InvalidProof::Length { want, got } => Self::Length { want, got },
            InvalidProof::Root | InvalidProof::Order { .. } => Self::Root,
        }
    }
}

/// Why a text is not a receipt.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ReceiptError {
    /// Too many bytes.
    #[error("a receipt has at most {MAX_RECEIPT} bytes")]
    Large,
    /// Not JSON, or with members that a receipt has not.
    #[error("the receipt cannot be read: {0}")]
    Json(String),
    /// Members are missing or wrong: all of them.
    #[error("the receipt cannot be read: {}", Faults(.0))]
    Members(Vec<Fault>),
}

/// A member of a receipt that is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The member's name.
    pub member: &'static str,
    /// What it must be, as the end of a sentence.
    pub must: &'static str,
}

struct Faults<'a>(&'a [Fault]);

impl fmt::Display for Faults<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, fault) in self.0.iter().enumerate() {
            let between = if place == 0 { "" } else { "; " };
            write!(f, "{between}`{}` must be {}", fault.member, fault.must)?;
        }
        Ok(())
    }
}

/// The members as any JSON, so that each fault can be told by its member.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Members {
    r#type: Option<Value>,
    row: Option<Value>,
    service: Option<Value>,
    row_id: Option<Value>,
    leaf_index: Option<Value>,
    inclusion: Option<Value>,
    checkpoint: Option<Value>,
}

impl Members {
    fn read(self) -> Result<Receipt, ReceiptError> {
        let mut faults = Vec::new();
        let mut fault = |member, must| faults.push(Fault { member, must });

        if text(self.r#type.as_ref()).as_deref() != Some(TYPE) {
            fault("type", "\"xiezhi.receipt.v1\"");
        }
        let row = text(self.row.as_ref()).and_then(|row| STANDARD.decode(row).ok());
        if row.is_none() {
            fault("row", "base64");
        }
        let service = text(self.service.as_ref());
        if service.is_none() {
            fault("service", "a text");
        }
        let row_id = self.row_id.as_ref().and_then(Value::as_i64);
        if row_id.is_none() {
            fault("row_id", "a whole number");
        }
        let leaf_index = self.leaf_index.as_ref().and_then(Value::as_u64);
        if leaf_index.is_none() {
            fault("leaf_index", "a whole number from 0 on");
        }
        let inclusion = self.inclusion.as_ref().and_then(hashes);
        if inclusion.is_none() {
            fault("inclusion", "a list of at most 64 hashes, each 32 bytes in base64");
        }
        let checkpoint = text(self.checkpoint.as_ref());
        if checkpoint.is_none() {
            fault("checkpoint", "a signed note");
        }
        match (row, service, row_id, leaf_index, inclusion, checkpoint) {
            (
                Some(row),
                Some(service),
                Some(row_id),
                Some(leaf_index),
                Some(inclusion),
                Some(checkpoint),
            ) if faults.is_empty() => {
                Ok(Receipt { row, service, row_id, leaf_index, inclusion, checkpoint })
            }
            _ => Err(ReceiptError::Members(faults)),
        }
    }
}

fn text(value: Option<&Value>) -> Option<String> {
    value?.as_str().map(str::to_owned)
}

fn hashes(value: &Value) -> Option<Vec<Hash>> {
    let list = value.as_array().filter(|list| list.len() <= MAX_PROOF)?;
    list.iter().map(|hash| Hash::from_base64(hash.as_str()?)).collect()
}
