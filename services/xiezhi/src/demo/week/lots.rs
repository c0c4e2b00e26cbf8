//! The public draw: frozen lists, committed and revealed nonces, a public value, and in the end a
//! record that is replayed without the service.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    time::Duration,
};

use anyhow::Context as _;
use client::Error;
use draw::Algorithm;
use proto::operations::v1 as pb;
use tokio::time::{Instant, sleep};

use super::{
    book::Book,
    county::{County, ratio},
    days,
    plan::listed,
};
use crate::{
    command::call::{called, sha256},
    demo::world::World,
};

/// Where the public value comes from. Neither the lottery nor its number is real.
const SOURCE: &str = "example lottery, draw 2026118";
/// How long the transparency log may take to have a row.
const LOG: Duration = Duration::from_secs(10);
/// The most winners of a page.
const PAGE: i32 = 1000;

/// A draw that was made.
#[derive(Debug)]
pub(super) struct Drawn {
    pub name: String,
    /// The roots as they were published at the freeze: subjects, officers, rules.
    roots: [String; 3],
    pub winners: Vec<pb::Winner>,
}

/// Who draws, and from what.
pub(super) struct Lots<'a> {
    pub world: &'a World,
    pub county: &'a County,
    pub office: &'a str,
    pub seed: u64,
}

