//! The console of an Asterisk on this machine: it alone tells whether a line is registered.
//!
//! Only asked where ARI is on loopback, and silent where the console is not ours to use.

use std::process::{Command, Stdio};
use std::time::Duration;

use crate::report::CheckLine;
use crate::settings::Settings;

/// The console answers at once, or not at all.
const LIMIT: Duration = Duration::from_secs(5);
const WHAT: &str = "registration";

/// How the registration of the trunk stands; nothing where the console does not tell.
pub(super) async fn registration(settings: &Settings) -> Option<CheckLine> {
    let host = settings.asterisk.url.host_str().unwrap_or_default();
    if !["127.0.0.1", "localhost", "[::1]"].contains(&host) {
        return None;
    }
    let asked = tokio::task::spawn_blocking(|| {
        Command::new("asterisk")
            .args(["-rx", "pjsip show registrations"])
            .stdin(Stdio::null())
            .output()
    });
    let output = tokio::time::timeout(LIMIT, asked).await.ok()?.ok()?.ok()?;
    judge(
        &settings.asterisk.trunk,
        &String::from_utf8_lossy(&output.stdout),
    )
}

/// ` novofon-registration/sip:sip.novofon.ru   novofon-auth   Rejected   (exp. 25s)`
fn judge(trunk: &str, answer: &str) -> Option<CheckLine> {
    let own = |line: &&str| {
        let name = line.split_whitespace().next().unwrap_or_default();
        let name = name.split('/').next().unwrap_or_default();
        name.strip_prefix(trunk)
            .is_some_and(|rest| ["", "-registration", "-reg"].contains(&rest))
    };
    let line = answer.lines().find(own)?;
    let state = line
        .split_whitespace()
        .skip(1)
        .find(|word| ["Registered", "Unregistered", "Rejected", "Stopped"].contains(word))?;
    Some(match state {
        "Registered" => CheckLine::ok(WHAT, "the line is registered"),
        "Rejected" | "Stopped" => CheckLine::failure(
            WHAT,
            "the provider rejects the line",
            "local.conf, sections local-novofon-auth and local-novofon-registration: login with its leading zeros and the password of the line; then `asterisk -rx 'module reload res_pjsip_outbound_registration.so'`",
        ),
        _ => CheckLine::failure(
            WHAT,
            "the line is not registered",
            "the provider does not answer: server_uri in local.conf, the firewall, `bind` of local-transport",
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Level;

    #[test]
    fn the_state_of_our_own_registration_is_read() {
        let answer = |state: &str| {
            format!(
                "\n <Registration/ServerURI....>  <Auth....>  <Status...>\n=====\n\n \
                 other-registration/sip:h       other-auth    Registered   (exp. 9s)\n \
                 novofon-registration/sip:127.0.0.1:5060   novofon-auth   {state}   (exp. 25s)\n"
            )
        };
        let level = |state: &str| judge("novofon", &answer(state)).map(|line| line.level);
        assert_eq!(level("Registered"), Some(Level::Ok));
        assert_eq!(level("Rejected"), Some(Level::Failure));
        assert_eq!(level("Unregistered"), Some(Level::Failure));
        assert_eq!(judge("third", &answer("Registered")), None);
        assert_eq!(
            judge("novofon", "Unable to connect to remote asterisk"),
            None
        );
    }
}
