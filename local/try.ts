import { readFleet } from '/work/main/local/account/fleet.ts';
import { simulate } from '/work/main/local/simulation.ts';
const t=Date.now();
const r = await simulate({ fleet: readFleet(process.argv[2]!), seed: Number(process.argv[3]??1), onEntry: (e) => process.env.V && console.log(new Date(e.at).toISOString().slice(11,19), e.kind==='call'? `${e.principal} ${e.service}:${e.operation} ${e.error??''}`: `   ${e.instanceId} ${e.what}: ${e.detail}`) , logger: { info(){}, warn: console.error, error: console.error} as any});
console.log(JSON.stringify(r.execution), r.tally, r.durationSeconds, Date.now()-t,'ms');
for (const i of r.report?.instances ?? []) console.log(i.instanceId, i.outcome, i.versionBefore, i.versionAfter, i.originalState, i.finalState, i.awakeSeconds, i.reason?.code, i.reason?.text);
