//! What is due: a running term of any service, or an exchange that nobody acknowledged.

use chrono::{DateTime, Duration, Utc};
use serde::Deserialize;

use super::{Exchange, ExchangeState, Term, TermState, Told};

/// What is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// A term.
    Term,
    /// An exchange.
    Exchange,
}

impl Form {
    /// The word in filters and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Term => "TERM",
            Self::Exchange => "EXCHANGE",
        }
    }

    /// Reads the word of [`Form::as_str`].
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Term, Self::Exchange].into_iter().find(|form| form.as_str() == word)
    }
}

/// How far something has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Rung {
    /// It began.
    Running,
    /// Half of it is gone.
    Half,
    /// It is nearly due.
    Near,
    /// It was due.
    Overdue,
}

impl Rung {
    /// Every rung, in order.
    pub const ALL: [Self; 4] = [Self::Running, Self::Half, Self::Near, Self::Overdue];

    /// The word in filters and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Half => "HALF",
            Self::Near => "NEAR",
            Self::Overdue => "OVERDUE",
        }
    }

    /// Reads the word of [`Rung::as_str`].
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rung| rung.as_str() == word)
    }
}

/// One thing that is due, or was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Item {
    pub service: String,
    /// Unique in the service among those of the form.
    pub id: String,
    pub form: Form,
    /// `TERM`, or the kind of the exchange.
    pub kind: String,
    /// Rule of LAW.md, its article, and how sure it is; empty for an exchange.
    pub rule: String,
    pub basis: String,
    pub verified: String,
    pub service_target: bool,
    /// What must be done; of an exchange, what was sent.
    pub duty: String,
    /// The body that must act.
    pub holder: String,
    /// The bodies that wait for it.
    pub owed_to: Vec<String>,
    pub docket: String,
    pub resource: String,
    pub length: String,
    pub start_at: DateTime<Utc>,
    pub due_at: DateTime<Utc>,
    pub half_at: Option<DateTime<Utc>>,
    pub near_at: Option<DateTime<Utc>>,
    pub provisional: bool,
    /// The word of its state.
    pub state: String,
    /// Whether something is still owed.
    pub open: bool,
    pub end_at: Option<DateTime<Utc>>,
    /// SHA-256 of what was sent; empty for a term.
    pub digest: String,
    /// The journal row it stands as of, and its leaf.
    pub row_id: i64,
    pub leaf: u64,
    /// The last rung that was raised.
    pub rung: Rung,
    /// Another rule that sets an earlier date for the same duty; read, never written.
    pub earlier_rule: String,
}

impl Item {
    /// A term as a row tells of it.
    pub(crate) fn of_term(told: &Told, term: &Term) -> Self {
        let open = match term.state {
            TermState::Running | TermState::Suspended => true,
            // What was not done in time may be owed all the same.
            TermState::Missed => term.end_at.is_none(),
            TermState::Kept | TermState::Lapsed => false,
        };
        Self {
            service: told.service.clone(),
            id: term.id.clone(),
            form: Form::Term,
            kind: "TERM".to_owned(),
            rule: term.rule.clone(),
            basis: term.basis.clone(),
            verified: term.verified.clone(),
            service_target: term.service_target,
            duty: term.duty.clone(),
            holder: term.holder.clone(),
            owed_to: term.owed_to.clone(),
            docket: told.docket.clone(),
            resource: told.resource.clone(),
            length: term.length.clone(),
            start_at: term.start_at,
            due_at: term.due_at,
            half_at: term.half_at,
            near_at: term.near_at,
            provisional: term.provisional,
            state: term.state.as_str().to_owned(),
            open,
            end_at: term.end_at,
            digest: String::new(),
            row_id: told.row_id,
            leaf: told.leaf,
            rung: Rung::Running,
            earlier_rule: String::new(),
        }
    }

    /// An exchange as a row tells of it: due so many minutes after it was sent.
    pub(crate) fn of_exchange(told: &Told, exchange: &Exchange, minutes: u32) -> Self {
        let due_at = exchange.send_at.checked_add_signed(Duration::minutes(minutes.into()));
        Self {
            service: told.service.clone(),
            id: exchange.id.clone(),
            form: Form::Exchange,
            kind: exchange.kind.clone(),
            rule: String::new(),
            basis: String::new(),
            verified: String::new(),
            service_target: false,
            duty: exchange.title.clone(),
            holder: exchange.receiver.clone(),
            owed_to: vec![exchange.sender.clone()],
            docket: told.docket.clone(),
            resource: told.resource.clone(),
            length: String::new(),
            start_at: exchange.send_at,
            due_at: due_at.unwrap_or(exchange.send_at),
            half_at: None,
            near_at: None,
            provisional: false,
            state: exchange.state.as_str().to_owned(),
            open: exchange.state == ExchangeState::Sent,
            end_at: exchange.end_at,
            digest: exchange.digest.clone(),
            row_id: told.row_id,
            leaf: told.leaf,
            rung: Rung::Running,
            earlier_rule: String::new(),
        }
    }

