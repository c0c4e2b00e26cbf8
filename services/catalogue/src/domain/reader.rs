//! Who reads the catalogue, and what is kept from whom: the subject of a decision is a person's or an
//! enterprise's name, and every identity may read the list.

use types::AgencyCode;

use super::entry::Boundary;

/// Who reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reader {
    /// A service of the mesh, or a publisher.
    Trusted,
    /// Any other body.
    Agency(AgencyCode),
    /// Anyone else, as an operator.
    Other,
}

impl Reader {
    /// The subject of a boundary, for this reader: blank to bodies that the decision does not name.
    pub fn subject<'a>(&self, boundary: &'a Boundary) -> &'a str {
        let sees = match self {
            Self::Trusted => true,
            Self::Agency(code) => boundary.names(code),
            Self::Other => false,
        };
        if sees { &boundary.subject } else { "" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::entry::testing::{boundary, code};

    #[test]
    fn only_the_bodies_of_a_decision_and_who_keeps_the_list_see_its_subject() {
        let settled = Boundary {
            subject: "张三".into(),
            ..Boundary::clone(&boundary("CAE", &["HOU"], "2026-01-01"))
        };
        let seen = |reader: Reader| reader.subject(&settled).to_owned();
        assert_eq!(seen(Reader::Trusted), "张三");
        assert_eq!(seen(Reader::Agency(code("CAE"))), "张三");
        assert_eq!(seen(Reader::Agency(code("HOU"))), "张三");
        assert_eq!(seen(Reader::Agency(code("NAT"))), "");
        assert_eq!(seen(Reader::Other), "");
    }
}
