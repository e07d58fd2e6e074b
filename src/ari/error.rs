//! What can go wrong with Asterisk, told apart by what the caller does next.
//!
//! The great divide for a dialer is [`AriError::NotSent`] against [`AriError::OutcomeUnknown`]:
//! the first may be tried again, the second may already have rung somebody.

/// A request to Asterisk that failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AriError {
    /// The request never left: it is safe to try again.
    #[error("Asterisk at {url} was not reached: {cause}")]
    NotSent {
        /// Where.
        url: String,
        /// Why.
        cause: String,
    },
    /// The request left and no answer came: it may have been carried out. Ask by id first.
    #[error("{what} was sent and Asterisk did not answer: {cause}")]
    OutcomeUnknown {
        /// The request.
        what: String,
        /// Why no answer came.
        cause: String,
    },
    /// Wrong user or password.
    #[error("Asterisk at {url} refused the user `{username}` or the password")]
    Unauthorized {
        /// Where.
        url: String,
        /// As whom.
        username: String,
    },
    /// The user may read only, or an ACL forbids it.
    #[error("Asterisk forbade {what}: {message}")]
    Forbidden {
        /// The request.
        what: String,
        /// Asterisk's words.
        message: String,
    },
    /// No such thing (any more), or no such path.
    #[error("{what}: Asterisk knows no such thing: {message}")]
    NotFound {
        /// The request.
        what: String,
        /// Asterisk's words.
        message: String,
    },
    /// The thing is in a state that does not allow it (409, 412), or the id is taken.
    #[error("{what} is not possible now: {message}")]
    Conflict {
        /// The request.
        what: String,
        /// Asterisk's words.
        message: String,
    },
    /// The channel driver refused to make a channel: unknown trunk, or one without a contact.
    #[error("Asterisk can make no channel to `{endpoint}`")]
    TrunkUnavailable {
        /// The dial string, the number in it masked.
        endpoint: String,
    },
    /// The channel driver refused to make a channel, and it is not for want of the trunk.
    #[error("Asterisk can make no channel to `{endpoint}`, though its trunk is online: {message}")]
    ChannelRefused {
        /// The dial string, the number in it masked.
        endpoint: String,
        /// Asterisk's words.
        message: String,
    },
    /// Asterisk is still starting: try again in a second.
    #[error("Asterisk at {url} is still starting")]
    AsteriskBooting {
        /// Where.
        url: String,
    },
    /// The URL of the settings cannot be used.
    #[error("`{url}` is no address of an Asterisk: {cause}")]
    Url {
        /// As configured.
        url: String,
        /// Why.
        cause: String,
    },
    /// The audio of a call could not be set up, or broke.
    #[error("no audio to Asterisk: {cause}")]
    Media {
        /// Why.
        cause: String,
    },
    /// The channel was gone before the call was ready.
    #[error("the channel `{id}` ended before the call was ready: {cause}")]
    Ended {
        /// The channel.
        id: String,
        /// Why, as far as known.
        cause: String,
    },
    /// Anything else.
    #[error("{what}: Asterisk answered {status}: {message}")]
    Unexpected {
        /// The request.
        what: String,
        /// The HTTP status.
        status: u16,
        /// Asterisk's words.
        message: String,
    },
}

