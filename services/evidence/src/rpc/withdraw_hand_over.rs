//! Takes a proposal back that nobody has signed.

use command::{Written, once};
use proto::evidence::v1 as pb;

use super::{Call, hand_over_said as said};
use crate::{Evidence, error::Error, sheet, store};

pub(super) async fn withdraw_hand_over(
    service: &Evidence,
    call: Call,
    request: pb::WithdrawHandOverRequest,
) -> Result<pb::WithdrawHandOverResponse, Error> {
    let now = service.clock.now();
    let mut fields = server::Fields::default();
    command::check_request_id(&mut fields, &request.request_id);
    fields.text(&request.officer, 64, "officer");
    said::sentence(&mut fields, &request.reason, said::SENTENCE, "reason");
    fields.done()?;
    let certified = said::certified(service, &call, &[("officer", &request.officer)], now).await;

    let side = call.agency.clone();
    let command = call.command(request.request_id, "WithdrawHandOver", now);
    let (name, officer, reason) = (request.name, request.officer, request.reason);
    once(&service.db, command, move |tx| {
        Box::pin(async move {
            let before = store::hand_over_to_change(tx, &side, &name).await?;
            let after = before
                .withdraw(&side, reason.trim())
                .map_err(|refusal| Error::refused(refusal, &name))?;
            certified?;
            let items = said::items_of_list(tx, &side, &before.items()).await?;
            said::save(tx, &items, &after.moves(&items, now).items).await?;
            store::update_hand_over(tx, &before, &after).await?;
            said::hide_unaccepted(tx, &after).await?;
            let doer = (&side, officer.as_str());
            let told = sheet::without_lines(&after);
            let kind = "evidence.hand_over_withdrawn.v1";
            let entries = vec![said::entry(kind, &after, doer, now, &told)];
            let hand_over = Some(sheet::message(&after));
            Ok(Written { response: pb::WithdrawHandOverResponse { hand_over }, entries })
        })
    })
    .await
}
