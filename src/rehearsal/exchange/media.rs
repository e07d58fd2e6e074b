//! External media: channels whose outside is the client itself.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket as StdUdpSocket};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio_util::sync::CancellationToken;

use super::answer::{Answer, Ask};
use super::channel::{Channel, ChannelState, Kind};
use super::clock::Turn;
use super::core::Core;
use super::leg::Leg;
use super::packet::{Learner, RtpOut, parse};
use super::release::End;
use super::sound::{Ear, Port, Sound};
use super::world::{World, now};
use crate::audio::{FRAME_SAMPLES, G711};

/// A media socket that nobody connects to is given up.
const CONNECT: Duration = Duration::from_secs(30);
const DATAGRAM: usize = 2_048;

/// How a leg is carried.
enum Way {
    Socket,
    Rtp(SocketAddr),
}

pub(super) fn external(core: &Arc<Core>, ask: &Ask) -> Answer {
    let (way, law) = match plan(ask) {
        Ok(plan) => plan,
        Err(answer) => return answer,
    };
    let mut world = core.world();
    let id = ask.filled("channelId").unwrap_or_else(|| world.own_id());
    if world.channels.contains_key(&id) {
        // The reason is lost on the way, in the real one too.
        return internal();
    }
    let mut channel = blank(&id, law);
    channel.app = ask.filled("app");
    channel.app_args = ask.list("data");
    channel.variables = ask.variables();
    match way {
        Way::Socket => by_socket(core, &mut world, channel),
        Way::Rtp(to) => {
            drop(world);
            by_rtp(core, channel, to)
        }
    }
}

fn internal() -> Answer {
    Answer::fail(
        500,
        "An internal error prevented this request from being handled",
    )
}

fn plan(ask: &Ask) -> Result<(Way, G711), Answer> {
    let bad = |message: &str| Err(Answer::fail(400, message));
    if ask.filled("app").is_none() {
        return bad("app cannot be empty");
    }
    let transport = ask.filled("transport").unwrap_or_else(|| "udp".to_owned());
    let encapsulation = ask
        .filled("encapsulation")
        .unwrap_or_else(|| "rtp".to_owned());
    let server = ask.get("connection_type").as_deref() == Some("server");
    if server && transport != "websocket" {
        return bad("'server' connection_type can only be used with the websocket transport");
    }
    let host = ask.filled("external_host");
    if host.is_none() && !server {
        return bad("external_host is required for all but websocket server connections");
    }
    let Some(format) = ask.filled("format") else {
        return bad("format cannot be empty");
    };
    let host = host.unwrap_or_default();
    let way = match (transport.as_str(), encapsulation.as_str()) {
        ("websocket", "none") if server => Way::Socket,
        ("websocket", "none") => return Err(internal()),
        ("websocket", _) => return bad("encapsulation must be 'none' for websocket transport"),
        ("udp", "rtp") => match host.parse() {
            Ok(address) => Way::Rtp(address),
            Err(_) => {
                return bad(
                    "external_host must be <host>:<port> for all transports other than websocket",
                );
            }
        },
        (_, "rtp") => return bad("transport must be 'udp' for rtp encapsulation"),
        ("tcp", "audiosocket") => return Err(Answer::not_rehearsed("AudioSocket")),
        _ => {
            let text = "The encapsulation and/or transport is not supported";
            return Err(Answer::fail(501, text));
        }
    };
    if matches!(way, Way::Socket) && ask.get("transport_data").as_deref() != Some("f(json)") {
        return Err(Answer::not_rehearsed("a media socket without f(json)"));
    }
    // Only G.711 is rehearsed; to the others the driver says the same as to an unknown one.
    let law = G711::parse(&format).ok_or_else(internal)?;
    Ok((way, law))
}

fn blank(id: &str, law: G711) -> Channel {
    Channel {
        id: id.to_owned(),
        name: String::new(),
        kind: Kind::Media {
            connection: None,
            connected: false,
            leg: None,
            dialstring: String::new(),
        },
        state: ChannelState::Down,
        app: None,
        app_args: Vec::new(),
        in_stasis: false,
        caller: String::new(),
        connected: String::new(),
        variables: BTreeMap::new(),
        formats: vec![law.name().to_owned()],
        created: now(),
        protocol_id: String::new(),
        bridge: None,
        dialled: true,
        heard_of: false,
        ending: false,
        port: Arc::new(Port::new(law, Ear::Deaf)),
        absolute: None,
        gone: CancellationToken::new(),
    }
}

/// Enters a media channel and tells that it is being dialled; the answer to its request.
fn enter(world: &mut World, channel: Channel) -> Answer {
    let (id, app) = (channel.id.clone(), channel.app.clone());
    let answer = Answer::ok(channel.json_with_variables());
    world.channels.insert(id.clone(), channel);
    world
        .applications
        .subscribe(&app.unwrap_or_default(), format!("channel:{id}"));
    world.tell_dial(&id, "");
    answer
}

