/** Processors that images are published for, in the names of OCI → what is called otherwise elsewhere. */
export const ARCHITECTURES = {
  /** `machine` is e_machine of elf(5). */
  amd64: { node: 'x64', machine: 62 },
  arm64: { node: 'arm64', machine: 183 },
} as const;

/** See {@link ARCHITECTURES}. */
export type Architecture = keyof typeof ARCHITECTURES;

/** All of them. */
export const PLATFORMS = Object.keys(ARCHITECTURES) as readonly Architecture[];

/** Of this machine. */
export function thisArchitecture(): Architecture {
  return process.arch === 'arm64' ? 'arm64' : 'amd64';
}
