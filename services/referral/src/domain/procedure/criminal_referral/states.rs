//! The states of `CRIMINAL_REFERRAL` that rows name together.

use crate::domain::word::State::{self, *};

pub(super) const BEFORE_DELIVERY: &[State] = &[Suspected, TeamAssigned, AwaitingHead, Approved];
/// The states in which public security may still decide to file.
pub(super) const UNDECIDED: &[State] =
    &[Accepted, SupplementRequested, Reconsideration, NotFiled, Upheld, SupervisionSuggested];
pub(super) const AFTER_FILING: &[State] = &[Filed, MaterialHandedOver, Investigation];
/// While the criminal branch is open no fine may be decided (Decree 310 art. 11(1)).
pub(super) const OPEN: &[State] = &[
    Suspected,
    TeamAssigned,
    AwaitingHead,
    Approved,
    NotApproved,
    Delivered,
    RefusedByPolice,
    Accepted,
    SupplementRequested,
    Forwarded,
    Filed,
    NotFiled,
    Reconsideration,
    Upheld,
    SupervisionSuggested,
    MaterialHandedOver,
    Investigation,
];
