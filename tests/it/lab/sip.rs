//! Reads the carrier's log of SIP messages.

/// The `INVITE`s received for a number, each as the whole message, oldest first.
pub(super) fn invites(log: &str, number: &str) -> Vec<String> {
    let line = format!("INVITE sip:{number}@");
    log.split("<--- ")
        .filter(|part| part.starts_with("Received SIP request"))
        .filter_map(|part| part.find(&line).map(|at| part[at..].to_owned()))
        .collect()
}

/// The same, each with the time that the log has for it (`2026-11-22 16:46:46.070`).
pub(super) fn timed_invites(log: &str, number: &str) -> Vec<(String, String)> {
    let line = format!("INVITE sip:{number}@");
    let mut found = Vec::new();
    let mut before = "";
    for part in log.split("<--- ") {
        let time = before.rsplit_once('\n').map_or(before, |(_, last)| last);
        let time = time
            .strip_prefix('[')
            .and_then(|rest| rest.split(']').next());
        if part.starts_with("Received SIP request")
            && let (Some(at), Some(time)) = (part.find(&line), time)
        {
            found.push((time.to_owned(), part[at..].to_owned()));
        }
        before = part;
    }
    found
}

/// The payload types of a message's audio offer, in its order.
pub(crate) fn offered_payloads(invite: &str) -> Vec<u8> {
    invite
        .lines()
        .find_map(|line| line.strip_prefix("m=audio "))
        .map(|media| {
            media
                .split_whitespace()
                .skip(2)
                .filter_map(|t| t.parse().ok())
                .collect()
        })
        .unwrap_or_default()
}

/// The user part of a message's From header.
pub(crate) fn from_user(invite: &str) -> Option<&str> {
    let from = invite.lines().find(|line| line.starts_with("From:"))?;
    from.split_once("sip:")?.1.split(['@', '>']).next()
}
