//! The one write: rows become leaves, with the tiles, the journals' positions, the head and its
//! signed checkpoint, in one transaction. Of several replicas exactly one appends a page.

use std::{collections::BTreeMap, sync::Arc};

use sea_orm::ConnectionTrait;
use tlog::{Checkpoint, Hash, LogKey, Tree};

use crate::{
    Supervision,
    domain::{self, Alarm, Head, Page, Position, Row, Told},
    error::Error,
    project::{self, Watch},
    store,
};

/// What a write left.
#[derive(Debug)]
pub(crate) struct Appended {
    /// The tree as it is now.
    pub tree: Tree,
    /// Where to read on in each journal. A page from elsewhere was not taken: it is there already.
    pub positions: BTreeMap<String, Position>,
    /// The rows that came again altered.
    pub alarms: Vec<Alarm>,
}

impl Supervision {
    /// Appends pages to the log. `tree` is the log as this replica last saw it.
    pub(crate) async fn append(
        &self,
        tree: Tree,
        pages: Arc<Vec<Page>>,
    ) -> Result<Appended, Error> {
        let (key, watch) = (Arc::clone(&self.key), self.watch());
        let written = self.db.write(move |tx| {
            Box::pin(async move { append(tx, (&key, &watch), tree, &pages).await })
        });
        written.await
    }
}

async fn append(
    tx: &impl ConnectionTrait,
    (key, watch): (&LogKey, &Watch),
    tree: Tree,
    pages: &[Page],
) -> Result<Appended, Error> {
    let head = store::lock_head(tx).await?;
    let tree = if (tree.size(), tree.root()) == (head.size, head.root) {
        tree
    } else {
        // Another replica appended: its tiles are read, and must be of this head.
        Some(self::tree(tx, head.size).await?)
            .filter(|tree| tree.root() == head.root)
            .ok_or(Error::Corrupt("the log's right edge"))?
    };
    let mut positions = store::positions(tx).await?;
    let (mut rows, mut alarms) = (Vec::new(), Vec::new());
    for page in pages {
        let position = positions.entry(page.service.clone()).or_default();
        if position.cursor != page.from {
            continue;
        }
        // Ids below the highest need not be leaves, but only they can be.
        let ids = page.rows.iter().map(|row| row.entry.row());
        let ids: Vec<i64> = ids.filter(|id| *id <= position.highest_row_id).collect();
        let known = store::digests(tx, &page.service, &ids).await?;
        let (new, altered) = domain::part(page, &known);
        advance(position, page, &new);
        store::save_position(tx, &page.service, position).await?;
        rows.extend(new);
        alarms.extend(altered);
    }
    for alarm in &alarms {
        store::put_alarm(tx, alarm).await?;
    }
    let tree = if rows.is_empty() { tree } else { grow(tx, (key, watch), tree, rows).await? };
    Ok(Appended { tree, positions, alarms })
}

fn advance(position: &mut Position, page: &Page, new: &[Row]) {
    position.cursor.clone_from(&page.next);
    for row in new {
        position.rows += 1;
        position.last_row_id = row.entry.row();
        position.highest_row_id = position.highest_row_id.max(row.entry.row());
    }
}

async fn grow(
    tx: &impl ConnectionTrait,
    (key, watch): (&LogKey, &Watch),
    mut tree: Tree,
    rows: Vec<Row>,
) -> Result<Tree, Error> {
    store::insert_leaves(tx, tree.size(), &rows).await?;
    let leaves: Vec<Hash> = rows.iter().map(|row| row.entry.leaf_hash()).collect();
    let told = (tree.size()..).zip(rows).filter_map(|(leaf, row)| Some(Told { leaf, ..row.told? }));
    let told: Vec<Told> = told.collect();
    project::project(tx, watch, &told).await?;
    store::put_tiles(tx, &tree.append(&leaves)).await?;
    let head = Head { size: tree.size(), root: tree.root() };
    let origin = key.name().to_owned();
    let note = Checkpoint { origin, size: head.size, root: head.root }.sign(key);
    let note = note.map_err(|_| Error::Corrupt("the log's key"))?;
    store::advance(tx, &head, &note).await?;
    Ok(tree)
}

/// The tree of the first `size` leaves, from its tiles.
pub(crate) async fn tree(conn: &impl ConnectionTrait, size: u64) -> Result<Tree, Error> {
    let corrupt = || Error::Corrupt("a tile of the log");
    let wanted = Tree::tiles_for_load(size).map_err(|_| corrupt())?;
    let tiles = store::tiles(conn, &wanted).await?;
    Tree::load(size, |tile| tiles.get(&(tile.level, tile.index)).cloned().ok_or(()))
        .map_err(|_| corrupt())
}
