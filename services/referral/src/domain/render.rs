//! The law as the engine applies it, as Markdown: `docs/procedures.md` is this text.

use super::{
    document,
    procedure::{ELSEWHERE, Law, Need, Overdue, Procedure, Row, TermLength, TermRule},
    screening,
    word::ProcedureCode,
};

/// Every procedure, term, form and threshold.
pub fn markdown() -> String {
    let mut text = String::from(
        "# The law as the engine applies it\n\n\
         Made by `xiezhi procedures --markdown`; a test keeps it so. V: primary text read, S: seen as \
         a quotation, M: from memory, D: design.\n",
    );
    for code in ProcedureCode::ALL {
        procedure(&mut text, Procedure::of(*code));
    }
    elsewhere(&mut text);
    forms(&mut text);
    thresholds(&mut text);
    text
}

fn procedure(text: &mut String, table: &Procedure) {
    let words = |states: &[super::word::State]| {
        states.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    };
    say(text, format!("\n## {}\n\n{}\n", table.code, table.title));
    for start in table.starts {
        let on = start.on.map_or(String::new(), |ground| format!(" on {ground}"));
        let Law { rule, basis, mark } = start.law;
        let opens = match start.opens {
            [] => String::new(),
            opens => format!(", opens {}", opens.join(", ")),
        };
        let (state, terms) = (start.state, opens);
        say(text, format!("Starts{on} in {state}{terms} ({rule} {mark}: {basis}).  "));
    }
    say(text, format!("Ends in {}.\n", words(table.finals)));
    say(text, "| rule | in | step | by | officer | needs | to | opens | closes | basis |".into());
    say(text, "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |".into());
    for row in table.rows {
        say(text, line(row, &words(row.from)));
    }
    say(text, "\n| term | rule | who | must | within | if not | basis |".into());
    say(text, "| --- | --- | --- | --- | --- | --- | --- |".into());
    for rule in table.terms {
        say(text, term(rule));
    }
}

fn line(row: &Row, from: &str) -> String {
    let papers: Vec<String> = row
        .papers
        .iter()
        .map(|paper| {
            let mark = match paper.need {
                Need::Required => "",
                Need::Expected => " (noted if missing)",
                Need::ExpectedIfTested => " (noted if missing, if a test was made)",
                Need::RequiredIfPenalised => " (if penalties are part of it)",
                Need::Optional => " (may be there)",
                Need::RequiredIfGoodsTravel => " (setting)",
            };
            format!("{}{mark}", paper.code)
        })
        .collect();
    let closes: Vec<&str> = row.closes.iter().map(|(slot, _)| *slot).collect();
    format!(
        "| {} {} | {from} | {} | {} | {} | {} | {} | {} | {} | {} |",
        row.law.rule,
        row.law.mark,
        row.step,
        row.actor,
        row.officer,
        papers.join(", "),
        row.to.map_or_else(|| "stays".to_owned(), |to| to.to_string()),
        row.opens.join(", "),
        closes.join(", "),
        row.law.basis,
    )
}

fn term(rule: &TermRule) -> String {
    let length = match rule.length {
        TermLength::Fixed(value, unit) | TermLength::BySector(value, unit) => {
            format!("{value} {unit}")
        }
        TermLength::Set(value, unit) => format!("{value} {unit} (setting)"),
        TermLength::Since(value, unit) => format!("{value} {unit}, from the day the step names"),
        TermLength::Review => "3 DAY, or the sector's".to_owned(),
        TermLength::Target => "at once: a service target".to_owned(),
        TermLength::Ordered => "as ordered".to_owned(),
    };
    let (Overdue::Breach(then) | Overdue::Lapse(then)) = rule.overdue;
    let (slot, law) = (rule.slot, rule.law);
    format!(
        "| {slot} | {} {} | {} | {} | {length} | {then} | {} |",
        law.rule, law.mark, rule.holder, rule.duty, law.basis
    )
}

fn elsewhere(text: &mut String) {
    say(text, "\n## Rules that no row holds\n\n| rule | held by |\n| --- | --- |".to_owned());
    for (rule, why) in ELSEWHERE {
        say(text, format!("| {rule} | {why} |"));
    }
}

fn forms(text: &mut String) {
    say(text, "\n## Forms\n\n| code | name | by | fields |\n| --- | --- | --- | --- |".to_owned());
    for form in document::forms() {
        let fields: Vec<String> = form
            .fields
            .iter()
            .map(|field| match field.entries {
                0 => format!("{} (may be absent)", field.name),
                1 => field.name.clone(),
                least => format!("{} (at least {least})", field.name),
            })
            .collect();
        let each = if form.list { "on each line: " } else { "" };
        let (code, name, issuer) = (&form.code, &form.name_zh, &form.issuer);
        say(text, format!("| {code} | {name} | {issuer} | {each}{} |", fields.join(", ")));
    }
}

fn thresholds(text: &mut String) {
    say(text, "\n## Criminal thresholds\n\nThey suggest; the officer decides.\n".to_owned());
    say(text, "| id | offence | article | fact | basis |\n| --- | --- | --- | --- | --- |".into());
    for one in screening::thresholds() {
        say(
            text,
            format!(
                "| {} {} | {} | {} | {} | {} |",
                one.id,
                one.verified,
                one.offence_zh,
                one.criminal_law_article,
                one.comparison("…"),
                one.basis
            ),
        );
    }
}

fn say(text: &mut String, line: String) {
    text.push_str(&line);
    text.push('\n');
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_document_is_what_the_tables_say() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/procedures.md");
        let written = std::fs::read_to_string(file).unwrap();
        assert!(
            written == super::markdown(),
            "docs/procedures.md is old: xiezhi procedures --markdown > docs/procedures.md"
        );
    }
}
