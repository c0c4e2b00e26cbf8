//! One running term: opened by a step, warned about on its way, ended by a step.

use chrono::{DateTime, Utc};
use clock::{Calendar, Counting, Course, HourStart, Length, Unit};
use types::{AgencyCode, Id};

use super::{
    leg::Leg,
    procedure::{Close, Law, Overdue, Procedure, TermLength, TermRule},
    settings::Settings,
    word::{Mark, ProcedureCode, Rung, TermState},
};

/// A term of a leg.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// Its id.
    pub id: Id<Self>,
    /// The name its procedure's rows use.
    pub slot: String,
    /// The rule, which a sector may replace (T-14 by T-14b).
    pub rule: String,
    /// Who must act.
    pub holder: AgencyCode,
    /// When it started.
    pub started_at: DateTime<Utc>,
    /// How it is counted.
    pub counting: Counting,
    /// From when to when it stood still; open while it does.
    pub suspensions: Vec<(DateTime<Utc>, Option<DateTime<Utc>>)>,
    /// What was added to its length.
    pub extensions: Vec<Length>,
    /// When it ends; while it stands still, when it would have.
    pub due_at: DateTime<Utc>,
    /// The due instant rests on days the official calendar does not cover.
    pub provisional: bool,
    /// How it stands.
    pub state: TermState,
    /// When it stopped running; `None` while something is still owed.
    pub ended_at: Option<DateTime<Utc>>,
    /// When the half and near rungs fall due.
    pub half_at: DateTime<Utc>,
    /// See `half_at`.
    pub near_at: DateTime<Utc>,
    /// The rungs raised so far, in their order.
    pub raised: Vec<(Rung, DateTime<Utc>)>,
}

/// What a term is opened with.
#[derive(Clone, Copy, Debug)]
pub struct Opening<'a> {
    /// The rule of the table.
    pub rule: &'static TermRule,
    /// Who must act.
    pub holder: &'a AgencyCode,
    /// The leg's sector.
    pub sector: &'a str,
    /// Days that an order fixes.
    pub ordered_days: u32,
    /// From when.
    pub now: DateTime<Utc>,
    /// The day from which it runs, where its rule asks for one.
    pub since: Option<DateTime<Utc>>,
}

impl Term {
    /// Opens a term; `None` where this sector fixes none.
    pub fn open(opening: Opening<'_>, settings: &Settings, calendar: &Calendar) -> Option<Self> {
        let Opening { rule, sector, .. } = opening;
        let since = matches!(rule.length, TermLength::Since(..));
        let now = if since { opening.since? } else { opening.now };
        let length = match rule.length {
            TermLength::Fixed(3, Unit::Day) => Length { value: 3, unit: settings.day_unit(sector) },
            TermLength::Fixed(value, unit) | TermLength::Since(value, unit) => {
                Length { value, unit }
            }
            TermLength::Set(value, unit) => {
                let day = clock::legal_date(now);
                settings.set_term(rule.slot, Length { value, unit }, day)?
            }
            TermLength::Review if sector == "ECONOMY" => {
                Length { value: settings.economy_review_days, unit: Unit::Day }
            }
            TermLength::Review => Length { value: 3, unit: settings.day_unit(sector) },
            TermLength::Target => Length { value: settings.target_hours, unit: Unit::Hour },
            TermLength::Ordered => Length { value: opening.ordered_days, unit: Unit::Day },
            TermLength::BySector(value, unit) => {
                settings.opinion_term_sectors.iter().find(|one| *one == sector)?;
                Length { value, unit }
            }
        };
        let hour_start =
            if rule.length == TermLength::Target { HourStart::Exact } else { rule.hour_start };
        let counting = Counting { length, hour_start, in_custody: false };
        let mut term = Self {
            id: Id::new(now),
            slot: rule.slot.to_owned(),
            rule: law_of(rule, sector).rule.to_owned(),
            holder: opening.holder.clone(),
            started_at: now,
            counting,
            suspensions: Vec::new(),
            extensions: Vec::new(),
            due_at: now,
            provisional: false,
            state: TermState::Running,
            ended_at: None,
            half_at: now,
            near_at: now,
            raised: Vec::new(),
        };
        term.count(settings.near_percent, calendar);
        Some(term)
    }

