//! Checks 3 and 4: attacks on the proof token.

use std::sync::Arc;

use auth::{Replay, WorkloadKey, digest};
use aws_lc_rs::hmac;
use chrono::Duration;
use serde_json::{Value, json};
use tonic::Code;

use crate::world::{Letter, Outcome, World, b64, jws, jws_by, mount};

const OTHER_JTI: &str = "CCCCCCCCCCCCCCCCCCCCCC";

/// Changes one thing in a good WPT, and says what becomes of the call.
async fn with(change: impl FnOnce(&mut Letter, &World)) -> Outcome {
    let world = World::new();
    let mut letter = Letter::of(&world);
    change(&mut letter, &world);
    world.knock(&letter.seal(&world)).await
}

/// Signs a good WPT in a way that is not the caller's.
async fn signed(
    head: impl FnOnce(&mut Value),
    sign: impl FnOnce(&World, &[u8]) -> Vec<u8>,
) -> Outcome {
    let world = World::new();
    let mut letter = Letter::of(&world);
    head(&mut letter.wpt_head);
    let wit = jws(&letter.wit_head, &letter.wit, &world.issuer);
    letter.wpt["wth"] = b64(&digest(wit.as_bytes())).into();
    let wpt = jws_by(&letter.wpt_head, &letter.wpt, |m| sign(&world, m));
    world.knock(&letter.with(wit, wpt)).await
}

#[tokio::test]
async fn two_proof_tokens_are_refused() {
    let world = World::new();
    let mut letter = Letter::of(&world).seal(&world);
    letter.headers.push(letter.headers[1].clone());
    assert_eq!(world.knock(&letter).await, Outcome::unauthenticated("WPT_REPEATED"));
}

#[tokio::test]
async fn a_proof_token_of_nine_kib_is_refused_for_its_size() {
    let outcome = with(|letter, _| letter.wpt["padding"] = "x".repeat(6600).into()).await;
    assert_eq!(outcome, Outcome::unauthenticated("WPT_TOO_LARGE"));
}

#[tokio::test]
async fn a_proof_that_is_not_a_compact_jws_is_refused() {
    let world = World::new();
    let wit = world.caller.wit().unwrap();
    for wpt in ["", "a.b", "a.b.c.d", "!.!.!"] {
        let letter = Letter::of(&world).with(wit.clone(), wpt.into());
        assert_eq!(world.knock(&letter).await, Outcome::unauthenticated("WPT_MALFORMED"), "{wpt}");
    }
}

#[tokio::test]
async fn alg_none_is_refused() {
    let outcome = signed(|head| head["alg"] = "none".into(), |_, _| Vec::new()).await;
    assert_eq!(outcome, Outcome::unauthenticated("WPT_ALGORITHM"));
}

#[tokio::test]
async fn an_hmac_with_the_public_key_as_secret_is_refused() {
    let outcome = signed(
        |head| head["alg"] = "HS256".into(),
        |world, message| {
            let jwk = world.caller.key().public_jwk();
            let secret = hmac::Key::new(hmac::HMAC_SHA256, jwk["x"].as_str().unwrap().as_bytes());
            hmac::sign(&secret, message).as_ref().to_vec()
        },
    );
    assert_eq!(outcome.await, Outcome::unauthenticated("WPT_ALGORITHM"));
}

#[tokio::test]
async fn a_key_brought_along_in_the_header_is_refused() {
    let own = WorkloadKey::generate().unwrap();
    let outcome = signed(
        |head| head["jwk"] = own.public_jwk(),
        |_, message| own.sign(message).as_ref().to_vec(),
    );
    assert_eq!(outcome.await, Outcome::unauthenticated("WPT_HEADER"));
}

#[tokio::test]
async fn a_kid_is_only_compared() {
    let outcome = with(|letter, _| letter.wpt_head["kid"] = "../../etc/passwd".into()).await;
    assert_eq!(outcome, Outcome::unauthenticated("WPT_KEY_ID"));
    let outcome = with(|letter, world| {
        letter.wpt_head["kid"] = world.caller.key().thumbprint().into();
    });
    assert_eq!(outcome.await, Outcome::admitted());
}

