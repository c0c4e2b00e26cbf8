//! RFC 7523 assertions: how a workload proves its key before it has a WIT.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use auth::{Assertion, Refusal, WorkloadKey, claimed_subject, make_assertion, verify_assertion};
use aws_lc_rs::hmac;
use serde_json::{Value, json};
use types::Workload;

use crate::world::{World, jws, jws_by};

struct Enrolment {
    world: World,
    key: WorkloadKey,
    sub: Workload,
    aud: Workload,
}

impl Enrolment {
    fn new() -> Self {
        let world = World::new();
        let key = WorkloadKey::generate().unwrap();
        let sub = world.caller.workload().clone();
        let aud = Workload::service(&world.domain, "identity");
        Self { world, key, sub, aud }
    }

    fn verify(&self, token: &str) -> Result<Assertion, Refusal> {
        let now = self.world.clock.now();
        verify_assertion(token, self.key.public(), &self.sub, &self.aud, now)
    }

    fn claims(&self) -> Value {
        json!({
            "iss": self.sub.to_string(), "sub": self.sub.to_string(),
            "aud": self.aud.to_string(), "jti": "AAAAAAAAAAAAAAAAAAAAAA",
            "exp": self.world.now() + 60,
        })
    }

    /// The word for an assertion with one claim changed.
    fn word(&self, claim: &str, value: Value) -> &'static str {
        let mut claims = self.claims();
        claims[claim] = value;
        let token = jws(&json!({ "alg": "EdDSA", "typ": "JWT" }), &claims, &self.key);
        self.verify(&token).map_or_else(Refusal::word, |_| "")
    }
}

#[test]
fn an_assertion_we_make_is_one_we_accept() {
    let it = Enrolment::new();
    let now = it.world.clock.now();
    let token = make_assertion(&it.key, &it.sub, &it.aud, now).unwrap();
    let (claimed, kid) = claimed_subject(&token).unwrap();
    assert_eq!(claimed, it.sub);
    assert_eq!(kid.as_deref(), Some(it.key.thumbprint()));
    let assertion = it.verify(&token).unwrap();
    assert_eq!(assertion.jti.len(), 22);
    assert_eq!((assertion.expires_at - now).num_seconds(), 60);
}

#[test]
fn each_flaw_of_an_assertion_has_its_word() {
    let it = Enrolment::new();
    let now = it.world.now();
    assert_eq!(it.word("extra", json!(1)), "");
    assert_eq!(it.word("aud", json!([it.aud.to_string()])), "");
    for (claim, value, word) in [
        ("iss", json!("wimse://county.example/agency/ENV"), "ASSERTION_SUBJECT"),
        ("sub", json!("wimse://county.example/agency/ENV"), "ASSERTION_SUBJECT"),
        ("aud", json!("wimse://county.example/service/referral"), "ASSERTION_AUDIENCE"),
        ("aud", json!([it.aud.to_string(), "other"]), "ASSERTION_MALFORMED"),
        ("exp", json!(now), "ASSERTION_EXPIRED"),
        ("exp", Value::Null, "ASSERTION_EXPIRED"),
        ("exp", json!(now + 301), "ASSERTION_LIFETIME"),
        ("iat", json!(now + 31), "ASSERTION_FROM_THE_FUTURE"),
        ("nbf", json!(now + 31), "ASSERTION_FROM_THE_FUTURE"),
        ("jti", Value::Null, "ASSERTION_JTI"),
        ("jti", json!("1"), "ASSERTION_JTI"),
    ] {
        assert_eq!(it.word(claim, value.clone()), word, "{claim}: {value}");
    }
}

#[test]
fn the_key_of_an_assertion_is_the_enrolled_one_whatever_its_header_says() {
    let it = Enrolment::new();
    let own = WorkloadKey::generate().unwrap();
    let x = it.key.public_jwk()["x"].as_str().unwrap().to_owned();
    let secret = hmac::Key::new(hmac::HMAC_SHA256, x.as_bytes());
    let eddsa = |extra: Value| {
        let mut head = json!({ "alg": "EdDSA", "typ": "JWT" });
        head.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        head
    };
    for (head, token_by, word) in [
        (eddsa(json!({})), &own, "ASSERTION_SIGNATURE"),
        (eddsa(json!({ "jwk": own.public_jwk() })), &own, "ASSERTION_HEADER"),
        (eddsa(json!({ "kid": own.thumbprint() })), &own, "ASSERTION_KEY_ID"),
        (eddsa(json!({ "kid": "../key" })), &it.key, "ASSERTION_KEY_ID"),
        (eddsa(json!({ "typ": "wpt+jwt" })), &it.key, "ASSERTION_TYPE"),
        (eddsa(json!({ "typ": "wit+jwt" })), &it.key, "ASSERTION_TYPE"),
        (eddsa(json!({ "alg": "ES256" })), &it.key, "ASSERTION_ALGORITHM"),
    ] {
        let token = jws(&head, &it.claims(), token_by);
        assert_eq!(it.verify(&token).unwrap_err().word(), word, "{head}");
    }
    let hs256 = json!({ "alg": "HS256", "typ": "JWT" });
    let token = jws_by(&hs256, &it.claims(), |m| hmac::sign(&secret, m).as_ref().to_vec());
    assert_eq!(it.verify(&token).unwrap_err().word(), "ASSERTION_ALGORITHM");
    let token = jws_by(&json!({ "alg": "none" }), &it.claims(), |_| Vec::new());
    assert_eq!(it.verify(&token).unwrap_err().word(), "ASSERTION_ALGORITHM");
    assert_eq!(it.verify("rubbish").unwrap_err().word(), "ASSERTION_MALFORMED");
}
