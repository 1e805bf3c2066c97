//! The replay memory as the SOAP gate asks for it: only for calls whose `callTime` is stale; fresh
//! calls are judged by the writer.

use collectors::answer;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use model::source::SourceId;
use soap::{About, MessageKey, Recall, ReplayMemory};
use store::Db;
use store::message::{MessageId, replayed};

/// The replay memory in the database.
pub(super) struct Memory(pub Db);

impl ReplayMemory for Memory {
    fn about(&self) -> About {
        About::Stale
    }

    fn recall<'a>(&'a self, source: &'a SourceId, key: &'a MessageKey) -> BoxFuture<'a, Recall> {
        self.find(source, key).map(|found| found.unwrap_or(Recall::Unknown)).boxed()
    }
}

impl Memory {
    /// `None` if the database cannot say: then the call is refused as stale, which is safe.
    async fn find(&self, source: &SourceId, key: &MessageKey) -> Option<Recall> {
        let id = MessageId::of_call(source, &key.msg_id);
        let mut tx = self.0.read().await.ok()?;
        let found = replayed(&mut tx, &[id]).await.ok()?;
        let remembered = found.get(&id)?;
        if !remembered.same_body(&key.body_sha256) {
            return Some(Recall::OtherBody);
        }
        let answered = crate::pipeline::replay::answer_of(&remembered.answer);
        Some(Recall::Answered(answer::reply_of(answered.refused)))
    }
}
