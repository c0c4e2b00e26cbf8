//! The table of who may call each RPC. What is not in the table is refused.

use types::{Kind, Workload};

/// Who may call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allow {
    /// Anyone at all. Without tokens the answer is not signed; with tokens they are verified.
    Anyone,
    /// Any authenticated workload; the service checks the resource itself.
    Authenticated,
    /// The system of an agency.
    Agency,
    /// A service of the mesh, any `service/*`.
    Service,
    /// Only `service/operator`.
    Operator,
}

impl Allow {
    /// Whether this authenticated workload may call.
    pub fn admits(self, workload: &Workload) -> bool {
        match self {
            Self::Anyone | Self::Authenticated => true,
            Self::Agency => workload.kind == Kind::Agency,
            Self::Service => workload.kind == Kind::Service,
            Self::Operator => workload.is_service("operator"),
        }
    }
}

/// How many messages an RPC answers with. There is no client streaming.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One message.
    Unary,
    /// Any number; signed in the trailers, when the stream ends.
    ServerStream,
}

/// Who may call one RPC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The full method, `/package.Service/Method`.
    pub method: &'static str,
    /// Who may call it.
    pub allow: Allow,
    /// How it answers.
    pub shape: Shape,
}

/// One row for each RPC of a service.
#[derive(Clone, Copy, Debug)]
pub struct Policy(pub &'static [Rule]);

impl Policy {
    /// The rule of `method`; `None` when nobody may call it.
    pub fn of(&self, method: &str) -> Option<&'static Rule> {
        self.0.iter().find(|rule| rule.method == method)
    }
}
