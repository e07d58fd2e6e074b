//! A talk on its way to a person, as the driver sees it.

use super::{Outside, Talk};
use crate::call::CallEvent;
use crate::driver::operator::{self, Operator};

impl Talk {
    /// What becomes of the person who was rung.
    pub(super) async fn operator(&mut self, news: operator::News, outside: &mut Outside) {
        let event = match news {
            operator::News::Ready => CallEvent::OperatorReady,
            operator::News::Failed => CallEvent::TransferFailed,
            operator::News::Left => CallEvent::OperatorLeft,
        };
        if news != operator::News::Ready {
            outside.operator = None;
        }
        self.take(event, outside).await;
    }

    /// Joins the callee and the person; from then on there is nothing for us to hear or to say.
    pub(super) async fn join(&mut self, outside: &mut Outside) {
        let person = outside.operator.as_ref().and_then(Operator::control);
        let joined = match person {
            Some(person) => outside.line.control.join(person).await,
            None => return,
        };
        let event = match joined {
            Ok(()) => {
                self.joined_ms = Some(self.clock.now().0);
                outside.ear.close().await;
                CallEvent::Joined
            }
            Err(error) => {
                tracing::warn!(attempt = %self.attempt, %error, "the two could not be joined");
                outside.operator = None;
                CallEvent::TransferFailed
            }
        };
        Box::pin(self.take(event, outside)).await;
    }
}
