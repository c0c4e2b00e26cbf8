//! Every message and service of the platform, generated from `proto/`.
//!
//! Nothing else lives here: no helper, no conversion, no business meaning.

/// Disputes over who is competent, settled without any duty standing still.
pub mod arbitration {
    /// Version 1 of the contract.
    pub mod v1 {
        tonic::include_proto!("xiezhi.arbitration.v1");
    }
}

/// The one list of duties: who is competent for which matter, where, since when.
pub mod catalogue {
    /// Version 1 of the contract.
    pub mod v1 {
        tonic::include_proto!("xiezhi.catalogue.v1");
    }
}

/// Evidence that still stands in court.
pub mod evidence {
    /// Version 1 of the contract.
    pub mod v1 {
        tonic::include_proto!("xiezhi.evidence.v1");
    }
}

/// Who is who in one trust domain.
pub mod identity {
    /// Version 1 of the contract.
    pub mod v1 {
        tonic::include_proto!("xiezhi.identity.v1");
    }
}

/// The rows of the services' journals, as they are hashed into the transparency log.
pub mod journal {
    /// Version 1 of the contract.
    pub mod v1 {
        tonic::include_proto!("xiezhi.journal.v1");
    }
}

/// Joint operations: drawn in public, merged, scheduled, dispatched.
pub mod operations {
    /// Version 1 of the contract.
    pub mod v1 {
        tonic::include_proto!("xiezhi.operations.v1");
    }
}

/// One suspected crime, referred from body to body.
pub mod referral {
    /// Version 1 of the contract.
    pub mod v1 {
        tonic::include_proto!("xiezhi.referral.v1");
    }
}

/// What is proven, what is late, what is missing.
pub mod supervision {
    /// Version 1 of the contract.
    pub mod v1 {
        tonic::include_proto!("xiezhi.supervision.v1");
    }
}

/// The compiled descriptors, for reflection and for tests that walk every RPC.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));
