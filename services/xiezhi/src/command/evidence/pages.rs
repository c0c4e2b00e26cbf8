//! Whole lists, page by page.

use client::Mesh;
use proto::evidence::v1 as pb;

use super::called;

/// The most of a page.
const PAGE: i32 = 1000;
/// The most hand-overs of a page.
const HAND_OVERS: i32 = 100;

/// Declares a function that asks until there are no more pages.
macro_rules! whole {
    ($(#[$doc:meta])* $name:ident($($arg:ident: $kind:ty),*) -> $of:ident,
        $call:ident($request:expr), $field:ident) => {
        $(#[$doc])*
        pub(super) async fn $name(mesh: &Mesh, $($arg: $kind),*) -> anyhow::Result<Vec<pb::$of>> {
            let (mut all, mut page_token) = (Vec::new(), String::new());
            loop {
                let mut request = $request;
                request.page_token = page_token;
                let page = called(mesh.evidence().$call(request).await)?;
                all.extend(page.$field);
                page_token = page.next_page_token;
                if page_token.is_empty() {
                    return Ok(all);
                }
            }
        }
    };
}

whole!(
    /// The items of a dossier.
    items(dossier: &str) -> Item,
    list_items(pb::ListItemsRequest {
        dossier: dossier.to_owned(),
        page_size: PAGE,
        ..pb::ListItemsRequest::default()
    }),
    items
);

whole!(
    /// The custody chain of an item.
    custody(item: &str) -> CustodyEvent,
    list_custody(pb::ListCustodyRequest {
        item: item.to_owned(),
        page_size: PAGE,
        ..pb::ListCustodyRequest::default()
    }),
    events
);

whole!(
    /// The hand-overs that a filter leaves, without their lines.
    hand_overs(filter: &str) -> HandOver,
    list_hand_overs(pb::ListHandOversRequest {
        page_size: HAND_OVERS,
        filter: filter.to_owned(),
        ..pb::ListHandOversRequest::default()
    }),
    hand_overs
);

whole!(
    /// How the items of a dossier may be used.
    assessments(dossier: &str, target: pb::Use) -> Assessment,
    assess_dossier(pb::AssessDossierRequest {
        dossier: dossier.to_owned(),
        r#use: target.into(),
        page_size: PAGE,
        ..pb::AssessDossierRequest::default()
    }),
    assessments
);

whole!(
    /// The dossiers that a filter leaves.
    dossiers(filter: &str) -> Dossier,
    list_dossiers(pb::ListDossiersRequest {
        page_size: PAGE,
        filter: filter.to_owned(),
        ..pb::ListDossiersRequest::default()
    }),
    dossiers
);

whole!(
    /// Stored content that is not what was committed.
    faults() -> ContentFault,
    list_content_faults(pb::ListContentFaultsRequest {
        page_size: PAGE,
        ..pb::ListContentFaultsRequest::default()
    }),
    faults
);
