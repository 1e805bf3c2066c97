//! Figures in the words of people, Chinese and English: the accounting method, why time counts or
//! does not, what kind of cause an outage had. The portal shows nothing but these words.

use engine::explain::{self, Text};
use engine::ledger::Class;
use engine::plan::Plan;
use engine::plan::words::ExclusionCode;
use model::alarm::{AlarmRecord, ObjectType};
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
    match category {
        Category::Los | Category::Lof if record.object_type == Some(ObjectType::Link) => {
            ("cable", Words::new("传输线路中断", "a transmission line was cut"))
        }
        Category::Los | Category::Lof => ("signal", Words::new("传输信号中断", "the transmission signal was lost")),
        Category::Ais | Category::Rdi => ("upstream", Words::new("上游传输中断", "transmission failed further up")),
        Category::Board | Category::NeUnreachable | Category::EmsLink => {
            ("equipment", Words::new("运营商设备故障", "the carrier's equipment failed"))
        }
        Category::Power | Category::Environment => {
            ("power", Words::new("机房动力环境故障", "power or environment of a site failed"))
        }
        Category::ProtectionSwitch => ("protection", Words::new("保护倒换", "traffic moved to the protection path")),
        Category::Other => ("other", Words::new("网络故障", "a network fault")),
    }
}
