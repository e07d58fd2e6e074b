//! Calls at once, cut to what the provider's line can carry: one call more and the provider refuses
//! it, which costs the callee nothing and the campaign an attempt that looks like trouble.

use crate::commands::{Desk, novofon};
use crate::settings::Settings;

/// Caps the default of `max_calls`; what a user has set stays. A provider that does not answer is
/// no reason not to begin.
pub(super) fn cap(settings: &mut Settings, desk: &Desk<'_>) -> anyhow::Result<()> {
    let calls = settings.campaign.max_calls;
    if settings.rehearsal || settings.campaign.max_calls_set || !settings.novofon.is_set() {
        return Ok(());
    }
    match desk.block_on(async { Ok(novofon::channels(settings).await) })? {
        Ok(Some((line, channels))) if channels < calls => {
            settings.campaign.max_calls = channels.max(1);
            desk.printer.message(&format!(
                "calls at once: {} in place of {calls}, as many as the line {line} carries (NovoFon)",
                settings.campaign.max_calls
            ));
        }
        Ok(Some((line, channels))) => tracing::info!(line, channels, "the line carries enough"),
        Ok(None) => tracing::info!("NovoFon does not tell how many calls the line carries"),
        Err(cause) => desk.printer.warning(&format!(
            "how many calls the line carries is not known, {calls} are tried: {cause}; set [campaign] \
             max_calls to end this question"
        )),
    }
    Ok(())
}
