//! `novodial man`: manual pages, made from the definition of the command line.

use clap::CommandFactory;

use super::Desk;
use crate::cli::{Cli, ManArgs};
use crate::output::{Envelope, ExitStatus, UserError};

pub(super) fn man(arguments: &ManArgs, desk: &Desk<'_>) -> anyhow::Result<ExitStatus> {
    let Some(folder) = &arguments.out else {
        let mut page = Vec::new();
        clap_mangen::Man::new(Cli::command()).render(&mut page)?;
        desk.printer.raw(&page)?;
        return Ok(ExitStatus::Success);
    };
    let folder = desk.path(folder);
    std::fs::create_dir_all(&folder)
        .and_then(|()| clap_mangen::generate_to(Cli::command(), &folder))
        .map_err(|error| {
            let message = format!("{}: cannot be written: {error}", folder.display());
            UserError::new(ExitStatus::Outside, "not_writable", message)
                .hint("give --out a folder that is yours")
        })?;
    if desk.printer.is_json() {
        let body = serde_json::json!({ "folder": folder.display().to_string() });
        desk.printer.json(&Envelope::new("novodial.man/1", body))?;
    } else {
        desk.printer
            .message(&format!("manual pages written to {}", folder.display()));
    }
    Ok(ExitStatus::Success)
}
