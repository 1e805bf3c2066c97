// How many rows came into the list within the last minute, and whether that is a flood. It begins
// at one rate and ends at a lower one, so that it does not flicker.

const MINUTE_MS = 60_000;
export const FLOOD_BEGINS = 100;
export const FLOOD_ENDS = 40;

export class Flood {
  #came: { at: number; rows: number }[] = [];
  #on = false;

  /** Counts new rows; `now` in milliseconds of the viewer's own clock. */
  count(rows: number, now: number): void {
    if (rows > 0) this.#came.push({ at: now, rows });
    this.#forget(now);
    if (this.perMinute >= FLOOD_BEGINS) this.#on = true;
    else if (this.perMinute < FLOOD_ENDS) this.#on = false;
  }

  get on(): boolean {
    return this.#on;
  }

  get perMinute(): number {
    return this.#came.reduce((sum, one) => sum + one.rows, 0);
  }

  #forget(now: number): void {
    while (this.#came[0] !== undefined && this.#came[0].at <= now - MINUTE_MS) this.#came.shift();
  }
}
