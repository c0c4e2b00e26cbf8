//! Where agencies, officers and keys are kept. The only module that knows the tables.

pub(crate) mod agency;
pub(crate) mod assertion;
pub(crate) mod key;
pub(crate) mod officer;

/// Rows in one statement: well under the bind-variable limits of both engines.
const BATCH: usize = 500;