    /// Computes the due instant and the rungs again, e.g. with a new calendar or a longer length. While
    /// the term stands still nobody knows when it ends.
    pub fn count(&mut self, near_percent: u8, calendar: &Calendar) {
        // Warnings go by the exact hour even where the term itself ends later (LAW.md 0.3).
        let exact = Counting { hour_start: HourStart::Exact, ..self.counting };
        let due = self.course(self.counting).due(calendar);
        let (Some(due), Some(warned)) = (due, self.course(exact).due(calendar)) else { return };
        let warn_at = warned.at;
        let rungs = clock::rungs(self.started_at, warn_at, near_percent);
        self.due_at = due.at;
        self.provisional = due.provisional;
        self.half_at = rungs.half_at;
        self.near_at = rungs.near_at;
    }

    /// Its length with what was added: `1 MONTH + 15 DAY`.
    pub fn length(&self) -> String {
        let added = self.extensions.iter().map(|length| format!(" + {length}"));
        format!("{}{}", self.counting.length, added.collect::<String>())
    }

    fn course(&self, counting: Counting) -> Course {
        Course {
            started_at: self.started_at,
            counting,
            suspensions: self.suspensions.clone(),
            extensions: self.extensions.clone(),
        }
    }

    /// Lets it stand still. A term that was missed stays missed.
    pub fn suspend(&mut self, now: DateTime<Utc>) {
        if self.state == TermState::Running {
            self.state = TermState::Suspended;
            self.suspensions.push((now, None));
        }
    }

    /// Lets it run on: the time between does not count.
    pub fn resume(&mut self, now: DateTime<Utc>, near_percent: u8, calendar: &Calendar) {
        if self.state == TermState::Suspended {
            self.state = TermState::Running;
            let mut course = self.course(self.counting);
            course.resume(now);
            self.suspensions = course.suspensions;
            self.count(near_percent, calendar);
        }
    }

    /// Whether something is still owed.
    pub fn is_open(&self) -> bool {
        self.ended_at.is_none()
    }

    /// Whether it can still be kept at `now`.
    pub fn runs(&self, now: DateTime<Utc>) -> bool {
        self.is_open() && (now < self.due_at || self.state == TermState::Suspended)
    }

    /// When the next rung falls due; `None` when there is none to raise.
    pub fn next_rung_at(&self) -> Option<DateTime<Utc>> {
        if !self.is_open() || self.state == TermState::Suspended {
            return None;
        }
        match self.raised.len() {
            0 => Some(self.half_at),
            1 => Some(self.near_at),
            2 => Some(self.due_at),
            _ => None,
        }
    }

    /// Raises every rung that has fallen due by `now` and was not raised yet.
    pub fn raise(&mut self, now: DateTime<Utc>, overdue: Overdue) -> Vec<Rung> {
        let mut raised = Vec::new();
        while let Some(at) = self.next_rung_at().filter(|at| *at <= now) {
            let rung = [Rung::Half, Rung::Near, Rung::Overdue][self.raised.len()];
            self.raised.push((rung, now));
            raised.push(rung);
            if rung == Rung::Overdue {
                match overdue {
                    Overdue::Breach(_) => self.state = TermState::Missed,
                    Overdue::Lapse(_) => {
                        self.state = TermState::Lapsed;
                        self.ended_at = Some(at);
                    }
                }
            }
        }
        raised
    }

    /// Ends the term, after the rungs up to `now` were raised.
    pub fn close(&mut self, how: Close, now: DateTime<Utc>) {
        if !self.is_open() {
            return;
        }
        self.ended_at = Some(now);
        if self.state == TermState::Suspended {
            // It stood still, so it was not over.
            self.due_at = self.due_at.max(now);
        }
        self.state = match (self.state, how) {
            // It was said to be missed before what was done in time became known.
            (TermState::Missed, Close::Done) if now < self.due_at => TermState::Kept,
            (TermState::Missed, _) => TermState::Missed,
            (_, Close::Done) => TermState::Kept,
            (_, Close::Moot) => TermState::Lapsed,
        };
    }

    /// The rule of the table this term came from.
    pub fn table_rule(&self, procedure: ProcedureCode) -> Option<&'static TermRule> {
        Procedure::of(procedure).term(&self.slot)
    }

    /// The law of this term in the leg's sector.
    pub fn law(&self, leg: &Leg) -> Option<Law> {
        Some(law_of(self.table_rule(leg.procedure)?, &leg.sector))
    }
}

/// The law of a term: some sectors have their own for the filing decision.
fn law_of(rule: &TermRule, sector: &str) -> Law {
    match (rule.length, sector) {
        (TermLength::Review, "ECONOMY") => {
            Law { rule: "T-14b", basis: "经济犯罪案件规定 2017 art. 16", mark: Mark::S }
        }
        (TermLength::Review, "ECOLOGY") => {
            Law { rule: "T-14c", basis: "环环监〔2017〕17号 art. 9", mark: Mark::S }
        }
        _ => rule.law,
    }
}
