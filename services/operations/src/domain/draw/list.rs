//! The lists of a draw, made from plans, subjects and officers; and the checks that come of it.

use std::{collections::BTreeMap, sync::Arc};

use ::draw::{Frozen, Officer, Outcome, Pool};
use chrono::{DateTime, NaiveDate, Utc};
use types::{AgencyCode, Id};

use super::Draw;
use crate::domain::{
    check::Check,
    plan::{Plan, PlanItem, RATIO_OF},
    resource::OfficerProfile,
    settings::Settings,
    subject,
    word::{Origin, Tier},
};

/// A subject as a draw must know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rated {
    /// Its name.
    pub name: String,
    /// Its sector.
    pub sector: String,
    /// Its tier.
    pub tier: Tier,
    /// Codes of matters that apply to it.
    pub matters: Vec<String>,
}

/// What the lists are made of.
#[derive(Clone, Copy, Debug)]
pub struct Listed<'a> {
    /// The plans, in the order of the draw.
    pub plans: &'a [Plan],
    /// The subjects.
    pub subjects: &'a [Rated],
    /// Body and certificate of each officer.
    pub officers: &'a [(AgencyCode, String)],
    /// How often a subject was drawn before, by item and name.
    pub before: &'a BTreeMap<(String, String), u32>,
}

/// What an item of a plan is called in a draw.
fn item_name(plan: &Plan, at: usize) -> String {
    format!("{}#{at}", plan.name)
}

/// A pool before its winners are counted.
struct Counting<'a> {
    plan: &'a Plan,
    at: usize,
    item: &'a PlanItem,
    /// The tiers in it, each as a bit.
    tiers: u8,
    ratio: u32,
    count: u64,
}

impl Counting<'_> {
    fn has(&self, tier: Tier) -> bool {
        self.tiers & (1 << tier.index()) != 0
    }

    /// So many of a hundred thousand, rounded up.
    fn winners(&self) -> usize {
        let all = self.count * u64::from(self.ratio);
        usize::try_from(all.div_ceil(u64::from(RATIO_OF))).unwrap_or(usize::MAX)
    }

    fn pool(&self) -> Pool {
        let tiers: String =
            Tier::ALL.iter().filter(|tier| self.has(**tier)).map(|tier| tier.as_str()).collect();
        Pool {
            body: self.plan.agency.as_str().to_owned(),
            item: format!("{}:{tiers}", item_name(self.plan, self.at)),
            matter: self.item.matter.clone(),
            winners: self.winners(),
        }
    }
}

fn pools(plans: &[Plan]) -> Vec<Counting<'_>> {
    let mut pools = Vec::new();
    for plan in plans {
        for (at, item) in plan.items.iter().enumerate() {
            let pool = |tiers, ratio| Counting { plan, at, item, tiers, ratio, count: 0 };
            match item.ratio_by_tier.as_slice() {
                // One ratio for all: who they are, the weights decide.
                [ratio] => pools.push(pool(0b1111, *ratio)),
                ratios => {
                    let ratios = Tier::ALL.iter().zip(ratios);
                    pools.extend(ratios.map(|(tier, ratio)| pool(1 << tier.index(), *ratio)));
                }
            }
        }
    }
    pools
}

