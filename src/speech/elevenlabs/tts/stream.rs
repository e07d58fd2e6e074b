//! Passing utterances: over a shared socket, and over HTTP when that breaks.
//!
//! Before the first audio the whole text is asked for again; after it only what the alignment
//! says is still unsaid, so that the callee hears a seam and not a hole.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio::time::{Duration, timeout};

use super::http::Http;
use super::line::{Line, Part, Utterance, address};
use super::{DOING, normalised};
use crate::speech::SpeechError;
use crate::speech::elevenlabs::link::Link;

type Out = mpsc::Sender<Result<Bytes, SpeechError>>;

/// Chunks that may wait for the call.
const CHUNKS: usize = 64;
/// After the last character was said, a final that is due comes at once.
const FINAL_AFTER_ALL: Duration = Duration::from_millis(500);

/// The shared sockets of one voice.
#[derive(Debug, Clone)]
pub(in crate::speech::elevenlabs) struct Streams {
    link: Arc<Link>,
    http: Http,
    lines: Arc<Mutex<Vec<Line>>>,
}

/// How the socket's part of an utterance ended.
enum End {
    /// All is said, or nobody listens any more.
    Said,
    /// So many characters were said before it broke; `None` when that cannot be told.
    Broken {
        error: SpeechError,
        said: Option<usize>,
    },
}

impl Streams {
    pub(in crate::speech::elevenlabs) fn new(link: Arc<Link>, http: Http) -> Self {
        Self {
            link,
            http,
            lines: Arc::default(),
        }
    }

    /// Starts saying a text; the chunks follow, an error is the last.
    pub(in crate::speech::elevenlabs) fn say(
        &self,
        text: &str,
    ) -> mpsc::Receiver<Result<Bytes, SpeechError>> {
        let (out, chunks) = mpsc::channel(CHUNKS);
        let text = normalised(text);
        if !text.is_empty() {
            let this = self.clone();
            tokio::spawn(async move { this.utter(&text, &out).await });
        }
        chunks
    }

    async fn utter(&self, text: &str, out: &Out) {
        let rest = if self.http.voice().has_socket() {
            let mut utterance = self.begin(text);
            match self.listen(&mut utterance, text, out).await {
                End::Said => return,
                End::Broken { error, said } => {
                    tracing::info!(error = error.message, ?said, "an utterance goes on by HTTP");
                    let rest = said.map(|said| unsaid(text, said));
                    match rest.filter(|_| !error.is_fatal()) {
                        // All was said; only the word that it was is missing.
                        Some("") => return,
                        Some(rest) => rest,
                        None => return finish(out, error).await,
                    }
                }
            }
        } else {
            text
        };
        if let Err(error) = self.http.stream(rest, out).await {
            finish(out, error).await;
        }
    }

    /// Gives the text to a socket with room, or to a new one.
    fn begin(&self, text: &str) -> Option<Utterance> {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines.retain(Line::is_fresh);
        if let Some(utterance) = lines.iter().find_map(|line| line.say(text)) {
            return Some(utterance);
        }
        let line = Line::start(&self.link, address(&self.link, self.http.voice()));
        let utterance = line.say(text);
        lines.push(line);
        utterance
    }

    async fn listen(&self, utterance: &mut Option<Utterance>, text: &str, out: &Out) -> End {
        let Some(utterance) = utterance else {
            let error = self.link.unreachable(DOING, "no socket takes the text");
            return End::Broken {
                error,
                said: Some(0),
            };
        };
        let all = text.chars().filter(|c| !c.is_whitespace()).count();
        let mut said = 0;
        let mut heard = false;
        loop {
            let limit = match (heard, said >= all) {
                (false, _) => self.link.timing.first_audio,
                (true, true) => FINAL_AFTER_ALL.min(self.link.timing.no_final),
                (true, false) => self.link.timing.no_final,
            };
            let part = tokio::select! {
                part = timeout(limit, utterance.parts.recv()) => part,
                () = out.closed() => return End::Said,
            };
            let known = if said > 0 || !heard { Some(said) } else { None };
            match part {
                Ok(Some(Part::Audio(audio, chars))) => {
                    heard = true;
                    said += chars;
                    if out.send(Ok(audio)).await.is_err() {
                        return End::Said;
                    }
                }
                Ok(Some(Part::Done)) if heard => return End::Said,
                Ok(Some(Part::Done)) => {
                    let error = self.link.unreachable(DOING, "the service said nothing");
                    return End::Broken { error, said: known };
                }
                Ok(Some(Part::Broken(error))) => return End::Broken { error, said: known },
                Ok(None) => {
                    let error = self.link.unreachable(DOING, "the socket is gone");
                    return End::Broken { error, said: known };
                }
                Err(_) => {
                    utterance.wear_out();
                    return self.overdue(heard, said, all);
                }
            }
        }
    }

    /// Nothing came for too long.
    fn overdue(&self, heard: bool, said: usize, all: usize) -> End {
        // Without an alignment there is no telling: what came is taken for the whole.
        if said >= all || (heard && said == 0) {
            tracing::debug!("an utterance ended without a final");
            return End::Said;
        }
        End::Broken {
            error: self.link.unreachable(DOING, "the audio stopped coming"),
            said: Some(said),
        }
    }
}

/// The text after its first `said` characters (white space not counted), from the beginning of a
/// word.
fn unsaid(text: &str, said: usize) -> &str {
    let mut count = 0;
    let mut word = 0;
    let mut in_word = false;
    for (at, c) in text.char_indices() {
        if c.is_whitespace() {
            in_word = false;
            continue;
        }
        if !in_word {
            word = at;
            in_word = true;
        }
        if count == said {
            return text.get(word..).unwrap_or_default();
        }
        count += 1;
    }
    ""
}

async fn finish(out: &Out, error: SpeechError) {
    if out.send(Err(error)).await.is_err() {
        tracing::trace!("nobody listens to the error of an utterance");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_of_a_text_begins_with_a_whole_word() {
        let text = "Добрый день, это робот";
        assert_eq!(unsaid(text, 0), text);
        assert_eq!(unsaid(text, 6), "день, это робот");
        assert_eq!(unsaid(text, 8), "день, это робот");
        assert_eq!(unsaid(text, 11), "это робот");
        assert_eq!(unsaid(text, 19), "");
        assert_eq!(unsaid(text, 100), "");
    }
}