fn by_socket(core: &Arc<Core>, world: &mut World, mut channel: Channel) -> Answer {
    let connection = world.uuid();
    channel.name = format!("WebSocket/INCOMING/{:#x}", world.random.next() >> 16);
    let pairs = [
        ("MEDIA_WEBSOCKET_CONNECTION_ID", connection.as_str()),
        ("MEDIA_WEBSOCKET_OPTIMAL_FRAME_SIZE", "160"),
    ];
    for (key, value) in pairs {
        channel.variables.insert(key.to_owned(), value.to_owned());
    }
    let leg = Arc::new(Leg::new(&channel.id, Arc::clone(&channel.port)));
    channel.kind = Kind::Media {
        connection: Some(connection),
        connected: false,
        leg: Some(Arc::clone(&leg)),
        dialstring: "INCOMING/f(json)".to_owned(),
    };
    core.clock.place(Turn::Leg, &channel.id, &[], leg);
    let (id, gone) = (channel.id.clone(), channel.gone.clone());
    let answer = enter(world, channel);
    let waiting = Arc::clone(core);
    core.tasks.spawn(async move {
        tokio::select! {
            () = gone.cancelled() => return,
            () = tokio::time::sleep(CONNECT) => {}
        }
        let unused = |channel: &Channel| channel.state == ChannelState::Down;
        if waiting.world().channels.get(&id).is_some_and(unused) {
            waiting.hang_up(&id, End::Ours(super::causes::NO_ANSWER));
        }
    });
    answer
}

fn by_rtp(core: &Arc<Core>, mut channel: Channel, to: SocketAddr) -> Answer {
    let Ok(socket) = bind() else {
        return internal();
    };
    let Ok(here) = socket.local_addr() else {
        return internal();
    };
    let socket = Arc::new(socket);
    let law = channel.port.law;
    let mut world = core.world();
    channel.name = format!("UnicastRTP/{to}-{:#x}", world.random.next() >> 16);
    channel.port.set_ear(Ear::Rtp(RtpOut {
        socket: Arc::clone(&socket),
        to,
        law,
        ssrc: u32::try_from(world.random.next() >> 32).unwrap_or(1),
        sequence: u16::try_from(world.random.next() >> 49).unwrap_or(1),
        timestamp: 0,
        started: false,
    }));
    let pairs = [
        ("UNICASTRTP_LOCAL_ADDRESS", here.ip().to_string()),
        ("UNICASTRTP_LOCAL_PORT", here.port().to_string()),
    ];
    for (key, value) in pairs {
        channel.variables.insert(key.to_owned(), value);
    }
    channel.kind = Kind::Media {
        connection: None,
        connected: true,
        leg: None,
        dialstring: format!("{to}/c({})", law.name()),
    };
    let (id, gone) = (channel.id.clone(), channel.gone.clone());
    let listening = listen(socket, Arc::clone(&channel.port), Learner::new(to), gone);
    core.tasks.spawn(listening);
    let answer = enter(&mut world, channel);
    drop(world);
    core.media_connected(&id);
    answer
}

fn bind() -> std::io::Result<UdpSocket> {
    let socket = StdUdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    socket.set_nonblocking(true)?;
    UdpSocket::from_std(socket)
}

/// Carries what comes into the bridge, as it comes: nobody paces it here.
async fn listen(
    socket: Arc<UdpSocket>,
    port: Arc<Port>,
    mut learner: Learner,
    gone: CancellationToken,
) {
    let mut datagram = [0; DATAGRAM];
    let mut rest = Vec::new();
    loop {
        let received = tokio::select! {
            () = gone.cancelled() => return,
            received = socket.recv_from(&mut datagram) => received,
        };
        // A refused packet of ours comes back as an error here, and means nothing.
        let Ok((length, from)) = received else {
            continue;
        };
        let packet = datagram
            .get(..length)
            .and_then(|bytes| parse(bytes, port.law));
        let Some((sequence, payload)) = packet else {
            continue;
        };
        if !learner.hears(from, sequence) {
            continue;
        }
        rest.extend_from_slice(payload);
        while let Some((frame, behind)) = rest.split_first_chunk::<FRAME_SAMPLES>() {
            let sound = Sound {
                law: port.law,
                bytes: *frame,
            };
            port.say(&sound, false);
            rest = behind.to_vec();
        }
    }
}

impl Core {
    /// The client is there: the channel is up and comes into its application.
    pub(super) fn media_connected(self: &Arc<Self>, id: &str) {
        {
            let mut world = self.world();
            world.set_state(id, ChannelState::Up);
            world.tell_dial(id, "ANSWER");
        }
        self.enter_stasis(id);
    }
}
