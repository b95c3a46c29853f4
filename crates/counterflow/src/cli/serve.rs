//! Serving connections until somebody says stop.
//!
//! `axum::serve` waits for a request's header without end, so that a few clients that send a letter a minute hold every
//! connection; here each connection is hyper's, with a time limit. HTTP/1 only: a proxy speaks it to us.

use std::{convert::Infallible, net::SocketAddr, time::Duration};

use axum::{Router, extract::ConnectInfo};
use hyper::{Request, body::Incoming, server::conn::http1, service::Service as _, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use tokio::net::{TcpListener, TcpStream};

/// How long the server waits for others.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// For the header of a request, from the moment at which the connection is free for one.
    pub header: Duration,
    /// For requests under way, once the server was told to stop;
    pub stop: Duration,
    /// and then for the database, to end what it is doing.
    pub close: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { header: Duration::from_secs(30), stop: Duration::from_secs(6), close: Duration::from_secs(2) }
    }
}

/// Serves until `stop` is done, then takes no more connections and finishes the requests under way, if they end in time.
pub async fn serve(router: Router, listener: TcpListener, stop: impl Future<Output = ()>, patience: Patience) {
    let connections = GracefulShutdown::new();
    tokio::pin!(stop);
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => attend(&router, stream, peer, &connections, patience.header),
                Err(error) => pause(&error).await,
            },
            () = &mut stop => break,
        }
    }
    drop(listener);
    tracing::info!("stopping: {} connections are open", connections.count());
    if tokio::time::timeout(patience.stop, connections.shutdown()).await.is_err() {
        tracing::warn!("stopped before every request was answered");
    }
}

/// Answers the requests of one connection, in a task of its own.
fn attend(router: &Router, stream: TcpStream, peer: SocketAddr, connections: &GracefulShutdown, header: Duration) {
    let router = TowerToHyperService::new(router.clone());
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        let answer = router.call(request);
        async move { Ok::<_, Infallible>(answer.await.unwrap_or_else(|never| match never {})) }
    });
    let mut server = http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(header);
    let connection = connections.watch(server.serve_connection(TokioIo::new(stream), service));
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, %peer, "a connection ended early");
        }
    });
}

/// After a connection that could not be accepted. One that broke is nothing; with too many open files, the next try
/// fails in the same way until some are closed.
async fn pause(error: &std::io::Error) {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionReset};
    if !matches!(error.kind(), ConnectionAborted | ConnectionReset) {
        tracing::error!(%error, "no connection could be accepted");
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}
