//! The files that hold secrets or talks, and whether they are for the owner alone.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::Desk;
use crate::settings::{Secret, Settings};

/// Files that hold secrets or what people said, and are there: `.env`, those that the settings name,
/// those in which a secret stands as text, and the ledger.
pub(super) fn private_files(settings: &Settings, desk: &Desk<'_>) -> Vec<PathBuf> {
    let novofon = &settings.novofon;
    let named = [
        &settings.asterisk.password,
        &settings.elevenlabs.api_key,
        &settings.understanding.api_key,
        &novofon.access_token,
        &novofon.key,
        &novofon.secret,
    ];
    let named = named.into_iter().filter_map(|secret| match secret {
        Secret::File { path, .. } => Some(path.clone()),
        Secret::Unset | Secret::Text(_) => None,
    });
    let mut files: Vec<PathBuf> = std::iter::once(desk.path(Path::new(".env")))
        .chain(settings.secret_files.iter().cloned())
        .chain(named)
        .chain(std::iter::once(settings.storage.database.clone()))
        .filter(|path| path.is_file())
        .collect();
    files.sort();
    files.dedup();
    files
}

/// Whether other users of this machine may read or change a file.
pub(super) fn is_open_to_others(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|file| file.permissions().mode() & 0o077 != 0)
}

/// Makes a file the owner's alone.
///
/// # Errors
/// It is somebody else's.
pub(super) fn close_to_others(path: &Path) -> std::io::Result<()> {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))
}
