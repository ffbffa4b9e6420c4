import assert from 'node:assert/strict';
import type { Metrics } from '../../runtime/metrics.ts';
import { createPlainMetrics } from '../../runtime/plain-metrics.ts';
import { addProcessMetrics } from '../../runtime/process-metrics.ts';
import { createPromMetrics } from '../../runtime/prom-metrics.ts';

const registries: readonly [string, () => Metrics][] = [
  ['createPromMetrics', () => createPromMetrics({ processMetrics: false })],
  ['createPlainMetrics', createPlainMetrics],
];

/** Samples of an exposition, without the order of lines and labels. */
function samples(text: string): Map<string, string> {
  const lines = text.split('\n').filter(line => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map(line => {
      const [, name = '', labels = '', value = ''] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
      return [
        `${name}{${labels
          .split(/,(?=\w+=)/)
          .sort()
          .join(',')}}`,
        value,
      ];
    }),
  );
}

for (const [name, make] of registries) {
  describe(name, () => {
    it('counts, with and without labels', async () => {
      const metrics = make();
      const pulls = { name: 'pulls_total', help: 'Pulls.', labelNames: ['result'] };
      metrics.counter(pulls).inc({ result: 'ok' });
      metrics.counter(pulls).inc({ result: 'ok' }, 2);
      metrics.counter(pulls).inc({ result: 'failed' });
      metrics.counter({ name: 'starts_total', help: 'Starts.' }).inc();
      const text = await metrics.exposition();
      assert.match(text, /^# HELP pulls_total Pulls\.$/m);
      assert.match(text, /^# TYPE pulls_total counter$/m);
      const found = samples(text);
      assert.equal(found.get('pulls_total{result="ok"}'), '3');
      assert.equal(found.get('pulls_total{result="failed"}'), '1');
      assert.equal(found.get('starts_total{}'), '1');
    });

    it('goes up and down', async () => {
      const metrics = make();
      const depth = metrics.gauge({ name: 'depth', help: 'Depth.', labelNames: ['queue'] });
      depth.set({ queue: 'a' }, 5);
      depth.inc({ queue: 'a' });
      depth.dec({ queue: 'a' }, 2);
      depth.inc({ queue: 'b' });
      const found = samples(await metrics.exposition());
      assert.equal(found.get('depth{queue="a"}'), '4');
      assert.equal(found.get('depth{queue="b"}'), '1');
    });

    it('puts observations into buckets', async () => {
      const metrics = make();
      const options = { name: 'time', help: 'Time.', labelNames: ['verb'], buckets: [0.1, 1] };
      const time = metrics.histogram(options);
      for (const seconds of [0.05, 0.1, 0.5, 7]) time.observe({ verb: 'get' }, seconds);
      const found = samples(await metrics.exposition());
      assert.equal(found.get('time_bucket{le="0.1",verb="get"}'), '2');
      assert.equal(found.get('time_bucket{le="1",verb="get"}'), '3');
      assert.equal(found.get('time_bucket{le="+Inf",verb="get"}'), '4');
      assert.equal(found.get('time_count{verb="get"}'), '4');
      assert.equal(Number(found.get('time_sum{verb="get"}')).toFixed(2), '7.65');
    });

    it('escapes label values and help texts', async () => {
      const metrics = make();
      const odd = { name: 'odd_total', help: 'a\\b\nc', labelNames: ['text'] };
      metrics.counter(odd).inc({ text: 'say "hi"\\\n' });
      const text = await metrics.exposition();
      assert.match(text, /^# HELP odd_total a\\\\b\\nc$/m);
      assert.match(text, /^odd_total\{text="say \\"hi\\"\\\\\\n"\} 1$/m);
    });

    it('asks for what only the moment of the exposition knows', async () => {
      const metrics = make();
      const age = metrics.gauge({ name: 'age', help: 'Age.' });
      let seconds = 1;
      metrics.onExposition(() => age.set({}, seconds++));
      assert.equal(samples(await metrics.exposition()).get('age{}'), '1');
      assert.equal(samples(await metrics.exposition()).get('age{}'), '2');
    });

    it('gives the same metric when asked twice for one name', async () => {
      const metrics = make();
      const options = { name: 'same', help: 'Same.' };
      metrics.gauge(options).set({}, 1);
      metrics.gauge(options).inc();
      assert.equal(samples(await metrics.exposition()).get('same{}'), '2');
    });
  });
}

describe('addProcessMetrics', () => {
  it('tells memory, CPU and start of the process, under the names of prom-client', async () => {
    const metrics = createPlainMetrics();
    addProcessMetrics(metrics);
    const read = async (name: string) =>
      Number(samples(await metrics.exposition()).get(`${name}{}`));
    assert.ok((await read('process_resident_memory_bytes')) > 1e7);
    const before = await read('process_cpu_seconds_total');
    assert.ok(before > 0.01 && before <= (await read('process_cpu_seconds_total')));
    const age = Date.now() / 1000 - (await read('process_start_time_seconds'));
    assert.ok(age >= -1 && age < 3_600, `${age} s`);
    const prom = await createPromMetrics().exposition();
    for (const [, name = ''] of (await metrics.exposition()).matchAll(/^# TYPE (\S+)/gm)) {
      assert.ok(prom.includes(`# TYPE ${name} `), name);
    }
  });
});

describe('createPromMetrics', () => {
  it('tells about the process unless it shall not', async () => {
    assert.match(await createPromMetrics().exposition(), /^process_resident_memory_bytes \d+/m);
    const without = createPromMetrics({ processMetrics: false });
    assert.doesNotMatch(await without.exposition(), /process_/);
  });

  it('keeps two registries apart', async () => {
    const [a, b] = [createPromMetrics({ processMetrics: false }), createPromMetrics()];
    a.counter({ name: 'mine_total', help: 'Mine.' }).inc();
    assert.doesNotMatch(await b.exposition(), /mine_total/);
  });
});
