import assert from 'node:assert/strict';
import { totalOf as allWrites, writesOf } from '../../bench/audit.ts';
import { totalOf } from '../../bench/metrics-text.ts';
import { cpuSecondsOf, peakRssMbOf, rssMbOf } from '../../bench/process-usage.ts';

const line = (username: string, verb: string, resource: string, subresource?: string): string =>
  JSON.stringify({
    verb,
    user: { username },
    objectRef: { resource, ...(subresource === undefined ? {} : { subresource }) },
  });

describe('measuring', () => {
  it('tells writes apart by writer, verb and resource', () => {
    const manager = 'system:serviceaccount:headstart-system:headstart-manager';
    const log = [
      line(manager, 'patch', 'nodeimages'),
      line(manager, 'patch', 'nodeimages'),
      line(
        'system:serviceaccount:headstart-daemon:headstart-daemon',
        'patch',
        'nodeimages',
        'status',
      ),
      line('admin', 'create', 'imagepulljobs'),
      '{"verb":"patch","user":{"userna',
    ].join('\n');
    const writes = writesOf(log);
    assert.deepEqual(writes, {
      'headstart-manager': { 'patch nodeimages': 2 },
      'headstart-daemon': { 'patch nodeimages/status': 1 },
      admin: { 'create imagepulljobs': 1 },
    });
    assert.equal(allWrites(writes), 4);
  });

  it('adds samples up, with labels and without, also in exponent notation', () => {
    const text = 'cpu_total 1.5e+01\n# TYPE x counter\nx{a="1"} 2\nx{a="2"} 3\nx_of_others 9\n';
    assert.deepEqual([totalOf(text, 'cpu_total'), totalOf(text, 'x')], [15, 5]);
  });

  it('reads the CPU time of a process whose name holds spaces and parentheses', () => {
    const stat = '7 (a b) c) S 1 7 7 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 1 0';
    assert.equal(cpuSecondsOf(stat), 3);
  });

  it('reads the peak of memory, and what is held now', () => {
    const status = 'Name:\tnode\nVmHWM:\t  153600 kB\nVmRSS:\t 1024 kB\n';
    assert.deepEqual([peakRssMbOf(status), rssMbOf(status)], [150, 1]);
  });
});
