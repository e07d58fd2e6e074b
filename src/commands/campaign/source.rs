//! A lead list on its way in: from a file or standard input, piece by piece.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::list_report::{ListReport, Rows};
use super::no_list::unreadable;
use crate::campaign::{Lead, LeadReader, RejectedRow, RowRead};
use crate::commands::Desk;
use crate::output::{ExitStatus, UserError};
use crate::phone::{NumberRules, Numbering};

/// Standard input, as it is typed and as the ledger keeps it.
const STDIN: &str = "-";
/// So many leads go into the ledger in one transaction.
const PIECE: usize = 5_000;
/// So many bytes are read at once.
const CHUNK: usize = 1 << 20;
/// So many bytes of a list that grows are read at once.
const SIP: usize = 1 << 15;
/// Rejected rows and notes that are told one by one; the rest is counted.
const TOLD_ROWS: usize = 10;

/// Where a list comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Source {
    /// A file: as typed, and in full.
    File(String, PathBuf),
    /// Standard input, typed as `-`.
    Stdin,
}

/// What a list is read with.
pub(super) struct ListRules<'a> {
    /// The column of the numbers, if it cannot be told from the header.
    pub(super) number_column: Option<&'a str>,
    /// What may be dialled.
    pub(super) numbers: &'a NumberRules,
    /// The register of numbers, if one was imported.
    pub(super) numbering: Arc<Numbering>,
}

/// What to do with what is read.
pub(super) trait Taker {
    /// Takes leads, some thousands at once.
    fn leads(&mut self, leads: Vec<Lead>) -> anyhow::Result<()>;
    /// Takes a row that is none; the titles of the list and its separator are known by now.
    fn rejected(
        &mut self,
        row: &RejectedRow,
        titles: &[String],
        delimiter: u8,
    ) -> anyhow::Result<()>;
    /// How many rejected rows and notes the report is to keep.
    fn kept(&self) -> usize {
        TOLD_ROWS
    }
}

/// How fast a list that grows is read.
pub(super) trait Pace {
    /// Waits until there is room for more; `false`: no more is wanted.
    fn goes_on(&mut self) -> anyhow::Result<bool>;
    /// Waits a moment for the list to grow.
    fn rest(&mut self);
    /// Something was read.
    fn read(&mut self, report: &ListReport);
}

impl Source {
    pub(super) fn new(typed: &Path, desk: &Desk<'_>) -> Self {
        if typed == Path::new(STDIN) {
            return Self::Stdin;
        }
        Self::at(typed.display().to_string(), desk.path(typed))
    }

    /// A path; where it only names what a shell has opened for us, the file that this is.
    fn at(shown: String, path: PathBuf) -> Self {
        let known = is_of_a_shell(&path).then(|| std::fs::canonicalize(&path));
        Self::File(shown, known.and_then(Result::ok).unwrap_or(path))
    }

    /// Its name for messages.
    pub(super) fn shown(&self) -> &str {
        match self {
            Self::File(shown, _) => shown,
            Self::Stdin => "standard input",
        }
    }

    /// Where it lies.
    pub(super) fn path(&self) -> Option<&Path> {
        match self {
            Self::File(_, path) => Some(path),
            Self::Stdin => None,
        }
    }

    /// What the ledger keeps of it. What `<(…)` of a shell gives has another name each time, and is kept
    /// as standard input is.
    pub(super) fn kept(&self) -> String {
        match self {
            Self::File(_, path) if is_of_a_shell(path) => STDIN.to_owned(),
            Self::File(_, path) => {
                let full = std::fs::canonicalize(path).unwrap_or_else(|_| path.clone());
                full.display().to_string()
            }
            Self::Stdin => STDIN.to_owned(),
        }
    }

    /// The campaign's name where none was given: the stem of the file.
    ///
    /// # Errors
    /// Standard input, and what `<(…)` of a shell gives, has no name.
    pub(super) fn campaign(&self, asked: Option<&str>) -> anyhow::Result<String> {
        let path = match (asked, self) {
            (Some(name), _) => return Ok(name.to_owned()),
            (None, Self::File(_, path)) => Some(path).filter(|path| !is_of_a_shell(path)),
            (None, Self::Stdin) => None,
        };
        let Some(path) = path else {
            let message = format!("a list from {} has no name", self.shown());
            return Err(
                UserError::new(ExitStatus::Usage, "campaign_unnamed", message)
                    .hint("give the campaign one: --campaign NAME")
                    .into(),
            );
        };
        let stem = path.file_stem().unwrap_or_default();
        Ok(stem.to_string_lossy().into_owned())
    }

