import fc from 'fast-check';

/** A property that holds for inputs nobody has checked. */
export interface FuzzProperty {
  /** A sentence. */
  readonly name: string;
  /** In `npm test`; long tests take a hundred times as many. */
  readonly runs: number;
  readonly property: fc.IRawProperty<unknown>;
}

/** Defines a test for each property; titles say how many inputs there are, and of which seed. */
export function testProperties(properties: readonly FuzzProperty[], factor: number): void {
  const { seed } = fc.readConfigureGlobal();
  for (const { name, runs, property } of properties) {
    const numRuns = runs * factor;
    it(`${name} (${numRuns} inputs, PROPERTY_SEED=${seed})`, async () => {
      await fc.assert(property, { numRuns });
    });
  }
}
