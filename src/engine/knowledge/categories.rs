//! The built-in tables: what an alarm is by its probable cause (X.733, M.3100 and X.721 names), and
//! where it ranks in the order of SDH layers, by the maker's own word.

use model::fault::Category;

/// Probable causes, lower case without separators.
const BY_PROBABLE_CAUSE: &[(&str, Category)] = &[
    ("lossofsignal", Category::Los),
    ("los", Category::Los),
    ("lossofframe", Category::Lof),
    ("lof", Category::Lof),
    ("lossofmultiframe", Category::Lof),
    ("ais", Category::Ais),
    ("alarmindicationsignal", Category::Ais),
    ("farendreceiverfailure", Category::Rdi),
    ("ferf", Category::Rdi),
    ("rdi", Category::Rdi),
    ("remotedefectindication", Category::Rdi),
    ("remotealarmindication", Category::Rdi),
    ("replaceableunitproblem", Category::Board),
    ("replaceableunitmissing", Category::Board),
    ("replaceableunittypemismatch", Category::Board),
    ("inputoutputdeviceerror", Category::Board),
    ("linecardproblem", Category::Board),
    ("equipmentmalfunction", Category::Board),
    ("cardmissing", Category::Board),
    ("neunreachable", Category::NeUnreachable),
    ("communicationssubsystemfailure", Category::NeUnreachable),
    ("communicationsubsystemfailure", Category::NeUnreachable),
    ("connectionestablishmenterror", Category::NeUnreachable),
    ("dcnfailure", Category::EmsLink),
    ("emslinkdown", Category::EmsLink),
    ("powerproblem", Category::Power),
    ("powersupplyfailure", Category::Power),
    ("rectifierfailure", Category::Power),
    ("temperatureunacceptable", Category::Environment),
    ("hightemperature", Category::Environment),
    ("humidityunacceptable", Category::Environment),
    ("airconditioningfailure", Category::Environment),
    ("smokedetection", Category::Environment),
    ("firedetected", Category::Environment),
    ("flooddetection", Category::Environment),
    ("enclosuredooropen", Category::Environment),
    ("protectionswitch", Category::ProtectionSwitch),
    ("protectionpathfailure", Category::ProtectionSwitch),
    ("switchfailure", Category::ProtectionSwitch),
];

/// SDH order, highest first (after LOS, 0, and LOF, 1): what stands above explains what stands below on
/// the same port. Makers write `MS_AIS`, `MS-AIS` or `ms ais`.
const LAYERS: &[(&str, u8)] = &[
    ("MSAIS", 2),
    ("MSEXC", 3),
    ("MSDEG", 4),
    ("MSRDI", 5),
    ("RSTIM", 6),
    ("AUAIS", 7),
    ("AULOP", 8),
    ("HP", 9),
    ("TUAIS", 10),
    ("TULOP", 11),
    ("LP", 12),
];

/// A category by its own word, in any case; `None` for an unknown one.
pub(super) fn by_word(word: &str) -> Option<Category> {
    let word = word.trim();
    Category::ALL.iter().copied().find(|category| category.word().eq_ignore_ascii_case(word))
}

/// A category by the alarm's causes. The probable cause decides; where it says nothing, the ending
/// of the maker's word does (`R_LOS`, `AU_AIS`, `HP_RDI`).
pub(super) fn by_cause(native: &str, probable: &str) -> Category {
    let plain = letters(probable).to_ascii_lowercase();
    if let Some((_, category)) = BY_PROBABLE_CAUSE.iter().find(|(word, _)| *word == plain) {
        return *category;
    }
    match native.rsplit(['_', '-', ' ']).next().unwrap_or("").to_ascii_uppercase().as_str() {
        "LOS" => Category::Los,
        "LOF" => Category::Lof,
        "AIS" => Category::Ais,
        "RDI" => Category::Rdi,
        _ => Category::Other,
    }
}

/// Place in the SDH order; `None` for an alarm that is no signal. RDI comes last whatever its layer,
/// because it is never a cause.
pub(crate) fn order(native: &str, category: Category) -> Option<u8> {
    let named = || {
        let word = letters(native).to_ascii_uppercase();
        LAYERS.iter().find(|(layer, _)| word.starts_with(layer)).map(|(_, place)| *place)
    };
    match category {
        Category::Los => Some(0),
        Category::Lof => Some(1),
        Category::Ais => Some(named().unwrap_or(2)),
        Category::Rdi => Some(13),
        Category::Other => named(),
        _ => None,
    }
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}
