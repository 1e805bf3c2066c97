// The viewer's choice of columns and row height, shared by the chooser and the list.
import { readColumns, readDensity, writeColumns, writeDensity, type Column, type Density } from './columns';

let columns = $state.raw<Column[]>(readColumns());
let density = $state<Density>(readDensity());

export const view = {
  get columns(): Column[] {
    return columns;
  },
  set columns(next: Column[]) {
    columns = next;
    writeColumns(next);
  },
  get density(): Density {
    return density;
  },
  set density(next: Density) {
    density = next;
    writeDensity(next);
  },
};