    /// Where its rejected rows go: `leads.rejected.csv` beside `leads.csv`; of what can be read but once,
    /// into the working folder.
    pub(super) fn rejected_path(&self, campaign: &str, desk: &Desk<'_>) -> PathBuf {
        match self {
            Self::File(_, path) if !self.is_read_once() => path.with_extension("rejected.csv"),
            Self::File(..) | Self::Stdin => {
                desk.path(Path::new(&format!("{campaign}.rejected.csv")))
            }
        }
    }

    /// Whether it can be read but once: standard input, a pipe, what `<(…)` of a shell gives. It is
    /// not looked at beforehand, and whoever reads it may wait for somebody who writes.
    pub(super) fn is_read_once(&self) -> bool {
        match self {
            Self::Stdin => true,
            Self::File(_, path) => {
                std::fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir())
            }
        }
    }

    /// What to say of a path where there is no list.
    pub(super) fn is_no_list(&self) -> UserError {
        let kind = if self.is_folder() {
            io::ErrorKind::IsADirectory
        } else {
            io::ErrorKind::NotFound
        };
        unreadable(self, &kind.into())
    }

    /// Whether there is anything under its path.
    pub(super) fn is_there(&self) -> bool {
        self.path().is_none_or(Path::exists)
    }

    pub(super) fn is_folder(&self) -> bool {
        self.path().is_some_and(Path::is_dir)
    }

    fn open(&self) -> anyhow::Result<Box<dyn Read>> {
        match self {
            Self::Stdin => Ok(Box::new(io::stdin().lock())),
            Self::File(_, path) => match File::open(path) {
                Ok(file) => Ok(Box::new(file)),
                Err(error) => Err(unreadable(self, &error).into()),
            },
        }
    }

    /// Whether it can be read at all, as far as its beginning tells. What can be read but once is not
    /// touched.
    ///
    /// # Errors
    /// As of [`read`](Self::read).
    pub(super) fn peek(&self, rules: &ListRules<'_>) -> anyhow::Result<()> {
        if self.is_read_once() {
            return Ok(());
        }
        let mut input = self.open()?;
        let mut reading = Reading::new(self, rules);
        let mut chunk = vec![0; SIP];
        let read = input.read(&mut chunk);
        let read = read.map_err(|error| unreadable(self, &error))?;
        reading.reader.push(chunk.get(..read).unwrap_or_default());
        if read < chunk.len() {
            reading.reader.finish();
        }
        reading.reader.next_row()?;
        Ok(())
    }

    /// Reads the list as it grows: standard input until it ends, a file until it is told to stop.
    /// A row that is half written is left for the next time.
    ///
    /// # Errors
    /// As of [`read`](Self::read).
    pub(super) fn follow(
        &self,
        rules: &ListRules<'_>,
        taker: &mut dyn Taker,
        pace: &mut dyn Pace,
    ) -> anyhow::Result<ListReport> {
        let mut input = self.open()?;
        let mut reading = Reading::new(self, rules);
        let mut chunk = vec![0; SIP];
        while pace.goes_on()? {
            let read = input.read(&mut chunk);
            let read = read.map_err(|error| unreadable(self, &error))?;
            if read == 0 && *self == Self::Stdin {
                reading.reader.finish();
                reading.rows(taker)?;
                break;
            }
            if read == 0 {
                pace.rest();
                continue;
            }
            reading.reader.push(chunk.get(..read).unwrap_or_default());
            reading.rows(taker)?;
            reading.hand_over(taker)?;
            pace.read(&reading.report);
        }
        reading.end(taker)
    }

    /// Reads the whole list and gives each lead and each rejected row away as it comes.
    ///
    /// # Errors
    /// The list as a whole cannot be read, or the taker fails.
    pub(super) fn read(
        &self,
        rules: &ListRules<'_>,
        taker: &mut dyn Taker,
    ) -> anyhow::Result<ListReport> {
        let mut input = self.open()?;
        let mut reading = Reading::new(self, rules);
        let mut chunk = vec![0; CHUNK];
        loop {
            let read = input.read(&mut chunk);
            let read = read.map_err(|error| unreadable(self, &error))?;
            if read == 0 {
                break;
            }
            reading.reader.push(chunk.get(..read).unwrap_or_default());
            reading.rows(taker)?;
        }
        reading.reader.finish();
        reading.rows(taker)?;
        reading.end(taker)
    }
}

