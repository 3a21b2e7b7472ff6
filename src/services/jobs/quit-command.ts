import { ContainerProps } from 'cdk8s-plus-28';
import { QuitClient } from './job-sidecar';

/** Istio's agent answers there, to the pod itself. */
const READY = 'http://127.0.0.1:15021/healthz/ready';
const QUIT = 'http://127.0.0.1:15020/quitquitquit';

/** Jobs whose variables name a proxy of HTTP would ask that one. */
const DIRECT = 'http_proxy= no_proxy=127.0.0.1';

const GET: { readonly [client in QuitClient]: string } = {
  [QuitClient.CURL]: `${DIRECT} curl -fs -o /dev/null`, [QuitClient.WGET]: `${DIRECT} wget -q -O /dev/null`,
};
const POST: { readonly [client in QuitClient]: string } = { [QuitClient.CURL]: `${GET.CURL} -X POST`, [QuitClient.WGET]: `${GET.WGET} --post-data=` };

/**
 * The container with a shell around its command. It waits for the proxy, tells it to quit when the command has ended, whatever its exit
 * code, and ends with that code itself. Signals of the kubelet reach the shell alone: it hands them on, and waits again.
 */
export function quitting(container: ContainerProps, client: QuitClient): ContainerProps {
  const script = [
    `until ${GET[client]} ${READY}; do sleep 1; done`,
    '"$@" & child=$!',
    'trap \'kill -TERM "$child"\' TERM INT',
    'wait "$child"; code=$?',
    'while kill -0 "$child" 2>/dev/null; do wait "$child"; code=$?; done',
    `${POST[client]} ${QUIT} || echo 'the proxy was not told to quit' >&2`,
    'exit "$code"',
  ].join('\n');
  const { command = [], args = [] } = container;
  return { ...container, command: ['/bin/sh', '-c', script, '--'], args: [...command, ...args] };
}
