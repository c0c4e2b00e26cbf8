//! The yearly evaluation of a body or of the county, as data and to print.

use proto::supervision::v1 as pb;
use types::AgencyCode;

use super::{
    Call, ask,
    get_indicator::figure,
    overseen::{self, Look},
};
use crate::{
    Supervision,
    domain::{
        fact::Cell,
        report::{self, Line},
    },
    error::Error,
    events::timestamp,
    printed, store,
};

pub(super) async fn get_evaluation_report(
    service: &Supervision,
    call: Call,
    request: pb::GetEvaluationReportRequest,
) -> Result<pb::GetEvaluationReportResponse, Error> {
    let pb::GetEvaluationReportRequest { year, body, pdf } = request;
    let mut fields = server::Fields::default();
    fields.check((2000..=2200).contains(&year), "year", "is not 2000 to 2200");
    let known = body.is_empty() || AgencyCode::parse(&body).is_some();
    fields.check(known, "body", "is not the code of a body");
    fields.done()?;
    let own = body.is_empty() || body == call.agency.as_str();
    if !own && service.settings.oversight.scope(&call.agency).is_none() {
        return Err(Error::NotFound("evaluation"));
    }

    let reader = service.db.reader();
    let size = store::head(reader).await?.size;
    let of = Some(body.as_str()).filter(|body| !body.is_empty());
    let sums = store::report::sums(reader, year).await?;
    let missed = store::report::missed(reader, year, of).await?;
    let warned = store::report::warned(reader, year, of).await?;
    let least = i64::from(service.settings.decisions.rank_least);
    let lines = report::lines(&sums, of, least);
    let report = pb::EvaluationReport {
        year,
        body: body.clone(),
        lines: lines.iter().map(|line| told(line, &body)).collect(),
        missed: missed.into_iter().map(|(rule, count)| pb::MissedTerms { rule, count }).collect(),
        warnings: warned
            .into_iter()
            .map(|(rule, raised, open)| pb::WarningCount { rule, raised, open })
            .collect(),
        tree_size: ask::count(size)?,
        create_time: Some(timestamp(service.clock.now())),
    };
    let pdf = if pdf { print(service, report.clone()).await? } else { Vec::new() };
    let response = pb::GetEvaluationReportResponse { report: Some(report), pdf };
    let (subject, bodies) = (format!("{year}"), [body].into());
    let look = Look { method: "GetEvaluationReport", subject, bodies, ..Look::default() };
    overseen::keep(service, call, look, &response).await?;
    Ok(response)
}

fn told(line: &Line, body: &str) -> pb::EvaluationLine {
    let Line { indicator, this, last, rank } = line;
    let cell = Cell { body: body.to_owned(), ..Cell::default() };
    let place = |number: usize| i32::try_from(number).unwrap_or(i32::MAX);
    pb::EvaluationLine {
        indicator: indicator.name(),
        title: indicator.title.0.to_owned(),
        title_zh: indicator.title.1.to_owned(),
        unit: indicator.unit.to_string(),
        this_year: Some(figure(indicator, &cell, *this)),
        last_year: Some(figure(indicator, &cell, *last)),
        rank: rank.map_or(0, |(rank, _)| place(rank)),
        ranked: rank.map_or(0, |(_, among)| place(among)),
    }
}

/// Prints away from the threads that serve calls: setting type takes a while.
async fn print(service: &Supervision, report: pb::EvaluationReport) -> Result<Vec<u8>, Error> {
    let agencies = service.directory.agencies();
    let name = AgencyCode::parse(&report.body).and_then(|code| agencies.get(&code));
    let name = name.map(|agency| agency.display_name_zh.clone());
    let printing = tokio::task::spawn_blocking(move || printed::evaluation(&report, name));
    let printed = printing.await.map_err(|_| Error::Corrupt("a printed report"))?;
    printed.map_err(|error| {
        tracing::error!(%error, "an evaluation cannot be printed");
        Error::Corrupt("a printed report")
    })
}
