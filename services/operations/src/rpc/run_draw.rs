//! Draws. The office's nonce stays secret: it is in no answer, no log and no journal row.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use command::marks::Marks;
use proto::operations::v1 as pb;
use types::AgencyCode;

use super::{
    Call,
    convert::draw::draw as message,
    draw_lists::{self, Lists},
    once::{Written, once},
    reveal_nonce::{release, void},
};
use crate::{
    Operations,
    domain::{
        check::Check,
        draw::{Draw, LOG, drawn, is_nonce, passed_over},
        law,
        refusal::Refusal,
        word::DrawState,
    },
    error::Error,
    events::{Doer, Happened},
    log,
    store::{self, WinnerRow},
};

/// What a run comes to.
struct Run {
    /// The draw after it: drawn, or void.
    draw: Draw,
    /// What was drawn; nothing when it is void.
    drawn: Option<Drawn>,
}

struct Drawn {
    checks: Vec<Check>,
    winners: Vec<WinnerRow>,
    /// Which item of a plan drew which subject.
    items: Vec<(String, String)>,
    /// The second part of the record.
    text: String,
    /// The office's nonce and the seed.
    secret: (String, String),
}

pub(super) async fn run_draw(
    service: &Operations,
    call: Call,
    request: pb::RunDrawRequest,
) -> Result<pb::RunDrawResponse, Error> {
    let now = service.clock.now();
    let mut fields = server::Fields::default();
    command::check_request_id(&mut fields, &request.request_id);
    fields.text(&request.officer, 64, "officer");
    let fits = is_nonce(&request.office_nonce);
    fields.check(fits, "office_nonce", "is not 16 to 128 visible ASCII characters");
    let value = &request.public_value;
    let plain = value.is_empty() || (::draw::is_plain(value) && value.len() <= 200);
    fields.check(plain, "public_value", "is not a line of at most 200 bytes");
    fields.done()?;
    let doer = Doer::new(&call.agency, &request.officer);
    let agency = call.agency.clone();
    let command = call.command(request.request_id.clone(), "RunDraw", now);
    // The lists are long: who asks again is not kept waiting for them.
    if let Some(first) = command.first_answer(service.db.reader()).await? {
        return Ok(first);
    }
    let certified = service.bodies.certified(&agency, &request.officer, now).await;
    let run = run(service, &agency, &request, now).await;
    once(service, command, move |tx| {
        Box::pin(async move {
            certified?;
            let Run { draw, drawn } = run?;
            store::update(tx, &draw).await?;
            release(tx, &draw).await?;
            let mut happened = void(&draw);
            if let Some(drawn) = drawn {
                write(tx, &draw, &drawn).await?;
                happened = ran(&draw);
            }
            Ok(Written {
                response: pb::RunDrawResponse { draw: Some(message(&draw)) },
                entries: vec![happened.by(&doer, now)],
                shown: Vec::new(),
            })
        })
    })
    .await
}

async fn write(
    tx: &impl sea_orm::ConnectionTrait,
    draw: &Draw,
    drawn: &Drawn,
) -> Result<(), Error> {
    let Drawn { checks, winners, items, text, secret } = drawn;
    store::insert_many(tx, checks).await?;
    store::insert_winners(tx, &draw.name, winners).await?;
    store::insert_drawn(tx, &draw.name, items).await?;
    store::set_secret(tx, &draw.name, (&secret.0, &secret.1)).await?;
    let start = store::text_bytes(tx, &draw.name).await?;
    let start = usize::try_from(start).map_err(|_| Error::Corrupt("draw_text"))?;
    store::insert_text(tx, &draw.name, start, text).await
}

