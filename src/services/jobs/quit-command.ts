import { ContainerProps } from 'cdk8s-plus-28';
import { QuitClient } from './job-sidecar';

/** The endpoints of Istio's agent inside the pod. */
const READY = 'http://127.0.0.1:15021/healthz/ready';
const QUIT = 'http://127.0.0.1:15020/quitquitquit';

/** Requests to the agent must not use an HTTP proxy from the job's variables. */
const DIRECT = 'http_proxy= no_proxy=127.0.0.1';

const GET: { readonly [client in QuitClient]: string } = {
  [QuitClient.CURL]: `${DIRECT} curl -fs -o /dev/null`, [QuitClient.WGET]: `${DIRECT} wget -q -O /dev/null`,
};
const POST: { readonly [client in QuitClient]: string } = { [QuitClient.CURL]: `${GET.CURL} -X POST`, [QuitClient.WGET]: `${GET.WGET} --post-data=` };

/**
 * The container with a shell around its command. The shell waits for the proxy, runs the command, lets the proxy quit, and exits with the command's
 * code. The kubelet sends signals only to the shell, which forwards them.
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
