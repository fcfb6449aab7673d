/** Random numbers that are the same in each run, for properties that must hold for many cases. */

/**
 * @param {number} seed
 * @returns {(low: number, high: number) => number} a number in [low, high)
 */
export function random(seed) {
  let state = seed >>> 0;
  return (low, high) => {
    // Mulberry32.
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return low + (((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * (high - low);
  };
}
