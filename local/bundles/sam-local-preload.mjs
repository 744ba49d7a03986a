// Runs before a function that `sam local` has put into a container, by way of NODE_OPTIONS in events/env.json: SAM CLI
// hands on only variables that the template declares, and AWS_ENDPOINT_URL is none of them.
import { lookup } from 'node:dns/promises';

// An address and not the name: below a name, the SDK would look for each bucket as a host of its own.
const { address } = await lookup('host.docker.internal', { family: 4 });
process.env.AWS_ENDPOINT_URL = `http://${address}:4566`;

// The account's clock stands elsewhere than the container's: it says so in every answer. It has to run at speed 1.
const { headers } = await fetch(process.env.AWS_ENDPOINT_URL);
const ahead = Date.parse(headers.get('date')) - Date.now();
const MachineDate = Date;
const now = () => MachineDate.now() + ahead;
globalThis.Date = new Proxy(MachineDate, {
  construct: (target, given, newTarget) => Reflect.construct(target, given.length ? given : [now()], newTarget),
  get: (target, name, receiver) => (name === 'now' ? now : Reflect.get(target, name, receiver)),
});
