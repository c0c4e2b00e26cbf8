//! The open points of the law (LAW.md 6, 13), as settings: none of them is a hidden constant.

use serde::Deserialize;
use types::AgencyCode;

use super::word::{AssistanceKind, Origin, Tier};

/// The most threads of a run.
pub const MAX_THREADS: u32 = 16;
/// The most iterations of a run.
pub const MAX_ITERATIONS: u64 = 1_000_000_000;

/// The settings. Their meanings, defaults and marks stand in `config.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// O-04: code of the guidance office.
    pub guidance_office: AgencyCode,
    /// Code of the government that sees who declines.
    pub county_government: AgencyCode,
    /// I-01: kinds of bodies that may inspect.
    pub inspector_kinds: Vec<String>,
    /// I-04: origins of checks that do not count against the cap.
    pub cap_exempt_origins: Vec<Origin>,
    /// O-10: highest ratio of a general matter, of 100,000 subjects.
    pub general_ratio_max: u32,
    /// O-08: what a subject of tier A, B, C, D weighs in a draw.
    pub tier_weights: [u32; 4],
    /// Whether the office's nonce waits for the visits.
    pub open_after_visits: bool,
    /// Whether a draw waits for its frozen lists to be in the log.
    pub log_before_run: bool,
    /// Hours after its public value when a body of a draw that was not run may make it void.
    pub draw_run_hours: u32,
    /// How long a call waits for a peer, in milliseconds.
    pub peer_wait_ms: u32,
    /// When visits begin, in minutes of the day.
    pub visit_from_minute: u32,
    /// When they end, in minutes of the day.
    pub visit_to_minute: u32,
    /// The most weight of a merged visit.
    pub visit_weight_max: u32,
    /// The longest period merged at once, in days.
    pub merge_days_max: u32,
    /// Working days for a recognition (认定).
    pub recognition_days: u32,
    /// Working days for a test (检测).
    pub testing_days: u32,
    /// Working days for an appraisal (鉴定).
    pub appraisal_days: u32,
    /// Working days for records (提供资料).
    pub records_days: u32,
    /// Working days for officers on site.
    pub forces_days: u32,
    /// The longest period of a schedule, in days.
    pub schedule_days_max: u32,
    /// Days between two visits of one subject, at least.
    pub spacing_days: u32,
    /// The seed of the solver when nobody gives one.
    pub solve_seed: u64,
    /// How many iterations it does when nobody says.
    pub solve_iterations: u64,
    /// On how many threads.
    pub solve_threads: u32,
    /// The length of the road over the straight line, in thousandths.
    pub road_permille: u32,
    /// How fast officers drive, in metres a minute.
    pub metres_per_minute: u32,
    /// Minutes to set off and to park.
    pub drive_start_minutes: u32,
    /// Minutes kept free around a visit that another schedule dispatched.
    pub dispatch_pad_minutes: u32,
    /// O-09: working days to publish the result of a visit.
    pub publish_days: u32,
    /// When the near rung is raised: per cent of the term.
    pub near_percent: u8,
}

impl Settings {
    /// Working days to answer a request of this kind.
    pub fn assistance_days(&self, kind: AssistanceKind) -> u32 {
        match kind {
            AssistanceKind::Recognition => self.recognition_days,
            AssistanceKind::Testing => self.testing_days,
            AssistanceKind::Appraisal => self.appraisal_days,
            AssistanceKind::Records => self.records_days,
            AssistanceKind::Forces => self.forces_days,
        }
    }

    /// Whether checks of this origin are outside the cap (I-04).
    pub fn is_exempt(&self, origin: Origin) -> bool {
        self.cap_exempt_origins.contains(&origin)
    }

    /// What a subject of this tier weighs in a draw.
    pub fn weight(&self, tier: Tier) -> u32 {
        self.tier_weights[tier.index()]
    }

    /// The longest visit there is room for in a day, in minutes.
    pub fn longest_visit(&self) -> u32 {
        self.visit_to_minute.saturating_sub(self.visit_from_minute)
    }

    /// Settings that contradict themselves: each with its fault.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for kind in AssistanceKind::ALL {
            if !(1..=250).contains(&self.assistance_days(*kind)) {
                faults.push(format!("the term of {kind} is not between 1 and 250 working days"));
            }
        }
        if !(1..=250).contains(&self.publish_days) {
            faults.push("publish_days is not between 1 and 250 working days".into());
        }
        if !(1..=62).contains(&self.schedule_days_max) {
            faults.push("schedule_days_max is not between 1 and 62".into());
        }
        if !(1..=MAX_THREADS).contains(&self.solve_threads) {
            faults.push(format!("solve_threads is not between 1 and {MAX_THREADS}"));
        }
        if !(1..=MAX_ITERATIONS).contains(&self.solve_iterations) {
            faults.push(format!("solve_iterations is not between 1 and {MAX_ITERATIONS}"));
        }
        if !(1000..=5000).contains(&self.road_permille)
            || !(1..=5000).contains(&self.metres_per_minute)
        {
            faults.push("road_permille or metres_per_minute is out of range".into());
        }
        if self.dispatch_pad_minutes > 240 {
            faults.push("dispatch_pad_minutes is more than 240".into());
        }
        if self.general_ratio_max > 100_000 {
            faults.push("general_ratio_max is more than 100000".into());
        }
        if !self.tier_weights.iter().all(|weight| (1..=64).contains(weight)) {
            faults.push("a weight of tier_weights is not between 1 and 64".into());
        }
        if !self.tier_weights.is_sorted() {
            faults.push("tier_weights give a worse tier less weight".into());
        }
        if self.visit_from_minute >= self.visit_to_minute || self.visit_to_minute > 1440 {
            faults.push("visit_from_minute and visit_to_minute are no hours of a day".into());
        }
        if !(1..=1000).contains(&self.visit_weight_max) {
            faults.push("visit_weight_max is not between 1 and 1000".into());
        }
        if !(1..=400).contains(&self.merge_days_max) {
            faults.push("merge_days_max is not between 1 and 400".into());
        }
        if !(51..=99).contains(&self.near_percent) {
            faults.push("near_percent is not between 51 and 99".into());
        }
        if !(100..=10_000).contains(&self.peer_wait_ms) {
            faults.push("peer_wait_ms is not between 100 and 10000".into());
        }
        faults
    }

    /// The defaults of `config.toml`.
    #[cfg(test)]
    pub(crate) fn defaults() -> Self {
        #[derive(Deserialize)]
        struct File {
            law: Settings,
        }
        toml::from_str::<File>(include_str!("../../config.toml")).unwrap().law
    }
}
