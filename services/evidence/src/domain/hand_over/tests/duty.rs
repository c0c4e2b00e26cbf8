//! When the duty to hand over ends, what a list without items is for, and where things go back to.

use super::*;

#[test]
fn the_duty_ends_when_the_giver_says_so_and_nothing_was_left_out() {
    let all = Story::new().counted().signed(&["MKT", "PSB-ECO"]).hand_over;
    assert!(all.clone().fulfil(false).fulfils);
    assert!(!HandOver { completes: false, ..all.clone() }.fulfil(false).fulfils);
    assert!(!all.clone().fulfil(true).fulfils, "somebody still holds what was left out");
    assert!(all.left_out(&[]).is_empty());
    let story = Story::new().counted_so(|counting| {
        counting.counts[1].1.accepted = false;
        counting.counts[1].1.discrepancy = "is another".into();
    });
    let part = story.signed(&["MKT", "PSB-ECO"]).hand_over;
    let left = vec![part.items()[1].clone()];
    assert_eq!(part.left_out(&[]), left, "a line was refused");
    assert_eq!(all.left_out(std::slice::from_ref(&part)), left, "it still is");
    let mut rest = all;
    rest.lines[0].item = part.lines[1].item;
    assert!(rest.left_out(std::slice::from_ref(&part)).is_empty(), "it was accepted later");
    let mut other = Story::new().counted().signed(&["MKT", "PSB-ECO"]).hand_over;
    let both = [rest.clone(), part.clone()];
    assert!(other.left_out(&both).is_empty(), "in whatever order it is read");
    other.lines[0].item = part.lines[1].item;
    other.lines[0].count = part.lines[1].count.clone();
    other.completed_at = Some(at(30));
    assert_eq!(other.left_out(&[part, rest]), left, "it came back, and was refused again");
}

#[test]
fn a_list_without_items_is_counted_and_signed_and_says_that_nothing_is_missing() {
    let mut story = Story::new();
    (story.items, story.hand_over.lines) = (Vec::new(), Vec::new());
    let story = story.counted_so(|counting| counting.counts.clear());
    let done = story.signed(&["MKT", "PSB-ECO"]).hand_over;
    assert_eq!(done.state, HandOverState::Completed);
    assert!(done.fulfil(false).fulfils);
}

#[test]
fn who_takes_items_into_its_own_case_says_who_investigates_it() {
    let unsaid = |counting: &mut Counting| counting.investigators.clear();
    for purpose in Purpose::ALL {
        let mut story = Story::new();
        story.hand_over.purpose = *purpose;
        let counted = story.count(unsaid);
        match purpose {
            Purpose::Custody | Purpose::Return => assert!(counted.is_ok(), "{counted:?}"),
            Purpose::Referral | Purpose::OtherAgency | Purpose::Dispute => {
                assert_eq!(fields(counted), ["investigators"], "{purpose}");
            }
        }
    }
    let counted = Story::new().counted().hand_over;
    assert_eq!(counted.investigators, ["PSB-ECO-05"]);
}

#[test]
fn an_item_goes_back_to_a_body_that_it_came_from() {
    let dossier = dossier();
    let mut one = item(&dossier, "A");
    let proposal = |giver: &str, receiver: &str| Proposal {
        giver: agency(giver),
        receiver: agency(receiver),
        ..proposal(Purpose::Return)
    };
    let mut chain = Vec::new();
    // From MKT to the police, to a laboratory and back.
    for (from, to) in [("MKT", "PSB"), ("PSB", "LAB"), ("LAB", "PSB")] {
        one.custody.holder = agency(to);
        let said = Said::new(CustodyKind::HandedOver, at(2), &agency(from), "X-01");
        chain.push(one.append(said));
    }
    let chains = BTreeMap::from([(one.name(), chain)]);
    let tried = |giver: &str, receiver: &str| {
        proposal(giver, receiver).may_return(std::slice::from_ref(&one), &chains)
    };
    assert_eq!((tried("PSB", "MKT"), tried("PSB", "LAB")), (Ok(()), Ok(())));
    broken(tried("PSB", "AGR"), "E-10", "(A) did not come to PSB from AGR");
    broken(tried("LAB", "MKT"), "E-10", "did not come to LAB from MKT");
}
