export { freePort } from '../../simulators/services/processes.ts';
