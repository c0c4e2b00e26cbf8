//! The answer that a service keeps, and what can be proven with it years later.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use auth::{Kept, KeptParties, Side, Trust, WorkloadKey, digest, jwks, verify_kept};
use serde_json::{Value, json};
use tonic::{Code, Status, metadata::MetadataMap};

use crate::{
    depot::{COMMIT, commit},
    world::{World, b64, jws},
};

fn wpt(metadata: &MetadataMap) -> String {
    metadata.get("workload-proof-token").unwrap().to_str().unwrap().to_owned()
}

/// What is in the trailers of a call, and what the service kept of it.
async fn sent_and_kept(world: &World, wish: &str) -> (Result<Vec<u8>, Status>, String, String) {
    let answer = commit(world.signed(&world.caller), wish).await;
    let kept = world.depot.kept.lock().unwrap().take().unwrap().1;
    match answer {
        Ok(answer) => {
            let sent = wpt(answer.metadata());
            (Ok(answer.into_inner()), sent, kept.wpt)
        }
        Err(status) => {
            let sent = wpt(status.metadata());
            (Err(status), sent, kept.wpt)
        }
    }
}

#[tokio::test]
async fn the_kept_answer_is_the_very_proof_that_is_sent() {
    let world = World::new();
    for wish in ["kept", "again, and another before"] {
        let (answer, sent, kept) = sent_and_kept(&world, wish).await;
        assert_eq!(answer.unwrap(), b"committed");
        assert_eq!(sent, kept, "{wish}");
    }
}

#[tokio::test]
async fn another_answer_than_the_kept_one_is_signed_anew() {
    let world = World::new();
    let (answer, sent, kept) = sent_and_kept(&world, "another").await;
    assert_eq!(answer.unwrap(), b"something else");
    assert_ne!(sent, kept);
    for wish in ["error", "error after the answer"] {
        let (answer, sent, kept) = sent_and_kept(&world, wish).await;
        assert_eq!(answer.unwrap_err().code(), Code::Aborted, "proven, or it would be DATA_LOSS");
        assert_ne!(sent, kept, "{wish}");
    }
}

#[tokio::test]
async fn a_kept_answer_that_leaves_late_is_signed_anew() {
    let world = World::new();
    let (answer, sent, kept) = sent_and_kept(&world, "slow").await;
    assert_eq!(answer.unwrap(), b"committed");
    assert_ne!(sent, kept);
}

#[tokio::test]
async fn a_kept_call_is_proven_years_later() {
    let world = World::new();
    let called_at = world.clock.now();
    commit(world.signed(&world.caller), "kept").await.unwrap();
    let (request, answer) = world.depot.kept.lock().unwrap().take().unwrap();
    world.clock.advance(chrono::Duration::days(3650));
    // By then the issuer signs with another key, and the old one is still known.
    let today = WorkloadKey::generate().unwrap();
    let known = jwks([today.public(), world.issuer.public()]);
    let trust = Trust::parse(&world.domain, &known).unwrap();
    let kept = Kept {
        caller_wit: &request.wit,
        caller_wpt: &request.wpt,
        request_digest: &request.request_digest,
        answer_wit: &answer.wit,
        answer_wpt: &answer.wpt,
        response_digest: &answer.digest,
        status: 0,
    };
    let KeptParties { caller, answerer, method, request_expires_at, answer_expires_at, .. } =
        verify_kept(&trust, &kept).unwrap();
    assert_eq!((&caller, &answerer), (world.caller.workload(), world.callee.workload()));
    assert_eq!(method, COMMIT);
    for at in [request_expires_at, answer_expires_at] {
        assert_eq!((at - called_at).num_seconds(), 30);
    }
    let forgotten = Trust::parse(&world.domain, &jwks([today.public()])).unwrap();
    assert_eq!(verify_kept(&forgotten, &kept).unwrap_err().word(), "CALLER_WIT_ANCHOR");
}

/// One side's tokens in the hands of a forger who has every key.
#[derive(Clone)]
struct Hand {
    wit_head: Value,
    wit: Value,
    wpt_head: Value,
    wpt: Value,
    issuer: WorkloadKey,
    key: WorkloadKey,
}

/// A kept call in which nothing is wrong yet.
#[derive(Clone)]
struct Row {
    caller: Hand,
    answer: Hand,
    request_digest: Vec<u8>,
    response_digest: Vec<u8>,
    status: i32,
}

