//! Compiles `proto/` with a pure-Rust compiler, so that nobody installs `protoc`.

use std::{env, error::Error, fs, path::PathBuf};

use prost::Message as _;

const ROOT: &str = "../../proto";
const FILES: &[&str] = &[
    "xiezhi/arbitration/v1/arbitration.proto",
    "xiezhi/catalogue/v1/catalogue.proto",
    "xiezhi/evidence/v1/evidence.proto",
    "xiezhi/identity/v1/identity.proto",
    "xiezhi/journal/v1/journal.proto",
    "xiezhi/operations/v1/operations.proto",
    "xiezhi/referral/v1/referral.proto",
    "xiezhi/supervision/v1/supervision.proto",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={ROOT}");
    let descriptors = protox::compile(FILES, [ROOT])?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("descriptors.bin"), descriptors.encode_to_vec())?;
    // Maps keep their keys in order, so that equal messages have equal bytes and digests.
    tonic_prost_build::configure()
        .btree_map(".")
        .bytes(".xiezhi.evidence.v1.UploadContentRequest.data")
        .bytes(".xiezhi.evidence.v1.ReadContentResponse.data")
        .compile_fds(descriptors)?;
    Ok(())
}
