//! The embedded exchange with the callees of the telephone lab behind it: the same numbers, the same
//! parts. What holds on the real Asterisk must hold here.

use std::sync::{Arc, OnceLock};

use novodial::audio::G711;
use novodial::rehearsal::callee::{Measured, parts};
use novodial::rehearsal::exchange::{Dialled, Exchange, ExchangeOptions, LabCallees};
use tokio::runtime::Runtime;

/// A running exchange with a runtime of its own, for tests on any runtime or on none.
#[derive(Debug)]
pub(crate) struct Embedded {
    exchange: Exchange,
    runtime: Runtime,
}

impl Embedded {
    /// The exchange that all tests of this process share; made at the first use.
    pub(crate) fn shared() -> &'static Self {
        static SHARED: OnceLock<Embedded> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("exchange")
            .enable_all()
            .build()
            .expect("a runtime");
        let callees = LabCallees::new(parts().expect("the parts are well-formed"));
        let options = ExchangeOptions::new(Arc::new(callees));
        let exchange = runtime.block_on(Exchange::start(options));
        Self {
            exchange: exchange.expect("a port on loopback"),
            runtime,
        }
    }

    pub(crate) fn ari_url(&self) -> String {
        self.exchange.base_url()
    }

    #[expect(clippy::unused_self, reason = "the lab's own is asked in the same way")]
    pub(crate) fn username(&self) -> &'static str {
        "novodial"
    }

    #[expect(clippy::unused_self, reason = "the lab's own is asked in the same way")]
    pub(crate) fn password(&self) -> &'static str {
        "rehearsal"
    }

    /// The calls from a caller to a number, digits both.
    pub(crate) fn dialled(&self, caller: &str, number: &str) -> Vec<Dialled> {
        let calls = self.exchange.calls().into_iter();
        calls.filter(|call| is(call, caller, number)).collect()
    }

    /// Ids of the channels and bridges that there are.
    pub(crate) fn ids(&self) -> Vec<String> {
        self.exchange.ids()
    }

    /// The RTP payload types that a call offered, in their order.
    pub(crate) fn offered_payloads(call: &Dialled) -> Vec<u8> {
        let laws = call.formats.iter().filter_map(|name| G711::parse(name));
        laws.map(G711::payload_type).collect()
    }

    /// Waits for the end of the one call from a caller to a number; what the callee measured.
    pub(crate) fn wait_for_measured(&self, caller: &str, number: &str) -> Measured {
        let ended = |calls: &[Dialled]| {
            let mut all = calls.iter().filter(|call| is(call, caller, number));
            all.any(|call| call.released.is_some())
        };
        let calls = self.runtime.block_on(self.exchange.calls_until(ended));
        let call = calls
            .into_iter()
            .find(|call| is(call, caller, number) && call.released.is_some());
        let measured = call.and_then(|call| call.measured);
        *measured.unwrap_or_else(|| panic!("nobody answered the call from {caller} to {number}"))
    }
}

/// Whether a call is the one.
fn is(call: &Dialled, caller: &str, number: &str) -> bool {
    let digits = |text: &str| text.trim_start_matches('+').to_owned();
    digits(&call.caller) == caller && digits(&call.number) == number
}
