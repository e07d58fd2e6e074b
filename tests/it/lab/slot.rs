//! A block of ports and a folder for one lab, taken by a lock that ends with the process.

use std::fs::{self, File};
use std::net::{TcpListener, UdpSocket};
use std::path::PathBuf;

/// First port of the first block. Below 32768, where Linux takes ports for clients.
const FIRST_PORT: u16 = 20_000;
/// Ports in a block.
const BLOCK: u16 = 500;
/// Blocks.
const SLOTS: u16 = 24;

/// The ports of one lab.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ports {
    /// ARI of the pbx.
    pub(super) http: u16,
    /// SIP of the pbx.
    pub(super) pbx_sip: u16,
    /// SIP of the carrier.
    pub(super) carrier_sip: u16,
    /// First RTP port of the pbx; 200 of them.
    pub(super) pbx_rtp: u16,
    /// First RTP port of the carrier; 200 of them.
    pub(super) carrier_rtp: u16,
}

/// A lab's place among the labs of this machine.
#[derive(Debug)]
pub(super) struct Slot {
    number: u16,
    /// Held for the lock on it.
    _lock: File,
}

/// Where `install.sh` puts the root.
pub(super) fn root() -> PathBuf {
    base().join("root")
}

fn base() -> PathBuf {
    std::env::var_os("NOVODIAL_LAB").map_or_else(|| "/var/cache/novodial-lab".into(), PathBuf::from)
}

impl Slot {
    /// Takes the first free block of ports. The name is left in the folder, for who looks there.
    pub(super) fn take(name: &str) -> Self {
        let slot = (0..SLOTS)
            .find_map(Self::lock)
            .expect("a free block of ports for the lab");
        let home = slot.folder();
        if home.exists() {
            fs::remove_dir_all(&home).expect("the last lab's folder goes");
        }
        fs::create_dir_all(&home).expect("a folder for the lab");
        fs::write(home.join("name"), name).expect("the lab's name is written");
        slot
    }

    fn lock(number: u16) -> Option<Self> {
        let path = base().join("slots").join(format!("{number:02}.lock"));
        let lock = File::create(path).expect("a lock file");
        lock.try_lock().ok()?;
        let slot = Self {
            number,
            _lock: lock,
        };
        slot.is_free().then_some(slot)
    }

    /// A lab that has just died may hold its ports for an instant; so may a stranger.
    fn is_free(&self) -> bool {
        let ports = self.ports();
        TcpListener::bind(("127.0.0.1", ports.http)).is_ok()
            && [ports.pbx_sip, ports.carrier_sip]
                .iter()
                .all(|port| UdpSocket::bind(("127.0.0.1", *port)).is_ok())
    }

    pub(super) fn ports(&self) -> Ports {
        let first = FIRST_PORT + self.number * BLOCK;
        Ports {
            http: first,
            pbx_sip: first + 1,
            carrier_sip: first + 2,
            pbx_rtp: first + 100,
            carrier_rtp: first + 300,
        }
    }

    /// The folder of one of the lab's exchanges, inside the root.
    pub(super) fn home(&self, exchange: &str) -> PathBuf {
        self.folder().join(exchange)
    }

    fn folder(&self) -> PathBuf {
        root().join("lab").join(format!("{:02}", self.number))
    }
}
