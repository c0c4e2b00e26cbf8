//! The index: postings of pairs, and a few numbers for each precedent that are compared one by one.
//!
//! A question reads a bounded number of postings, the rarest pairs first, so that its cost is bounded.

use std::{cmp::Ordering, collections::HashMap, sync::Arc};

use types::AgencyCode;

use super::{
    Precedent, overlaps,
    words::{Pair, pairs, shown},
};
use crate::domain::{dispute::Subject, word::Kind};

/// The most postings one question reads.
const POSTINGS: usize = 300_000;
/// What speaks for a precedent, and how much: together 1.
const WORDS: f32 = 0.40;
const MATTER: f32 = 0.30;
const PARTIES: f32 = 0.12;
const PLACE: f32 = 0.08;
const KINDS: f32 = 0.06;
const KIND: f32 = 0.04;
/// What is less alike is no suggestion.
const LEAST: f32 = 0.20;

/// Decided disputes, in the order they were decided.
#[derive(Debug, Default)]
pub struct Index {
    precedents: Vec<Arc<Precedent>>,
    traits: Vec<Traits>,
    /// The parties of all, one after the other: read from one end to the other.
    parties: Vec<u32>,
    postings: HashMap<Pair, Vec<u32>>,
    numbers: HashMap<String, u32>,
}

/// What is compared without reading: texts as the numbers they were given.
#[derive(Debug)]
struct Traits {
    matter: u32,
    place: u32,
    kinds: u32,
    kind: Kind,
    /// How many of `parties` are its own.
    parties: usize,
}

/// A dispute for which precedents are sought.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// Its own name, which is not suggested; may be empty.
    pub dispute: &'a str,
    /// Whether the bodies claim the matter or refuse it.
    pub kind: Kind,
    /// The bodies.
    pub parties: &'a [AgencyCode],
    /// Their kinds, as [`crate::domain::body::Bodies::kinds`] says them.
    pub kinds: &'a str,
    /// What it is about.
    pub subject: &'a Subject,
}

/// A precedent and how near it is.
#[derive(Clone, Debug)]
pub struct Near {
    /// The precedent.
    pub precedent: Arc<Precedent>,
    /// 0 to 1.
    pub similarity: f32,
    /// Why it applies, each a sentence.
    pub reasons: Vec<String>,
}

/// A pair of the question, with how much it says.
struct Weighed {
    pair: Pair,
    weight: f32,
}

