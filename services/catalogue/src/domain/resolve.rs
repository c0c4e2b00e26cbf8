//! Who is competent for a matter, at a place, on a day: one body, or several that claim it, each
//! with its reasons.

use std::sync::Arc;

use chrono::NaiveDate;
use types::AgencyCode;

use super::{
    entry::{Basis, Boundary, Holder, Power},
    holding::effective,
    index::{Index, OfMatter},
    reason::{self, Reason},
    refusal::Refusal,
    region::Region,
};

/// What is asked.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    /// Code of the matter.
    pub matter: &'a str,
    /// Where the act took place.
    pub place: Region,
    /// The day of the act: which version of the law applies.
    pub act_date: NaiveDate,
    /// Day on which a case was filed.
    pub filed_on: Option<NaiveDate>,
    /// Who filed it.
    pub filed_by: Option<AgencyCode>,
    /// The subject; empty when nothing is said.
    pub subject: &'a str,
    /// The officer who acts; empty when nothing is said.
    pub certificate_no: &'a str,
    /// The day of the question.
    pub today: NaiveDate,
}

/// How a body stands to a matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// It alone is competent.
    Competent,
    /// One of several.
    Claims,
    /// It had the power, or will have it, or the matter is another's here.
    NotCompetent,
}

/// One body and what speaks for it, or against it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The body.
    pub agency: AgencyCode,
    /// How it stands.
    pub standing: Standing,
    /// Why.
    pub reasons: Vec<Reason>,
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The one competent body.
    pub competent: Option<AgencyCode>,
    /// Everyone who holds, held or claims it; the competent body first.
    pub claims: Vec<Claim>,
    /// The brigade that works at the place. It acts in the name of others (LAW.md 12, D).
    pub brigade: Option<AgencyCode>,
    /// For whom the named officer acts: the body it is posted to (seed section 2.7).
    pub officer_acts_for: Option<AgencyCode>,
    /// The version of the law on the day of the act.
    pub basis: Option<Basis>,
    /// The answer in one sentence.
    pub summary: String,
    /// The same in Chinese.
    pub summary_zh: String,
}

#[derive(Default)]
struct Claims(Vec<Claim>);

impl Claims {
    /// Adds a reason; the best standing of a body counts, and its reason comes first.
    fn add(&mut self, agency: &AgencyCode, standing: Standing, reason: Reason) {
        match self.0.iter_mut().find(|claim| claim.agency == *agency) {
            Some(claim) if standing < claim.standing => {
                claim.standing = standing;
                claim.reasons.insert(0, reason);
            }
            Some(claim) => claim.reasons.push(reason),
            None => {
                let reasons = vec![reason];
                self.0.push(Claim { agency: agency.clone(), standing, reasons });
            }
        }
    }

    fn has(&self, agency: &AgencyCode) -> bool {
        self.0.iter().any(|claim| claim.agency == *agency)
    }
}

/// A body that holds a power at the place, with the reason.
type Held = (AgencyCode, Reason);

impl Index {
    /// Who is competent.
    ///
    /// # Errors
    /// [`Refusal::UnknownMatter`].
    pub fn resolve(&self, asked: &Question<'_>) -> Result<Answer, Refusal> {
        let of = self.matter(asked.matter)?;
        let mut claims = Claims::default();
        if self.counties.contains(&asked.place.county()) {
            self.claim(of, asked, &mut claims);
        }
        claims.0.sort_by_key(|claim| claim.standing);
        let (summary, summary_zh) = summary(asked, &claims.0, self.by_township(of, asked));
        let first = claims.0.first().filter(|claim| claim.standing == Standing::Competent);
        let posting = self.posting(asked.certificate_no, asked.today);
        Ok(Answer {
            competent: first.map(|claim| claim.agency.clone()),
            claims: claims.0,
            brigade: self.area(asked.place, asked.today).map(|area| area.brigade.clone()),
            officer_acts_for: posting.map(|posting| posting.posted_to.clone()),
            basis: of.matter.bases.iter().find(|basis| basis.holds(asked.act_date)).cloned(),
            summary,
            summary_zh,
        })
    }

