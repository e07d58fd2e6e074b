//! One variable in `.env`: what else stands there stays, and nobody but the owner reads it.

use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

/// Readable and writable for the owner alone.
pub(in crate::commands) const OWNER_ONLY: u32 = 0o600;

/// Sets a variable; a line that sets it already is replaced.
pub(super) fn set(path: &Path, variable: &str, value: &str) -> io::Result<()> {
    let before = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error),
    };
    // Beside it and renamed: a full disk must not cost the keys that stand there.
    let mut beside = path.as_os_str().to_owned();
    beside.push(".part");
    let beside = Path::new(&beside);
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(OWNER_ONLY)
        .open(beside)?;
    file.set_permissions(std::fs::Permissions::from_mode(OWNER_ONLY))?;
    file.write_all(with(&before, variable, value).as_bytes())?;
    file.sync_all()?;
    std::fs::rename(beside, path)
}

fn with(before: &str, variable: &str, value: &str) -> String {
    let sets = |line: &str| {
        let line = line.trim_start();
        let line = line.strip_prefix("export ").unwrap_or(line);
        line.split_once('=')
            .is_some_and(|(name, _)| name.trim() == variable)
    };
    let text: String = before
        .lines()
        .filter(|line| !sets(line))
        .flat_map(|line| [line, "\n"])
        .collect();
    text + &format!("{variable}={value}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_else_stands_there_stays_and_the_owner_alone_reads_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".env");
        std::fs::write(&path, "# mine\nA=1\nexport B=old\nBB=2").unwrap();
        set(&path, "B", "new").unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text, "# mine\nA=1\nBB=2\nB=new\n");
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, OWNER_ONLY);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
