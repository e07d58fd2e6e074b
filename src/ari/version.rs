//! Versions of Asterisk, and what each of them can do.

use std::fmt;

/// `major.minor.patch`. Debian's and Asterisk's suffixes are left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// 22 of 22.10.1.
    pub major: u16,
    /// 10 of 22.10.1.
    pub minor: u16,
    /// 1 of 22.10.1.
    pub patch: u16,
}

/// First minor version of each branch whose media WebSocket speaks JSON and `MARK_MEDIA`.
const WEBSOCKET_MEDIA: &[(u16, u16)] = &[(20, 18), (22, 8), (23, 2)];
/// The same, with the deadlocks on hanging up and the broken fragmented messages mended.
const WEBSOCKET_MEDIA_GOOD: &[(u16, u16)] = &[(20, 20), (22, 10), (23, 4)];
/// `externalMedia` over RTP.
const RTP_MEDIA: &[(u16, u16)] = &[(16, 7)];
/// The SIP code of a release (`tech_cause`).
const TECH_CAUSE: &[(u16, u16)] = &[(20, 17), (22, 7), (23, 1)];

impl Version {
    /// Reads `22.10.1+dfsg+~cs6…`, `20.9.0`, `certified/20.7-cert3`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.rsplit('/').next()?;
        let mut numbers = text.split(['.', '-', '+', '~']);
        let major = numbers.next()?.parse().ok()?;
        let mut next = || {
            numbers
                .next()
                .and_then(|part| part.parse().ok())
                .unwrap_or(0)
        };
        Some(Self {
            major,
            minor: next(),
            patch: next(),
        })
    }

    /// Whether media over the WebSocket channel driver can be used.
    pub fn has_websocket_media(self) -> bool {
        self.reaches(WEBSOCKET_MEDIA)
    }

    /// Whether it can be used without known trouble.
    pub fn has_good_websocket_media(self) -> bool {
        self.reaches(WEBSOCKET_MEDIA_GOOD)
    }

    /// Whether media over RTP can be used.
    pub fn has_rtp_media(self) -> bool {
        self.reaches(RTP_MEDIA)
    }

    /// Whether releases carry the SIP code.
    pub fn tells_sip_codes(self) -> bool {
        self.reaches(TECH_CAUSE)
    }

    /// Within a branch of the table its minor version decides; a branch above all has everything,
    /// one between two of them (21, dead before the feature came) has nothing. A table with one
    /// branch holds for all branches above it.
    fn reaches(self, table: &[(u16, u16)]) -> bool {
        let newest = table.iter().map(|(major, _)| *major).max();
        match table.iter().find(|(major, _)| *major == self.major) {
            Some((_, minor)) => self.minor >= *minor,
            None => newest.is_some_and(|newest| self.major > newest),
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        Version::parse(text).unwrap()
    }

    #[test]
    fn versions_are_read_with_their_suffixes() {
        for (text, shown) in [
            ("22.10.1+dfsg+~cs6.17.60671434-1", "22.10.1"),
            ("20.9.0", "20.9.0"),
            ("23.0.0-rc1", "23.0.0"),
            ("certified/20.7-cert3", "20.7.0"),
            ("22", "22.0.0"),
        ] {
            assert_eq!(version(text).to_string(), shown, "{text}");
        }
        assert_eq!(Version::parse("GIT-master"), None);
    }

    #[test]
    fn the_gates_open_with_the_version_of_each_branch() {
        for (text, expected) in [
            ("16.28.0", false),
            ("20.17.9", false),
            ("20.18.0", true),
            ("21.12.0", false),
            ("22.7.0", false),
            ("22.8.0", true),
            ("22.10.1", true),
            ("23.1.0", false),
            ("23.2.0", true),
            ("24.0.0", true),
        ] {
            assert_eq!(version(text).has_websocket_media(), expected, "{text}");
        }
        assert!(version("16.28.0").has_rtp_media());
        assert!(version("18.0.0").has_rtp_media());
        assert!(!version("16.5.0").has_rtp_media());
        assert!(!version("13.38.0").has_rtp_media());
        assert!(!version("22.6.0").tells_sip_codes());
        assert!(
            version("22.8.0").has_websocket_media()
                && !version("22.8.0").has_good_websocket_media()
        );
    }
}