/// Makes the lists. The same plans, subjects and officers give the same lists, in whatever order
/// they come.
pub fn list(draw: &Draw, listed: Listed<'_>, settings: &Settings) -> Frozen {
    let mut pools = pools(listed.plans);
    let mut shared: BTreeMap<Vec<usize>, Arc<[usize]>> = BTreeMap::new();
    let mut subjects = Vec::new();
    for one in listed.subjects {
        let mut inside = Vec::new();
        for (at, pool) in pools.iter_mut().enumerate() {
            if !pool.has(one.tier) || !pool.item.concerns(&one.sector, &one.matters) {
                continue;
            }
            let before = if listed.before.is_empty() {
                0
            } else {
                let key = (item_name(pool.plan, pool.at), one.name.clone());
                listed.before.get(&key).copied().unwrap_or_default()
            };
            if before < pool.item.frequency(one.tier) {
                pool.count += 1;
                inside.push(at);
            }
        }
        // Who is in no pool is on the list all the same: the list is that of all subjects.
        let pools = match shared.get(&inside) {
            Some(pools) => Arc::clone(pools),
            None => {
                let pools: Arc<[usize]> = Arc::from(inside.as_slice());
                shared.insert(inside, Arc::clone(&pools));
                pools
            }
        };
        subjects.push(::draw::Subject {
            id: subject::id(&one.name).to_owned(),
            weight: settings.weight(one.tier),
            pools,
        });
    }
    let officers = listed.officers.iter().map(|(body, certificate_no)| Officer {
        body: body.as_str().to_owned(),
        certificate_no: certificate_no.clone(),
    });
    let mut frozen = Frozen {
        draw: draw.name.clone(),
        algorithm: draw.algorithm(),
        office: (draw.office.as_str().to_owned(), draw.office_commitment.clone()),
        bodies: draw.parts.iter().map(|part| part.agency.as_str().to_owned()).collect(),
        deadlines: (draw.commit_deadline.to_rfc3339(), draw.reveal_deadline.to_rfc3339()),
        public: (draw.public_source.clone(), draw.public_at.to_rfc3339()),
        pools: pools.iter().map(Counting::pool).collect(),
        subjects,
        officers: officers.collect(),
    };
    frozen.sort();
    frozen
}

/// The checks that come of a draw, one for each winner, body, qualification and kit; and which item
/// drew which subject.
pub fn drawn(
    draw: &Draw,
    (frozen, outcome): (&Frozen, &Outcome),
    plans: &[Plan],
    settings: &Settings,
    now: DateTime<Utc>,
) -> (Vec<Check>, Vec<(String, String)>) {
    let counting = pools(plans);
    let rankings: BTreeMap<(&str, &str), &Vec<String>> = outcome
        .rankings
        .iter()
        .map(|one| ((one.subject.as_str(), one.body.as_str()), &one.officers))
        .collect();
    let mut checks: BTreeMap<(String, AgencyCode, String, String, NaiveDate), Check> =
        BTreeMap::new();
    let mut items = Vec::new();
    for winner in &outcome.winners {
        let (Some(pool), Some(one)) =
            (counting.get(winner.pool), frozen.subjects.get(winner.subject))
        else {
            continue;
        };
        let (plan, item) = (pool.plan, pool.item);
        let subject = format!("subjects/{}", one.id);
        items.push((item_name(plan, pool.at), subject.clone()));
        let key = (
            subject.clone(),
            plan.agency.clone(),
            item.qualification.clone(),
            item.kit.clone(),
            plan.period_end,
        );
        let check = checks.entry(key).or_insert_with(|| Check {
            name: format!("checks/{}", Id::<Check>::new(now)),
            agency: plan.agency.clone(),
            subject,
            matters: Vec::new(),
            origin: Origin::Random,
            source: draw.name.clone(),
            officers: item.officers,
            qualification: item.qualification.clone(),
            kit: item.kit.clone(),
            minutes: item.minutes,
            weight: one.weight.min(settings.visit_weight_max),
            window_start: plan.period_start.max(clock::legal_date(now)),
            window_end: plan.period_end,
            alone_because: String::new(),
            over_cap_because: String::new(),
            visit: None,
            ranking: rankings
                .get(&(one.id.as_str(), plan.agency.as_str()))
                .map_or_else(Vec::new, |officers| (*officers).clone()),
            created_at: now,
            version: 1,
        });
        check.officers = check.officers.max(item.officers);
        check.minutes = check.minutes.max(item.minutes);
        if !check.matters.contains(&item.matter) {
            check.matters.push(item.matter.clone());
        }
    }
    (checks.into_values().collect(), items)
}

/// The officers of a ranking with those who must not go, each with why (O-07).
pub fn passed_over<'a>(
    ranking: &'a [String],
    subject: &str,
    profiles: &BTreeMap<String, OfficerProfile>,
) -> Vec<(&'a str, String)> {
    let why = |officer: &String| {
        let recusal = profiles.get(officer).and_then(|profile| profile.recusal(subject));
        recusal.map_or_else(String::new, |one| format!("recused (O-07): {}", one.reason))
    };
    ranking.iter().map(|officer| (officer.as_str(), why(officer))).collect()
}
