import assert from 'node:assert/strict';
import { readCommand, usage } from '../../bench/options.ts';
import { COMMON_DEFAULTS, type Scenario } from '../../bench/scenario.ts';
import { SCENARIOS } from '../../bench/scenarios.ts';

describe('options of the bench', () => {
  const scenario: Scenario = {
    name: 'stillness',
    summary: 'nothing happens',
    defaults: { ...COMMON_DEFAULTS, jobs: 7, jitter: 0.5 },
    run: () => Promise.resolve({}),
  };
  const read = (...args: readonly string[]) => readCommand(args, [scenario]);

  it('are those of the scenario unless the command line says otherwise', () => {
    assert.deepEqual(read('stillness'), {
      scenario,
      options: scenario.defaults,
      runs: 1,
      json: false,
    });
    const line = 'stillness --nodes 7 --jitter 0 --daemons real --pods 0 --runs 3 --json';
    const { options, runs, json } = read(...line.split(' '));
    assert.deepEqual(options, { ...scenario.defaults, nodes: 7, jitter: 0, daemons: 'real' });
    assert.deepEqual([runs, json], [3, true]);
  });

  for (const args of [
    [],
    ['noise'],
    ['stillness', 'noise'],
    ['stillness', '--nodes', '0'],
    ['stillness', '--runs', 'x'],
    ['stillness', '--idle-seconds', '0'],
    ['stillness', '--jitter', '2'],
    ['stillness', '--daemons', 'tame'],
  ]) {
    it(`refuse ${JSON.stringify(args)}`, () => {
      assert.throws(() => read(...args), /usage|must be/);
    });
  }

  it('are told with every scenario there is', () => {
    const text = usage(SCENARIOS);
    for (const { name, summary } of SCENARIOS) {
      assert.ok(text.includes(name) && text.includes(summary), name);
    }
    const names = SCENARIOS.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
  });
});
