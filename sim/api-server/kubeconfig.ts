/** What a kubeconfig says. */
export interface KubeconfigOptions {
  readonly server: string;
  readonly caPem: string;
  readonly token: string;
}

/** A kubeconfig as JSON text, which is YAML too. */
export function kubeconfigText({ server, caPem, token }: KubeconfigOptions): string {
  const name = 'headstart';
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name,
        cluster: {
          server,
          'certificate-authority-data': Buffer.from(caPem).toString('base64'),
        },
      },
    ],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}
