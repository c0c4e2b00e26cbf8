//! The same over a real HTTP/2 connection, with the settings that the crate asks for.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use auth::Signed;
use proto::{
    identity::v1::identity_service_client::IdentityServiceClient,
    referral::v1::referral_service_client::ReferralServiceClient,
};
use tokio::{net::TcpListener, task::JoinSet};
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{
    Code, Request,
    transport::{Channel, Endpoint, Server},
};

use crate::{
    proven::{ask, watch},
    world::{Letter, World, reason},
};

/// Serves the world until the set is dropped.
pub(crate) async fn serve(world: &World) -> (Channel, JoinSet<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = Server::builder()
        .http2_max_header_list_size(32 * 1024)
        .add_routes(world.routes.clone())
        .serve_with_incoming(TcpListenerStream::new(listener));
    let mut tasks = JoinSet::new();
    tasks.spawn(async move { server.await.unwrap() });
    let endpoint = Endpoint::from_shared(format!("http://{address}")).unwrap();
    (endpoint.http2_max_header_list_size(32 * 1024).connect().await.unwrap(), tasks)
}

#[tokio::test]
async fn calls_errors_and_streams_are_proven_over_a_connection() {
    let world = World::new();
    let (channel, _tasks) = serve(&world).await;
    let callee = world.callee.workload().clone();
    let signed = Signed::new(channel, world.caller.clone(), world.trust.clone(), callee);

    let mut identity = IdentityServiceClient::new(signed.clone());
    identity.get_agency(ask("agencies/MKT")).await.unwrap();
    let status = identity.get_agency(ask("agencies/NONE")).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::NotFound, "NO_SUCH_AGENCY"));
    let huge = identity.get_agency(ask("agencies/HUGE")).await.unwrap_err();
    assert_eq!(reason(&huge), "MESSAGE_TOO_LARGE");

    let mut referral = ReferralServiceClient::new(signed);
    let mut stream = referral.watch_referrals(watch("1000")).await.unwrap().into_inner();
    let mut count = 0;
    while stream.message().await.unwrap().is_some() {
        count += 1;
    }
    assert_eq!(count, 1000);
}

#[tokio::test]
async fn a_token_of_nine_kib_is_refused_by_the_guard_and_not_by_the_transport() {
    let world = World::new();
    let (channel, _tasks) = serve(&world).await;
    let mut letter = Letter::of(&world);
    letter.wit["padding"] = "x".repeat(6600).into();
    let mut request = Request::new(ask("agencies/MKT"));
    for (name, value) in letter.seal(&world).headers {
        request.metadata_mut().insert(name, value.parse().unwrap());
    }
    let status = IdentityServiceClient::new(channel).get_agency(request).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::Unauthenticated, "WIT_TOO_LARGE"));
}

#[tokio::test]
async fn a_callee_that_is_not_there_is_unavailable() {
    let world = World::new();
    let channel = Endpoint::from_static("http://127.0.0.1:1").connect_lazy();
    let callee = world.callee.workload().clone();
    let signed = Signed::new(channel, world.caller.clone(), world.trust.clone(), callee);
    let status = IdentityServiceClient::new(signed).get_agency(ask("x")).await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
}
