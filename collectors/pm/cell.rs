//! Cells: numbers, what means "not measured", and texts that can be a part of a key.

use model::text::Text;

use crate::pm::issue::shown;
use crate::pm::manner::Format;

/// Words of managers for "not measured"; native files leave the cell empty.
const USUAL_WORDS: [&str; 6] = ["NIL", "NULL", "NaN", "N/A", "-", "--"];
/// Digits that are exact in a double whatever they are.
const DIGITS_EXACT: usize = 15;

/// What means "not measured", beside an empty cell.
#[derive(Clone, Debug)]
pub(super) struct NotMeasured {
    words: Vec<String>,
    numbers: Vec<f64>,
}

/// A text that came before and often comes again: rows of a file share their types.
#[derive(Debug, Default)]
pub(super) struct Again(Text);

// === impl NotMeasured ===

impl NotMeasured {
    pub(super) fn new(format: Format, given: &[String]) -> Self {
        let usual: &[&str] = if format == Format::Csv { &[] } else { &USUAL_WORDS };
        let numbers = given.iter().filter_map(|word| word.trim().parse().ok());
        NotMeasured {
            words: usual.iter().map(|word| (*word).to_owned()).chain(given.iter().cloned()).collect(),
            numbers: numbers.filter(|number: &f64| number.is_finite()).collect(),
        }
    }

    /// A value; NaN if it was not measured.
    ///
    /// # Errors
    /// A sentence if it is no number.
    pub(super) fn value(&self, text: &str) -> Result<f64, String> {
        if let Some(number) = plain(text) {
            return Ok(if self.is_listed(number) { f64::NAN } else { number });
        }
        let text = text.trim();
        if text.is_empty() || self.words.iter().any(|word| word.eq_ignore_ascii_case(text)) {
            return Ok(f64::NAN);
        }
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(if self.is_listed(number) { f64::NAN } else { number }),
            _ => Err(format!("{:?} is no number; taken as not measured", shown(text))),
        }
    }

    fn is_listed(&self, value: f64) -> bool {
        self.numbers.contains(&value)
    }
}

// === impl Again ===

impl Again {
    /// The text; the very same one as before if it is its equal.
    pub(super) fn text(&mut self, text: &str) -> Text {
        if self.0 != text {
            self.0 = Text::from(text);
        }
        self.0.clone()
    }
}

/// A number with few digits and no exponent, as nearly all are. Both the digits as a whole number and the power
/// of ten are exact, so their quotient is the number that the library would read, for a fifth of the time.
fn plain(text: &str) -> Option<f64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || digits.len() > DIGITS_EXACT {
        return None;
    }
    let (mut number, mut scale, mut point) = (0_u64, 1_u64, false);
    for byte in digits.bytes() {
        let digit = byte.wrapping_sub(b'0');
        if digit <= 9 {
            number = number * 10 + u64::from(digit);
            scale *= if point { 10 } else { 1 };
        } else if byte == b'.' && !point && digits.len() > 1 {
            point = true;
        } else {
            return None;
        }
    }
    let number = number as f64 / scale as f64;
    Some(if digits.len() < text.len() { -number } else { number })
}

/// A text of a key: not too long, and without characters that nobody can see.
///
/// # Errors
/// A sentence.
pub(super) fn key_text(text: &str, max: usize) -> Result<&str, String> {
    if text.len() > max {
        return Err(format!("{:?} has {} bytes; at most {max} are kept", shown(text), text.len()));
    }
    if text.bytes().any(|byte| byte < b' ') {
        return Err(format!("{:?} holds a control character", shown(text)));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_and_words_for_nothing_are_nothing() {
        let not = NotMeasured::new(Format::OmcText, &["-1".to_owned(), "无".to_owned()]);
        for (text, number) in
            [("0", 0.0), ("12", 12.0), (" 1.5 ", 1.5), ("-2e3", -2000.0), ("999999999999999999", 1e18)]
        {
            assert_eq!(not.value(text), Ok(number), "{text}");
        }
        for text in ["", " ", "nil", "NULL", "NaN", "-", "-1", "-1.0", "无"] {
            assert!(not.value(text).unwrap().is_nan(), "{text}");
        }
        for text in ["x", "1,5", "inf", "1e999", "12%", "0x10", ".", "-.", "1.2.3", "+-1"] {
            assert!(not.value(text).is_err(), "{text}");
        }
        for text in ["0.1", "-0.25", "123.456", "-7", "0.00000000001", "99999999999.999", "7.", ".5", "-0"] {
            let exact: f64 = text.parse().unwrap();
            assert_eq!(not.value(text).map(f64::to_bits), Ok(exact.to_bits()), "{text}");
        }
        let native = NotMeasured::new(Format::Csv, &[]);
        assert!(native.value("NIL").is_err() && native.value("").unwrap().is_nan());
    }
}
