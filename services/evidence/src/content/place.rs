//! Where the objects are: a directory, or a bucket of S3. An object is written once, whole, under a
//! new name, and is durable when [`Place::put`] returns. The place carries a mark that the database
//! knows, so that one that is away, or of others, is never taken for one that lost everything.

use std::{
    path::{Path as FilePath, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context as _, bail, ensure};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures_util::StreamExt as _;
use object_store::{
    ClientOptions, ObjectStore, ObjectStoreExt as _, PutMode, PutOptions, PutPayload, RetryConfig,
    aws::AmazonS3Builder, local::LocalFileSystem, path::Path, prefix::PrefixStore,
};
use uuid::Uuid;

use super::fault::Fault;
use crate::{config, error::Error};

#[cfg(test)]
mod tests;

/// Where the mark is.
const MARK: &str = "xiezhi-content";
/// Where the segments are.
const SEGMENTS: &str = "segments";
/// How long one request to S3 may take, and all its retries together.
const REQUEST_TIME: Duration = Duration::from_secs(30);
const RETRY_TIME: Duration = Duration::from_secs(60);

/// The object store.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    store: Arc<dyn ObjectStore>,
    /// The folder, when it is one.
    folder: Option<PathBuf>,
    id: String,
}

impl Place {
    /// Opens the place that the configuration names, or the folder `home`. `known` is the id that the
    /// database has of it, `fresh` one for a place that is new.
    pub(crate) async fn open(
        options: &config::Content,
        home: &FilePath,
        known: Option<String>,
        fresh: Uuid,
    ) -> anyhow::Result<Self> {
        let (store, folder) = connect(AmazonS3Builder::from_env(), options, home)?;
        Self::at(store, folder, known, fresh).await
    }

    async fn at(
        store: Arc<dyn ObjectStore>,
        folder: Option<PathBuf>,
        known: Option<String>,
        fresh: Uuid,
    ) -> anyhow::Result<Self> {
        let mut place = Self { store, folder, id: fresh.to_string() };
        place.id = match (place.mark().await.context("reading the object store")?, known) {
            (None, None) => {
                place.write_mark().await.context("writing to the object store")?;
                place.id
            }
            (Some(mark), None) => mark,
            (Some(mark), Some(known)) => {
                ensure!(
                    mark == known,
                    "[content] url: the object store there is {mark}, the database belongs to {known}"
                );
                mark
            }
            (None, Some(known)) => bail!(
                "[content] url: the object store {known} of this database is not there (no object \
                 {MARK:?} with its id)"
            ),
        };
        Ok(place)
    }

    /// Its id.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// Writes an object that is not there yet; it is durable when this returns.
    pub(crate) async fn put(&self, object: Uuid, parts: Vec<Bytes>) -> Result<(), Error> {
        if self.folder.is_some() {
            // A directory would be made anew where the disk should be.
            self.check().await?;
        }
        let payload = PutPayload::from_iter(parts);
        self.store.put(&path(object), payload).await.map_err(Error::Store)?;
        Ok(())
    }

    /// Reads a range of an object.
    pub(crate) async fn get(
        &self,
        object: Uuid,
        range: std::ops::Range<u64>,
    ) -> Result<Bytes, Error> {
        let (length, end) = (range.end - range.start, range.end);
        match self.store.get_range(&path(object), range).await {
            Ok(bytes) if bytes.len() as u64 == length => Ok(bytes),
            Ok(_) => Err(Fault::Damaged.into()),
            Err(object_store::Error::NotFound { .. }) => {
                self.check().await?;
                Err(Fault::Missing.into())
            }
            Err(error) => self.shorter(object, end, error).await,
        }
    }

    /// That an object is there and has `length` bytes; nothing of it is read.
    pub(crate) async fn look(&self, object: Uuid, length: u64) -> Result<(), Error> {
        match self.store.head(&path(object)).await {
            Ok(meta) if meta.size == length => Ok(()),
            Ok(_) => Err(Fault::Damaged.into()),
            Err(object_store::Error::NotFound { .. }) => {
                self.check().await?;
                Err(Fault::Missing.into())
            }
            Err(error) => Err(Error::Store(error)),
        }
    }

    /// Deletes an object; it may be gone already.
    pub(crate) async fn delete(&self, object: Uuid) -> Result<(), Error> {
        match self.store.delete(&path(object)).await {
            Ok(()) => Ok(()),
            Err(object_store::Error::NotFound { .. }) => self.check().await,
            Err(error) => Err(Error::Store(error)),
        }
    }

    /// Up to `limit` objects whose names begin with the two digits `shelf`, after the name `after`.
    pub(crate) async fn list(
        &self,
        shelf: u8,
        after: Option<Uuid>,
        limit: usize,
    ) -> Result<Vec<Uuid>, Error> {
        let folder = Path::from(format!("{SEGMENTS}/{shelf:02x}"));
        let mut listing = match after {
            Some(after) => self.store.list_with_offset(Some(&folder), &path(after)),
            None => self.store.list(Some(&folder)),
        };
        let mut found: Vec<Uuid> = Vec::new();
        while let Some(one) = listing.next().await {
            match one {
                Ok(meta) => {
                    let name = meta.location.filename();
                    found.extend(name.and_then(|name| name.parse::<Uuid>().ok()));
                }
                // Deleted meanwhile, or no such folder yet.
                Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err(Error::Store(error)),
            }
            // A directory lists in no order: the first names are kept.
            if found.len() >= limit.saturating_mul(2) {
                found.sort_unstable();
                found.truncate(limit);
                if self.folder.is_none() {
                    break;
                }
            }
        }
        found.sort_unstable();
        found.truncate(limit);
        Ok(found)
    }