impl AriError {
    /// What the user can do now.
    pub fn hint(&self) -> String {
        match self {
            Self::NotSent { url, cause } if is_of_tls(cause) => format!(
                "does {url} speak TLS (tlsenable in http.conf), and does this machine know who signed its certificate (the system's authorities, or SSL_CERT_FILE=ca.pem)?"
            ),
            Self::NotSent { url, .. } => format!(
                "is Asterisk running, is `enabled = yes` in http.conf, and is it bound to {url}?"
            ),
            Self::OutcomeUnknown { what, .. } if what.starts_with("GET ") => {
                "is that Asterisk's HTTP port (bindport in http.conf), and http or https as there?"
                    .to_owned()
            }
            Self::OutcomeUnknown { .. } => {
                "look at `core show channels` in the Asterisk console before dialling again"
                    .to_owned()
            }
            Self::Unauthorized { username, .. } => format!(
                "compare [asterisk] username and password with the section [{username}] of ari.conf, then `module reload res_ari.so`"
            ),
            Self::Forbidden { .. } => {
                "set `read_only = no` for the user in ari.conf, and look at its `permit`".to_owned()
            }
            Self::NotFound { .. } => {
                "is the res_ari module that owns the path loaded, and is `prefix` in http.conf part of [asterisk] url?"
                    .to_owned()
            }
            Self::Conflict { .. } => "another process may be using the same id".to_owned(),
            Self::TrunkUnavailable { .. } => {
                "look at `pjsip show endpoints`: the trunk must exist in pjsip.conf and its contact must be reachable"
                    .to_owned()
            }
            Self::ChannelRefused { .. } => {
                "Asterisk is at a limit of its own (asterisk.conf: maxcalls, maxload, maxfiles), or shares no codec with the trunk (pjsip.conf: allow); its log tells"
                    .to_owned()
            }
            Self::AsteriskBooting { .. } => "wait until Asterisk has fully booted".to_owned(),
            Self::Url { .. } => "write [asterisk] url as \"http://127.0.0.1:8088\"".to_owned(),
            Self::Media { .. } => {
                "run `novodial asterisk check`: it makes a round trip of the audio".to_owned()
            }
            Self::Unexpected { status, .. } if (200..400).contains(status) => {
                "that is no answer of an Asterisk: compare [asterisk] url with bindaddr, bindport and prefix of http.conf"
                    .to_owned()
            }
            Self::Ended { .. } | Self::Unexpected { .. } => {
                "the log of Asterisk (messages) tells more".to_owned()
            }
        }
    }

    /// Whether the request surely had no effect.
    pub fn is_not_sent(&self) -> bool {
        matches!(self, Self::NotSent { .. } | Self::Url { .. })
    }

    /// Whether the request may or may not have been carried out.
    pub fn is_outcome_unknown(&self) -> bool {
        matches!(self, Self::OutcomeUnknown { .. })
    }

    /// Whether a request that rings a phone may have rung it all the same: there was no answer, or
    /// one that a proxy before Asterisk gives (502, 503, 504), which may have handed it on.
    pub fn may_have_rung(&self) -> bool {
        self.is_outcome_unknown()
            || matches!(
                self,
                Self::AsteriskBooting { .. }
                    | Self::Unexpected {
                        status: 502 | 504,
                        ..
                    }
            )
    }
}

/// Whether a connection failed for want of a secret way.
fn is_of_tls(cause: &str) -> bool {
    ["certificate", "corrupt message", "tls", "TLS"]
        .iter()
        .any(|sign| cause.contains(sign))
}

/// A call that could not be made ready. Unless [`PlaceError::OutcomeUnknown`], nobody was rung
/// and nothing of it is left in Asterisk.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlaceError {
    /// Nobody was rung, and everything that had been made is removed.
    #[error(transparent)]
    NotRung(AriError),
    /// The request that rings the phone got no answer (simple mode only): the phone may have rung.
    #[error(transparent)]
    OutcomeUnknown(AriError),
}

impl PlaceError {
    /// The cause of it.
    pub fn cause(&self) -> &AriError {
        match self {
            Self::NotRung(error) | Self::OutcomeUnknown(error) => error,
        }
    }
}

/// A `dial` that failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DialError {
    /// Nobody was rung: the request never left, or Asterisk refused it.
    #[error(transparent)]
    NotRung(AriError),
    /// The phone may ring. The events of the call tell; never dial again.
    #[error(transparent)]
    OutcomeUnknown(AriError),
    /// It was called before: a second `dial` would kill the call, so it was not sent.
    #[error("the call was dialled already")]
    Already,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_port_or_scheme_is_told_as_one() {
        let asked = |what: &str| AriError::OutcomeUnknown {
            what: what.to_owned(),
            cause: "invalid HTTP version parsed".to_owned(),
        };
        assert!(asked("GET /ari/asterisk/ping").hint().contains("bindport"));
        let dial = asked("POST /ari/channels/nd-1-1/dial").hint();
        assert!(dial.contains("before dialling again"), "{dial}");
        let not_sent = |cause: &str| AriError::NotSent {
            url: "https://127.0.0.1:8089".to_owned(),
            cause: cause.to_owned(),
        };
        let tls = not_sent("received corrupt message of type InvalidContentType").hint();
        assert!(tls.contains("tlsenable"), "{tls}");
        let down = not_sent("connection refused").hint();
        assert!(down.contains("is Asterisk running"), "{down}");
        let page = AriError::Unexpected {
            what: "GET /ari/asterisk/ping".to_owned(),
            status: 200,
            message: "not the expected answer".to_owned(),
        };
        assert!(page.hint().contains("no answer of an Asterisk"));
    }
}
