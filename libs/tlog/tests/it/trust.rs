//! The log keys of a trust bundle.

use tlog::{BadKeys, KeyError, TrustError, trusted_vkeys};

const PETER: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const ENOCH: &str = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop";

#[test]
fn the_log_keys_stand_beside_the_keys_of_a_jwks() {
    let bundle = format!(r#"{{"keys":[{{"kty":"OKP"}}],"log_keys":["{PETER}","{ENOCH}"],"x":1}}"#);
    let names: Vec<String> =
        trusted_vkeys(&bundle).unwrap().iter().map(|key| key.name().to_owned()).collect();
    assert_eq!(names, ["PeterNeumann", "EnochRoot"]);
}

#[test]
fn a_bundle_without_log_keys_says_what_it_lacks() {
    let refuse = |bundle: &str| trusted_vkeys(bundle).unwrap_err();
    for bundle in ["{}", "[]", "1", r#"{"keys":[]}"#, r#"{"log_keys":[]}"#] {
        assert_eq!(refuse(bundle), TrustError::Missing, "{bundle}");
    }
    for bundle in [r#"{"log_keys":null}"#, r#"{"log_keys":"x"}"#, r#"{"log_keys":{}}"#] {
        assert_eq!(refuse(bundle), TrustError::Shape, "{bundle}");
    }
    assert!(matches!(refuse("{"), TrustError::Json(_)));
    assert_eq!(refuse(&" ".repeat(1024 * 1024 + 1)), TrustError::Large);
    let many = format!(r#"{{"log_keys":[0{}]}}"#, ",0".repeat(1_000));
    assert_eq!(refuse(&many), TrustError::Many);
}

#[test]
fn every_bad_key_is_named_at_once() {
    let altered = PETER.replace("c74f20a3", "c74f20a4");
    let bundle = format!(r#"{{"log_keys":["{altered}","{ENOCH}",7]}}"#);
    let refused = trusted_vkeys(&bundle).unwrap_err();
    let faults = vec![(0, KeyError::Id), (2, KeyError::Malformed)];
    assert_eq!(refused, TrustError::Keys(BadKeys(faults)));
    let told = refused.to_string();
    assert!(told.starts_with("`log_keys[0]`: the hash in the key"), "{told}");
    assert!(told.contains("; `log_keys[2]`: "), "{told}");
}
