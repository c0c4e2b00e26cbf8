//! The lists of a draw as they are now: read to freeze them, and again to see that they are the same.

use ::draw::{Frozen, Roots};
use types::AgencyCode;

use crate::{
    Operations,
    domain::{
        draw::{Draw, Listed, list},
        plan::Plan,
    },
    error::Error,
    store,
};

/// Lists and their roots.
#[derive(Debug)]
pub(super) struct Lists {
    pub frozen: Frozen,
    pub roots: Roots,
}

/// Reads the lists of a draw.
pub(super) async fn read(
    service: &Operations,
    draw: &Draw,
    plans: Vec<Plan>,
) -> Result<Lists, Error> {
    let reader = service.db.reader();
    let bodies: Vec<AgencyCode> = draw.parts.iter().map(|part| part.agency.clone()).collect();
    let subjects = store::rated(reader).await?;
    let officers = store::officers(reader, &bodies).await?;
    let before = store::drawn_before(reader, &draw.plans).await?;
    let (draw, settings) = (draw.clone(), std::sync::Arc::clone(&service.settings));
    // A million subjects take a second: not on a thread that serves calls.
    let listed = tokio::task::spawn_blocking(move || {
        let listed =
            Listed { plans: &plans, subjects: &subjects, officers: &officers, before: &before };
        let frozen = list(&draw, listed, &settings);
        let roots = frozen.roots();
        Lists { frozen, roots }
    });
    listed.await.map_err(|_| Error::Corrupt("the lists of a draw"))
}
