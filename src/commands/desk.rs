//! What every command works with: settings, ledger, printer, the runtime.

use std::future::Future;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::cli::{GlobalArgs, PolicyArgs};
use crate::output::Printer;
use crate::phone::{NumberRules, PhoneNumber};
use crate::settings::{Environment, Flag, OwnSetting, Settings};
use crate::store::{Ledger, Scratch};

/// What every command works with. Nothing is opened before it is asked for, so that `completions`
/// works with broken settings.
#[derive(Debug)]
pub struct Desk<'a> {
    /// The one that prints.
    pub printer: &'a Printer,
    environment: &'a Environment,
    config: Option<PathBuf>,
    flags: Vec<Flag>,
}

/// A ledger that is there, or an empty one in its place.
#[derive(Debug)]
pub struct LedgerThere {
    /// The ledger.
    pub ledger: Ledger,
    /// What it is where there is none; its files are gone with it.
    pub none: Option<Scratch>,
}

impl<'a> Desk<'a> {
    /// A desk for one command.
    pub fn new(global: GlobalArgs, environment: &'a Environment, printer: &'a Printer) -> Self {
        let database = global.database.map(|path| path.display().to_string());
        let given = [
            ("storage.database", "--database", database),
            ("asterisk.media", "--media", global.media),
        ];
        Self {
            printer,
            environment,
            config: global.config,
            flags: given
                .into_iter()
                .filter_map(|(key, flag, text)| {
                    Some(Flag {
                        key,
                        flag,
                        text: text?,
                    })
                })
                .collect(),
        }
    }

    /// The same desk with another printer.
    #[must_use]
    pub fn with<'b>(&self, printer: &'b Printer) -> Desk<'b>
    where
        'a: 'b,
    {
        Desk {
            printer,
            environment: self.environment,
            config: self.config.clone(),
            flags: self.flags.clone(),
        }
    }

    /// The settings, with the flags of every command on top.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn settings(&self) -> anyhow::Result<Settings> {
        self.settings_with(Vec::new())
    }

    /// The settings, with flags of this command on top.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn settings_with(&self, more: Vec<Flag>) -> anyhow::Result<Settings> {
        self.settings_of(&[], &[], more)
    }

    /// The settings of a campaign: `usual` below all that the user wrote, `own` above all but the
    /// flags.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn settings_of(
        &self,
        own: &[OwnSetting],
        usual: &[Flag],
        more: Vec<Flag>,
    ) -> anyhow::Result<Settings> {
        let flags: Vec<Flag> = self.flags.iter().cloned().chain(more).collect();
        let config = self.config.as_deref();
        let layers = (own, flags.as_slice());
        let settings = Settings::load_of_campaign(usual, config, self.environment, layers)?;
        let file = settings.file.as_deref().map(Path::display);
        tracing::debug!(file = file.map(tracing::field::display), "settings read");
        Ok(settings)
    }

    /// What the command line sets for a campaign: its file, then the single keys.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn own_settings(&self, arguments: &PolicyArgs) -> anyhow::Result<Vec<OwnSetting>> {
        let mut own = match &arguments.file {
            Some(path) => OwnSetting::read(path, self.environment)?,
            None => Vec::new(),
        };
        for setting in arguments.settings() {
            own.push(OwnSetting::parse(&setting, self.environment)?);
        }
        Ok(own)
    }

    /// The ledger of the settings; made if there is none.
    ///
    /// # Errors
    /// Why it cannot be opened.
    pub fn ledger(&self, settings: &Settings) -> anyhow::Result<Ledger> {
        Ok(Ledger::open(&settings.storage.database)?)
    }

    /// The ledger for a command that only reads it, or changes what is there: where there is none, an
    /// empty one that leaves nothing behind, and a word about it if its path was given.
    ///
    /// # Errors
    /// Why it cannot be opened.
    pub fn ledger_there(&self, settings: &Settings) -> anyhow::Result<LedgerThere> {
        let path = &settings.storage.database;
        if path.exists() {
            let ledger = Ledger::open(path)?;
            return Ok(LedgerThere { ledger, none: None });
        }
        if self.flags.iter().any(|flag| flag.flag == "--database") {
            let told = format!("there is no ledger at {} yet", path.display());
            self.printer.warning(&told);
        }
        let none = Scratch::of(path)?;
        Ok(LedgerThere {
            ledger: none.ledger.clone(),
            none: Some(none),
        })
    }

    /// A path as typed, seen from the working folder.
    pub fn path(&self, typed: &Path) -> PathBuf {
        self.environment.working_folder.join(typed)
    }

    /// Reads a number as typed.
    ///
    /// # Errors
    /// A `UserError` with the number and what is wrong with it.
    pub fn number(&self, typed: &str, rules: &NumberRules) -> anyhow::Result<PhoneNumber> {
        // The error itself keeps quiet about the number; here the user typed it a second ago.
        PhoneNumber::parse(typed, rules)
            .with_context(|| format!("`{}`", crate::output::plain(typed)))
    }

    /// Runs what reaches out, on a runtime of its own.
    ///
    /// # Errors
    /// What `future` returns; or that no runtime can be had.
    pub fn block_on<T>(
        &self,
        future: impl Future<Output = anyhow::Result<T>>,
    ) -> anyhow::Result<T> {
        crate::driver::runtime()
            .context("the runtime cannot start")?
            .block_on(future)
    }
}
