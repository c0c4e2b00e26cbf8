//! Checks 1 and 2: attacks on the identity token.

use auth::{PublicKey, WorkloadKey, digest};
use aws_lc_rs::{
    hmac,
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use chrono::Duration;
use serde_json::{Value, json};
use types::Workload;

use crate::world::{Letter, Outcome, World, b64, jws, jws_by};

/// Changes one thing in a good WIT, and says what becomes of the call.
async fn with(change: impl FnOnce(&mut Letter, &World)) -> Outcome {
    let world = World::new();
    let mut letter = Letter::of(&world);
    change(&mut letter, &world);
    world.knock(&letter.seal(&world)).await
}

#[tokio::test]
async fn what_the_forger_writes_without_a_flaw_is_admitted() {
    assert_eq!(with(|_, _| ()).await, Outcome::admitted());
}

#[tokio::test]
async fn a_call_without_tokens_or_without_one_of_them_is_refused() {
    let world = World::new();
    let good = Letter::of(&world).seal(&world);
    let mut bare = good.clone();
    bare.headers.clear();
    assert_eq!(world.knock(&bare).await, Outcome::unauthenticated("WIT_MISSING"));
    let mut proof_only = good.clone();
    proof_only.headers.remove(0);
    assert_eq!(world.knock(&proof_only).await, Outcome::unauthenticated("WIT_MISSING"));
    let mut bearer = good.clone();
    bearer.headers.remove(1);
    assert_eq!(world.knock(&bearer).await, Outcome::unauthenticated("WPT_MISSING"));
    assert_eq!(world.knock(&good).await, Outcome::admitted());
}

#[tokio::test]
async fn two_identity_tokens_are_refused_even_if_they_are_equal() {
    let world = World::new();
    let mut letter = Letter::of(&world).seal(&world);
    letter.headers.push(letter.headers[0].clone());
    assert_eq!(world.knock(&letter).await, Outcome::unauthenticated("WIT_REPEATED"));
}

#[tokio::test]
async fn an_identity_token_of_nine_kib_is_refused_for_its_size() {
    let outcome = with(|letter, _| letter.wit["padding"] = "x".repeat(6600).into()).await;
    assert_eq!(outcome, Outcome::unauthenticated("WIT_TOO_LARGE"));
    let outcome = with(|letter, _| letter.wit["padding"] = "x".repeat(5000).into()).await;
    assert_eq!(outcome, Outcome::admitted(), "below the limit");
}

#[tokio::test]
async fn what_is_not_a_compact_jws_is_refused() {
    let world = World::new();
    for wit in ["", "a.b", "a.b.c.d", "a b.c.d", "!.!.!", "e30.e30.AA=="] {
        let letter = Letter::of(&world).with_wit(wit.into(), &world);
        let outcome = world.knock(&letter).await;
        assert_eq!(outcome, Outcome::unauthenticated("WIT_MALFORMED"), "{wit:?}");
    }
    let unreadable = b64(b"not json");
    let letter = Letter::of(&world).with_wit(format!("{unreadable}.{unreadable}.AA"), &world);
    assert_eq!(world.knock(&letter).await, Outcome::unauthenticated("WIT_MALFORMED"));
}

#[tokio::test]
async fn alg_none_is_refused() {
    let world = World::new();
    for alg in ["none", "None", "NONE"] {
        let mut letter = Letter::of(&world);
        letter.wit_head["alg"] = alg.into();
        let wit = jws_by(&letter.wit_head, &letter.wit, |_| Vec::new());
        let outcome = world.knock(&letter.with_wit(wit, &world)).await;
        assert_eq!(outcome, Outcome::unauthenticated("WIT_ALGORITHM"), "{alg}");
    }
}

#[tokio::test]
async fn an_hmac_with_the_anchor_as_secret_is_refused() {
    let world = World::new();
    let x = world.issuer.public_jwk()["x"].as_str().unwrap().to_owned();
    for secret in [x.clone().into_bytes(), world.issuer.public_jwk().to_string().into_bytes()] {
        let mut letter = Letter::of(&world);
        letter.wit_head["alg"] = "HS256".into();
        let secret = hmac::Key::new(hmac::HMAC_SHA256, &secret);
        let wit = jws_by(&letter.wit_head, &letter.wit, |signed| {
            hmac::sign(&secret, signed).as_ref().to_vec()
        });
        let outcome = world.knock(&letter.with_wit(wit, &world)).await;
        assert_eq!(outcome, Outcome::unauthenticated("WIT_ALGORITHM"));
    }
}

#[tokio::test]
async fn a_key_brought_along_in_the_header_is_refused() {
    let world = World::new();
    let own = WorkloadKey::generate().unwrap();
    for (name, value) in [
        ("jwk", own.public_jwk()),
        ("jku", json!("https://evil.example/jwks")),
        ("x5u", json!("https://evil.example/cert")),
        ("x5c", json!(["AAAA"])),
        ("crit", json!(["b64"])),
    ] {
        for kid in [own.thumbprint(), world.issuer.thumbprint()] {
            let mut letter = Letter::of(&world);
            letter.wit_head[name] = value.clone();
            letter.wit_head["kid"] = kid.into();
            let wit = jws(&letter.wit_head, &letter.wit, &own);
            let outcome = world.knock(&letter.with_wit(wit, &world)).await;
            assert_eq!(outcome, Outcome::unauthenticated("WIT_HEADER"), "{name}");
        }
    }
}

#[tokio::test]
async fn a_kid_that_is_a_path_a_query_or_absent_finds_no_key() {
    for kid in [json!("../../etc/passwd"), json!("' OR 1=1 --"), json!(""), Value::Null] {
        let outcome = with(|letter, _| letter.wit_head["kid"] = kid.clone()).await;
        assert_eq!(outcome, Outcome::unauthenticated("WIT_ANCHOR"), "{kid}");
    }
}

#[tokio::test]
async fn another_type_of_token_is_no_identity_token() {
    for typ in [json!("JWT"), json!("wpt+jwt"), json!("at+jwt"), Value::Null] {
        let outcome = with(|letter, _| letter.wit_head["typ"] = typ.clone()).await;
        assert_eq!(outcome, Outcome::unauthenticated("WIT_TYPE"), "{typ}");
    }
}

#[tokio::test]
async fn a_token_signed_by_an_untrusted_key_is_refused() {
    let world = World::new();
    let own = WorkloadKey::generate().unwrap();
    let honest = Letter::of(&world);
    let wit = jws(&honest.wit_head, &honest.wit, &own);
    let outcome = world.knock(&honest.with_wit(wit, &world)).await;
    assert_eq!(outcome, Outcome::unauthenticated("WIT_SIGNATURE"), "under the anchor's kid");

    let mut letter = Letter::of(&world);
    letter.wit_head["kid"] = own.thumbprint().into();
    let wit = jws(&letter.wit_head, &letter.wit, &own);
    let outcome = world.knock(&letter.with_wit(wit, &world)).await;
    assert_eq!(outcome, Outcome::unauthenticated("WIT_ANCHOR"), "under its own kid");
}

#[tokio::test]
async fn a_changed_claim_breaks_the_signature() {
    let world = World::new();
    let letter = Letter::of(&world);
    let good = jws(&letter.wit_head, &letter.wit, &world.issuer);
    let mut other = letter.wit.clone();
    other["sub"] = "wimse://county.example/service/operator".into();
    let parts: Vec<&str> = good.split('.').collect();
    let wit = format!("{}.{}.{}", parts[0], b64(other.to_string().as_bytes()), parts[2]);
    let outcome = world.knock(&letter.with_wit(wit, &world)).await;
    assert_eq!(outcome, Outcome::unauthenticated("WIT_SIGNATURE"));
}

#[tokio::test]
async fn an_identity_token_holds_from_iat_to_exp_with_half_a_minute_of_skew() {
    for (iat, exp, word) in [
        (-600, -29, ""),
        (-600, -30, "WIT_EXPIRED"),
        (-600, -1000, "WIT_EXPIRED"),
        (30, 600, ""),
        (31, 600, "WIT_FROM_THE_FUTURE"),
        (0, 3600, ""),
        (0, 3601, "WIT_LIFETIME"),
        (-10, i64::MAX / 2, "WIT_LIFETIME"),
    ] {
        let outcome = with(|letter, world| {
            letter.wit["iat"] = (world.now() + iat).into();
            letter.wit["exp"] = (world.now() + exp).into();
        });
        assert_eq!(outcome.await.word, word, "iat {iat}, exp {exp}");
    }
    let outcome = with(|letter, world| letter.wit["nbf"] = (world.now() + 31).into()).await;
    assert_eq!(outcome, Outcome::unauthenticated("WIT_FROM_THE_FUTURE"));
}

#[tokio::test]
async fn an_identity_token_without_its_claims_is_refused() {
    for claim in ["sub", "iat", "exp", "cnf"] {
        let outcome = with(|letter, _| letter.wit[claim] = Value::Null).await;
        assert_eq!(outcome, Outcome::unauthenticated("WIT_MALFORMED"), "{claim}");
    }
}

#[tokio::test]
async fn a_subject_that_is_no_identifier_or_of_another_domain_is_refused() {
    for (sub, word) in [
        ("MKT", "WIT_SUBJECT"),
        ("https://county.example/agency/MKT", "WIT_SUBJECT"),
        ("wimse://county.example/agency/MKT/", "WIT_SUBJECT"),
        ("wimse://county.example/agency/mkt", "WIT_SUBJECT"),
        ("wimse://evil.example/agency/MKT", "WIT_DOMAIN"),
        ("wimse://county.example.evil.example/agency/MKT", "WIT_DOMAIN"),
    ] {
        let outcome = with(|letter, _| letter.wit["sub"] = sub.into()).await;
        assert_eq!(outcome, Outcome::unauthenticated(word), "{sub}");
    }
}

#[tokio::test]
async fn a_neighbour_s_issuer_does_not_speak_for_this_domain() {
    let here = World::new();
    let there = World::new();
    let letter = Letter::of(&here);
    let mut head = letter.wit_head.clone();
    head["kid"] = there.issuer.thumbprint().into();
    let wit = jws(&head, &letter.wit, &there.issuer);
    let outcome = here.knock(&letter.with_wit(wit, &here)).await;
    assert_eq!(outcome, Outcome::unauthenticated("WIT_ANCHOR"));
}

#[tokio::test]
async fn a_confirmation_key_must_be_public_and_of_an_accepted_kind() {
    for (name, value) in [("d", json!("AAAA")), ("alg", json!("RS256")), ("crv", json!("X25519"))] {
        let outcome = with(|letter, _| letter.wit["cnf"]["jwk"][name] = value.clone()).await;
        assert_eq!(outcome, Outcome::unauthenticated("WIT_KEY"), "{name}");
    }
}

#[tokio::test]
async fn a_revoked_key_is_refused_at_once_although_its_token_was_verified_before() {
    let world = World::new();
    let first = Letter::of(&world).seal(&world);
    assert_eq!(world.knock(&first).await, Outcome::admitted());
    world.revocations.replace([world.caller.key().thumbprint().to_owned()]);
    let mut second = Letter::of(&world);
    second.wpt["jti"] = "CCCCCCCCCCCCCCCCCCCCCC".into();
    assert_eq!(world.knock(&second.seal(&world)).await, Outcome::unauthenticated("WIT_REVOKED"));
}

#[tokio::test]
async fn a_verified_token_expires_in_the_cache_too() {
    let world = World::new();
    let letter = Letter::of(&world);
    let wit = jws(&letter.wit_head, &letter.wit, &world.issuer);
    let first = letter.with_wit(wit.clone(), &world);
    assert_eq!(world.knock(&first).await, Outcome::admitted());
    world.clock.advance(Duration::seconds(640));
    world.enrol(&world.callee);
    let second = Letter::of(&world).with_wit(wit, &world);
    assert_eq!(world.knock(&second).await, Outcome::unauthenticated("WIT_EXPIRED"));
}

#[tokio::test]
async fn an_anchor_that_is_replaced_takes_its_tokens_along() {
    let world = World::new();
    let next = WorkloadKey::generate().unwrap();
    world.trust.replace(&auth::jwks([world.issuer.public(), next.public()])).unwrap();
    assert_eq!(world.knock(&Letter::of(&world).seal(&world)).await, Outcome::admitted());
    world.trust.replace(&auth::jwks([next.public()])).unwrap();
    let mut letter = Letter::of(&world);
    letter.wpt["jti"] = "CCCCCCCCCCCCCCCCCCCCCC".into();
    assert_eq!(world.knock(&letter.seal(&world)).await, Outcome::unauthenticated("WIT_ANCHOR"));
    assert!(world.trust.replace(r#"{"keys":[]}"#).is_err(), "no anchors are no anchors");
}

#[tokio::test]
async fn a_peer_whose_keys_are_p256_is_admitted_and_its_forger_is_not() {
    let world = World::new();
    let random = SystemRandom::new();
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let point = pair.public_key().as_ref();
    let jwk = json!({
        "kty": "EC", "crv": "P-256", "alg": "ES256",
        "x": b64(&point[1..33]), "y": b64(&point[33..]),
    });
    PublicKey::from_value(&jwk).unwrap();
    let es256 = |letter: &Letter| {
        jws_by(&letter.wpt_head, &letter.wpt, |m| pair.sign(&random, m).unwrap().as_ref().to_vec())
    };
    let mut letter = Letter::of(&world);
    letter.wit["cnf"]["jwk"] = jwk;
    letter.wpt_head["alg"] = "ES256".into();
    let wit = jws(&letter.wit_head, &letter.wit, &world.issuer);
    letter.wpt["wth"] = b64(&digest(wit.as_bytes())).into();
    let wpt = es256(&letter);
    let good = letter.clone().with(wit.clone(), wpt.clone());
    assert_eq!(world.knock(&good).await, Outcome::admitted());

    letter.wpt["jti"] = "CCCCCCCCCCCCCCCCCCCCCC".into();
    let other = es256(&letter);
    let stolen =
        format!("{}.{}", other.rsplit_once('.').unwrap().0, wpt.rsplit_once('.').unwrap().1);
    let forged = letter.clone().with(wit.clone(), stolen);
    assert_eq!(world.knock(&forged).await, Outcome::unauthenticated("WPT_SIGNATURE"));

    letter.wpt_head["alg"] = "EdDSA".into();
    let confused = letter.clone().with(wit, es256(&letter));
    assert_eq!(world.knock(&confused).await, Outcome::unauthenticated("WPT_ALGORITHM"));
}

#[tokio::test]
async fn an_agency_named_like_the_operator_is_not_the_operator() {
    let domain = types::TrustDomain::parse("county.example").unwrap();
    assert!(Workload::parse("wimse://county.example/agency/operator").is_none());
    let code = types::AgencyCode::parse("OPERATOR").unwrap();
    assert!(!auth::Allow::Operator.admits(&Workload::agency(&domain, &code)));
}

#[tokio::test]
async fn other_members_of_the_trust_anchors_are_passed_over() {
    let world = World::new();
    let mut set: Value = serde_json::from_str(&auth::jwks([world.issuer.public()])).unwrap();
    let log_key = WorkloadKey::generate().unwrap();
    set["log_keys"] = json!([{ "name": "log.county.example", "key": "not a JWK" }]);
    set["log_jwks"] = json!({ "keys": [log_key.public_jwk()] });
    world.trust.replace(&set.to_string()).unwrap();
    let letter = Letter::of(&world);
    assert_eq!(world.knock(&letter.clone().seal(&world)).await, Outcome::admitted());
    let mut by_log_key = letter;
    by_log_key.wit_head["kid"] = log_key.thumbprint().into();
    let wit = jws(&by_log_key.wit_head, &by_log_key.wit, &log_key);
    let outcome = world.knock(&by_log_key.with_wit(wit, &world)).await;
    assert_eq!(outcome, Outcome::unauthenticated("WIT_ANCHOR"));
}