    /// The decision a case was filed under; then who filed; then the decision of today; then who
    /// holds; at last who held and who will.
    fn claim(&self, of: &OfMatter, asked: &Question<'_>, claims: &mut Claims) {
        let day = day(asked);
        let then = self.boundary(of, asked, asked.filed_on.unwrap_or(asked.today));
        // A case stays with who filed it as the decision of that day says, or where one is about it.
        let keeps = |one: &&Arc<Boundary>| {
            let filed_by = asked.filed_by.as_ref();
            !one.subject.is_empty() || filed_by.is_none_or(|agency| *agency == one.competent)
        };
        if let Some(boundary) = then.filter(keeps) {
            self.by_decision(of, boundary, asked, claims);
        } else if then.is_some() || !self.by_filing(of, asked, claims) {
            if let Some(boundary) = self.boundary(of, asked, day) {
                self.by_decision(of, boundary, asked, claims);
            } else {
                self.by_holding(of, asked, day, claims);
                if let Some((boundary, agency)) = then.zip(asked.filed_by.as_ref()) {
                    claims.add(agency, Standing::NotCompetent, reason::decided_against(boundary));
                }
            }
        }
        others(of, asked.place, day, claims);
    }

    /// The decision that applies on `day`: about the subject before about all, about a township
    /// before the county, the newer before the older. Only one about the subject takes cases filed
    /// before its first day (J-01, seed 1.1). It yields to a power of the place that began after it
    /// and holds on `day`: a later transfer or empowerment is the newer word.
    fn boundary<'a>(
        &self,
        of: &'a OfMatter,
        asked: &Question<'_>,
        day: NaiveDate,
    ) -> Option<&'a Arc<Boundary>> {
        let powers = effective(&of.powers, asked.place, day, self.exclusive);
        let newest = powers.iter().map(|power| power.span.from).max();
        let applies = |one: &&Arc<Boundary>| {
            let general = one.subject.is_empty();
            let begun = one.from <= if general { day } else { asked.today };
            let about = general || one.subject == asked.subject;
            let stands = newest.is_none_or(|from| from <= one.from);
            about && one.territory.covers(asked.place) && begun && stands
        };
        of.boundaries.iter().filter(applies).max_by_key(|one| {
            (!one.subject.is_empty(), one.territory.is_township(), one.from, &one.dispute)
        })
    }

    /// Whether the answer is each township, and the place does not say which.
    fn by_township(&self, of: &OfMatter, asked: &Question<'_>) -> bool {
        let powers = effective(&of.powers, asked.place, day(asked), self.exclusive);
        let by_township = powers.iter().any(|power| power.holder == Holder::Township);
        by_township && !asked.place.is_township()
    }

    fn by_decision(
        &self,
        of: &OfMatter,
        boundary: &Boundary,
        asked: &Question<'_>,
        claims: &mut Claims,
    ) {
        claims.add(&boundary.competent, Standing::Competent, reason::decided(boundary));
        if let (Some(filed_by), Some(filed_on)) = (&asked.filed_by, asked.filed_on)
            && *filed_by != boundary.competent
        {
            claims.add(filed_by, Standing::NotCompetent, reason::decided_against(boundary));
            claims.add(filed_by, Standing::NotCompetent, reason::hands_over(filed_on));
        }
        let holders = self.holders(of, asked.place, asked.today);
        let holders = holders.into_iter().map(|(agency, _)| agency);
        for agency in boundary.others.iter().cloned().chain(holders) {
            if !claims.has(&agency) {
                claims.add(&agency, Standing::NotCompetent, reason::decided_against(boundary));
            }
        }
    }

    /// Whether the case stays with who filed it, because it held the power on that day.
    fn by_filing(&self, of: &OfMatter, asked: &Question<'_>, claims: &mut Claims) -> bool {
        let (Some(filed_by), Some(filed_on)) = (&asked.filed_by, asked.filed_on) else {
            return false;
        };
        let then = self.holders(of, asked.place, filed_on);
        let Some((_, held)) = then.iter().find(|(agency, _)| agency == filed_by) else {
            claims.add(filed_by, Standing::NotCompetent, reason::filed_without(filed_on));
            return false;
        };
        let today = self.holders(of, asked.place, asked.today);
        let moved = today.iter().all(|(agency, _)| agency != filed_by);
        let why = if moved { reason::keeps(filed_on) } else { reason::filed(filed_on) };
        claims.add(filed_by, Standing::Competent, why);
        claims.add(filed_by, Standing::Competent, held.clone());
        for (agency, held) in today.into_iter().chain(then) {
            if !claims.has(&agency) {
                let why = reason::of_another(filed_by, filed_on, moved);
                claims.add(&agency, Standing::NotCompetent, why);
                claims.add(&agency, Standing::NotCompetent, held);
            }
        }
        true
    }

    fn by_holding(&self, of: &OfMatter, asked: &Question<'_>, day: NaiveDate, claims: &mut Claims) {
        let holders = self.holders(of, asked.place, day);
        let all: Vec<AgencyCode> = holders.iter().map(|(agency, _)| agency.clone()).collect();
        let here = effective(&of.powers, asked.place, day, self.exclusive);
        let sharing = here.iter().any(|power| power.shared);
        for (agency, held) in holders {
            if all.len() == 1 {
                claims.add(&agency, Standing::Competent, held);
                continue;
            }
            claims.add(&agency, Standing::Claims, held);
            if sharing {
                let with: Vec<_> = all.iter().filter(|one| **one != agency).cloned().collect();
                claims.add(&agency, Standing::Claims, reason::shared(&with));
            }
            if asked.place.is_township() {
                claims.add(&agency, Standing::Claims, reason::disputed());
            }
        }
        self.excluded(of, asked.place, day, &all, claims);
    }

    /// The county's holder, where a township was given the power.
    fn excluded(
        &self,
        of: &OfMatter,
        place: Region,
        day: NaiveDate,
        holders: &[AgencyCode],
        claims: &mut Claims,
    ) {
        let given = effective(&of.powers, place, day, self.exclusive);
        let (true, Some(township)) =
            (given.iter().any(|power| power.territory.is_township()), holders.first())
        else {
            return;
        };
        for (agency, _) in self.holders(of, place.county(), day) {
            if !claims.has(&agency) {
                let why = reason::excluded(township, place);
                claims.add(&agency, Standing::NotCompetent, why);
            }
        }
    }

    /// Who holds the matter at the place on `day`, each with the reason.
    fn holders(&self, of: &OfMatter, place: Region, day: NaiveDate) -> Vec<Held> {
        let mut held = Vec::new();
        for power in effective(&of.powers, place, day, self.exclusive) {
            match &power.holder {
                Holder::Body(code) => held.push((code.clone(), reason::holds(power))),
                Holder::Township if place.is_township() => {
                    let area = self.area(place, day);
                    held.extend(
                        area.map(|area| {
                            (area.government.clone(), reason::own_township(power, area))
                        }),
                    );
                }
                Holder::Township => {
                    held.extend(
                        self.areas_in(place, day).into_iter().map(|area| {
                            (area.government.clone(), reason::some_township(power, area))
                        }),
                    );
                }
            }
        }
        held
    }
}

