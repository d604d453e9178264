/** Random input for properties, the same in every run unless CLAIMD_TEST_SEED names another seed */

declare const CLAIMD_TEST_SEED: number; // put in where the tests are bundled
const THROWS = 200;

export class Dice {
  constructor(private state: number) {}

  /** 0 to sides - 1 (mulberry32). */
  roll(sides: number): number {
    this.state = this.state + 0x6d2b79f5 | 0;
    let mixed = Math.imul(this.state ^ this.state >>> 15, 1 | this.state);
    mixed = mixed + Math.imul(mixed ^ mixed >>> 7, 61 | mixed) ^ mixed;
    return Math.floor(((mixed ^ mixed >>> 14) >>> 0) / 2 ** 32 * sides);
  }

  chance(): boolean {
    return this.roll(2) === 0;
  }

  one<Item>(items: readonly [Item, ...Item[]]): Item {
    return items[this.roll(items.length)] ?? items[0];
  }

  many<Item>(most: number, make: (place: number) => Item): Item[] {
    return Array.from({ length: this.roll(most + 1) }, (_, place) => make(place));
  }

  digits(count: number): string {
    return Array.from({ length: count }, () => this.roll(10)).join("");
  }
}

/** A failure names the seed, so that it can be seen again. */
export function throwing(holds: (dice: Dice) => void): () => void {
  return () => {
    const dice = new Dice(CLAIMD_TEST_SEED);
    for (let turn = 1; turn <= THROWS; ++turn) {
      try {
        holds(dice);
      } catch (failure) {
        throw new Error(`at throw ${turn} with CLAIMD_TEST_SEED=${CLAIMD_TEST_SEED}: ${String(failure)}`, { cause: failure });
      }
    }
  };
}
