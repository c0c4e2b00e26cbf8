//! The loops: one that reads each journal, and one that makes leaves of what they read.
//!
//! A journal that cannot be read is asked again, ever more rarely; the others go on.

use std::{sync::Arc, time::Duration};

use server::Stop;
use tlog::Tree;
use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, sleep, timeout_at},
};

use crate::{
    Supervision, config,
    domain::{Alarm, Page},
    error::Error,
    journals::{Asked, Journal},
    store,
};

/// The pause after the first failure; each further one doubles it.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);
/// The pause after an answer without rows, should a journal not wait as it is asked to.
const IDLE: Duration = Duration::from_millis(5);

/// A page on its way into the log, and who waits to hear where to read on.
#[derive(Debug)]
struct Sent {
    page: Page,
    reply: oneshot::Sender<String>,
}

impl Supervision {
    /// Starts sequencing.
    pub fn start(&self, options: &config::Log, stop: &Stop) {
        let (pages, coming) = mpsc::channel(options.journals.len().max(1));
        for journal in self.journals.iter().cloned() {
            let follower = Follower {
                service: self.clone(),
                journal,
                pages: pages.clone(),
                asked: Asked {
                    page_size: options.page_size,
                    wait_ms: options.wait_ms,
                    ..Asked::default()
                },
            };
            let signal = stop.clone();
            stop.spawn("supervision journal", async move {
                tokio::select! {
                    // First: the log may have stopped already, and takes no more pages.
                    biased;
                    () = signal.signalled() => Ok(()),
                    followed = follower.follow() => followed,
                }
            });
        }
        let (service, signal) = (self.clone(), stop.clone());
        let pace = Duration::from_millis(options.checkpoint_ms);
        stop.spawn("supervision log", async move {
            tokio::select! {
                () = signal.signalled() => {}
                () = service.sequence(pace, coming) => {}
            }
            Ok(())
        });
    }

    /// Appends what comes, at most once in `pace` unless a full page shows that more is waiting.
    async fn sequence(self, pace: Duration, mut pages: mpsc::Receiver<Sent>) {
        let (mut tree, mut due) = (Tree::new(), Instant::now());
        while let Some(first) = pages.recv().await {
            let mut batch = vec![first];
            while !batch.iter().any(|sent| sent.page.full) {
                match timeout_at(due, pages.recv()).await {
                    Ok(Some(more)) => batch.push(more),
                    Ok(None) | Err(_) => break,
                }
            }
            while let Ok(more) = pages.try_recv() {
                batch.push(more);
            }
            due = Instant::now() + pace;
            tree = self.take(tree, batch).await;
        }
    }

    /// Appends a batch, however often it takes: a write that failed left nothing, or left all of it
    /// and the pages are found to be there already.
    async fn take(&self, tree: Tree, batch: Vec<Sent>) -> Tree {
        let (pages, replies): (Vec<Page>, Vec<_>) =
            batch.into_iter().map(|sent| (sent.page, sent.reply)).unzip();
        let pages = Arc::new(pages);
        let mut pause = FIRST_PAUSE;
        let done = loop {
            match self.append(tree.clone(), Arc::clone(&pages)).await {
                Ok(done) => break done,
                Err(error) => {
                    for page in pages.iter() {
                        self.fail(&page.service, &error);
                    }
                }
            }
            pause = after(pause).await;
        };
        done.alarms.iter().for_each(cry);
        for (page, reply) in pages.iter().zip(replies) {
            self.recover(&page.service);
            let position = done.positions.get(&page.service);
            // The follower may have been stopped meanwhile.
            reply.send(position.map(|known| known.cursor.clone()).unwrap_or_default()).ok();
        }
        done.tree
    }

    /// Notes a failure; it is told once, not at each attempt.
    fn fail(&self, journal: &str, error: &Error) {
        let cause = std::error::Error::source(error).map(ToString::to_string);
        let fault = match &cause {
            Some(cause) => format!("{error}: {cause}"),
            None => error.to_string(),
        };
        if self.journals.failed(journal, fault) {
            tracing::warn!(%error, cause, journal, "a journal is not being sequenced");
        }
    }

    fn recover(&self, journal: &str) {
        if self.journals.recovered(journal) {
            tracing::info!(journal, "the journal is being sequenced again");
        }
    }
}

/// Tells the log that somebody altered a row.
pub(crate) fn cry(alarm: &Alarm) {
    let Alarm { service, row_id, .. } = alarm;
    tracing::error!(journal = service, row.id = row_id, "a sequenced journal row was altered");
}

/// Waits, and says how long to wait the next time.
async fn after(pause: Duration) -> Duration {
    sleep(pause).await;
    (2 * pause).min(LONGEST_PAUSE)
}

/// Reads one journal to its end, and on.
struct Follower {
    service: Supervision,
    journal: Journal,
    pages: mpsc::Sender<Sent>,
    asked: Asked,
}

impl Follower {
    async fn follow(self) -> anyhow::Result<()> {
        let mut cursor = self.position().await;
        let mut ahead = None;
        loop {
            let page = match ahead.take() {
                Some(page) => page,
                None => self.page(&cursor).await,
            };
            if page.rows.is_empty() {
                sleep(IDLE).await;
                continue;
            }
            let (reply, mut told) = oneshot::channel();
            let (next, full) = (page.next.clone(), page.full);
            self.pages.send(Sent { page, reply }).await?;
            // While a full page is written the next one is read already.
            if full {
                tokio::select! {
                    page = self.page(&next) => ahead = Some(page),
                    at = &mut told => {
                        cursor = at?;
                        continue;
                    }
                }
            }
            cursor = told.await?;
            // Another replica may be elsewhere: then what was read ahead is of no use.
            ahead = ahead.filter(|page| page.from == cursor);
        }
    }

    /// Where the log stands in this journal, once it is seen to be the one that was followed.
    async fn position(&self) -> String {
        let mut pause = FIRST_PAUSE;
        loop {
            match self.known_position().await {
                Ok(cursor) => return cursor,
                Err(error) => self.service.fail(self.journal.service(), &error),
            }
            pause = after(pause).await;
        }
    }

    async fn known_position(&self) -> Result<String, Error> {
        self.service.compare_end(&self.journal).await?;
        let mut all = store::positions(self.service.db.reader()).await?;
        Ok(all.remove(self.journal.service()).unwrap_or_default().cursor)
    }

    async fn page(&self, cursor: &str) -> Page {
        let (mut pause, mut was_away) = (FIRST_PAUSE, false);
        loop {
            match self.ask(cursor, was_away).await {
                Ok(page) => {
                    self.service.recover(self.journal.service());
                    return page;
                }
                Err(error) => self.service.fail(self.journal.service(), &error),
            }
            was_away = true;
            pause = after(pause).await;
        }
    }

    /// A page. A journal that was away may have come back as an older one.
    async fn ask(&self, cursor: &str, was_away: bool) -> Result<Page, Error> {
        if was_away {
            self.service.compare_end(&self.journal).await?;
        }
        self.journal.page(Asked { cursor: cursor.to_owned(), ..self.asked.clone() }).await
    }
}