    /// Its key among all: `TERM/referral/…`.
    pub(crate) fn key(&self) -> String {
        format!("{}/{}/{}", self.form.as_str(), self.service, self.id)
    }

    /// Its sender; of a term, the first body that waits for it.
    pub(crate) fn sender(&self) -> &str {
        self.owed_to.first().map_or("", String::as_str)
    }

    /// When the first rung falls due; none once nothing is owed, or while it is suspended.
    pub(crate) fn first_rung_at(&self) -> Option<DateTime<Utc>> {
        let running = self.open && self.state != TermState::Suspended.as_str();
        let rungs = [self.half_at, self.near_at, Some(self.due_at)];
        rungs.into_iter().flatten().min().filter(|_| running)
    }

    /// How far it has come by `now`.
    pub(crate) fn rung_at(&self, now: DateTime<Utc>) -> Rung {
        let passed = |at: Option<DateTime<Utc>>| at.is_some_and(|at| at <= now);
        if self.due_at <= now {
            Rung::Overdue
        } else if passed(self.near_at) {
            Rung::Near
        } else if passed(self.half_at) {
            Rung::Half
        } else {
            Rung::Running
        }
    }

    /// The bodies that see it on the board.
    pub(crate) fn seers(&self) -> Vec<&str> {
        let mut seers = vec![self.holder.as_str()];
        for one in &self.owed_to {
            if !one.is_empty() && !seers.contains(&one.as_str()) {
                seers.push(one);
            }
        }
        seers
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::domain::Marks;

    pub(crate) fn noon() -> DateTime<Utc> {
        "2026-03-02T04:00:00Z".parse().unwrap()
    }

    pub(crate) fn told(kind: &str) -> Told {
        Told {
            leaf: 7,
            service: "referral".into(),
            row_id: 3,
            at: noon(),
            kind: kind.into(),
            resource: "referrals/1".into(),
            docket: "dockets/1".into(),
            agency: "MKT".into(),
            officer: "MKT-01".into(),
            step: String::new(),
            request_id: String::new(),
            marks: Marks::default(),
        }
    }

    fn term(state: TermState) -> Term {
        Term {
            id: "t".into(),
            rule: "T-14".into(),
            basis: "Decree 310 art. 8".into(),
            duty: "decide".into(),
            holder: "PSB".into(),
            owed_to: vec!["MKT".into(), "PSB".into()],
            length: "3 DAY".into(),
            start_at: noon(),
            due_at: noon() + Duration::days(4),
            half_at: Some(noon() + Duration::days(2)),
            near_at: None,
            provisional: false,
            state,
            end_at: None,
            verified: "V".into(),
            service_target: false,
        }
    }

    #[test]
    fn rungs_come_in_order_and_one_without_a_time_is_left_out() {
        let item = Item::of_term(&told("STEP_TAKEN"), &term(TermState::Running));
        assert_eq!(item.first_rung_at(), item.half_at);
        let at = |days| item.rung_at(noon() + Duration::days(days));
        assert_eq!(
            [at(0), at(2), at(3), at(4)],
            [Rung::Running, Rung::Half, Rung::Half, Rung::Overdue]
        );
        assert_eq!(item.seers(), ["PSB", "MKT"]);
    }

    #[test]
    fn a_suspended_term_is_on_the_board_and_raises_nothing() {
        let item = Item::of_term(&told("STEP_TAKEN"), &term(TermState::Suspended));
        assert!(item.open && item.first_rung_at().is_none());
        let kept = Item::of_term(&told("STEP_TAKEN"), &term(TermState::Kept));
        assert!(!kept.open && kept.first_rung_at().is_none());
        let missed = Item::of_term(&told("STEP_TAKEN"), &term(TermState::Missed));
        assert!(missed.open, "it is still owed");
        let late = Term { end_at: Some(noon()), ..term(TermState::Missed) };
        assert!(!Item::of_term(&told("STEP_TAKEN"), &late).open, "it was done late");
    }

    #[test]
    fn an_exchange_is_due_minutes_after_it_was_sent_and_its_receiver_holds_it() {
        let exchange = Exchange {
            id: "e".into(),
            kind: "NOTICE".into(),
            sender: "MKT".into(),
            receiver: "PRO".into(),
            state: ExchangeState::Sent,
            send_at: noon(),
            end_at: None,
            digest: "ab".into(),
            title: "a copy".into(),
        };
        let item = Item::of_exchange(&told("STEP_TAKEN"), &exchange, 1);
        assert_eq!(item.first_rung_at(), Some(noon() + Duration::minutes(1)));
        assert_eq!((item.holder.as_str(), item.sender()), ("PRO", "MKT"));
        assert_eq!(item.key(), "EXCHANGE/referral/e");
    }
}
