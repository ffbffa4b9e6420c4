import { Command } from 'commander';

/** `headstart manifests`: everything that is installed, as one YAML stream. */
export function manifestsCommand(): Command {
  return new Command('manifests')
    .description('Print everything that is installed on a cluster, as YAML for kubectl apply.')
    .option('--image <reference>', 'image of manager and daemon')
    .action(async ({ image }: { readonly image?: string }) => {
      const { DEFAULT_IMAGE, renderInstall } = await import('../../manifests/render.ts');
      process.stdout.write(renderInstall({ image: image ?? DEFAULT_IMAGE }));
    });
}