impl Row {
    fn of(world: &World) -> Self {
        let now = world.now();
        let hand = |own: &auth::Credentials, wpt: Value| Hand {
            wit_head: json!({
                "alg": "EdDSA", "typ": "wit+jwt", "kid": world.issuer.thumbprint()
            }),
            wit: json!({
                "iss": "wimse://county.example/service/identity",
                "sub": own.workload().to_string(),
                "iat": now, "exp": now + 600, "jti": "AAAAAAAAAAAAAAAAAAAAAA",
                "cnf": { "jwk": own.key().public_jwk() },
            }),
            wpt_head: json!({ "alg": "EdDSA", "typ": "wpt+jwt" }),
            wpt,
            issuer: world.issuer.clone(),
            key: own.key().clone(),
        };
        let (caller, callee) = (&world.caller, &world.callee);
        let asked = json!({
            "aud": callee.workload().to_string(), "exp": now + 30,
            "jti": "BBBBBBBBBBBBBBBBBBBBBB", "xiezhi/mth": COMMIT,
            "xiezhi/dig": b64(&digest(b"asked")),
        });
        let answered = json!({
            "aud": caller.workload().to_string(), "exp": now + 30,
            "jti": "CCCCCCCCCCCCCCCCCCCCCC", "xiezhi/rqj": "BBBBBBBBBBBBBBBBBBBBBB",
            "xiezhi/dig": b64(&digest(b"answered")), "xiezhi/sts": 0,
        });
        Self {
            caller: hand(caller, asked),
            answer: hand(callee, answered),
            request_digest: digest(b"asked").to_vec(),
            response_digest: digest(b"answered").to_vec(),
            status: 0,
        }
    }

    fn side(&mut self, side: Side) -> &mut Hand {
        match side {
            Side::Caller => &mut self.caller,
            Side::Answer => &mut self.answer,
        }
    }

    /// The word of the fault found, or nothing.
    fn fault(&self, world: &World) -> String {
        let [(caller_wit, caller_wpt), (answer_wit, answer_wpt)] =
            [&self.caller, &self.answer].map(Hand::tokens);
        let kept = Kept {
            caller_wit: &caller_wit,
            caller_wpt: &caller_wpt,
            request_digest: &self.request_digest,
            answer_wit: &answer_wit,
            answer_wpt: &answer_wpt,
            response_digest: &self.response_digest,
            status: self.status,
        };
        verify_kept(&world.trust, &kept).map_or_else(|broken| broken.word(), |_| String::new())
    }
}

impl Hand {
    fn tokens(&self) -> (String, String) {
        let wit = jws(&self.wit_head, &self.wit, &self.issuer);
        let mut claims = self.wpt.clone();
        if claims.get("wth").is_none() {
            claims["wth"] = b64(&digest(wit.as_bytes())).into();
        }
        (wit, jws(&self.wpt_head, &claims, &self.key))
    }
}

#[test]
fn each_fault_in_the_tokens_of_either_side_has_its_reason() {
    type Change = fn(&mut Hand, i64);
    let faults: &[(&str, Change)] = &[
        ("WIT_TOO_LARGE", |hand, _| hand.wit["padding"] = "x".repeat(6600).into()),
        ("WIT_TYPE", |hand, _| hand.wit_head["typ"] = "jwt".into()),
        ("WIT_ALGORITHM", |hand, _| hand.wit_head["alg"] = "none".into()),
        ("WIT_HEADER", |hand, _| hand.wit_head["jku"] = "https://evil.example".into()),
        ("WIT_ANCHOR", |hand, _| hand.wit_head["kid"] = "another".into()),
        ("WIT_SIGNATURE", |hand, _| hand.issuer = WorkloadKey::generate().unwrap()),
        ("WIT_LIFETIME", |hand, now| hand.wit["exp"] = (now + 3601).into()),
        ("WIT_SUBJECT", |hand, _| hand.wit["sub"] = "somebody".into()),
        ("WIT_DOMAIN", |hand, _| hand.wit["sub"] = "wimse://city.example/service/referral".into()),
        ("WIT_KEY", |hand, _| hand.wit["cnf"]["jwk"]["alg"] = "HS256".into()),
        ("WPT_TOO_LARGE", |hand, _| hand.wpt["padding"] = "x".repeat(6600).into()),
        ("WPT_TYPE", |hand, _| hand.wpt_head["typ"] = "wit+jwt".into()),
        ("WPT_ALGORITHM", |hand, _| hand.wpt_head["alg"] = "ES256".into()),
        ("WPT_HEADER", |hand, _| hand.wpt_head["crit"] = json!(["b64"])),
        ("WPT_KEY_ID", |hand, _| hand.wpt_head["kid"] = "another".into()),
        ("WPT_SIGNATURE", |hand, _| hand.key = WorkloadKey::generate().unwrap()),
        ("WPT_WIT_HASH", |hand, _| hand.wpt["wth"] = b64(&digest(b"another")).into()),
        ("WPT_JTI", |hand, _| hand.wpt["jti"] = "short".into()),
        ("WPT_EXPIRY_MISSING", |hand, _| hand.wpt["exp"] = Value::Null),
        ("WPT_OUTSIDE_WIT", |hand, now| hand.wpt["exp"] = (now - 31).into()),
        ("WPT_OUTSIDE_WIT", |hand, now| hand.wpt["exp"] = (now + 600 + 91).into()),
        ("WPT_AUDIENCE", |hand, _| hand.wpt["aud"] = "wimse://county.example/agency/ENV".into()),
        ("DIGEST_MISSING", |hand, _| hand.wpt["xiezhi/dig"] = Value::Null),
        ("DIGEST_MISMATCH", |hand, _| hand.wpt["xiezhi/dig"] = b64(&digest(b"another")).into()),
        ("DIGEST_MISMATCH", |hand, _| hand.wpt["xiezhi/cnt"] = 1.into()),
    ];
    let world = World::new();
    assert_eq!(Row::of(&world).fault(&world), "");
    for (side, name) in [(Side::Caller, "CALLER"), (Side::Answer, "ANSWER")] {
        for (word, change) in faults {
            let mut row = Row::of(&world);
            change(row.side(side), world.now());
            assert_eq!(row.fault(&world), format!("{name}_{word}"));
        }
        for exp in [world.now() - 30, world.now() + 600 + 90] {
            let mut row = Row::of(&world);
            row.side(side).wpt["exp"] = exp.into();
            assert_eq!(row.fault(&world), "", "a guard can have admitted it");
        }
    }
}

