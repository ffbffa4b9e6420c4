import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ceilingFor, parseCeilings } from '../../../controllers/registry-budget/ceilings.ts';

const UNLIMITED = Number.POSITIVE_INFINITY;

const TEXT = `
# what each may bear
docker.io = 10
Registry.Example:5000=50   # the one in the cellar
*.example.com = 20
*.eu.example.com = 30
[fd00::1]:5000 = 4
paused.example = 0
free.example = unlimited
* = 100
`;

describe('parseCeilings', () => {
  it('reads hosts with ports, patterns, pauses and remarks', () => {
    const { ceilings, problems } = parseCeilings(TEXT);
    assert.deepEqual(problems, []);
    assert.deepEqual(
      [...ceilings.byHost],
      [
        ['docker.io', 10],
        ['registry.example:5000', 50],
        ['*.example.com', 20],
        ['*.eu.example.com', 30],
        ['[fd00::1]:5000', 4],
        ['paused.example', 0],
        ['free.example', UNLIMITED],
        ['*', 100],
      ],
    );
  });

  const lookups: readonly (readonly [string, number | undefined])[] = [
    ['docker.io', 10],
    ['registry.example:5000', 50],
    ['registry.example', 100],
    ['a.example.com', 20],
    ['a.b.example.com', 20],
    ['a.eu.example.com', 30],
    ['example.com', 100],
    ['free.example', UNLIMITED],
    ['paused.example', 0],
  ];
  for (const [host, ceiling] of lookups) {
    it(`gives ${host} ${ceiling}`, () => {
      assert.equal(ceilingFor(parseCeilings(TEXT).ceilings, host), ceiling);
    });
  }

  it('says nothing of a host that no line matches', () => {
    assert.equal(ceilingFor(parseCeilings('docker.io = 1').ceilings, 'quay.io'), undefined);
  });

  it("takes Docker Hub's other name for the one that images have", () => {
    assert.equal(ceilingFor(parseCeilings('index.docker.io = 3').ceilings, 'docker.io'), 3);
  });

  const mistakes: readonly (readonly [string, RegExp])[] = [
    ['docker.io 10', /^line 1: write a host and a number, as in docker\.io = 10/],
    ['docker.io: 10', /^line 1: write a host/],
    ['docker.io = ten', /'ten' is no ceiling; write a whole number from 0 to 100000, or unlimited/],
    ['docker.io = -1', /'-1' is no ceiling/],
    ['docker.io = 1.5', /'1\.5' is no ceiling/],
    ['docker.io = 100001', /'100001' is no ceiling/],
    ['docker.io =', /'' is no ceiling/],
    ['https://docker.io = 1', /'https:\/\/docker\.io' is no registry host/],
    ['docker.io/library = 1', /is no registry host/],
    ['a.*.example = 1', /is no registry host/],
    ['quay.io = 1\nquay.io = 2', /^line 2: quay\.io has a line already/],
  ];
  for (const [text, problem] of mistakes) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      const { problems } = parseCeilings(text);
      assert.equal(problems.length, 1);
      assert.match(problems[0] ?? '', problem);
    });
  }

  it('reads any text without failing, and keeps what it has read within bounds', () => {
    fc.assert(
      fc.property(fc.string(), text => {
        const { ceilings } = parseCeilings(text);
        for (const ceiling of ceilings.byHost.values()) assert.ok(ceiling >= 0);
      }),
    );
  });
});
