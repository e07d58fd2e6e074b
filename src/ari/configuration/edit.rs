//! Changes single lines of a file of Asterisk and keeps everything else, comments too.

/// A text with parts replaced.
pub(super) fn replaced(text: &str, changes: &[(&str, &str)]) -> String {
    changes
        .iter()
        .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

/// The lines of a file, to be changed by section and key.
#[derive(Debug)]
pub(super) struct Lines(Vec<String>);

impl Lines {
    pub(super) fn of(text: &str) -> Self {
        Self(text.lines().map(str::to_owned).collect())
    }

    /// Sets a key of a section, `;key=…` too; its comment stays. `false` if there is no such line.
    pub(super) fn set(&mut self, section: &str, key: &str, value: &str) -> bool {
        self.change(section, key, |line| {
            let comment = comment(line);
            let line = format!("{key}={value}");
            match comment {
                Some(comment) => format!("{line:<39} {comment}"),
                None => line,
            }
        })
    }

    /// Sets a key to several values, a line each.
    pub(super) fn set_all(&mut self, section: &str, key: &str, values: &[String]) -> bool {
        let Some((first, more)) = values.split_first() else {
            return true;
        };
        let found = self.set(section, key, first);
        if let Some(at) = self.position(section, key) {
            for (index, value) in more.iter().enumerate() {
                self.0.insert(at + 1 + index, format!("{key}={value}"));
            }
        }
        found
    }

    /// Switches a line off.
    pub(super) fn switch_off(&mut self, section: &str, key: &str) -> bool {
        self.change(section, key, |line| {
            format!(";{}", line.trim_start_matches(';'))
        })
    }

    /// Adds a line below the heading of a section.
    pub(super) fn add(&mut self, section: &str, line: &str) -> bool {
        let Some(at) = self.heading(section) else {
            return false;
        };
        self.0.insert(at + 1, line.to_owned());
        true
    }

    pub(super) fn text(&self) -> String {
        self.0
            .iter()
            .fold(String::new(), |text, line| text + line + "\n")
    }

    fn change(&mut self, section: &str, key: &str, change: impl Fn(&str) -> String) -> bool {
        let line = self
            .position(section, key)
            .and_then(|at| self.0.get_mut(at));
        match line {
            Some(line) => {
                *line = change(line);
                true
            }
            None => false,
        }
    }

    fn heading(&self, section: &str) -> Option<usize> {
        let heading = format!("[{section}]");
        self.0.iter().position(|line| line.starts_with(&heading))
    }

    fn position(&self, section: &str, key: &str) -> Option<usize> {
        let start = self.heading(section)? + 1;
        let lines = self.0.iter().enumerate().skip(start);
        lines
            .take_while(|(_, line)| !line.starts_with('['))
            .find(|(_, line)| {
                let line = line.trim_start_matches(';');
                line.split_once('=')
                    .is_some_and(|(name, _)| name.trim() == key)
            })
            .map(|(at, _)| at)
    }
}

/// The comment at the end of a line, from its `;` on.
fn comment(line: &str) -> Option<&str> {
    let value = line.strip_prefix(';').map_or(0, |_| 1);
    let at = line.get(value..)?.find(" ;")? + value + 1;
    line.get(at..)
}

/// The value of a key in a section of a text, without comment and escapes; `None` where it is
/// switched off or not there.
pub(super) fn value(text: &str, section: &str, key: &str) -> Option<String> {
    let heading = format!("[{section}]");
    let mut lines = text.lines().skip_while(|line| !line.starts_with(&heading));
    lines.next()?;
    lines
        .take_while(|line| !line.starts_with('['))
        .filter(|line| !line.starts_with(';'))
        .filter_map(|line| line.split_once('='))
        .find(|(name, _)| name.trim() == key)
        .map(|(_, value)| unescaped(value.trim_start_matches('>')))
}

/// A value as it stands in a file: a `;` would begin a comment.
pub(super) fn escaped(value: &str) -> String {
    value.replace(';', "\\;")
}

fn unescaped(written: &str) -> String {
    let mut value = String::new();
    let mut rest = written.chars();
    while let Some(character) = rest.next() {
        match character {
            '\\' if rest.as_str().starts_with(';') => value.extend(rest.next()),
            ';' => break,
            other => value.push(other),
        }
    }
    value.trim().to_owned()
}
