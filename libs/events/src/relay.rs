//! The relay: what the journal has gained goes to the bus, then the place reached is saved.
//!
//! In this order a crash repeats events and loses none.

use std::time::Duration;

use db::{
    Db,
    journal::{self, Cursor},
};
use sea_orm::DbErr;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::{Bus, Event};

/// Rows read at a time.
const BATCH: u64 = 256;
/// How often the journal is read when nothing in this process commits: others may have, or a row
/// may have been held back until an older transaction ended.
const POLL: Duration = Duration::from_secs(1);

/// Publishes the journal of `service` on `bus`, from where it last stopped, until `stop`.
///
/// A database that cannot be reached is asked again every second.
///
/// # Errors
/// None so far; the type is that of a service's tasks.
pub async fn relay(
    db: Db,
    bus: Bus,
    service: &'static str,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let mut place = None;
    while !stop.is_cancelled() {
        // Before reading: a commit that comes meanwhile ends the wait below.
        let committed = db.committed();
        match forward(&db, &bus, service, &mut place).await {
            Ok(true) => {}
            Ok(false) => tokio::select! {
                () = stop.cancelled() => {}
                () = committed => {}
                () = sleep(POLL) => {}
            },
            Err(error) => {
                tracing::warn!(service, %error, "the relay cannot use its journal; trying again");
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = sleep(POLL) => {}
                }
            }
        }
    }
    Ok(())
}

/// How far the relay is.
#[derive(Clone, Copy)]
struct Place {
    /// What has been published: not published again by this process, even if it cannot be saved.
    published: Cursor,
    /// What the next process knows of that.
    saved: Cursor,
}

/// Publishes one batch; true when there may be more.
async fn forward(
    db: &Db,
    bus: &Bus,
    service: &'static str,
    place: &mut Option<Place>,
) -> Result<bool, DbErr> {
    let place = match place {
        Some(place) => place,
        None => {
            let saved = journal::position(db.reader(), service).await?;
            place.insert(Place { published: saved, saved })
        }
    };
    let rows = journal::after(db, place.published, BATCH).await?;
    let more = u64::try_from(rows.len()).is_ok_and(|count| count == BATCH);
    for row in rows {
        place.published = row.cursor;
        bus.publish(Event::of(service, row));
    }
    let reached = place.published;
    if reached != place.saved {
        db.write(move |tx| {
            Box::pin(async move { journal::save_position(tx, service, reached).await })
        })
        .await?;
        place.saved = reached;
    }
    Ok(more)
}
