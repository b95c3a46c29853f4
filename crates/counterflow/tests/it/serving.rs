//! Connections as they come over the network: slow ones, and those that are open when the server stops.

use std::{net::SocketAddr, time::Duration};

use axum::{Router, extract::ConnectInfo, routing::get};
use counterflow::cli::serve::{Patience, serve};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinHandle,
};

use crate::support::app::TestApp;

const PATIENCE: Patience = Patience {
    header: Duration::from_millis(300),
    stop: Duration::from_millis(300),
    close: Duration::from_millis(300),
};
/// No test waits longer than this.
const LIMIT: Duration = Duration::from_secs(20);

struct Running {
    at: SocketAddr,
    stop: oneshot::Sender<()>,
    served: JoinHandle<()>,
}

async fn start(router: Router) -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let stopped = async { stopped.await.unwrap() };
    Running { at, stop, served: tokio::spawn(serve(router, listener, stopped, PATIENCE)) }
}

impl Running {
    async fn stop(self) {
        self.stop.send(()).unwrap();
        tokio::time::timeout(LIMIT, self.served).await.expect("the server has to stop in time").unwrap();
    }
}

async fn send(at: SocketAddr, text: &str) -> TcpStream {
    let mut stream = TcpStream::connect(at).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    stream
}

/// All that the server says until it closes the connection.
async fn answer(mut stream: TcpStream) -> String {
    let mut text = String::new();
    tokio::time::timeout(LIMIT, stream.read_to_string(&mut text)).await.expect("the server has to close").unwrap();
    text
}

#[tokio::test]
async fn a_header_that_does_not_end_ends_the_connection() {
    let server = start(TestApp::sqlite().await.router).await;
    let slow = send(server.at, "GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ").await;
    let silent = send(server.at, "").await;
    let whole = send(server.at, "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
    assert!(answer(whole).await.contains("alive"));
    assert!(!answer(slow).await.contains("alive"));
    assert_eq!(answer(silent).await, "");
    server.stop().await;
}

#[tokio::test]
async fn a_handler_knows_from_where_a_request_came() {
    let from = |ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.to_string() };
    let server = start(Router::new().route("/from", get(from))).await;
    let stream = send(server.at, "GET /from HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
    let own = stream.local_addr().unwrap().to_string();
    assert!(answer(stream).await.ends_with(&own));
    server.stop().await;
}

#[tokio::test]
async fn what_is_under_way_is_finished_and_what_hangs_is_left() {
    let (begun, mut heard) = tokio::sync::mpsc::channel::<()>(2);
    let (go_on, may_go_on) = tokio::sync::watch::channel(());
    let soon = move || {
        let (begun, mut may_go_on) = (begun.clone(), may_go_on.clone());
        async move {
            begun.send(()).await.unwrap();
            may_go_on.changed().await.unwrap();
            "done"
        }
    };
    let router = Router::new().route("/soon", get(soon)).route("/never", get(std::future::pending::<&str>));
    let server = start(router).await;
    let soon = send(server.at, "GET /soon HTTP/1.1\r\nHost: x\r\n\r\n").await;
    let _never = send(server.at, "GET /never HTTP/1.1\r\nHost: x\r\n\r\n").await;
    heard.recv().await.unwrap();
    let at = server.at;
    let stopping = tokio::spawn(server.stop());
    go_on.send(()).unwrap();
    assert!(answer(soon).await.ends_with("done"));
    stopping.await.unwrap();
    assert!(TcpStream::connect(at).await.is_err(), "nobody is let in any more");
}
