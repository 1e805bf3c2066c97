//! What was in a group that the database refused. One fact of it may break a rule that nobody foresaw; it must not
//! take its neighbours along, nor come again for ever. So each submission is tried alone, one that is refused alone
//! by halves of its facts, and what is left at the end is answered as refused and put into quarantine. After each
//! refusal the writer reads its memory anew.

use std::collections::VecDeque;
use std::ops::Range;

use intake::submission::RefusedRow;
use intake::{Answer, Content, Item, Refusal, Submission};
use model::alarm::AlarmFact;
use model::code::ResultCode;
use store::StoreError;
use store::quarantine::{Kind, Quarantined};
use tokio::sync::oneshot;

use super::content::{Context, Stop};
use super::group::Group;
use super::upkeep::put_aside;
use crate::metrics::FactOutcome;

/// What the peer is told; the database's words are in quarantine.
const REFUSED: &str = "it breaks a rule of the database and was put into quarantine";

/// What waits to be tried, and what is being tried.
#[derive(Default)]
pub(super) struct Suspects {
    waiting: VecDeque<Item>,
    current: Option<Suspect>,
    trial: Option<Trial>,
}

/// A submission that was refused alone.
struct Suspect {
    item: Item,
    /// Facts that are still to be tried, the next ones last.
    parts: Vec<Range<usize>>,
    /// Answers of those that were taken, with the place of their first fact.
    answers: Vec<(usize, oneshot::Receiver<Result<Answer, Refusal>>)>,
    refused: Vec<RefusedRow>,
    /// The database's words.
    reason: String,
}

/// The group that is being tried.
enum Trial {
    Whole,
    Part(Range<usize>),
    Last,
}

/// What a suspect is answered.
pub(super) struct Settled {
    refused: Vec<RefusedRow>,
    reason: String,
}

// === impl Suspects ===

impl Suspects {
    /// The next group to try; `None` if nothing is suspected.
    pub(super) async fn next_group(&mut self) -> Option<Group> {
        let Some(mut suspect) = self.current.take() else {
            let items = vec![self.waiting.pop_front()?];
            self.trial = Some(Trial::Whole);
            return Some(Group { items, ..Group::default() });
        };
        let Some(part) = suspect.parts.pop() else {
            self.trial = Some(Trial::Last);
            return Some(suspect.settle().await);
        };
        let (answer, answered) = oneshot::channel();
        suspect.answers.push((part.start, answered));
        let items = vec![Item { submission: suspect.part(part.clone()), answer }];
        self.trial = Some(Trial::Part(part));
        self.current = Some(suspect);
        Some(Group { items, ..Group::default() })
    }

    /// The group is committed.
    pub(super) fn committed(&mut self) {
        self.trial = None;
    }

    /// The database refused the group. `false` if it is about nothing that could be left out.
    pub(super) fn refused(&mut self, mut group: Group, error: &StoreError) -> bool {
        let reason = with_cause(error);
        match self.trial.take() {
            None => {
                tracing::error!(error = %reason, "the database refused a group: its {} submissions are tried one by one", group.items.len());
                let any = !group.items.is_empty();
                self.waiting.extend(group.items);
                any
            }
            Some(Trial::Whole) => {
                self.current = group.items.pop().map(|item| Suspect::new(item, reason));
                self.current.is_some()
            }
            Some(Trial::Part(part)) => {
                self.current.iter_mut().for_each(|suspect| suspect.split(&part));
                self.current.is_some()
            }
            Some(Trial::Last) => false,
        }
    }
}

// === impl Suspect ===

impl Suspect {
    fn new(item: Item, reason: String) -> Self {
        let facts = facts_of(&item.submission.content).len();
        let mut suspect = Suspect { item, parts: Vec::new(), answers: Vec::new(), refused: Vec::new(), reason };
        if facts > 0 {
            suspect.split(&(0..facts));
        }
        suspect
    }

    /// These facts were refused together: one is refused for good, more are tried by halves.
    fn split(&mut self, part: &Range<usize>) {
        self.answers.retain(|(first, _)| *first != part.start);
        if part.len() <= 1 {
            let (index, code) = (part.start, ResultCode::BadValue);
            return self.refused.push(RefusedRow { index, code, reason: REFUSED.to_owned() });
        }
        let middle = part.start + part.len() / 2;
        self.parts.extend([middle..part.end, part.start..middle]);
    }

    /// A submission of some of its facts, which says nothing else.
    fn part(&self, part: Range<usize>) -> Submission {
        let submission = &self.item.submission;
        let facts = facts_of(&submission.content).get(part).unwrap_or_default().to_vec();
        let content = match submission.content {
            Content::History(_) => Content::History(facts),
            _ => Content::Alarms(facts),
        };
        Submission { message: None, notification: None, refused: Vec::new(), content, ..submission.clone() }
    }

    /// The group that keeps the rest of it: that it was heard, its number, and its answer.
    async fn settle(mut self) -> Group {
        for (first, answered) in self.answers {
            let refused = answered.await.ok().and_then(Result::ok).unwrap_or_default().refused;
            self.refused.extend(refused.into_iter().map(|row| RefusedRow { index: first + row.index, ..row }));
        }
        self.refused.sort_by_key(|row| row.index);
        let settled = Settled { refused: self.refused, reason: self.reason };
        Group { items: vec![self.item], settled: Some(settled), ..Group::default() }
    }
}

// === impl Settled ===

impl Settled {
    /// Puts what was refused into quarantine. Rows of a batch are refused alone, anything else as a whole.
    pub(super) fn answer(self, cx: &mut Context<'_>, submission: &Submission) -> Result<Answer, Stop> {
        let (source, Settled { refused, reason }) = (&submission.source, self);
        tracing::error!(source.id = %source, error = %reason, "the database refuses what {source} told: {} rows of it", refused.len());
        cx.deps.metrics.count_facts(source, FactOutcome::Refused, refused.len() as u64);
        let rows = refused.iter().map(|row| row.index.to_string()).collect::<Vec<_>>().join(", ");
        let what = Quarantined {
            name: submission.message.as_ref().map_or(String::new(), |key| key.msg_id.clone()),
            reason: format!("row(s) {rows}: the database refuses it: {reason}"),
            size: submission.raw.len() as u64,
            ..Quarantined::once(Kind::Row, source, submission.received_at)
        };
        put_aside(cx, what, &submission.raw);
        if refused.is_empty() {
            return Err(Refusal::BadValue(REFUSED.to_owned()).into());
        }
        Ok(Answer { refused })
    }
}

/// Facts that can be tried one by one.
fn facts_of(content: &Content) -> &[AlarmFact] {
    match content {
        Content::Alarms(facts) | Content::History(facts) => facts,
        _ => &[],
    }
}

fn with_cause(error: &StoreError) -> String {
    std::error::Error::source(error).map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"))
}