#[test]
fn each_fault_between_the_two_sides_and_the_row_has_its_reason() {
    type Change = fn(&mut Row);
    let faults: &[(&str, Change)] = &[
        ("CALLER_WPT_METHOD", |row| row.caller.wpt["xiezhi/mth"] = Value::Null),
        ("CALLER_DIGEST_MISMATCH", |row| row.request_digest[31] ^= 1),
        ("CALLER_DIGEST_MISMATCH", |row| row.request_digest.clear()),
        ("ANSWER_REQUEST", |row| row.answer.wpt["xiezhi/rqj"] = "D".repeat(22).into()),
        ("ANSWER_REQUEST", |row| row.answer.wpt["xiezhi/rqj"] = Value::Null),
        ("ANSWER_DIGEST_MISMATCH", |row| row.response_digest[0] ^= 1),
        ("ANSWER_DIGEST_MISMATCH", |row| row.response_digest.clear()),
        ("ANSWER_STATUS", |row| row.status = 5),
        ("ANSWER_STATUS", |row| row.answer.wpt["xiezhi/sts"] = Value::Null),
        // A request addressed to one, answered by another.
        ("CALLER_WPT_AUDIENCE", |row| {
            row.answer.wit["sub"] = "wimse://county.example/service/evil".into();
        }),
        ("ANSWER_WPT_AUDIENCE", |row| {
            row.caller.wit["sub"] = "wimse://county.example/agency/ENV".into();
        }),
    ];
    let world = World::new();
    for (word, change) in faults {
        let mut row = Row::of(&world);
        change(&mut row);
        assert_eq!(row.fault(&world), *word);
    }
}

#[test]
fn a_token_that_is_none_is_malformed_and_its_side_is_named() {
    let world = World::new();
    let row = Row::of(&world);
    let ((caller_wit, caller_wpt), (answer_wit, answer_wpt)) =
        (row.caller.tokens(), row.answer.tokens());
    let good = [&caller_wit, &caller_wpt, &answer_wit, &answer_wpt].map(String::as_str);
    for (place, word) in
        ["CALLER_WIT", "CALLER_WPT", "ANSWER_WIT", "ANSWER_WPT"].into_iter().enumerate()
    {
        for token in ["", "a.b", "a.b.c.d", "!.!.!", "数.据.书"] {
            let mut tokens = good;
            tokens[place] = token;
            let [caller_wit, caller_wpt, answer_wit, answer_wpt] = tokens;
            let (request_digest, response_digest) = (&*row.request_digest, &*row.response_digest);
            let status = 0;
            let kept = Kept {
                caller_wit,
                caller_wpt,
                request_digest,
                answer_wit,
                answer_wpt,
                response_digest,
                status,
            };
            let broken = verify_kept(&world.trust, &kept).unwrap_err();
            assert_eq!(broken.word(), format!("{word}_MALFORMED"), "{token:?}");
            let side = if place < 2 { Side::Caller } else { Side::Answer };
            assert_eq!(broken.side, side);
        }
    }
}

#[test]
fn a_kept_error_without_a_message_is_proven() {
    let world = World::new();
    let mut row = Row::of(&world);
    row.answer.wpt["xiezhi/dig"] = Value::Null;
    row.answer.wpt["xiezhi/sts"] = 9.into();
    (row.response_digest, row.status) = (Vec::new(), 9);
    assert_eq!(row.fault(&world), "");
}