    /// Deletes what a folder keeps of writes that were never finished, because the process was
    /// killed. A bucket has none: a write there is one request.
    pub(crate) async fn delete_staged(
        &self,
        shelf: u8,
        before: DateTime<Utc>,
    ) -> Result<(), Error> {
        let Some(folder) = self.folder.clone() else { return Ok(()) };
        let deleted = tokio::task::spawn_blocking(move || {
            let Ok(entries) = std::fs::read_dir(folder.join(SEGMENTS).join(format!("{shelf:02x}")))
            else {
                return;
            };
            for entry in entries.flatten() {
                // How `object_store` names a file that is not whole.
                let staged = entry.file_name().to_string_lossy().contains('#');
                let written = entry.metadata().and_then(|meta| meta.modified());
                if staged && written.is_ok_and(|at| DateTime::<Utc>::from(at) < before) {
                    let _ = std::fs::remove_file(entry.path());
                }
            }
        });
        deleted.await.map_err(|_| Error::Corrupt("a folder"))
    }

    /// Whether the place is there and is ours.
    pub(crate) async fn check(&self) -> Result<(), Error> {
        match self.mark().await {
            Ok(Some(mark)) if mark == self.id => Ok(()),
            Ok(_) => Err(Fault::StoreAway.into()),
            Err(error) => Err(Error::Store(error)),
        }
    }

    /// A range beyond the end of an object is an error of its own in each kind of store: the object
    /// has been cut short. Anything else is the store's fault.
    async fn shorter(
        &self,
        object: Uuid,
        end: u64,
        error: object_store::Error,
    ) -> Result<Bytes, Error> {
        match self.store.head(&path(object)).await {
            Ok(meta) if meta.size < end => Err(Fault::Damaged.into()),
            _ => Err(Error::Store(error)),
        }
    }

    async fn mark(&self) -> Result<Option<String>, object_store::Error> {
        match self.store.get(&Path::from(MARK)).await {
            Ok(found) => {
                let bytes = found.bytes().await?;
                Ok(Some(String::from_utf8_lossy(&bytes).trim().chars().take(64).collect()))
            }
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn write_mark(&mut self) -> anyhow::Result<()> {
        let payload = PutPayload::from(self.id.clone().into_bytes());
        let options = PutOptions::from(PutMode::Create);
        match self.store.put_opts(&Path::from(MARK), payload, options).await {
            Ok(_) => Ok(()),
            // Another replica began at the same moment.
            Err(object_store::Error::AlreadyExists { .. }) => {
                self.id = self.mark().await?.context("the mark is gone again")?;
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }
}

fn connect(
    s3: AmazonS3Builder,
    options: &config::Content,
    home: &FilePath,
) -> anyhow::Result<(Arc<dyn ObjectStore>, Option<PathBuf>)> {
    let url = options.url.as_str();
    if let Some(rest) = url.strip_prefix("s3://") {
        let (_, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let store = bucket(s3, options, url).context("[content] url")?;
        let prefix = prefix.trim_matches('/');
        return Ok(match prefix {
            "" => (Arc::new(store), None),
            prefix => (Arc::new(PrefixStore::new(store, prefix)), None),
        });
    }
    let folder = match url.strip_prefix("file://") {
        // A folder that was named must be there: it may be a disk that is not mounted.
        Some(path) => FilePath::new(path).to_owned(),
        None if url.is_empty() => {
            std::fs::create_dir_all(home).with_context(|| home.display().to_string())?;
            home.to_owned()
        }
        None => bail!("[content] url: {url:?} is neither file:///folder nor s3://bucket/prefix"),
    };
    let store = LocalFileSystem::new_with_prefix(&folder)
        .with_context(|| format!("[content] url: {}", folder.display()))?
        // Contents, names and folders are on the disk when a write returns.
        .with_fsync(true);
    Ok((Arc::new(store), Some(folder)))
}

/// S3; credentials come the usual ways (`AWS_*` variables, web identity, instance) and are not logged.
fn bucket(
    s3: AmazonS3Builder,
    options: &config::Content,
    url: &str,
) -> Result<object_store::aws::AmazonS3, object_store::Error> {
    let retry = RetryConfig { max_retries: 5, retry_timeout: RETRY_TIME, ..RetryConfig::default() };
    let client = ClientOptions::new()
        .with_timeout(REQUEST_TIME)
        .with_connect_timeout(Duration::from_secs(5))
        .with_allow_http(options.s3_allow_http);
    let mut builder = s3
        .with_url(url)
        .with_client_options(client)
        .with_allow_http(options.s3_allow_http)
        .with_retry(retry);
    if !options.s3_endpoint.is_empty() {
        builder = builder.with_endpoint(&options.s3_endpoint);
    }
    if !options.s3_region.is_empty() {
        builder = builder.with_region(&options.s3_region);
    }
    builder.build()
}

/// The last digits of an id are random, the first are its time.
fn path(object: Uuid) -> Path {
    let shelf = object.as_bytes()[15];
    Path::from(format!("{SEGMENTS}/{shelf:02x}/{object}"))
}