/// Those who held the matter at the place, and those who will.
fn others(of: &OfMatter, place: Region, day: NaiveDate, claims: &mut Claims) {
    let there = |power: &&Arc<Power>| power.territory.covers(place);
    for power in of.powers.iter().filter(there) {
        let Holder::Body(code) = &power.holder else { continue };
        let current = claims
            .0
            .iter()
            .any(|claim| claim.agency == *code && claim.standing != Standing::NotCompetent);
        if current || power.span.holds(day) {
            continue;
        }
        let why = match power.span.to.filter(|_| power.span.is_over(day)) {
            Some(to) => reason::had(power, to),
            None => reason::will_have(power),
        };
        claims.add(code, Standing::NotCompetent, why);
    }
}

/// The day whose holders count. A case that somebody filed without the power is for whoever holds it
/// today; where nobody is said to have filed, the question is about that day.
fn day(asked: &Question<'_>) -> NaiveDate {
    asked.filed_on.filter(|_| asked.filed_by.is_none()).unwrap_or(asked.today)
}

fn summary(asked: &Question<'_>, claims: &[Claim], by_township: bool) -> (String, String) {
    let (matter, place) = (asked.matter, asked.place);
    let current: Vec<&Claim> =
        claims.iter().filter(|claim| claim.standing != Standing::NotCompetent).collect();
    match current.as_slice() {
        [] => (
            format!("nobody in this catalogue holds {matter} in {place}"),
            format!("本目录中没有机关行使{place}的{matter}"),
        ),
        [one] => {
            let why = one.reasons.first();
            let (text, zh) = why.map_or(("", ""), |why| (why.text.as_str(), why.text_zh.as_str()));
            let agency = &one.agency;
            (
                format!("{agency} is competent for {matter} in {place}: it {text}"),
                format!("{place}的{matter}由{agency}管辖：{zh}"),
            )
        }
        _ if by_township => (
            format!(
                "townships hold {matter} in {place}, each in its own territory: say in which township"
            ),
            format!("{place}的{matter}由各乡镇（街道）在各自辖区内行使，请写明具体乡镇（街道）"),
        ),
        several => {
            let names = |between: &str| {
                several.iter().map(|one| one.agency.as_str()).collect::<Vec<_>>().join(between)
            };
            (
                format!("{} claim {matter} in {place}: who files first has the case", names(", ")),
                format!("{}均可管辖{place}的{matter}，由最先立案的机关管辖", names("、")),
            )
        }
    }
}

#[cfg(test)]
mod tests;
