// Wire words that are not words for people.
import type { Severity } from './api/types';

export type SeverityName = 'critical' | 'major' | 'minor' | 'warning' | 'indeterminate';

export const SEVERITIES: readonly Severity[] = [1, 2, 3, 4, 0];

const NAMES: Record<Severity, SeverityName> = { 1: 'critical', 2: 'major', 3: 'minor', 4: 'warning', 0: 'indeterminate' };

export function severityName(severity: Severity): SeverityName {
  return NAMES[severity] ?? 'indeterminate';
}

/** Order for lists: 0 is worst. */
export function severityRank(severity: Severity): number {
  return severity === 0 ? 4 : severity - 1;
}
