//! A draft becomes bytes: marks, tags, bookmarks, metadata.

use std::num::NonZeroU16;

use krilla::Document;
use krilla::SerializeSettings;
use krilla::color::rgb;
use krilla::configure::{Accessibility, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::error::KrillaError;
use krilla::geom::{Path, PathBuilder, Point, Rect};
use krilla::metadata::{DateTime, Metadata};
use krilla::num::NormalizedF32;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke, StrokeDash};
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, Node as TagNode, SpanTag, TableHeaderScope, Tag, TagGroup, TagKind,
    TagTree,
};

use super::fonts::Fonts;
use super::page::{Area, Bookmark, Draft, HEIGHT, Ink, Mark, Meaning, WIDTH};
use super::text::{Line, Style, THICKNESS};
use crate::error::ReportError;
use crate::format::Format;
use crate::input::{Language, Report};
use crate::words;

/// Between slanted and level lines, in points.
const HATCH: f32 = 3.2;

/// Writes the document.
pub(super) fn paint(draft: Draft, fonts: &Fonts, report: &Report) -> Result<Vec<u8>, ReportError> {
    let configuration = ConfigurationBuilder::new().with_accessibility_validator(Accessibility::UA1).finish();
    let configuration = configuration.map_err(|error| ReportError::Pdf(format!("{error:?}")))?;
    let mut document = Document::new_with(SerializeSettings { configuration, ..SerializeSettings::default() });
    let mut identifiers: Vec<Vec<Identifier>> = draft.nodes.iter().map(|_| Vec::new()).collect();
    for marks in &draft.pages {
        let settings = PageSettings::from_wh(WIDTH, HEIGHT).ok_or_else(|| ReportError::Pdf("no page size".into()))?;
        let mut page = document.start_page_with(settings);
        let mut surface = page.surface();
        for together in marks.chunk_by(|a, b| a.0 == b.0) {
            let node = together.first().and_then(|(node, _)| *node);
            let identifier = surface.start_tagged(content_tag(&draft, node));
            together.iter().for_each(|(_, mark)| put(&mut surface, mark, fonts));
            surface.end_tagged();
            let own = node.and_then(|node| identifiers.get_mut(node));
            own.into_iter().for_each(|own| own.push(identifier));
        }
        surface.finish();
        page.finish();
    }
    document.set_tag_tree(tree(&draft, identifiers, report.language));
    document.set_outline(outline(&draft.bookmarks));
    document.set_metadata(metadata(report));
    document.finish().map_err(|error| refused(&error))
}

fn refused(error: &KrillaError) -> ReportError {
    ReportError::Pdf(format!("{error}: {error:?}"))
}

/// How the marks of a node are wrapped on the page.
fn content_tag(draft: &Draft, node: Option<usize>) -> ContentTag<'static> {
    match node.and_then(|node| draft.nodes.get(node)).map(|node| &node.meaning) {
        None => ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)),
        Some(Meaning::Figure(_)) => ContentTag::Other,
        Some(_) => ContentTag::Span(SpanTag::empty()),
    }
}

/// The tree of tags. A node's parent stands before it, so the tree is folded from the end.
fn tree(draft: &Draft, identifiers: Vec<Vec<Identifier>>, language: Language) -> TagTree {
    let leaves = |own: Vec<Identifier>| own.into_iter().map(TagNode::from).collect::<Vec<_>>();
    let mut children: Vec<Vec<TagNode>> = identifiers.into_iter().map(leaves).collect();
    for (index, node) in draft.nodes.iter().enumerate().skip(1).rev() {
        let mut own = children.get_mut(index).map(std::mem::take).unwrap_or_default();
        // Identifiers came in order; groups were pushed from the last to the first.
        if matches!(own.first(), Some(TagNode::Group(_))) {
            own.reverse();
        }
        if let (Some(parent), false) = (children.get_mut(node.parent), own.is_empty()) {
            parent.push(TagGroup::with_children(tag(&node.meaning), own).into());
        }
    }
    let mut tree = TagTree::new().with_lang(Some(code(language).to_owned()));
    let top = children.first_mut().map(std::mem::take).unwrap_or_default();
    top.into_iter().rev().for_each(|node| tree.push(node));
    tree
}

fn tag(meaning: &Meaning) -> TagKind {
    match meaning {
        Meaning::Document => Tag::Div.into(),
        Meaning::Heading(level, text) => {
            Tag::Hn(NonZeroU16::new(*level).unwrap_or(NonZeroU16::MIN), Some(text.clone())).into()
        }
        Meaning::Paragraph => Tag::P.into(),
        Meaning::Table => Tag::Table.into(),
        Meaning::Row => Tag::TR.into(),
        Meaning::HeadCell => Tag::TH(TableHeaderScope::Column).into(),
        Meaning::Cell => Tag::TD.into(),
        Meaning::Figure(said) => Tag::Figure(Some(said.clone())).into(),
    }
}

