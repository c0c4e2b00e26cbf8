//! Shows the trust domain's public keys. For information: anchors reach a party out of band.

use proto::identity::v1::GetTrustBundleResponse;

use crate::Identity;

pub(super) fn get_trust_bundle(service: &Identity) -> GetTrustBundleResponse {
    GetTrustBundleResponse {
        trust_domain: service.domain().to_string(),
        jwks: service.issuer.bundle(),
    }
}
