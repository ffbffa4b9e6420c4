import { parseImageReference } from '../../api/image-reference.ts';
import { HeadstartError } from '../../runtime/errors.ts';
import { RegistryModel, type SimulatedLayer } from '../../sim/registry-model.ts';
import type { SimulatedRuntime } from '../../sim/simulated-runtime.ts';
import type { Scenario } from './scenario.ts';

const REPOSITORY = 'registry.example.com/shop/web';
/** What the nodes have. */
const OLD_IMAGE = `${REPOSITORY}:old`;
/** What the job brings. */
export const NEW_IMAGE = `${REPOSITORY}:new`;

/** The images of a simulation. */
export interface SimulatedImages {
  readonly registry: RegistryModel;
  /** Puts the old image, which shares layers with the new one, on a node. */
  putOld(runtime: SimulatedRuntime): void;
}

/** Makes the images of a scenario. */
export function simulatedImages(scenario: Scenario): SimulatedImages {
  const uplink = { name: 'registry', bytesPerSecond: scenario.registryBandwidth };
  const registry = new RegistryModel({ uplink });
  const { shared, fresh } = layersOf(scenario);
  const old = registry.push(OLD_IMAGE, { layers: shared });
  registry.push(NEW_IMAGE, { layers: [...shared, ...fresh] });
  const parsed = parseImageReference(OLD_IMAGE);
  if (!parsed.ok) throw new HeadstartError('INTERNAL', 'the name of the old image is malformed');
  return {
    registry,
    putOld: ({ images, content }) => {
      images.add(parsed.reference, old);
      for (const { digest, sizeBytes } of shared) {
        content.addLayer(digest, { doneBytes: sizeBytes, sizeBytes }, []);
      }
    },
  };
}

/** Each side has at least one layer if it has bytes, so that the bytes are shared exactly as wanted. */
function layersOf({ imageBytes, layers, sharedShare }: Scenario) {
  const sharedBytes = Math.round(imageBytes * sharedShare);
  const least = sharedShare > 0 ? 1 : 0;
  const most = sharedShare < 1 ? layers - 1 : layers;
  const count = Math.min(most, Math.max(least, Math.round(layers * sharedShare)));
  return {
    shared: evenLayers('shared', count, sharedBytes),
    fresh: evenLayers('new', layers - count, imageBytes - sharedBytes),
  };
}

function evenLayers(name: string, count: number, bytes: number): readonly SimulatedLayer[] {
  return Array.from({ length: count }, (_, i) => ({
    digest: `sha256:${name}-${i}`,
    sizeBytes: Math.round((bytes * (i + 1)) / count) - Math.round((bytes * i) / count),
  }));
}
