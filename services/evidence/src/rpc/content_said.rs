//! What the calls about content say, checked; and how they are written down.

use chrono::{DateTime, Utc};
use db::journal;
use prost::Message;
use proto::evidence::v1 as pb;
use server::Fields;

use super::Call;
use crate::{Evidence, content::model::Upload, error::Error};

/// A file name: one name, not a path, that every system can show.
pub(super) fn check_file_name(fields: &mut Fields, name: &str) {
    let field = "file_name";
    fields.check(!name.trim().is_empty(), field, "is missing");
    fields.check(name.len() <= 255, field, "is longer than 255 bytes");
    fields.check(!name.contains(['/', '\\']), field, "has a folder in it: only a name is taken");
    fields.check(!name.chars().any(char::is_control), field, "has control characters");
    fields.check(!matches!(name, "." | ".."), field, "is no name of a file");
}

/// A media type as RFC 6838 writes it, or none.
pub(super) fn check_media_type(fields: &mut Fields, media_type: &str) {
    let word = |word: &str| {
        (1..=127).contains(&word.len())
            && word.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b))
    };
    let whole = media_type.split_once('/').is_some_and(|(kind, sub)| word(kind) && word(sub));
    let fault = "is not a media type such as image/png";
    fields.check(media_type.is_empty() || whole, "media_type", fault);
}

/// What the file is.
pub(super) fn role(fields: &mut Fields, role: i32) -> pb::ContentRole {
    let known = pb::ContentRole::try_from(role).unwrap_or_default();
    fields.check(known != pb::ContentRole::Unspecified, "role", "is missing");
    known
}

/// How large it is.
pub(super) fn size(fields: &mut Fields, size: i64, most: u64) -> u64 {
    let known = u64::try_from(size).unwrap_or_default();
    fields.check(known > 0, "size", "is not at least 1: an empty file is no evidence");
    fields.check(known <= most, "size", format!("is more than {most} bytes"));
    known
}

/// A digest in hexadecimal digits, in lower case.
pub(super) fn digest(fields: &mut Fields, digest: &str, field: &str) -> String {
    let whole = digest.len() == 64 && digest.bytes().all(|b| b.is_ascii_hexdigit());
    fields.check(whole, field, "is not 64 hexadecimal digits");
    digest.to_ascii_lowercase()
}

/// That the officer's certificate holds today; the answer is for the job of the command.
pub(super) async fn certified(
    service: &Evidence,
    call: &Call,
    officer: &str,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let asked = [("officer".to_owned(), officer.to_owned())];
    let day = clock::legal_date(now);
    service.directory.positions(&call.agency, day, &asked).await?;
    Ok(())
}

/// What happened to an upload, by its body.
pub(super) fn entry(
    kind: &'static str,
    upload: &Upload,
    payload: &impl Message,
    now: DateTime<Utc>,
) -> journal::Entry {
    journal::Entry {
        at: now,
        kind,
        resource: upload.name.clone(),
        docket: upload.about.dossier.clone(),
        agency: upload.about.agency.to_string(),
        officer: upload.about.officer.clone(),
        step: String::new(),
        payload: payload.encode_to_vec(),
        request_id: String::new(),
        attestation: None,
        marks: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(check: impl FnOnce(&mut Fields)) -> String {
        let mut fields = Fields::default();
        check(&mut fields);
        fields.done().err().map(|faults| faults.to_string()).unwrap_or_default()
    }

    #[test]
    fn a_file_name_is_one_name() {
        for good in ["a", "现场照片.png", "a b (1).tar.gz", "..."] {
            assert_eq!(faults(|fields| check_file_name(fields, good)), "", "{good}");
        }
        for bad in ["", " ", ".", "..", "../a", "a/b", "a\\b", "a\0b", "a\nb", &"a".repeat(256)] {
            assert_ne!(faults(|fields| check_file_name(fields, bad)), "", "{bad:?}");
        }
    }

    #[test]
    fn a_media_type_has_two_words() {
        for good in ["", "image/png", "application/vnd.ms-excel", "image/svg+xml"] {
            assert_eq!(faults(|fields| check_media_type(fields, good)), "", "{good}");
        }
        for bad in ["png", "image/", "/png", "image/png; q=1", "image/png/x", "a/\n"] {
            assert_ne!(faults(|fields| check_media_type(fields, bad)), "", "{bad:?}");
        }
    }
}
