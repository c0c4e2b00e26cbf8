//! Codes of organisations, people and regions.

use proptest::prelude::*;
use types::{CitizenId, CitizenIdError, RegionCode, Sex, Uscc, UsccError};

use crate::samples::samples;

#[test]
fn every_valid_sample_of_a_social_credit_code_is_read_with_its_region() {
    for sample in samples().unified_social_credit_code.valid {
        assert!(sample.uscc_check_ok && sample.org_code_check_ok == Some(true));
        let code = Uscc::parse(&sample.code).unwrap();
        assert_eq!(code.as_str(), sample.code);
        assert_eq!(code.to_string(), sample.code);
        assert_eq!(Some(code.region().to_string()), sample.region);
        assert_eq!(Uscc::import(&sample.code), Ok((code, None)));
    }
}

#[test]
fn every_invalid_sample_of_a_social_credit_code_is_refused_for_its_own_reason() {
    let expected = [
        ("91350203M0001QAY9B", UsccError::Check),
        ("91330I00799655058B", UsccError::Sign { position: 6 }),
        ("914403001922038217", UsccError::Check),
        ("9144030019220382I6", UsccError::Sign { position: 17 }),
        ("91440300192203821", UsccError::Length),
    ];
    let samples = samples().unified_social_credit_code.invalid;
    for (sample, (code, why)) in samples.iter().zip(expected) {
        assert!(!sample.uscc_check_ok);
        assert_eq!(sample.code, code);
        assert_eq!(Uscc::parse(code), Err(why), "{code}");
    }
}

#[test]
fn an_imported_code_with_a_wrong_check_digit_is_kept_with_a_warning() {
    let (code, warning) = Uscc::import("91350203M0001QAY9B").unwrap();
    assert_eq!(code.as_str(), "91350203M0001QAY9B");
    assert_eq!(warning, Some(UsccError::Check));
    assert_eq!(Uscc::import("91440300192203821"), Err(UsccError::Length));
}

#[test]
fn the_check_digit_of_the_organisation_inside_the_code_is_checked_too() {
    // Character 17 changed from 1, and character 18 made right for it.
    let refused: Vec<_> = "0123456789ABCDEFGHJKLMNPQRTUWXY"
        .chars()
        .filter_map(|last| Uscc::parse(&format!("91440300192203822{last}")).err())
        .filter(|why| *why == UsccError::OrganisationCheck)
        .collect();
    assert_eq!(refused.len(), 1);
}

#[test]
fn a_social_credit_code_without_a_region_is_refused() {
    assert_eq!(Uscc::parse("91A403001922038216"), Err(UsccError::Region));
    assert_eq!(Uscc::parse("91440300192203821六"), Err(UsccError::Sign { position: 18 }));
    assert_eq!(Uscc::parse(""), Err(UsccError::Length));
}

#[test]
fn every_valid_sample_of_a_citizen_number_is_read_with_birth_and_sex() {
    for sample in samples().citizen_id_number.valid {
        assert_eq!(sample.check_ok, true);
        let id = CitizenId::parse(&sample.number).unwrap();
        assert_eq!(id.reveal(), sample.number);
        assert_eq!(Some(id.birth().format("%Y%m%d").to_string()), sample.birth);
        let sex = if id.sex() == Sex::Female { "F" } else { "M" };
        assert_eq!(Some(sex), sample.sex.as_deref());
    }
}

#[test]
fn every_invalid_sample_of_a_citizen_number_is_refused_or_normalised() {
    for sample in samples().citizen_id_number.invalid {
        let read = CitizenId::parse(&sample.number);
        match sample.number.as_str() {
            "110105194912310026" => assert_eq!(read, Err(CitizenIdError::Check)),
            "11010519490230002X" => assert_eq!(read, Err(CitizenIdError::Birth)),
            _ => {
                assert_eq!(sample.check_ok, "normalise");
                assert_eq!(read.unwrap().reveal(), "11010519491231002X");
            }
        }
    }
}

#[test]
fn a_citizen_number_of_other_characters_is_refused() {
    for number in ["", "33072719900101001", "3307271990010100122"] {
        assert_eq!(CitizenId::parse(number), Err(CitizenIdError::Length), "{number}");
    }
    for number in
        ["X30727199001010012", "33072719900101001Y", "33072719900101001六", "+30727199001010012"]
    {
        assert_eq!(CitizenId::parse(number), Err(CitizenIdError::Digits), "{number}");
    }
}

#[test]
fn a_citizen_number_is_never_shown_whole() {
    let id = CitizenId::parse("330727199001010012").unwrap();
    assert_eq!(id.masked(), "330727********0012");
    assert_eq!(format!("{id}"), "330727********0012");
    assert_eq!(format!("{id:?}"), "CitizenId(330727********0012)");
    assert_eq!(format!("{:?}", Some(&id)), "Some(CitizenId(330727********0012))");
}

#[test]
fn every_region_of_the_samples_is_read_also_one_that_is_not_assigned() {
    let regions = samples().region_code;
    for code in regions.valid.into_iter().map(|sample| sample.code).chain(regions.unassigned) {
        assert_eq!(RegionCode::parse(&code).unwrap().to_string(), code);
    }
}

#[test]
fn a_region_knows_its_prefecture_and_its_province() {
    let county = RegionCode::parse("330727").unwrap();
    assert_eq!(county.prefecture(), RegionCode::parse("330700").unwrap());
    assert_eq!(county.province(), RegionCode::parse("330000").unwrap());
}

#[test]
fn a_text_that_is_no_region_is_refused() {
    for code in ["", "33072", "3307270", "33072x", "000000", "330027", "３３０７"] {
        assert_eq!(RegionCode::parse(code), None, "{code}");
    }
}

proptest! {
    #[test]
    fn a_citizen_number_with_one_digit_changed_is_refused(place in 0_usize..17, by in 1_u32..10) {
        let mut digits: Vec<char> = "330727199001010012".chars().collect();
        let digit = digits[place].to_digit(10).unwrap();
        digits[place] = char::from_digit((digit + by) % 10, 10).unwrap();
        prop_assert!(CitizenId::parse(&digits.iter().collect::<String>()).is_err());
    }

    #[test]
    fn a_social_credit_code_with_one_sign_changed_is_refused(place in 0_usize..18, sign in 0_usize..31) {
        let alphabet: Vec<char> = "0123456789ABCDEFGHJKLMNPQRTUWXY".chars().collect();
        let mut signs: Vec<char> = "914403001922038216".chars().collect();
        prop_assume!(signs[place] != alphabet[sign]);
        signs[place] = alphabet[sign];
        prop_assert!(Uscc::parse(&signs.iter().collect::<String>()).is_err());
    }

    #[test]
    fn no_text_makes_a_reader_panic(text in ".*", digits in "[0-9A-Zx六]{18}") {
        for text in [text, digits] {
            let _ = Uscc::parse(&text);
            let _ = CitizenId::parse(&text);
            let _ = RegionCode::parse(&text);
        }
    }
}
