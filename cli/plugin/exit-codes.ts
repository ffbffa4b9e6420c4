/** How the plugin's commands end, for CI. */
export const EXIT = {
  /** It is so: the job is Complete, the object would be accepted. */
  ok: 0,
  /** It is not: the job Failed, an object would be denied, the API server refused. */
  failed: 1,
  /** The command line is wrong. */
  usage: 2,
  /** `--timeout` ran out first. */
  timeout: 3,
} as const;
