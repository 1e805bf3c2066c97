// What a customer's circuit is shown as: a working circuit inside a planned-work window says so.
import type { PortalCircuit } from '../lib/api/portal';

export function shownState(circuit: PortalCircuit): string {
  return circuit.state === 'up' && circuit.planned ? 'maintenance' : circuit.state;
}
