//! Joint operations.

use sea_orm::Value;

use super::kept::Kept;
use crate::domain::operation::Operation;

impl Kept for Operation {
    const TABLE: &'static str = "operation";
    const WHAT: &'static str = "operation";

    fn name(&self) -> &str {
        &self.name
    }

    fn version(&self) -> i32 {
        self.version
    }

    fn columns(&self) -> Vec<(&'static str, Value)> {
        vec![("initiator", self.initiator.as_str().into()), ("state", self.state.as_str().into())]
    }
}
