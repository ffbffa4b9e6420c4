/** What can be done with a work queue. */
export type QueueStep =
  | { readonly do: 'add' | 'addWithBackoff' | 'forget' | 'done'; readonly key: string }
  | { readonly do: 'addAfter'; readonly key: string; readonly ms: number }
  | { readonly do: 'advance'; readonly ms: number }
  | { readonly do: 'take' };

/** The work queue as its documentation describes it, in lists and without regard to speed. */
export class QueueModel {
  readonly ready: string[] = [];
  /** Keys in the order workers got them. */
  readonly taken: string[] = [];
  readonly #processing = new Set<string>();
  readonly #again = new Set<string>();
  readonly #failures = new Map<string, number>();
  #delayed: { key: string; at: number; order: number }[] = [];
  #now = 0;
  #order = 0;
  #idleWorkers = 0;

  apply(step: QueueStep): void {
    switch (step.do) {
      case 'add':
        return this.#add(step.key);
      case 'addAfter':
        return this.#addAfter(step.key, step.ms);
      case 'addWithBackoff':
        return this.#addWithBackoff(step.key);
      case 'forget':
        this.#failures.delete(step.key);
        return;
      case 'take':
        this.#idleWorkers++;
        return this.#handOut();
      case 'done':
        return this.#done(step.key);
      case 'advance':
        return this.#advance(step.ms);
    }
  }

  #add(key: string): void {
    if (this.#processing.has(key)) this.#again.add(key);
    else if (!this.ready.includes(key)) this.ready.push(key);
    this.#handOut();
  }

  #addAfter(key: string, ms: number): void {
    if (ms <= 0) return this.#add(key);
    const at = this.#now + ms;
    const before = this.#delayed.find(delayed => delayed.key === key);
    if (before !== undefined && before.at <= at) return;
    this.#delayed = this.#delayed.filter(delayed => delayed !== before);
    this.#delayed.push({ key, at, order: this.#order++ });
  }

  #addWithBackoff(key: string): void {
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    this.#addAfter(key, Math.min(60_000, 5 * 2 ** failures));
  }

  #done(key: string): void {
    if (!this.#processing.delete(key)) return;
    if (this.#again.delete(key)) this.#add(key);
  }

  #advance(ms: number): void {
    this.#now += ms;
    const due = this.#delayed.filter(({ at }) => at <= this.#now);
    this.#delayed = this.#delayed.filter(({ at }) => at > this.#now);
    due.sort((a, b) => a.at - b.at || a.order - b.order);
    for (const { key } of due) this.#add(key);
  }

  #handOut(): void {
    while (this.#idleWorkers > 0) {
      const key = this.ready.shift();
      if (key === undefined) return;
      this.#idleWorkers--;
      this.#processing.add(key);
      this.taken.push(key);
    }
  }
}
