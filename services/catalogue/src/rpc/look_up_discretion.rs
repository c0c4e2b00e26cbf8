//! Finds the discretion benchmark and the minor-violation route of facts, and explains both.

use proto::catalogue::v1 as pb;

use crate::{
    Catalogue, convert,
    domain::{
        discretion::{Facts, look_up},
        span::day,
    },
    error::Error,
};

/// The most facts of a question.
const FACTS_MAX: usize = 200;
/// The most bytes one of them may have.
const FACT_BYTES_MAX: usize = 4096;

pub(super) async fn look_up_discretion(
    service: &Catalogue,
    request: &pb::LookUpDiscretionRequest,
) -> Result<pb::LookUpDiscretionResponse, Error> {
    let today = clock::legal_date(service.clock.now());
    let mut fields = server::Fields::default();
    fields.text(&request.matter, 40, "matter");
    let act_date = if request.act_date.is_empty() { Some(today) } else { day(&request.act_date) };
    let act_date = fields.need(act_date, "act_date", "is not a date (YYYY-MM-DD)");
    fields.check(request.facts.len() <= FACTS_MAX, "facts", "are more than 200");
    for (name, value) in &request.facts {
        let short = name.len() + value.len() <= FACT_BYTES_MAX;
        // A name that is too long is not repeated.
        let shown: String = name.chars().take(64).collect();
        fields.check(short, format!("facts.{shown}"), "is longer than 4096 bytes");
    }
    fields.check(request.revision >= 0, "revision", "is negative");
    fields.done()?;

    let told = service.snapshots.about(&service.db, request.revision, &request.matter).await?;
    let index = told.index();
    let of = index
        .matter(&request.matter)
        .map_err(|refusal| Error::refused(refusal, request.matter.clone()))?;
    let closes = service.settings.suspected_crime_closes_minor_routes;
    let facts = Facts {
        facts: &request.facts,
        act_date: act_date.unwrap_or(today),
        minor_closed: request.suspected_crime && closes,
    };
    let found = look_up(&of.benchmarks, &of.routes, &facts);
    Ok(pb::LookUpDiscretionResponse {
        revision: index.revision(),
        benchmark: found.benchmark.as_deref().map(convert::benchmark),
        benchmarks_tried: found.benchmarks_tried.iter().map(convert::tried).collect(),
        minor_routes: found.routes.iter().map(|route| convert::minor_violation(route)).collect(),
        minor_tried: found.routes_tried.iter().map(convert::tried).collect(),
        missing_facts: found.missing.into_iter().collect(),
    })
}
