import { randomInt } from 'node:crypto';
import { testCourses } from '../model/hunt.ts';

describe('control plane: random courses of events that nobody has seen', () => {
  testCourses({
    seed: Number(process.env['MODEL_SEED'] ?? randomInt(2 ** 31)),
    seconds: Number(process.env['MODEL_SECONDS'] ?? 1_200),
  });
});
