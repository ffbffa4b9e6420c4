/** The same numbers in [0, 1) for the same seed (a Lehmer generator: 48271 modulo 2^31 - 1). */
export function seededRandom(seed: number): () => number {
  const modulus = 2 ** 31 - 1;
  let state = (Math.trunc(Math.abs(seed)) % (modulus - 1)) + 1;
  return () => {
    state = (state * 48_271) % modulus;
    return state / modulus;
  };
}
