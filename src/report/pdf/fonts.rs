//! The fonts of a report, parsed once and shared by every rendering.

use std::collections::HashMap;

use krilla::text::Font;
use skrifa::instance::{LocationRef, Size};
use skrifa::string::StringId;
use skrifa::{FontRef, MetadataProvider as _};

use crate::error::ReportError;

const LATIN: &[u8] = include_bytes!("../fonts/report-sans-400.ttf");
const LATIN_BOLD: &[u8] = include_bytes!("../fonts/report-sans-600.ttf");
const MONO: &[u8] = include_bytes!("../fonts/report-mono-400.ttf");
const HAN: &[u8] = include_bytes!("../fonts/noto-sans-sc.otf");

/// Fonts for [`pdf`](crate::pdf()): those of this room, and a larger one where a carrier has one.
pub struct Fonts {
    faces: Vec<Face>,
}

/// How heavy and how regular a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    /// Body.
    Regular,
    /// Headings and what must be seen.
    Bold,
    /// Codes and formulas.
    Mono,
}

/// A character found in a face.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Found {
    /// The face's number.
    pub(super) face: usize,
    /// The glyph's number in it.
    pub(super) glyph: u32,
    /// How wide it is, in em.
    pub(super) advance: f32,
    /// The face has no bold of its own: the glyph is drawn with an outline.
    pub(super) thick: bool,
}

/// One font.
struct Face {
    font: Font,
    glyphs: HashMap<char, (u32, f32)>,
}

/// Faces of a collection that are looked at.
const FACES_MAX: usize = 64;

/// Numbers of the faces that come with this room.
const FACE_LATIN: usize = 0;
const FACE_BOLD: usize = 1;
const FACE_MONO: usize = 2;
const FACE_HAN: usize = 3;
const FACE_EXTRA: usize = 4;

// === impl Fonts ===

impl Fonts {
    /// The fonts of this room.
    ///
    /// # Errors
    /// [`ReportError::Font`] if one cannot be read, which the tests exclude.
    pub fn new() -> Result<Self, ReportError> {
        let own = [LATIN, LATIN_BOLD, MONO, HAN];
        let faces = own.into_iter().map(|bytes| Face::new(bytes.to_vec()).ok_or(ReportError::Font("a built-in font")));
        Ok(Fonts { faces: faces.collect::<Result<_, _>>()? })
    }

    /// The same and the bytes of a larger font (TrueType, OpenType, or a collection), asked for what the
    /// others do not have: `NotoSansCJK-Regular.ttc`, for example.
    ///
    /// # Errors
    /// [`ReportError::Font`] if it cannot be read.
    pub fn with(larger: Vec<u8>) -> Result<Self, ReportError> {
        let mut fonts = Fonts::new()?;
        fonts.faces.push(Face::new(larger).ok_or(ReportError::Font("the larger font"))?);
        Ok(fonts)
    }

    /// Where a character is. `han` asks for signs that Latin and Chinese draw differently in their
    /// Chinese form.
    pub(super) fn find(&self, weight: Weight, character: char, han: bool) -> Option<Found> {
        let latin = match weight {
            Weight::Regular => FACE_LATIN,
            Weight::Bold => FACE_BOLD,
            Weight::Mono => FACE_MONO,
        };
        let order = if han { [FACE_HAN, latin, FACE_EXTRA] } else { [latin, FACE_HAN, FACE_EXTRA] };
        order.into_iter().find_map(|face| {
            let (glyph, advance) = *self.faces.get(face)?.glyphs.get(&character)?;
            Some(Found { face, glyph, advance, thick: weight == Weight::Bold && face != FACE_BOLD })
        })
    }

    /// A face for the PDF writer.
    pub(super) fn font(&self, face: usize) -> Option<&Font> {
        self.faces.get(face).map(|face| &face.font)
    }
}

// === impl Face ===

impl Face {
    fn new(bytes: Vec<u8>) -> Option<Self> {
        let index = simplified(&bytes);
        let font_ref = FontRef::from_index(&bytes, index).ok()?;
        let metrics = font_ref.glyph_metrics(Size::unscaled(), LocationRef::default());
        let per_em = f32::from(font_ref.metrics(Size::unscaled(), LocationRef::default()).units_per_em);
        let glyphs = font_ref.charmap().mappings().filter_map(|(point, glyph)| {
            let advance = metrics.advance_width(glyph)? / per_em;
            Some((char::from_u32(point)?, (glyph.to_u32(), advance)))
        });
        let glyphs = glyphs.collect();
        Some(Face { font: Font::new(bytes.into(), index)?, glyphs })
    }
}

/// The number of a collection's face for simplified Chinese (`Noto Sans CJK SC`), else of the first.
fn simplified(bytes: &[u8]) -> u32 {
    let is_simplified = |font: &FontRef<'_>| {
        font.localized_strings(StringId::FAMILY_NAME).any(|name| name.chars().collect::<String>().contains(" SC"))
    };
    let faces = FontRef::fonts(bytes).map_while(Result::ok).take(FACES_MAX);
    (0..).zip(faces).find(|(_, font)| is_simplified(font)).map_or(0, |(index, _)| index)
}
