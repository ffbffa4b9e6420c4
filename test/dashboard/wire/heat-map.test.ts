import assert from 'node:assert/strict';
import fc from 'fast-check';
import { layoutHeatMap, squareAt } from '../../../dashboard/wire/heat-map.ts';

describe('the heat map', () => {
  const sizes = [fc.integer({ min: 1, max: 8000 }), fc.integer({ min: 200, max: 2000 })] as const;

  it('has room for every node within its width', () => {
    fc.assert(
      fc.property(...sizes, (count, width) => {
        const { columns, rows, pitch, height } = layoutHeatMap(count, width);
        assert.ok(columns * pitch <= width);
        assert.ok(columns * rows >= count && columns * (rows - 1) < count);
        assert.equal(height, rows * pitch);
      }),
    );
  });

  it('finds the node in the middle of each square', () => {
    fc.assert(
      fc.property(...sizes, fc.nat(), (count, width, any) => {
        const layout = layoutHeatMap(count, width);
        const { columns, pitch } = layout;
        const index = any % count;
        const x = ((index % columns) + 0.5) * pitch;
        const y = (Math.floor(index / columns) + 0.5) * pitch;
        assert.equal(squareAt(layout, count, { x, y }), index);
      }),
    );
  });

  it('finds nothing beside the squares', () => {
    const layout = layoutHeatMap(3, 500);
    for (const point of [
      { x: -1, y: 5 },
      { x: 499, y: 5 },
      { x: 5, y: 400 },
    ]) {
      assert.equal(squareAt(layout, 3, point), undefined);
    }
  });
});
