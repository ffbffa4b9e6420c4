import { testCourses } from './hunt.ts';

// Mirrors no folder: all controllers at once, against a model of everything around them (an API, nodes, daemons, people, leaders).

describe('control plane: random courses of events', () => {
  // The same courses for everybody: whoever breaks the build has changed something. Others are looked for at length, in test/long.
  testCourses({
    seed: Number(process.env['MODEL_SEED'] ?? 20_261_121),
    seconds: Number(process.env['MODEL_SECONDS'] ?? 8),
  });
});
