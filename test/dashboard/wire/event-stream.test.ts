import assert from 'node:assert/strict';
import fc from 'fast-check';
import { EventParser, formatEvent, HEARTBEAT } from '../../../dashboard/wire/event-stream.ts';

describe('the stream of events', () => {
  it('is read alike however it is cut into pieces', () => {
    const data = fc.jsonValue().map(value => JSON.stringify(value));
    const names = fc.constantFrom('snapshot', 'delta');
    const event = fc.tuple(names, data).map(([name, text]) => ({ event: name, data: text }));
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 4 }),
        fc.integer({ min: 1, max: 9 }),
        (events, size) => {
          const text = events.map(each => formatEvent(each) + HEARTBEAT).join('');
          const parser = new EventParser();
          const read = [];
          for (let at = 0; at < text.length; at += size) {
            read.push(...parser.push(text.slice(at, at + size)));
          }
          assert.deepEqual(read, events);
        },
      ),
    );
  });
});