/// Decides; nothing is written here. Whatever changes meanwhile makes the write stale.
async fn run(
    service: &Operations,
    agency: &AgencyCode,
    request: &pb::RunDrawRequest,
    now: DateTime<Utc>,
) -> Result<Run, Error> {
    let (reader, name) = (service.db.reader(), &request.name);
    let mut draw = store::public::<Draw>(reader, name).await?.ok_or(Error::NotFound("draw"))?;
    let refused = |refusal| Error::refused(refusal, name);
    if draw.office != *agency {
        let whose = format!("the office {}", draw.office);
        let refusal = Refusal::NotYours { act: "running the draw", whose, law: law::O_08 };
        return Err(refused(refusal));
    }
    draw.runnable(now).map_err(refused)?;
    let public_value = public_value(&draw, &request.public_value)?;
    if service.settings.log_before_run {
        let row = store::freeze_row(reader, name).await?.ok_or(Error::Corrupt("journal"))?;
        log::has(service, row).await?;
    }
    draw.public_value.clone_from(&public_value);
    let office = draw.office.as_str().to_owned();
    let nonce = &request.office_nonce;
    if draw.commitment_of(&office, nonce) != draw.office_commitment {
        let why = format!("the nonce of {office} does not match its commitment");
        return Ok(Run { draw: draw.void(why, &office), drawn: None });
    }
    let plans = store::plans_of(reader, &draw.plans).await?;
    let Lists { frozen, roots } = draw_lists::read(service, &draw, plans.clone()).await?;
    let now_roots = [roots.subjects, roots.officers, roots.rules].map(|root| ::draw::hex(&root));
    if now_roots != [&*draw.subjects_root, &*draw.officers_root, &*draw.rules_hash] {
        return Ok(Run { draw: changed(service, draw).await?, drawn: None });
    }
    let revealed = draw.close_parts(&public_value, nonce);
    let bodies: Vec<AgencyCode> = draw.parts.iter().map(|part| part.agency.clone()).collect();
    let profiles = store::profiles(reader, &bodies).await?;
    draw.state = DrawState::Drawn;
    draw.version += 1;
    let settings = Arc::clone(&service.settings);
    let nonce = nonce.clone();
    let run = tokio::task::spawn_blocking(move || {
        let outcome = ::draw::run(&frozen, &roots, &revealed);
        let text = ::draw::results(&frozen, &revealed, &outcome);
        let seed = ::draw::hex(&outcome.seed);
        let (checks, items) = drawn(&draw, (&frozen, &outcome), &plans, &settings, now);
        let winners: Vec<WinnerRow> =
            checks.iter().zip(1..).map(|(check, place)| winner(check, place, &profiles)).collect();
        draw.winner_count = u64::try_from(winners.len()).unwrap_or(u64::MAX);
        let secret = (nonce, seed);
        Run { draw, drawn: Some(Drawn { checks, winners, items, text, secret }) }
    });
    run.await.map_err(|_| Error::Corrupt("the draw"))
}

/// The value that counts: what the service took from the log, or what the office says, which anybody
/// can compare with its source.
fn public_value(draw: &Draw, said: &str) -> Result<String, Error> {
    let fault = |fault: &str| Error::Fields(server::Violations::of("public_value", fault));
    if draw.public_source != LOG {
        return if said.is_empty() { Err(fault("is missing")) } else { Ok(said.to_owned()) };
    }
    if !said.is_empty() && said != draw.public_value {
        return Err(fault("is not for the office to say: it is the log's checkpoint"));
    }
    if draw.public_value.is_empty() {
        return Err(Error::Log("its checkpoint was not taken yet".to_owned()));
    }
    Ok(draw.public_value.clone())
}

/// The draw made void because a list is not what was frozen: by whom, as far as that is known.
async fn changed(service: &Operations, draw: Draw) -> Result<Draw, Error> {
    let bodies: Vec<AgencyCode> = draw.parts.iter().map(|part| part.agency.clone()).collect();
    let by = store::changed_since(service.db.reader(), &bodies, draw.created_at).await?;
    let who = if by.is_empty() { "nobody who is known".to_owned() } else { by.join(", ") };
    let why = format!("a list changed after the freeze: by {who}");
    Ok(draw.void(why, by.first().map_or("", String::as_str)))
}

fn winner(
    check: &Check,
    place: i32,
    profiles: &std::collections::BTreeMap<String, crate::domain::resource::OfficerProfile>,
) -> WinnerRow {
    let officers = passed_over(&check.ranking, &check.subject, profiles);
    let officers = officers.into_iter().map(|(officer, why)| (officer.to_owned(), why));
    WinnerRow {
        place,
        agency: check.agency.clone(),
        subject: check.subject.clone(),
        matters: check.matters.clone(),
        officers: officers.collect(),
        check: check.name.clone(),
    }
}

fn ran(draw: &Draw) -> Happened {
    let dropped: Vec<String> = draw
        .parts
        .iter()
        .filter(|part| part.dropped)
        .map(|part| format!("dropped:{}", part.agency))
        .collect();
    let summary = format!("{} drew {}: {} winners", draw.office, draw.title, draw.winner_count);
    let mut evidence = vec![format!("public_value:{}", draw.public_value)];
    evidence.extend(dropped);
    let marks = Marks::new().value("subjects_planned", draw.winner_count);
    Happened::new("DRAW_RUN", &draw.name, summary).under(law::O_08).with(evidence).marked(marks)
}
