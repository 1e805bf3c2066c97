// The columns of the alarm list, left to right by priority. Severity, SLA minutes and customers are
// never folded; the others fold, last first, when the list is narrow.
import { readPref, writePref } from '../../lib/prefs';

export const COLUMNS = ['severity', 'age', 'cause', 'sla', 'customers', 'circuits', 'where', 'owner', 'ticket', 'source'] as const;
export type Column = (typeof COLUMNS)[number];

export const FIXED: readonly Column[] = ['severity', 'cause', 'sla', 'customers'];
const OFF_AT_FIRST: readonly Column[] = ['source'];
const FOLD_ORDER: readonly Column[] = ['source', 'ticket', 'owner', 'where', 'circuits', 'age'];

const WIDTH: Record<Column, { least: number; track: string }> = {
  severity: { least: 112, track: '112px' },
  age: { least: 78, track: '78px' },
  cause: { least: 190, track: 'minmax(190px, 1.5fr)' },
  sla: { least: 96, track: '96px' },
  customers: { least: 180, track: 'minmax(180px, 1.3fr)' },
  circuits: { least: 84, track: '84px' },
  where: { least: 150, track: 'minmax(150px, 1.2fr)' },
  owner: { least: 88, track: '88px' },
  ticket: { least: 176, track: '176px' },
  source: { least: 96, track: '96px' },
};

export function readColumns(): Column[] {
  const text = readPref('alarm.columns');
  if (text === null) return COLUMNS.filter((name) => !OFF_AT_FIRST.includes(name));
  const wanted = text.split(',');
  return COLUMNS.filter((name) => FIXED.includes(name) || wanted.includes(name));
}

export function writeColumns(columns: readonly Column[]): void {
  writePref('alarm.columns', columns.join(','));
}

/** The columns that fit a width. */
export function fold(columns: readonly Column[], width: number): Column[] {
  let kept = [...columns];
  for (const name of FOLD_ORDER) {
    if (kept.reduce((sum, column) => sum + WIDTH[column].least, 0) <= width) break;
    kept = kept.filter((column) => column !== name);
  }
  return kept;
}

export function tracks(columns: readonly Column[]): string {
  return columns.map((name) => WIDTH[name].track).join(' ');
}

export type Density = 28 | 32 | 40;
export const DENSITIES: readonly Density[] = [28, 32, 40];

export function readDensity(): Density {
  const value = Number(readPref('density'));
  return DENSITIES.find((one) => one === value) ?? 32;
}

export function writeDensity(density: Density): void {
  writePref('density', String(density));
}
