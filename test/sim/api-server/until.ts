/** Waits, without sleeping, for something that real sockets are about to bring. */
export async function until(condition: () => boolean, timeoutMs = 4_000): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!condition()) {
    if (performance.now() > end) throw new Error('gave up waiting');
    await new Promise(resolve => setImmediate(resolve));
  }
}