#[tokio::test]
async fn another_type_of_token_is_no_proof() {
    for typ in [json!("JWT"), json!("wit+jwt"), json!("WPT"), Value::Null] {
        let outcome = with(|letter, _| letter.wpt_head["typ"] = typ.clone()).await;
        assert_eq!(outcome, Outcome::unauthenticated("WPT_TYPE"), "{typ}");
    }
}

#[tokio::test]
async fn a_proof_signed_by_another_key_is_refused() {
    let other = WorkloadKey::generate().unwrap();
    let outcome = signed(|_| (), |_, message| other.sign(message).as_ref().to_vec()).await;
    assert_eq!(outcome, Outcome::unauthenticated("WPT_SIGNATURE"));
    let outcome = signed(|_| (), |_, _| Vec::new()).await;
    assert_eq!(outcome, Outcome::unauthenticated("WPT_SIGNATURE"), "no signature");
}

#[tokio::test]
async fn a_stolen_identity_token_is_worthless_without_its_key() {
    let world = World::new();
    let thief = world.workload("wimse://county.example/agency/ENV");
    let mut letter = Letter::of(&world);
    let wit = world.caller.wit().unwrap();
    letter.wpt["wth"] = b64(&digest(wit.as_bytes())).into();
    let wpt = jws(&letter.wpt_head, &letter.wpt, thief.key());
    let outcome = world.knock(&letter.with(wit, wpt)).await;
    assert_eq!(outcome, Outcome::unauthenticated("WPT_SIGNATURE"));
}

#[tokio::test]
async fn a_proof_lives_at_most_a_minute_and_has_an_end() {
    for (ahead, word) in [
        (60, ""),
        (61, "WPT_LIFETIME"),
        (3600, "WPT_LIFETIME"),
        (1, ""),
        (0, "WPT_EXPIRED"),
        (-1, "WPT_EXPIRED"),
    ] {
        let outcome = with(|letter, world| letter.wpt["exp"] = (world.now() + ahead).into()).await;
        assert_eq!(outcome.word, word, "{ahead}");
        assert_eq!(outcome.executed, word.is_empty(), "{ahead}");
    }
    let outcome = with(|letter, _| letter.wpt["exp"] = Value::Null).await;
    assert_eq!(outcome, Outcome::unauthenticated("WPT_EXPIRY_MISSING"));
    let outcome = with(|letter, _| letter.wpt["exp"] = "tomorrow".into()).await;
    assert_eq!(outcome, Outcome::unauthenticated("WPT_MALFORMED"));
}

#[tokio::test]
async fn a_proof_from_the_future_is_refused() {
    for claim in ["iat", "nbf"] {
        let outcome = with(|letter, world| letter.wpt[claim] = (world.now() + 31).into()).await;
        assert_eq!(outcome, Outcome::unauthenticated("WPT_FROM_THE_FUTURE"), "{claim}");
        let outcome = with(|letter, world| letter.wpt[claim] = (world.now() + 30).into()).await;
        assert_eq!(outcome, Outcome::admitted(), "{claim} within the skew");
    }
}

#[tokio::test]
async fn a_proof_for_another_identity_token_is_refused() {
    for wth in [json!(b64(&digest(b"another"))), json!("short"), json!("")] {
        let outcome = with(|letter, _| letter.wpt["wth"] = wth.clone()).await;
        assert_eq!(outcome, Outcome::unauthenticated("WPT_WIT_HASH"), "{wth}");
    }
}

#[tokio::test]
async fn a_proof_for_another_callee_is_refused() {
    for aud in [
        json!("wimse://county.example/service/identity"),
        json!("wimse://city.example/service/referral"),
        json!("https://referral.county.example"),
        Value::Null,
    ] {
        let outcome = with(|letter, _| letter.wpt["aud"] = aud.clone()).await;
        assert_eq!(outcome, Outcome::unauthenticated("WPT_AUDIENCE"), "{aud}");
    }
}

#[tokio::test]
async fn a_proof_for_another_method_is_refused() {
    for method in [
        json!("/xiezhi.identity.v1.IdentityService/ListAgencies"),
        json!("/xiezhi.identity.v1.IdentityService/GetAgency/"),
        Value::Null,
    ] {
        let outcome = with(|letter, _| letter.wpt["xiezhi/mth"] = method.clone()).await;
        assert_eq!(outcome, Outcome::unauthenticated("WPT_METHOD"), "{method}");
    }
}