/// Whether a path names what a shell has opened for us, as `<(…)` does.
fn is_of_a_shell(path: &Path) -> bool {
    let mut parts = path.components().skip(1).map(Component::as_os_str);
    let parts = [parts.next(), parts.next(), parts.next()];
    match parts.map(|part| part.and_then(OsStr::to_str)) {
        [Some("dev"), Some("fd" | "stdin"), _] | [Some("proc"), Some(_), Some("fd")] => {
            path.is_absolute()
        }
        _ => false,
    }
}

/// A list half read.
struct Reading {
    reader: LeadReader,
    report: ListReport,
    piece: Vec<Lead>,
    /// The variables that the header names.
    names: Vec<String>,
}

impl Reading {
    fn new(source: &Source, rules: &ListRules<'_>) -> Self {
        let (shown, numbers) = (source.shown(), rules.numbers.clone());
        Self {
            reader: LeadReader::new(shown, rules.number_column, numbers)
                .knowing(Arc::clone(&rules.numbering)),
            report: ListReport::new(shown),
            piece: Vec::new(),
            names: Vec::new(),
        }
    }

    /// Gives away what was read so far.
    fn hand_over(&mut self, taker: &mut dyn Taker) -> anyhow::Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        taker.leads(std::mem::take(&mut self.piece))
    }

    fn rows(&mut self, taker: &mut dyn Taker) -> anyhow::Result<()> {
        loop {
            let row = self.reader.next_row()?;
            self.header();
            let Some(row) = row else { return Ok(()) };
            match row {
                RowRead::Lead(lead, notes) => {
                    self.report.leads += 1;
                    self.report.notes_count += notes.len() as u64;
                    let room = taker.kept().saturating_sub(self.report.notes.len());
                    self.report.notes.extend(notes.into_iter().take(room));
                    self.variables(&lead, taker.kept());
                    self.piece.push(*lead);
                    if self.piece.len() >= PIECE {
                        taker.leads(std::mem::take(&mut self.piece))?;
                    }
                }
                RowRead::Rejected(row) => {
                    taker.rejected(&row, self.reader.titles(), self.reader.delimiter())?;
                    self.report.rejected_count += 1;
                    if self.report.rejected.len() < taker.kept() {
                        self.report.rejected.push(row);
                    }
                }
            }
        }
    }

    /// What the first line tells, as soon as it is read: a list that has no rows yet has its columns.
    fn header(&mut self) {
        if !self.report.titles.is_empty() {
            return;
        }
        self.report.titles = self.reader.titles().to_vec();
        self.names = self.reader.variables();
        self.report.variables = self.names.iter().cloned().collect();
        self.report.misspelt = self.reader.misspelt();
    }

    /// Tells apart the variables that every lead brings, and those that this one lacks.
    fn variables(&mut self, lead: &Lead, kept: usize) {
        for name in &self.names {
            let value = match name.as_str() {
                "name" => lead.name.as_deref(),
                _ => lead.fields.get(name).map(String::as_str),
            };
            if let Some(value) = value.filter(|value| !value.trim().is_empty()) {
                self.report.samples.take(name, value);
                continue;
            }
            self.report.variables.remove(name);
            if !self.report.empty.contains_key(name) {
                self.report.empty.insert(name.clone(), Rows::default());
            }
            if let Some(rows) = self.report.empty.get_mut(name) {
                rows.count += 1;
                if rows.lines.len() < kept {
                    rows.lines.push(lead.line);
                }
            }
        }
    }

    fn end(mut self, taker: &mut dyn Taker) -> anyhow::Result<ListReport> {
        self.hand_over(taker)?;
        self.report.encoding = self.reader.encoding();
        self.report.delimiter = self.reader.delimiter();
        Ok(self.report)
    }
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsRawFd;
    use std::process::Command;
    use std::sync::mpsc::channel;
    use std::time::Duration;

    use super::super::first_look::FirstLook;
    use super::*;

    /// A pipe that nobody writes into: whoever opens it to read waits.
    fn pipe(folder: &Path) -> Source {
        let path = folder.join("leads.csv");
        let made = Command::new("mkfifo").arg(&path).status().unwrap();
        assert!(made.success());
        Source::File("leads.csv".to_owned(), path)
    }

    #[test]
    fn a_pipe_is_not_opened_before_it_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let source = pipe(folder.path());
        let (answer, answered) = channel();
        std::thread::spawn(move || {
            let numbers = NumberRules::default();
            let rules = ListRules {
                number_column: None,
                numbers: &numbers,
                numbering: Arc::default(),
            };
            let peeked = source.peek(&rules).is_ok();
            let looked = FirstLook::at(&source, &rules).is_ok_and(|look| look.is_none());
            answer.send((peeked, looked)).unwrap();
        });
        // Whoever opens it waits for a writer, and takes what the reader of the list was to get.
        let answer = answered.recv_timeout(Duration::from_secs(20));
        assert_eq!(answer, Ok((true, true)));
    }

    #[test]
    fn what_can_be_read_but_once_is_known_as_such() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("list.csv");
        std::fs::write(&file, "phone\n").unwrap();
        let of = |path| Source::File(String::new(), path);
        assert!(Source::Stdin.is_read_once() && pipe(folder.path()).is_read_once());
        assert!(!of(file).is_read_once() && !of(folder.path().to_owned()).is_read_once());
        assert!(!of(folder.path().join("none.csv")).is_read_once());
    }

    #[test]
    fn what_a_shell_has_opened_is_standard_input_by_another_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("spring.csv");
        std::fs::write(&path, "phone\n").unwrap();
        let file = File::open(&path).unwrap();
        let (piped, _writer) = io::pipe().unwrap();
        let of = |open: &dyn AsRawFd| {
            let path = format!("/dev/fd/{}", open.as_raw_fd());
            Source::at(path.clone(), PathBuf::from(path))
        };
        assert_eq!(of(&piped).kept(), STDIN);
        assert!(of(&piped).is_read_once() && of(&piped).campaign(None).is_err());
        assert_eq!(of(&piped).campaign(Some("live")).unwrap(), "live");
        // What is a file is known by its own name.
        assert!(of(&file).kept().ends_with("/spring.csv") && !of(&file).is_read_once());
        assert_eq!(of(&file).campaign(None).unwrap(), "spring");
        for (path, expected) in [
            ("/proc/self/fd/63", true),
            ("/dev/stdin", true),
            ("/dev/null", false),
            ("dev/fd/63", false),
            ("/srv/dev/fd/63", false),
        ] {
            assert_eq!(is_of_a_shell(Path::new(path)), expected, "{path}");
        }
    }

    #[test]
    fn a_header_without_rows_has_its_columns() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("leads.csv");
        let numbers = NumberRules::default();
        let rules = ListRules {
            number_column: None,
            numbers: &numbers,
            numbering: Arc::default(),
        };
        for (list, brings, empty) in [
            ("phone,when,calee\n", &["calee", "when"][..], &[][..]),
            ("phone,when\n12,today\n", &["when"], &[]),
            ("phone,when\n89000000001,\n", &[], &["when"]),
        ] {
            std::fs::write(&path, list).unwrap();
            let source = Source::File("leads.csv".to_owned(), path.clone());
            let look = FirstLook::at(&source, &rules).unwrap().unwrap();
            let report = look.list;
            let names: Vec<&str> = report.variables.iter().map(String::as_str).collect();
            assert_eq!(names, brings, "{list}");
            let names: Vec<&str> = report.empty.keys().map(String::as_str).collect();
            assert_eq!(names, empty, "{list}");
        }
    }
}
