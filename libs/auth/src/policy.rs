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
    /// Only the mesh services of these names, `service/<name>`.
    Services(&'static [&'static str]),
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
            Self::Services(names) => names.iter().any(|name| workload.is_service(name)),
            Self::Operator => workload.is_service("operator"),
        }
    }
}

/// How many messages an RPC takes and gives. No RPC streams both ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One message each way.
    Unary,
    /// One message is answered by any number; signed in the trailers, when the stream ends.
    ServerStream,
    /// Any number of messages is answered by one. The proof that opens the call says who calls what,
    /// and nothing of the messages: a unary call binds them later, by their digest.
    ClientStream,
}

/// Who may call one RPC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The full method, `/package.Service/Method`.
    pub method: &'static str,
    /// Who may call it.
    pub allow: Allow,
    /// How many messages it takes and gives.
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