impl Index {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.precedents.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.precedents.is_empty()
    }

    /// Adds a precedent whose parties are of these kinds.
    ///
    /// What happened is compared and then forgotten: it is the parties', and the index is for all.
    pub fn add(&mut self, mut precedent: Precedent, kinds: &str) {
        let Ok(at) = u32::try_from(self.precedents.len()) else { return };
        for pair in pairs(&[&precedent.title, &precedent.facts, &precedent.reason]) {
            self.postings.entry(pair).or_default().push(at);
        }
        precedent.facts = String::new();
        for code in &precedent.parties {
            let number = self.number(code.as_str());
            self.parties.push(number);
        }
        let traits = Traits {
            matter: self.number(&precedent.matter),
            place: self.number(&precedent.place),
            kinds: self.number(kinds),
            kind: precedent.kind,
            parties: precedent.parties.len(),
        };
        self.traits.push(traits);
        self.precedents.push(Arc::new(precedent));
    }

    /// The number of a text, the same for ever.
    fn number(&mut self, text: &str) -> u32 {
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        let next = u32::try_from(self.numbers.len()).unwrap_or(u32::MAX);
        self.numbers.insert(text.to_owned(), next);
        next
    }

    /// The nearest precedents, at most `limit`, the nearest first; of two alike the newer.
    pub fn nearest(&self, question: &Question<'_>, limit: usize) -> Vec<Near> {
        let asked = self.weighed(question.subject);
        let alike = self.alike(&asked);
        let total: f32 = asked.iter().map(|one| one.weight).sum();
        let known = |text: &str| self.numbers.get(text).copied();
        let matter =
            known(&question.subject.matter).filter(|_| !question.subject.matter.is_empty());
        let kinds = known(question.kinds);
        let parties: Vec<u32> =
            question.parties.iter().filter_map(|code| known(code.as_str())).collect();
        let places = self.places(&question.subject.place);
        let is_place = |number: u32| {
            usize::try_from(number).is_ok_and(|at| places.get(at).copied().unwrap_or(false))
        };
        let (mut found, mut rest): (Vec<(f32, usize)>, &[u32]) = (Vec::new(), &self.parties);
        for (at, (traits, words)) in self.traits.iter().zip(&alike).enumerate() {
            let (own, others) = rest.split_at_checked(traits.parties).unwrap_or((rest, &[]));
            rest = others;
            let mut score = if total > 0.0 { WORDS * words / total } else { 0.0 };
            score += when(matter == Some(traits.matter), MATTER);
            score += when(kinds == Some(traits.kinds), KINDS);
            score += when(question.kind == traits.kind, KIND);
            score += when(is_place(traits.place), PLACE);
            score += PARTIES * share(own, &parties, question.parties.len());
            if score >= LEAST {
                found.push((score, at));
            }
        }
        let order = |a: &(f32, usize), b: &(f32, usize)| -> Ordering {
            b.0.total_cmp(&a.0).then_with(|| b.1.cmp(&a.1))
        };
        // One more, in case the dispute itself is among them.
        let wanted = limit.saturating_add(1);
        if found.len() > wanted {
            found.select_nth_unstable_by(wanted, order);
            found.truncate(wanted);
        }
        found.sort_unstable_by(order);
        let others = found.into_iter().filter_map(|(similarity, at)| {
            let precedent = Arc::clone(self.precedents.get(at)?);
            Some((similarity, at, precedent)).filter(|(.., one)| one.dispute != question.dispute)
        });
        let near = others.take(limit).map(|(similarity, at, precedent)| {
            let words = alike.get(at).map_or(0.0, |words| words / total.max(f32::MIN_POSITIVE));
            let reasons = self.reasons(question, &precedent, at, &asked, words);
            Near { precedent, similarity: similarity.min(1.0), reasons }
        });
        near.collect()
    }

    /// The pairs of the question that precedents have, the rarest first, as many as may be read.
    fn weighed(&self, subject: &Subject) -> Vec<Weighed> {
        let all = pairs(&[&subject.title, &subject.facts]);
        let mut pairs: Vec<(usize, Pair)> =
            all.into_iter().map(|p| (self.postings.get(&p).map_or(0, Vec::len), p)).collect();
        pairs.sort_unstable();
        let count = as_f32(self.precedents.len());
        let (mut read, mut weighed) = (0_usize, Vec::new());
        for (frequency, pair) in pairs {
            read = read.saturating_add(frequency);
            if read > POSTINGS {
                break;
            }
            // What every precedent has says nothing; what none has counts against all alike.
            let weight = ((count + 1.0) / (as_f32(frequency) + 0.5)).ln().max(0.0);
            weighed.push(Weighed { pair, weight });
        }
        weighed
    }

    /// For each precedent, the weight of the pairs it shares with the question.
    fn alike(&self, asked: &[Weighed]) -> Vec<f32> {
        let mut alike = vec![0.0_f32; self.precedents.len()];
        for one in asked {
            for at in self.postings.get(&one.pair).into_iter().flatten() {
                if let Some(sum) = usize::try_from(*at).ok().and_then(|at| alike.get_mut(at)) {
                    *sum += one.weight;
                }
            }
        }
        alike
    }

    /// For each number, whether it is a place that is the question's, holds it, or lies in it.
    fn places(&self, place: &str) -> Vec<bool> {
        let mut places = vec![false; self.numbers.len()];
        let digits = |text: &str| text.len() >= 6 && text.bytes().all(|b| b.is_ascii_digit());
        for (text, number) in &self.numbers {
            let is = digits(place) && digits(text) && overlaps(text, place);
            if let Some(one) = usize::try_from(*number).ok().and_then(|at| places.get_mut(at)) {
                *one = is;
            }
        }
        places
    }

    fn reasons(
        &self,
        question: &Question<'_>,
        precedent: &Precedent,
        at: usize,
        asked: &[Weighed],
        words: f32,
    ) -> Vec<String> {
        let (mut reasons, subject) = (Vec::new(), question.subject);
        if !subject.matter.is_empty() && precedent.matter == subject.matter {
            reasons.push(format!("It was about the same matter, {}.", precedent.matter));
        }
        let same: Vec<&str> = question
            .parties
            .iter()
            .filter(|code| precedent.parties.contains(code))
            .map(AgencyCode::as_str)
            .collect();
        if !same.is_empty() {
            reasons.push(format!("{} disagreed then too.", same.join(", ")));
        } else if self.numbers.get(question.kinds) == self.traits.get(at).map(|one| &one.kinds) {
            reasons.push(format!("The bodies were of the same kinds: {}.", question.kinds));
        }
        if precedent.kind == question.kind {
            reasons.push(match question.kind {
                Kind::Positive => "Each body claimed the matter, as here.".to_owned(),
                Kind::Negative => "Each body refused the matter, as here.".to_owned(),
            });
        }
        if !subject.place.is_empty() && overlaps(&precedent.place, &subject.place) {
            reasons.push(format!("Its place {} covers this one, or lies in it.", precedent.place));
        }
        let shared: Vec<String> = shared(precedent, asked).into_iter().map(shown).collect();
        if !shared.is_empty() {
            let percent = words.clamp(0.0, 1.0) * 100.0;
            let shared = shared.join("、");
            reasons.push(format!("Its words are alike ({percent:.0} %): {shared}."));
        }
        reasons
    }
}

/// The rarest pairs of the question that stand in what everybody may read of a precedent.
fn shared(precedent: &Precedent, asked: &[Weighed]) -> Vec<Pair> {
    let public = pairs(&[&precedent.title, &precedent.reason]);
    asked.iter().map(|one| one.pair).filter(|pair| public.contains(pair)).take(6).collect()
}

fn when(holds: bool, weight: f32) -> f32 {
    if holds { weight } else { 0.0 }
}

/// How many of the bodies are the same, of all that are in either.
fn share(then: &[u32], now: &[u32], count_now: usize) -> f32 {
    let both = then.iter().filter(|code| now.contains(code)).count();
    let either = then.len() + count_now - both;
    if either == 0 { 0.0 } else { as_f32(both) / as_f32(either) }
}

/// A count as a number to weigh with: exact up to 65,535 and near enough beyond.
fn as_f32(count: usize) -> f32 {
    let (high, low) = (count >> 16, count & 0xffff);
    let half = |half: usize| f32::from(u16::try_from(half).unwrap_or(u16::MAX));
    half(high) * 65_536.0 + half(low)
}