impl Lots<'_> {
    /// A nonce of this week; a real one is secret and new.
    fn nonce(&self, body: &str) -> String {
        sha256(format!("nonce {} {body}", self.seed).as_bytes())
    }

    fn commitment(&self, body: &str) -> String {
        draw::commitment(Algorithm::Sha256, body, &self.nonce(body))
    }

    /// Freezes, commits, reveals and draws.
    pub(super) async fn draw(&self, plans: Vec<String>, book: &mut Book) -> anyhow::Result<Drawn> {
        let (world, mut office) = (self.world, self.world.body(self.office)?.operations());
        world.clock.set(days::instant(days::FREEZE)?);
        let bodies: Vec<&str> = self.county.bodies.iter().map(|body| body.code).collect();
        let request = pb::FreezeDrawRequest {
            request_id: client::request_id(),
            title: "2026年第43周“双随机”抽取(示例)".to_owned(),
            plans,
            bodies: bodies.iter().map(|body| (*body).to_owned()).collect(),
            office_commitment: self.commitment(self.office),
            commit_deadline: Some(days::stamp(days::COMMIT)?),
            reveal_deadline: Some(days::stamp(days::REVEAL)?),
            public_value_source: SOURCE.to_owned(),
            public_value_time: Some(days::stamp(days::PUBLIC)?),
            algorithm: String::new(),
            officer: format!("{}-01", self.office),
        };
        let frozen = called(office.freeze_draw(request).await)?.draw.unwrap_or_default();
        book.equal(
            "enterprises in the frozen list",
            self.county.subjects.len(),
            frozen.subject_count,
        );
        for body in &bodies {
            let request = pb::CommitNonceRequest {
                request_id: client::request_id(),
                name: frozen.name.clone(),
                commitment: self.commitment(body),
                officer: format!("{body}-01"),
            };
            called(world.body(body)?.operations().commit_nonce(request).await)?;
        }
        // The last body forgets to reveal.
        let (last, others) = bodies.split_last().context("no body")?;
        for body in others {
            let request = pb::RevealNonceRequest {
                request_id: client::request_id(),
                name: frozen.name.clone(),
                nonce: self.nonce(body),
                officer: format!("{body}-01"),
            };
            called(world.body(body)?.operations().reveal_nonce(request).await)?;
        }
        let early = office.run_draw(self.running(&frozen.name)).await;
        book.refused("drawing before the public value appears", "O-08", early);
        world.clock.set(days::instant(days::DRAW)?);
        let drawn = self.run(&frozen.name).await?;
        book.equal("state of the draw", "DRAW_STATE_DRAWN", drawn.state().as_str_name());
        let dropped: Vec<&str> = drawn
            .commitments
            .iter()
            .filter(|one| one.dropped)
            .map(|one| one.agency.as_str())
            .collect();
        book.equal("bodies dropped, because they did not reveal", last, dropped.join(", "));
        book.refused("opening the draw before the visits", "O-08", self.open(&frozen.name).await);
        let winners = self.winners(self.office, &frozen.name).await?;
        book.faultless("items and tiers of which more or fewer are drawn", &self.rates(&winners));
        let own = self.winners(others.first().unwrap_or(last), &frozen.name).await?;
        let own_only = own.iter().all(|one| Some(&one.agency.as_str()) == others.first());
        book.holds("what a body sees of it", "its own", format!("{} checks", own.len()), own_only);
        let roots = [frozen.subjects_root, frozen.officers_root, frozen.rules_hash];
        Ok(Drawn { name: frozen.name, roots, winners })
    }

    /// Draws, as soon as the transparency log has the frozen lists.
    async fn run(&self, name: &str) -> anyhow::Result<pb::Draw> {
        let (request, until) = (self.running(name), Instant::now() + LOG);
        loop {
            let mut office = self.world.body(self.office)?.operations();
            match office.run_draw(request.clone()).await.map_err(Error::from) {
                Err(error) if error.reason == "LOG_UNAVAILABLE" && Instant::now() < until => {
                    sleep(Duration::from_millis(50)).await;
                }
                answer => return Ok(answer?.into_inner().draw.unwrap_or_default()),
            }
        }
    }

    fn running(&self, name: &str) -> pb::RunDrawRequest {
        pb::RunDrawRequest {
            request_id: client::request_id(),
            name: name.to_owned(),
            public_value: sha256(format!("lottery {}", self.seed).as_bytes())[..14].to_owned(),
            office_nonce: self.nonce(self.office),
            officer: format!("{}-01", self.office),
        }
    }

    async fn open(
        &self,
        name: &str,
    ) -> Result<tonic::Response<pb::OpenDrawResponse>, tonic::Status> {
        let request = pb::OpenDrawRequest {
            request_id: client::request_id(),
            name: name.to_owned(),
            officer: format!("{}-01", self.office),
        };
        let office = self.world.body(self.office).map_err(|error| {
            // There is no key of the office: nothing of the chapter would have worked.
            tonic::Status::internal(error.to_string())
        })?;
        office.operations().open_draw(request).await
    }

    async fn winners(&self, body: &str, name: &str) -> anyhow::Result<Vec<pb::Winner>> {
        let (mut winners, mut page_token) = (Vec::new(), String::new());
        let mut operations = self.world.body(body)?.operations();
        loop {
            let request =
                pb::ListWinnersRequest { name: name.to_owned(), page_size: PAGE, page_token };
            let page = called(operations.list_winners(request).await)?;
            winners.extend(page.winners);
            page_token = page.next_page_token;
            if page_token.is_empty() {
                return Ok(winners);
            }
        }
    }

    /// How many were drawn of each item and tier, where that is not what the plan says.
    fn rates(&self, winners: &[pb::Winner]) -> Vec<String> {
        let subjects: BTreeMap<String, &pb::Subject> = self
            .county
            .subjects
            .iter()
            .map(|one| (format!("subjects/{}", one.uscc), one))
            .collect();
        let mut faults = Vec::new();
        for item in self.county.bodies.iter().flat_map(|body| &body.items) {
            let won = winners.iter().filter(|one| one.matters.contains(&item.matter));
            let won: Vec<pb::Tier> =
                won.filter_map(|one| Some(subjects.get(&one.subject)?.tier())).collect();
            let all = self.county.subjects.iter().filter(|one| one.matters.contains(&item.matter));
            let all: Vec<pb::Tier> = all.map(pb::Subject::tier).collect();
            let tiers = [pb::Tier::A, pb::Tier::B, pb::Tier::C, pb::Tier::D];
            let each: &[&[pb::Tier]] = if item.key_matter {
                &[&tiers[..1], &tiers[1..2], &tiers[2..3], &tiers[3..]]
            } else {
                &[&tiers]
            };
            for some in each {
                let count = |of: &[pb::Tier]| of.iter().filter(|one| some.contains(one)).count();
                let ratio = usize::try_from(ratio(item, some[0])).unwrap_or_default();
                let wanted = (count(&all) * ratio).div_ceil(100_000);
                if count(&won) != wanted {
                    let tiers: Vec<&str> = some.iter().map(pb::Tier::as_str_name).collect();
                    let (matter, tiers) = (&item.matter, tiers.join(" "));
                    faults.push(format!("{matter} {tiers}: {}, not {wanted}", count(&won)));
                }
            }
        }
        faults
    }

    /// Opens the draw when everything is done, writes its record and replays it offline. Returns whether
    /// everything was.
    pub(super) async fn opened(
        &self,
        drawn: &Drawn,
        file: &Path,
        book: &mut Book,
    ) -> anyhow::Result<bool> {
        self.world.clock.set(days::instant(days::OPEN)?);
        let left = self.left(drawn).await?;
        if left > 0 {
            let what = format!("opening the draw while {left} drawn visits are not done");
            book.refused(&what, "O-08", self.open(&drawn.name).await);
            return Ok(false);
        }
        let opened = called(self.open(&drawn.name).await)?.draw.unwrap_or_default();
        book.equal(
            "state of the draw at the end",
            "DRAW_STATE_OPENED",
            opened.state().as_str_name(),
        );
        let (mut record, mut operations) =
            (String::new(), self.world.body(self.office)?.operations());
        loop {
            let offset = i64::try_from(record.len())?;
            let request = pb::GetDrawRecordRequest { name: drawn.name.clone(), offset };
            let part = called(operations.get_draw_record(request).await)?;
            record.push_str(&part.part);
            if part.part.is_empty() || i64::try_from(record.len())? >= part.total_bytes {
                break;
            }
        }
        std::fs::write(file, &record).with_context(|| format!("{}", file.display()))?;
        let replayed = draw::verify(&record);
        let came = replayed.as_ref().map_or_else(ToString::to_string, |_| "verified".to_owned());
        book.equal("the record, replayed by anybody", "verified", came);
        if let Ok(replayed) = &replayed {
            let same = replayed.published() == drawn.roots;
            book.holds("its roots", "those that were frozen", &drawn.roots[0][..16], same);
        }
        let swapped = record.replacen(&self.nonce(self.office), &self.nonce("somebody else"), 1);
        let faulty = draw::verify(&swapped).is_err();
        let came = if faulty { "is not verified" } else { "is verified" };
        book.holds("the record with another nonce of the office", "is not verified", came, faulty);
        Ok(true)
    }

    /// Visits that were drawn and never took place.
    async fn left(&self, drawn: &Drawn) -> anyhow::Result<usize> {
        let checks: BTreeSet<&str> = drawn.winners.iter().map(|one| one.check.as_str()).collect();
        let left = listed(self.world, self.office, "state = \"PLANNED\"").await?;
        let was_drawn =
            |visit: &&pb::Visit| visit.checks.iter().any(|one| checks.contains(one.as_str()));
        Ok(left.iter().filter(was_drawn).count())
    }
}
