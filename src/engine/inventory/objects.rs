//! Network objects and how they hang together: NE ⊃ BOARD ⊃ PORT, and a LINK below its two ports,
//! because an alarm on a port is an alarm on the link that ends there.

use hashbrown::HashTable;
use model::alarm::ObjectType;

use super::csr::Csr;
use super::names::{Names, Sym};

/// Number of a network object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ObjectIx(pub(crate) u32);

/// One object as it is kept.
#[derive(Clone, Copy)]
pub(crate) struct Object {
    pub(crate) kind: ObjectType,
    pub(crate) id: Sym,
    pub(crate) name: Sym,
    /// NE: its manager. BOARD: slot. LINK: link type.
    pub(crate) note: Sym,
    /// Objects directly above: a board's NE; a port's board, else NE; a link's two ports.
    pub(crate) above: [Option<ObjectIx>; 2],
    /// Some row defines it (it is not only named by a route).
    pub(crate) defined: bool,
}

/// All objects.
pub(crate) struct Objects {
    rows: Vec<Object>,
    index: HashTable<u32>,
    below: Csr<ObjectIx>,
}

// === impl Object ===

impl Object {
    pub(crate) fn new(kind: ObjectType, id: Sym) -> Self {
        Object { kind, id, name: Sym::EMPTY, note: Sym::EMPTY, above: [None, None], defined: false }
    }
}

// === impl Objects ===

impl Objects {
    pub(crate) fn new() -> Self {
        Objects { rows: Vec::new(), index: HashTable::new(), below: Csr::from_pairs(0, Vec::new()) }
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(crate) fn get(&self, ix: ObjectIx) -> Option<&Object> {
        self.rows.get(ix.0 as usize)
    }

    pub(crate) fn get_mut(&mut self, ix: ObjectIx) -> Option<&mut Object> {
        self.rows.get_mut(ix.0 as usize)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = (ObjectIx, &Object)> {
        (0u32..).map(ObjectIx).zip(&self.rows)
    }

    pub(crate) fn find(&self, kind: ObjectType, id: Sym) -> Option<ObjectIx> {
        self.index.find(hash(kind, id), |i| is(&self.rows, *i, kind, id)).map(|i| ObjectIx(*i))
    }

    /// The object, which is made if it is not known.
    pub(crate) fn intern(&mut self, kind: ObjectType, id: Sym) -> ObjectIx {
        if let Some(known) = self.find(kind, id) {
            return known;
        }
        let ix = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
        self.rows.push(Object::new(kind, id));
        let rows = &self.rows;
        self.index.insert_unique(hash(kind, id), ix, |i| {
            rows.get(*i as usize).map_or(0, |object| hash(object.kind, object.id))
        });
        ObjectIx(ix)
    }

    /// Builds the way down from the ways up; called once, when all objects are known.
    pub(crate) fn seal(&mut self) {
        let mut pairs = Vec::new();
        for (ix, object) in self.all() {
            pairs.extend(object.above.iter().flatten().map(|parent| (parent.0, ix)));
        }
        self.below = Csr::from_pairs(self.rows.len(), pairs);
        self.rows.shrink_to_fit();
    }

    /// Objects directly below.
    pub(crate) fn below(&self, ix: ObjectIx) -> &[ObjectIx] {
        self.below.of(ix.0)
    }

    /// Calls `visit` for `ix` and everything below it. An object with two ways up may come twice.
    pub(crate) fn walk_down(&self, ix: ObjectIx, visit: &mut impl FnMut(ObjectIx)) {
        visit(ix);
        for child in self.below(ix) {
            self.walk_down(*child, visit);
        }
    }

    /// Calls `visit` for `ix` and everything above it. An object with two ways may come twice.
    pub(crate) fn walk_up(&self, ix: ObjectIx, visit: &mut impl FnMut(ObjectIx)) {
        visit(ix);
        for parent in self.get(ix).map(|object| object.above).into_iter().flatten().flatten() {
            self.walk_up(parent, visit);
        }
    }

    /// The element an object belongs to, if there is one and only one way (a link has two ends).
    pub(crate) fn element(&self, ix: ObjectIx) -> Option<ObjectIx> {
        let object = self.get(ix)?;
        match object.kind {
            ObjectType::Ne => Some(ix),
            ObjectType::Board | ObjectType::Port => object.above.iter().flatten().find_map(|up| self.element(*up)),
            _ => None,
        }
    }

    pub(crate) fn name<'a>(&self, names: &'a Names, ix: ObjectIx) -> &'a str {
        self.get(ix).map_or("", |object| names.get(object.name))
    }

    pub(crate) fn bytes(&self) -> usize {
        self.rows.capacity() * size_of::<Object>() + self.index.capacity() * 5 + self.below.bytes()
    }
}

fn is(rows: &[Object], ix: u32, kind: ObjectType, id: Sym) -> bool {
    rows.get(ix as usize).is_some_and(|object| object.kind == kind && object.id == id)
}

/// Spreads (kind, number): numbers are ours and dense, so nobody outside can choose collisions.
fn hash(kind: ObjectType, id: Sym) -> u64 {
    let key = (u64::from(id.0) << 4) | (kind as u64);
    key.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(20)
}
