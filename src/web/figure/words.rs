//! Figures in the words of people, Chinese and English: the accounting method, why time counts or
//! does not, what kind of cause an outage had. The portal shows nothing but these words.

use engine::explain::{self, Text};
use engine::ledger::Class;
use engine::plan::Plan;
use engine::plan::words::ExclusionCode;
use model::alarm::AlarmRecord;
use model::fault::Category;
use serde::Serialize;
use utoipa::ToSchema;

/// One text in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Words {
    /// Chinese.
    pub(crate) zh: String,
    /// English.
    pub(crate) en: String,
}

// === impl Words ===

impl Words {
    pub(crate) fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Words { zh: zh.into(), en: en.into() }
    }
}

impl From<Text> for Words {
    fn from(Text { zh, en }: Text) -> Self {
        Words { zh, en }
    }
}

/// The accounting method as a sentence.
pub(crate) fn method(plan: &Plan) -> Words {
    explain::method(plan).into()
}

/// Why time counts as it does.
pub(crate) fn why(class: Class, code: Option<ExclusionCode>, degraded: bool) -> Words {
    explain::why(class, code, degraded).into()
}

/// What kind of cause it is, for a customer: a class word and a sentence, never a name of ours.
pub(crate) fn cause(category: Category, record: &AlarmRecord) -> (&'static str, Words) {
    let (class, text) = explain::cause(category, record);
    (class, text.into())
}
