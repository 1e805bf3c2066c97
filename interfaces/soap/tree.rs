//! A parsed document: one string and one vector, whatever the number of elements, because a
//! batch of a thousand alarms has thirty thousand of them and each would cost an allocation.
//!
//! Elements are met by local name. Peers disagree on prefixes and on whether children are
//! qualified, so children are never looked up by namespace; the operation's namespace is checked once.

use std::fmt;

/// A document that was read within the limits.
#[derive(Clone)]
pub struct Tree {
    pub(crate) heap: String,
    pub(crate) nodes: Vec<Node>,
    pub(crate) namespaces: Vec<String>,
    /// Where the content of the first nodes lies in the decoded text; blanks passwords in what is kept.
    pub(crate) origins: Vec<(u32, u32)>,
}

/// An element of a [`Tree`]. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Element<'a> {
    tree: &'a Tree,
    at: u32,
}

/// The children of an element, in order.
#[derive(Clone)]
pub struct Children<'a> {
    tree: &'a Tree,
    next: u32,
    end: u32,
}

#[derive(Clone, Copy, Default)]
pub(crate) struct Span {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

/// An element in document order; `end` is the index after its last descendant.
#[derive(Clone, Copy)]
pub(crate) struct Node {
    pub(crate) name: Span,
    pub(crate) text: Span,
    pub(crate) end: u32,
    pub(crate) namespace: u8,
    pub(crate) nil: bool,
    pub(crate) must_understand: bool,
}

/// Origins are kept for this many nodes: headers come first.
pub(crate) const ORIGINS_LIMIT: usize = 256;

// === impl Tree ===

impl Tree {
    /// The document's element.
    pub fn root(&self) -> Element<'_> {
        Element { tree: self, at: 0 }
    }

    /// How many elements it has.
    pub fn elements(&self) -> usize {
        self.nodes.len()
    }

    pub(crate) fn element(&self, at: u32) -> Element<'_> {
        Element { tree: self, at }
    }

    fn text(&self, span: Span) -> &str {
        self.heap.get(span.start as usize..span.end as usize).unwrap_or_default()
    }
}

/// Tells sizes only: the text may hold a password.
impl fmt::Debug for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tree").field("elements", &self.nodes.len()).field("bytes", &self.heap.len()).finish()
    }
}

// === impl Element ===

impl<'a> Element<'a> {
    fn node(self) -> Option<&'a Node> {
        self.tree.nodes.get(self.at as usize)
    }

    /// Local name.
    pub fn name(self) -> &'a str {
        self.node().map_or("", |node| self.tree.text(node.name))
    }

    /// Namespace; empty if it has none.
    pub fn namespace(self) -> &'a str {
        let tree = self.tree;
        self.node().and_then(|node| tree.namespaces.get(usize::from(node.namespace))).map_or("", String::as_str)
    }

    /// Text, white space included; empty for an element with children or `xsi:nil`.
    pub fn text(self) -> &'a str {
        self.node().map_or("", |node| self.tree.text(node.text))
    }

    /// `xsi:nil="true"`.
    pub fn is_nil(self) -> bool {
        self.node().is_some_and(|node| node.nil)
    }

    /// Children in order.
    pub fn children(self) -> Children<'a> {
        let end = self.node().map_or(0, |node| node.end);
        Children { tree: self.tree, next: self.at + 1, end }
    }

    /// It has no children.
    pub fn is_leaf(self) -> bool {
        self.children().next().is_none()
    }

    /// The first child of that local name.
    pub fn child(self, name: &str) -> Option<Element<'a>> {
        self.children().find(|child| child.name() == name)
    }

    /// Children of that local name.
    pub fn children_named(self, name: &str) -> impl Iterator<Item = Element<'a>> {
        self.children().filter(move |child| child.name() == name)
    }

    /// Trimmed text of the first child of that name; `None` if it is absent, nil or blank.
    pub fn value(self, name: &str) -> Option<&'a str> {
        self.child(name).and_then(Element::own_value)
    }

    /// Its own text, trimmed; `None` if nil or blank.
    pub fn own_value(self) -> Option<&'a str> {
        let text = self.text().trim();
        (!text.is_empty() && !self.is_nil()).then_some(text)
    }

    /// A list of texts, however the peer nests it: repeated `<name>a</name>`, or one `<name>` with
    /// a child for each item. Blank items are left out.
    pub fn values(self, name: &str) -> Vec<&'a str> {
        let mut found = Vec::new();
        for element in self.children_named(name) {
            if element.is_leaf() {
                found.extend(element.own_value());
            } else {
                found.extend(element.children().filter_map(Element::own_value));
            }
        }
        found
    }

    pub(crate) fn must_understand(self) -> bool {
        self.node().is_some_and(|node| node.must_understand)
    }

    pub(crate) fn index(self) -> u32 {
        self.at
    }

    /// Itself and all below it, in document order.
    pub(crate) fn descendants(self) -> impl Iterator<Item = Element<'a>> {
        let (tree, end) = (self.tree, self.node().map_or(0, |node| node.end));
        (self.at..end).map(move |at| Element { tree, at })
    }

    /// Index after its last descendant.
    pub(crate) fn end(self) -> u32 {
        self.node().map_or(0, |node| node.end)
    }
}

/// Tells the name only: the text may hold a password.
impl fmt::Debug for Element<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}>", self.name())
    }
}

// === impl Children ===

impl<'a> Iterator for Children<'a> {
    type Item = Element<'a>;

    fn next(&mut self) -> Option<Element<'a>> {
        if self.next >= self.end {
            return None;
        }
        let child = Element { tree: self.tree, at: self.next };
        // A node always ends after itself, so this moves on.
        self.next = child.end().max(self.next + 1);
        Some(child)
    }
}

#[cfg(test)]
mod tests;
