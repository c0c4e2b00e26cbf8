//! The rules by which warnings are raised: they are public in the mesh.

use proto::supervision::v1 as pb;

use super::convert;
use crate::Supervision;

pub(super) fn list_warning_rules(service: &Supervision) -> pb::ListWarningRulesResponse {
    pb::ListWarningRulesResponse { rules: service.rules.rules.iter().map(convert::rule).collect() }
}
