import { error } from './catalogue-entry';

/** The codes of what pods need beside their containers: ports that probes ask, objects that they refer to, what comes before them. */
export const PODS = {
  IM1712: error('a probe of a port that no container has',
    'Kubernetes asks that port for ever: the pod never becomes ready, or is started again and again.',
    'name the port that the container listens on'),
};