#[tokio::test]
async fn a_txn_token_must_be_bound_and_unbound_nothing_is_taken_away() {
    let token = "eyJ.officer.context";
    let tth = b64(&digest(token.as_bytes()));
    for (sent, bound, word) in [
        (Some(token), Some(tth.as_str()), ""),
        (Some(token), None, "TXN_TOKEN_UNBOUND"),
        (Some("eyJ.another.context"), Some(tth.as_str()), "TXN_TOKEN_MISMATCH"),
        (None, Some(tth.as_str()), "TXN_TOKEN_REMOVED"),
    ] {
        let outcome = with(|letter, _| {
            letter.headers.extend(sent.map(|token| ("txn-token", token.to_owned())));
            if let Some(tth) = bound {
                letter.wpt["tth"] = tth.into();
            }
        });
        assert_eq!(outcome.await.word, word, "{sent:?} {bound:?}");
    }
    let outcome = with(|letter, _| {
        letter.wpt["tth"] = tth.as_str().into();
        letter.headers.extend([("txn-token", token.to_owned()), ("txn-token", token.to_owned())]);
    });
    assert_eq!(outcome.await, Outcome::unauthenticated("TXN_TOKEN_REPEATED"));
}

#[tokio::test]
async fn a_proof_is_good_for_one_call() {
    let world = World::new();
    let letter = Letter::of(&world).seal(&world);
    assert_eq!(world.knock(&letter).await, Outcome::admitted());
    assert_eq!(world.knock(&letter).await, Outcome::unauthenticated("WPT_REPLAYED"));
    world.clock.advance(Duration::seconds(59));
    assert_eq!(world.knock(&letter).await, Outcome::unauthenticated("WPT_REPLAYED"));
    world.clock.advance(Duration::seconds(1));
    assert_eq!(world.knock(&letter).await, Outcome::unauthenticated("WPT_EXPIRED"));
}

#[tokio::test]
async fn a_proof_used_at_one_service_of_the_process_is_used_at_all() {
    let mut world = World::new();
    let letter = Letter::of(&world).seal(&world);
    assert_eq!(world.knock(&letter).await, Outcome::admitted());
    world.routes = mount(&world.gate, &world.echo);
    assert_eq!(world.knock(&letter).await, Outcome::unauthenticated("WPT_REPLAYED"));
}

#[tokio::test]
async fn an_identifier_that_cannot_be_random_enough_is_refused() {
    for jti in [json!("1"), json!("x".repeat(129)), json!(""), Value::Null] {
        let outcome = with(|letter, _| letter.wpt["jti"] = jti.clone()).await;
        assert_eq!(outcome, Outcome::unauthenticated("WPT_JTI"), "{jti}");
    }
}

#[tokio::test]
async fn a_full_memory_asks_to_come_back_and_proves_it() {
    let mut world = World::new();
    let gate = world.gate.clone().with_replay(Arc::new(Replay::with_capacity(1)));
    world.routes = mount(&gate, &world.echo);
    assert_eq!(world.knock(&Letter::of(&world).seal(&world)).await, Outcome::admitted());
    let mut letter = Letter::of(&world);
    letter.wpt["jti"] = OTHER_JTI.into();
    let outcome = world.knock(&letter.seal(&world)).await;
    assert_eq!(outcome, Outcome::refused(Code::Unavailable, "REPLAY_CACHE_FULL"));
}

#[tokio::test]
async fn a_callee_that_cannot_sign_does_not_act() {
    let mut world = World::new();
    world.clock.advance(Duration::hours(2));
    world.enrol(&world.caller);
    let outcome = world.knock(&Letter::of(&world).seal(&world)).await;
    let expected =
        Outcome { signed: false, ..Outcome::refused(Code::Unavailable, "NO_CREDENTIALS") };
    assert_eq!(outcome, expected);
    world.enrol(&world.callee);
    world.routes = mount(&world.gate, &world.echo);
    assert_eq!(world.knock(&Letter::of(&world).seal(&world)).await, Outcome::admitted());
}