/// Bookmarks of level 2 hang below the last of level 1.
fn outline(bookmarks: &[Bookmark]) -> Outline {
    let mut outline = Outline::new();
    let mut open: Option<OutlineNode> = None;
    for bookmark in bookmarks {
        let at = XyzDestination::new(bookmark.page, Point::from_xy(0.0, (bookmark.y - 8.0).max(0.0)));
        let node = OutlineNode::new(bookmark.text.clone(), at);
        match open.as_mut() {
            Some(section) if bookmark.level > 1 => section.push_child(node),
            _ => open.replace(node).into_iter().for_each(|section| outline.push_child(section)),
        }
    }
    open.into_iter().for_each(|section| outline.push_child(section));
    outline
}

fn metadata(report: &Report) -> Metadata {
    let title = report.template.title.as_deref().unwrap_or(words::TITLE.say(report.language));
    let format = Format::of(report);
    let period = format.period(report.period);
    Metadata::new()
        .title(crate::plain::plain(&format!("{title} · {} · {period}", report.customer.name)))
        .authors(vec![crate::plain::plain(&report.template.carrier)])
        .creator("Linesman".to_owned())
        .language(code(report.language).to_owned())
        .creation_date(date(report))
        .document_id(crate::digest::digest(report))
}

fn date(report: &Report) -> DateTime {
    let at = report.generated_at.to_jiff().to_zoned(jiff::tz::TimeZone::UTC);
    let part = |value: i8| u8::try_from(value).unwrap_or(0);
    DateTime::new(u16::try_from(at.year()).unwrap_or(0))
        .month(part(at.month()))
        .day(part(at.day()))
        .hour(part(at.hour()))
        .minute(part(at.minute()))
        .second(part(at.second()))
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}

/// The language's tag.
fn code(language: Language) -> &'static str {
    match language {
        Language::Zh => "zh-CN",
        Language::En => "en",
    }
}

fn put(surface: &mut Surface<'_>, mark: &Mark, fonts: &Fonts) {
    match mark {
        Mark::Text { x, y, line, style } => text(surface, Point::from_xy(*x, *y), line, *style, fonts),
        Mark::Fill(area, ink) => {
            surface.set_stroke(None);
            surface.set_fill(Some(fill(*ink)));
            rectangle(*area).iter().for_each(|path| surface.draw_path(path));
        }
        Mark::Dashes(area, ink) => {
            let dash = Some(StrokeDash { array: vec![1.6, 1.4], offset: 0.0 });
            let inner = Area { x: area.x + 0.4, y: area.y + 0.4, width: area.width - 0.8, height: area.height - 0.8 };
            stroke(surface, rectangle(inner), Stroke { width: 0.7, dash, ..pen(*ink) });
        }
        Mark::Slants(area, ink) => stroke(surface, slants(*area), Stroke { width: 1.1, ..pen(*ink) }),
        Mark::Levels(area, ink) => stroke(surface, levels(*area), Stroke { width: 0.9, ..pen(*ink) }),
    }
}

fn text(surface: &mut Surface<'_>, start: Point, line: &Line, style: Style, fonts: &Fonts) {
    surface.set_fill(Some(fill(style.ink)));
    for run in &line.runs {
        let Some(font) = fonts.font(run.face) else { continue };
        let outline = Stroke { width: style.size * THICKNESS, ..pen(style.ink) };
        surface.set_stroke(run.thick.then_some(outline));
        let at = Point::from_xy(start.x + run.x, start.y);
        surface.draw_glyphs(at, &run.glyphs, font.clone(), &run.text, style.size, false);
    }
    surface.set_stroke(None);
}

fn stroke(surface: &mut Surface<'_>, path: Option<Path>, stroke: Stroke) {
    surface.set_fill(None);
    surface.set_stroke(Some(stroke));
    path.iter().for_each(|path| surface.draw_path(path));
    surface.set_stroke(None);
}

fn color(ink: Ink) -> rgb::Color {
    let (red, green, blue) = ink.rgb();
    rgb::Color::new(red, green, blue)
}

fn fill(ink: Ink) -> Fill {
    Fill { paint: color(ink).into(), opacity: NormalizedF32::ONE, ..Fill::default() }
}

fn pen(ink: Ink) -> Stroke {
    Stroke { paint: color(ink).into(), ..Stroke::default() }
}

fn rectangle(area: Area) -> Option<Path> {
    let mut path = PathBuilder::new();
    path.push_rect(Rect::from_xywh(area.x, area.y, area.width, area.height)?);
    path.finish()
}

/// Lines from the left lower to the right upper, cut at the rectangle's edges.
fn slants(Area { x, y, width, height }: Area) -> Option<Path> {
    let mut path = PathBuilder::new();
    let mut along = HATCH;
    while along < width + height {
        let (from, to) = ((along - height).max(0.0), along.min(width));
        path.move_to(x + from, y + (along - from).min(height));
        path.line_to(x + to, y + along - to);
        along += HATCH;
    }
    path.finish()
}

fn levels(Area { x, y, width, height }: Area) -> Option<Path> {
    let mut path = PathBuilder::new();
    let mut down = HATCH;
    while down < height {
        path.move_to(x, y + down);
        path.line_to(x + width, y + down);
        down += HATCH;
    }
    path.finish()
}
