//! Keys, signed notes and checkpoints, against the documented examples and Go's own signatures.

use tlog::{Checkpoint, Hash, KeyError, LogKey, OpenError, SignError, Vkey};

/// The example keys of the documentation of golang.org/x/mod/sumdb/note.
const PETER_PRIVATE: &str =
    "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const PETER: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const ENOCH: &str = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop";

/// Size and root of the example in C2SP `tlog-checkpoint`.
const SIZE: u64 = 20_852_163;
const ROOT: &str = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";

/// That head, signed under the example keys by golang.org/x/mod v0.43.0, `note.Sign`.
const SIGNED_BY_GO: &str = "PeterNeumann\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\
    — PeterNeumann x08go9iKupgWNHi/EgHZnoG+ps1lAjYwfjEc/8lpKQy7IflYyxkNOvLryOwkElHoaRroM1ZSqWsPs/ebq+/3jt1yDQQ=\n";

/// With an extension line, and `EnochRoot`'s signature in front.
const EXTENDED_BY_GO: &str = "PeterNeumann\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\nextension line\n\n\
    — EnochRoot rwz+eLT5AkD8VQr4/+en3DuB9AtaolM56eyGbvfWeyvkhzjwTab3ZOEFMBR4Kl7yOcTyo6UI2m+ztic0Y8acyKgBfQY=\n\
    — PeterNeumann x08go1fHyMVe7IlwH9tlPOJr3alirN8EcYWTZ17+JawHD+AYIBLCPzbnh2kNM89zEg8R/VtvZzbp2e+nm/gm+MGMQw4=\n";

/// `PeterNeumann`'s head, but signed by `EnochRoot` only.
const MISNAMED_BY_GO: &str = "PeterNeumann\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\
    — EnochRoot rwz+eJ8EOGcaXRl2n4wVOBW4lAUG9yku02npx7YBmmd1FkhpuC82IJsmRksfGw5WGH6XvZkVEb/5jsI3lFD9juhHlQw=\n";

/// The size with a leading zero, signed all the same.
const LEADING_ZERO_BY_GO: &str = "PeterNeumann\n020852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\
    — PeterNeumann x08go9NbE2QBK+7U/cV8J8hYYDdti1nkmYSE4Xp23qPiWZUWk09HrdcNriN1hr0FXIatFRzt6iuzDK5iR9VL4dZhXAg=\n";

/// The example of C2SP `tlog-checkpoint`; its key is not published.
const SPECIFIED: &str = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\
    — example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n";

fn head() -> Checkpoint {
    let root = Hash::from_base64(ROOT).unwrap();
    Checkpoint { origin: "PeterNeumann".into(), size: SIZE, root }
}

fn keys(texts: &[&str]) -> Vec<Vkey> {
    texts.iter().map(|text| Vkey::parse(text).unwrap()).collect()
}

#[test]
fn we_sign_byte_for_byte_as_go_does() {
    let key = LogKey::parse(PETER_PRIVATE).unwrap();
    assert_eq!(key.verifier().to_string(), PETER);
    assert_eq!(head().sign(&key).unwrap(), SIGNED_BY_GO);
    assert_eq!(key.to_text(), PETER_PRIVATE);
}

#[test]
fn a_checkpoint_that_go_signed_opens() {
    assert_eq!(Checkpoint::open(SIGNED_BY_GO, &keys(&[PETER])), Ok(head()));
    assert_eq!(Checkpoint::open(SIGNED_BY_GO, &keys(&[ENOCH, PETER, PETER])), Ok(head()));
}

#[test]
fn extension_lines_and_signatures_of_strangers_are_passed_over() {
    assert_eq!(Checkpoint::open(EXTENDED_BY_GO, &keys(&[PETER])), Ok(head()));
    assert_eq!(Checkpoint::open(EXTENDED_BY_GO, &keys(&[PETER, ENOCH])), Ok(head()));

    // A witness signs with a type of signature that we do not know, under the log's own name too.
    let witnessed = format!(
        "{SIGNED_BY_GO}— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n\
         — PeterNeumann jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/\n"
    );
    assert_eq!(Checkpoint::open(&witnessed, &keys(&[PETER])), Ok(head()));
}

#[test]
fn the_example_of_the_specification_is_well_formed_but_of_no_key_we_trust() {
    assert_eq!(Checkpoint::open(SPECIFIED, &keys(&[PETER])), Err(OpenError::Unsigned));
    assert_eq!(Checkpoint::open(SPECIFIED, &[]), Err(OpenError::Unsigned));
}

#[test]
fn the_signer_is_the_log_the_checkpoint_names() {
    let refused = Checkpoint::open(MISNAMED_BY_GO, &keys(&[PETER, ENOCH])).unwrap_err();
    let origin = OpenError::Origin { origin: "PeterNeumann".into(), signer: "EnochRoot".into() };
    assert_eq!(refused, origin);
    assert_eq!(
        refused.to_string(),
        "the checkpoint is of the log PeterNeumann, but signed by the key of EnochRoot"
    );
    let other = Checkpoint { origin: "county.example/log".into(), ..head() };
    assert_eq!(other.sign(&LogKey::parse(PETER_PRIVATE).unwrap()), Err(SignError));
}

