//! One Asterisk, as the rest of the program sees it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use super::http::{Http, Request};
use super::model::{EndpointAnswer, InfoAnswer, ModuleAnswer};
use super::registry::Registry;
use super::remove::{self, hang_up};
use super::socket::{self, SocketState};
use super::{AriConfig, AriError, AsteriskInfo, ChannelSnapshot, MediaKind, Shared, Version};
use crate::line::HangupReason;

/// How long Asterisk may take to know our application once the socket is open.
const REGISTER_LIMIT: Duration = Duration::from_secs(3);
/// How long the calls have to end when the connection is closed.
const CLOSE_LIMIT: Duration = Duration::from_secs(10);

/// A connection to one Asterisk; cheap to clone. When the last clone is dropped, the event
/// socket closes; [`Ari::close`] also waits for it.
#[derive(Debug, Clone)]
pub struct Ari {
    pub(super) shared: Arc<Shared>,
    reader: Arc<Reader>,
}

/// The task that reads the event socket; ends with the last [`Ari`].
#[derive(Debug)]
struct Reader {
    stop: CancellationToken,
    _stop_on_drop: DropGuard,
    task: std::sync::Mutex<Option<JoinHandle<()>>>,
}

/// Which ways of carrying audio an Asterisk has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MediaSupport {
    /// Its version is good enough for media over the WebSocket and the driver runs.
    pub websocket: bool,
    /// The RTP driver runs.
    pub rtp: bool,
}

impl MediaSupport {
    /// The better of the two, if there is one.
    pub fn best(self) -> Option<MediaKind> {
        match (self.websocket, self.rtp) {
            (true, _) => Some(MediaKind::WebSocket),
            (false, true) => Some(MediaKind::Rtp),
            (false, false) => None,
        }
    }
}

/// An Asterisk whose address and credentials are proven; nothing of it is ours yet.
#[derive(Debug)]
pub struct ReachedAri(Http);

impl ReachedAri {
    /// Proves address and credentials.
    ///
    /// # Errors
    /// Any [`AriError`].
    pub async fn reach(config: AriConfig) -> Result<Self, AriError> {
        let http = Http::new(config)?;
        http.send(Request::get(&["asterisk", "ping"])).await?;
        Ok(Self(http))
    }

    /// Opens the event socket of an application and waits until Asterisk knows it. From then on the
    /// socket is kept open for ever.
    ///
    /// # Errors
    /// Any [`AriError`]; none of them leaves anything behind.
    pub async fn connect(mut self, app: &str) -> Result<Ari, AriError> {
        self.0.set_app(app);
        Ari::join(self.0).await
    }
}

impl Ari {
    /// Proves address and credentials, opens the event socket and waits until Asterisk knows our
    /// application. From then on the socket is kept open for ever.
    ///
    /// # Errors
    /// Any [`AriError`]; none of them leaves anything behind.
    pub async fn connect(config: AriConfig) -> Result<Self, AriError> {
        let app = config.app.clone();
        ReachedAri::reach(config).await?.connect(&app).await
    }

    async fn join(http: Http) -> Result<Self, AriError> {
        let opened = socket::open(http.config()).await?;
        wait_registered(&http).await?;
        let shared = Arc::new(Shared {
            http,
            registry: Arc::new(Registry::default()),
            state: watch::Sender::new(SocketState::Connected),
            lines: TaskTracker::new(),
            closing: CancellationToken::new(),
        });
        let stop = CancellationToken::new();
        let task = tokio::spawn(socket::run(opened, Arc::clone(&shared), stop.clone()));
        let reader = Reader {
            _stop_on_drop: stop.clone().drop_guard(),
            stop,
            task: std::sync::Mutex::new(Some(task)),
        };
        Ok(Self {
            shared,
            reader: Arc::new(reader),
        })
    }

    /// How the event socket stands, now and later.
    pub fn socket(&self) -> watch::Receiver<SocketState> {
        self.shared.state.subscribe()
    }

    /// The application name in use.
    pub fn app(&self) -> &str {
        &self.shared.http.config().app
    }

