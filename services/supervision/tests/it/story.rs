//! What a test lets happen: rows with terms, exchanges and values, told in a few words.

use chrono::{DateTime, Duration, Utc};
use command::marks::{Case, Exchange, Marks, Term, show, timestamp};
use db::journal::Entry;
use types::AgencyCode;

/// When the law's clock of a test begins: 2026-03-02 10:00 in Shanghai, a Monday.
pub(crate) fn monday() -> DateTime<Utc> {
    "2026-03-02T02:00:00Z".parse().unwrap()
}

/// A row of referral on `dockets/1`, about `referrals/1`, by MKT.
pub(crate) fn row(kind: &'static str, marks: Marks) -> Entry {
    Entry {
        at: monday(),
        kind,
        resource: "referrals/1".into(),
        docket: "dockets/1".into(),
        agency: "MKT".into(),
        officer: "MKT-01".into(),
        step: String::new(),
        payload: vec![7; 20],
        request_id: String::new(),
        attestation: None,
        marks: marks.encode(),
    }
}

/// The same, and bodies see its resource from then on.
pub(crate) fn shown(entry: Entry, bodies: &[&str]) -> Entry {
    let name = entry.resource.clone();
    let mut entries = [entry];
    let bodies = bodies.iter().map(|code| AgencyCode::parse(code).unwrap());
    let shown: Vec<_> = bodies.map(|code| (code, name.clone())).collect();
    show(&mut entries, &shown);
    let [entry] = entries;
    entry
}

/// A term of PSB's towards MKT, due four days after Monday.
pub(crate) fn term(id: &str) -> Term {
    Term {
        id: id.into(),
        rule: "T-14".into(),
        basis: "Decree 310 art. 8".into(),
        duty: "decide whether to file".into(),
        holder: "PSB".into(),
        owed_to: vec!["MKT".into()],
        length: "3 DAY".into(),
        start_time: Some(timestamp(monday())),
        due_time: Some(timestamp(monday() + Duration::days(4))),
        half_time: Some(timestamp(monday() + Duration::days(2))),
        near_time: Some(timestamp(monday() + Duration::days(3))),
        state: "RUNNING".into(),
        verified: "V".into(),
        ..Term::default()
    }
}

/// A row that opens a term.
pub(crate) fn opens(term: Term) -> Entry {
    row("STEP_TAKEN", Marks::new().term(term))
}

/// Something that MKT sent to a body on Monday.
pub(crate) fn sent(id: &str, receiver: &str) -> Exchange {
    Exchange {
        id: id.into(),
        kind: "NOTICE".into(),
        sender: "MKT".into(),
        receiver: receiver.into(),
        state: "SENT".into(),
        send_time: Some(timestamp(monday())),
        digest: "ab".repeat(32),
        title: "a copy of the referral letter".into(),
        ..Exchange::default()
    }
}

/// The same once it is acknowledged.
pub(crate) fn received(exchange: Exchange) -> Exchange {
    let end_time = Some(timestamp(monday() + Duration::seconds(30)));
    Exchange { state: "ACKNOWLEDGED".into(), end_time, ..exchange }
}

/// A row that sends something.
pub(crate) fn sends(exchange: Exchange) -> Entry {
    row("STEP_TAKEN", Marks::new().exchange(exchange))
}

/// A docket of MKT's that is opened with some values.
pub(crate) fn docket(name: &str, values: &[(&str, &str)]) -> Entry {
    let marks = values.iter().fold(Marks::new(), |marks, (name, text)| marks.value(name, text));
    Entry { resource: name.into(), docket: name.into(), ..row("DOCKET_OPENED", marks) }
}

/// A criminal referral of MKT's that is in a state.
pub(crate) fn referral(name: &str, state: &str) -> Entry {
    let case = Case {
        procedure: "CRIMINAL_REFERRAL".into(),
        state: state.into(),
        from_agency: "MKT".into(),
        to_agency: "PSB".into(),
        ..Case::default()
    };
    Entry { resource: name.into(), ..row("STEP_TAKEN", Marks::new().case(case)) }
}