#[test]
fn a_signed_text_that_is_no_checkpoint_is_refused() {
    let refused = Checkpoint::open(LEADING_ZERO_BY_GO, &keys(&[PETER]));
    assert_eq!(refused, Err(OpenError::Checkpoint));
    // The example of Go's documentation: signed, and prose.
    let prose = "If you think cryptography is the answer to your problem,\n\
        then you don't know what your problem is.\n\n\
        — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
    assert_eq!(Checkpoint::open(prose, &keys(&[PETER])), Err(OpenError::Checkpoint));
}

#[test]
fn every_flipped_bit_of_a_signed_note_is_found() {
    let peter = keys(&[PETER]);
    for place in 0..SIGNED_BY_GO.len() {
        for bit in 0..8 {
            let mut bytes = SIGNED_BY_GO.as_bytes().to_vec();
            bytes[place] ^= 1 << bit;
            let Ok(note) = String::from_utf8(bytes) else { continue };
            assert!(Checkpoint::open(&note, &peter).is_err(), "bit {bit} of byte {place}: {note}");
        }
    }
}

#[test]
fn what_is_no_note_is_called_so() {
    let peter = keys(&[PETER]);
    let unfinished = SIGNED_BY_GO.trim_end();
    let large = format!("{}{SIGNED_BY_GO}", "x\n".repeat(40_000));
    let windows = SIGNED_BY_GO.replace('\n', "\r\n");
    for note in ["", "\n", "\n\n", ROOT, unfinished, &large, &windows] {
        assert_eq!(Checkpoint::open(note, &peter), Err(OpenError::Note), "{note}");
    }
    let altered = SIGNED_BY_GO.replace("20852163", "20852164");
    let signature = OpenError::Signature { name: "PeterNeumann".into() };
    assert_eq!(Checkpoint::open(&altered, &peter), Err(signature));
}

#[test]
fn a_new_key_signs_and_is_read_back() {
    // Several, since base64 may have the `+` in it that the parts of a key stand between.
    for _ in 0..32 {
        let key = LogKey::generate("county.example/log").unwrap();
        let again = LogKey::parse(&format!("{}\n", key.to_text())).unwrap();
        assert_eq!(again.verifier(), key.verifier());

        let head = Checkpoint { origin: key.name().into(), size: 0, root: Hash::EMPTY };
        let note = head.sign(&again).unwrap();
        let vkey = Vkey::parse(&key.verifier().to_string()).unwrap();
        assert_eq!(vkey.id(), key.verifier().id());
        assert_eq!(Checkpoint::open(&note, &[vkey]), Ok(head));
    }
    let [one, other] = [(); 2].map(|()| LogKey::generate("county.example/log").unwrap());
    assert_ne!(one.verifier(), other.verifier());
}

#[test]
fn a_key_does_not_show_itself() {
    let key = LogKey::parse(PETER_PRIVATE).unwrap();
    for shown in [format!("{key:?}"), format!("{key:#?}")] {
        assert_eq!(shown, format!("LogKey({PETER})"));
    }
}

#[test]
fn a_text_that_is_no_key_is_refused_without_being_shown() {
    let wrong = |text: &str| LogKey::parse(text).unwrap_err();
    assert_eq!(wrong(""), KeyError::Malformed);
    assert_eq!(wrong(PETER), KeyError::Malformed);
    assert_eq!(wrong(&PETER_PRIVATE.replace("c74f20a3", "c74f20a4")), KeyError::Id);
    assert_eq!(wrong(&PETER_PRIVATE.replace("PeterNeumann", "PeterNewman")), KeyError::Id);
    assert_eq!(wrong(&PETER_PRIVATE.replace("AYEK", "AoEK")), KeyError::Algorithm);
    assert_eq!(wrong(&PETER_PRIVATE[..60]), KeyError::Malformed);
    assert_eq!(wrong(&format!("PRIVATE+KEY+{}", "x".repeat(1_000))), KeyError::Malformed);

    let wrong = |text: &str| Vkey::parse(text).unwrap_err();
    assert_eq!(wrong(""), KeyError::Malformed);
    assert_eq!(wrong(PETER_PRIVATE), KeyError::Malformed);
    assert_eq!(wrong(&PETER.replace("ARpc", "AhpX")), KeyError::Id);
    assert_eq!(
        wrong("a b+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"),
        KeyError::Malformed
    );
    assert_eq!(Vkey::parse(&PETER.replace("c74f20a3", "C74F20A3")).unwrap().to_string(), PETER);

    let long = "x".repeat(256);
    for name in ["", "two words", "a+b", "line\nline", "bell\u{7}", &long] {
        assert_eq!(LogKey::generate(name).unwrap_err(), KeyError::Name, "{name:?}");
    }
}
