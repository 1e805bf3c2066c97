// A customer's reports as one shelf: a month, in it a language, and its files.
import type { OwnReport } from '../lib/api/figures';

const ORDER = ['pdf', 'xlsx', 'csv'];

export interface Shelf {
  label: string;
  language: string;
  final: boolean;
  /** The highest of its files. */
  revision: number;
  createdAt: string;
  files: OwnReport[];
}

/** Newest month first; of each format the newest revision. */
export function shelves(reports: readonly OwnReport[]): Shelf[] {
  const groups = new Map<string, OwnReport[]>();
  for (const report of reports) {
    const key = `${report.label} ${report.language}`;
    groups.set(key, [...(groups.get(key) ?? []), report]);
  }
  const made = [...groups.values()].map((group): Shelf => {
    const newest = [...group].sort((a, b) => b.revision - a.revision);
    const files = ORDER.flatMap((format) => newest.find((one) => one.format === format) ?? []);
    const [first] = newest;
    return { label: first?.label ?? '', language: first?.language ?? '', final: files.every((one) => one.final), revision: first?.revision ?? 1, createdAt: first?.createdAt ?? '', files };
  });
  return made.sort((a, b) => b.label.localeCompare(a.label) || a.language.localeCompare(b.language));
}