    /// What Asterisk says about itself.
    pub async fn info(&self) -> Result<AsteriskInfo, AriError> {
        info(&self.shared.http).await
    }

    /// Which ways of carrying audio there are: asked of version and modules.
    pub async fn media_support(&self) -> Result<MediaSupport, AriError> {
        media_support(&self.shared.http).await
    }

    /// What Asterisk knows of a PJSIP endpoint, such as `online`; `None` where it has none of this
    /// name. Whether a registration holds is not told by ARI: `offline` is all there is of it.
    pub async fn endpoint_state(&self, name: &str) -> Result<Option<String>, AriError> {
        let request = Request::get(&["endpoints", "PJSIP", name]);
        match self.shared.http.read::<EndpointAnswer>(request).await {
            Ok(endpoint) => Ok(Some(endpoint.state)),
            Err(AriError::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Hangs a channel up; one that is gone already is fine.
    pub async fn hangup(&self, channel_id: &str, reason: HangupReason) -> Result<(), AriError> {
        hang_up(&self.shared.http, channel_id, reason).await
    }

    /// Hangs up a call that another run left behind, with its media channel and bridge, and
    /// waits until they are gone. `id` is the one of its order.
    pub async fn remove(&self, id: &str, reason: HangupReason) -> Result<(), AriError> {
        remove::remove(&self.shared.http, &super::order::Ids::new(id), reason).await
    }

    /// A look at a channel; `None` where there is none of this id.
    pub async fn channel(&self, id: &str) -> Result<Option<ChannelSnapshot>, AriError> {
        remove::look(&self.shared.http, id).await
    }

    /// Hangs up what is left, closes the socket and waits for it (bounded); whether nothing of
    /// its calls is left in Asterisk. Other clones are of no use afterwards.
    pub async fn close(self) -> bool {
        self.shared.closing.cancel();
        self.shared.lines.close();
        let ended = timeout(CLOSE_LIMIT, self.shared.lines.wait()).await.is_ok();
        if !ended {
            tracing::warn!("some calls did not end in time");
        }
        self.reader.stop.cancel();
        let task = self
            .reader
            .task
            .lock()
            .ok()
            .and_then(|mut task| task.take());
        if let Some(task) = task
            && let Err(error) = task.await
        {
            tracing::error!(%error, "the task of the event socket failed");
        }
        ended
    }
}

async fn wait_registered(http: &Http) -> Result<(), AriError> {
    let app = http.config().app.clone();
    let registered = timeout(REGISTER_LIMIT, async {
        loop {
            match http.send(Request::get(&["applications", &app])).await {
                Err(AriError::NotFound { .. }) => sleep(Duration::from_millis(20)).await,
                other => return other,
            }
        }
    });
    registered.await.unwrap_or_else(|_| {
        Err(AriError::NotFound {
            what: format!("the application `{app}`"),
            message: "the event socket is open, and yet it is not registered".to_owned(),
        })
    })
}

pub(super) async fn info(http: &Http) -> Result<AsteriskInfo, AriError> {
    let request = Request::get(&["asterisk", "info"]).query("only", "system");
    let answer: InfoAnswer = http.read(request).await?;
    Ok(AsteriskInfo {
        parsed: Version::parse(&answer.system.version),
        version: answer.system.version,
        entity_id: answer.system.entity_id,
    })
}

pub(super) async fn media_support(http: &Http) -> Result<MediaSupport, AriError> {
    let version = info(http).await?.parsed;
    let modules: Vec<ModuleAnswer> = http.read(Request::get(&["asterisk", "modules"])).await?;
    let runs = |name: &str| {
        modules
            .iter()
            .any(|module| module.name == name && module.status == "Running")
    };
    Ok(MediaSupport {
        websocket: version.is_some_and(Version::has_websocket_media) && runs("chan_websocket.so"),
        // A version that cannot be read is one that somebody built: believe its modules.
        rtp: version.is_none_or(Version::has_rtp_media) && runs("chan_rtp.so"),
    })
}
