//! A mail server with manners, good or bad, that keeps what it receives.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

#[derive(Clone, Copy)]
pub enum Manners {
    Good,
    /// Says 451 after DATA so many times.
    BusyTimes(usize),
    /// Greets with 421 so many times: it is there, and does not work.
    TurnsAway(usize),
    /// Says 550 to every recipient.
    Refuses,
    /// Takes the text and breaks the connection instead of saying 250, so many times.
    HangsUpAfterData(usize),
}

pub struct MailServer {
    pub address: SocketAddr,
    received: Arc<Mutex<Vec<String>>>,
}

impl MailServer {
    pub async fn start(manners: Manners) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let received = Arc::new(Mutex::new(Vec::new()));
        let (kept, count) = (received.clone(), Arc::new(AtomicUsize::new(0)));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(talk(stream, manners, kept.clone(), count.clone()));
            }
        });
        Self { address, received }
    }

    /// An address at which nobody listens.
    pub async fn nowhere() -> Self {
        let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        Self { address, received: Arc::default() }
    }

    /// Every text that was received, in order, whether it was acknowledged or not.
    pub fn received(&self) -> Vec<String> {
        self.received.lock().unwrap().clone()
    }
}

async fn talk(
    stream: TcpStream,
    manners: Manners,
    kept: Arc<Mutex<Vec<String>>>,
    count: Arc<AtomicUsize>,
) -> Option<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    if let Manners::TurnsAway(times) = manners
        && count.fetch_add(1, Ordering::SeqCst) < times
    {
        write.write_all(b"421 come back later\r\n").await.ok()?;
        return None;
    }
    write.write_all(b"220 mail.example ESMTP\r\n").await.ok()?;
    while let Some(line) = lines.next_line().await.ok()? {
        let word = line.to_uppercase();
        let answer = if word.starts_with("EHLO") {
            "250-mail.example\r\n250 8BITMIME"
        } else if word.starts_with("RCPT") && matches!(manners, Manners::Refuses) {
            "550 no such mailbox"
        } else if word.starts_with("DATA") {
            write.write_all(b"354 go on\r\n").await.ok()?;
            let mut text = String::new();
            while let Some(line) = lines.next_line().await.ok()?.filter(|line| line != ".") {
                text.push_str(&line);
                text.push('\n');
            }
            let before = count.fetch_add(1, Ordering::SeqCst);
            match manners {
                Manners::BusyTimes(times) if before < times => "451 try again later",
                Manners::HangsUpAfterData(times) => {
                    kept.lock().unwrap().push(text);
                    if before < times {
                        return None;
                    }
                    "250 taken"
                }
                _ => {
                    kept.lock().unwrap().push(text);
                    "250 taken"
                }
            }
        } else if word.starts_with("QUIT") {
            "221 bye"
        } else {
            "250 fine"
        };
        write.write_all(format!("{answer}\r\n").as_bytes()).await.ok()?;
    }
    Some(())
}
