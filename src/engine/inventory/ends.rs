//! Ports that circuits end on. What is measured of such a port is measured of the circuit, while it is the only one.

use model::time::Window;

use super::Inventory;
use super::circuits::{CircuitIx, CircuitRow};
use super::finish::numbered;
use super::names::Sym;

/// Ports with the circuits that end there, sorted.
pub(super) fn ends(circuits: &[CircuitRow]) -> Vec<(Sym, CircuitIx)> {
    let both = numbered(circuits).flat_map(|(ix, row)| [(row.a_port, ix), (row.z_port, ix)]);
    let mut ends: Vec<_> = both.filter(|(port, _)| !port.is_empty()).collect();
    ends.sort_unstable();
    ends.dedup();
    ends
}

// === impl Inventory ===

impl Inventory {
    /// Ports that a circuit ends on, each with the times in which it was in service there and no other circuit was.
    pub fn ends_of(&self, circuit: CircuitIx) -> Vec<(&str, Vec<Window>)> {
        let Some(row) = self.circuits.get(circuit.0 as usize) else { return Vec::new() };
        let mut ports = vec![row.a_port, row.z_port];
        ports.dedup();
        ports.retain(|port| !port.is_empty());
        ports.into_iter().map(|port| (self.names.get(port), self.alone_at(port, circuit, row.in_service))).collect()
    }

    fn alone_at(&self, port: Sym, circuit: CircuitIx, in_service: Window) -> Vec<Window> {
        let first = self.ends.partition_point(|(known, _)| *known < port);
        let here = self.ends.iter().skip(first).take_while(|(known, _)| *known == port);
        let others = here.filter(|(_, ix)| *ix != circuit).filter_map(|(_, ix)| self.circuits.get(ix.0 as usize));
        others.fold(vec![in_service], |alone, other| {
            alone.into_iter().flat_map(|window| without(window, other.in_service)).collect()
        })
    }
}

/// What of a window lies outside of another.
fn without(window: Window, other: Window) -> impl Iterator<Item = Window> {
    let before = Window::new(window.start, window.end.min(other.start));
    let after = Window::new(window.start.max(other.end), window.end);
    [before, after].into_iter().filter(|part| !part.is_empty())
}
