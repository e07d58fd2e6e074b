//! A wire to Asterisk that can be cut: forwards TCP, drops the event socket on demand, swallows
//! the answer to a request.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// The wire; it ends when this is dropped.
pub(super) struct Proxy {
    pub(super) url: String,
    /// Event sockets are let through.
    events: watch::Sender<bool>,
    /// Requests are let through.
    requests: watch::Sender<bool>,
    swallow: Arc<Mutex<Option<&'static str>>>,
    task: JoinHandle<()>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Proxy {
    pub(super) async fn to(url: &str) -> Self {
        let target = url.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let events = watch::Sender::new(true);
        let swallow = Arc::new(Mutex::new(None));
        let requests = watch::Sender::new(true);
        let open = [events.subscribe(), requests.subscribe()];
        let swallowed = Arc::clone(&swallow);
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(&target).await;
                tokio::spawn(forward(
                    client,
                    server,
                    open.clone(),
                    Arc::clone(&swallowed),
                ));
            }
        });
        Self {
            url,
            events,
            requests,
            swallow,
            task,
        }
    }

    /// Cuts the event socket and lets none through until it is mended.
    pub(super) fn cut_events(&self) {
        self.events.send_replace(false);
    }

    pub(super) fn mend_events(&self) {
        self.events.send_replace(true);
    }

    /// Cuts all requests, and lets none through until they are mended; sockets stay as they are.
    pub(super) fn cut_requests(&self) {
        self.requests.send_replace(false);
    }

    pub(super) fn mend_requests(&self) {
        self.requests.send_replace(true);
    }

    /// The next request with these words reaches Asterisk; its answer reaches nobody.
    pub(super) fn swallow_answer_to(&self, words: &'static str) {
        *self.swallow.lock().unwrap() = Some(words);
    }
}

async fn forward(
    mut client: TcpStream,
    server: std::io::Result<TcpStream>,
    [mut events, mut requests]: [watch::Receiver<bool>; 2],
    swallow: Arc<Mutex<Option<&'static str>>>,
) {
    let Ok(mut server) = server else { return };
    let (mut up, mut down) = ([0; 16 * 1024], [0; 16 * 1024]);
    let (mut is_events, mut is_media) = (false, false);
    let (no_events, no_requests) = (events.clone(), requests.clone());
    let mut silent = false;
    loop {
        tokio::select! {
            read = client.read(&mut up) => {
                let Ok(length @ 1..) = read else { return };
                let text = String::from_utf8_lossy(&up[..length]);
                is_events |= text.starts_with("GET /ari/events");
                is_media |= text.starts_with("GET /media");
                let is_request = !is_events && !is_media;
                let cut = is_events && !*no_events.borrow()
                    || is_request && !*no_requests.borrow();
                if cut {
                    return;
                }
                let mut words = swallow.lock().unwrap().take_if(|words| text.contains(*words));
                silent |= words.take().is_some();
                if server.write_all(&up[..length]).await.is_err() {
                    return;
                }
            }
            read = server.read(&mut down) => {
                let Ok(length @ 1..) = read else { return };
                // The answer came, and the wire breaks instead of carrying it.
                if silent || client.write_all(&down[..length]).await.is_err() {
                    return;
                }
            }
            () = closed(&mut events), if is_events => return,
            () = closed(&mut requests), if !is_events && !is_media => return,
        }
    }
}

async fn closed(open: &mut watch::Receiver<bool>) {
    drop(open.wait_for(|open| !open).await);
}
