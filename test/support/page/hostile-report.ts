import type { PageReport } from '../../../functions/domain/report/page/facts/page-report.ts';

/** What someone could give an instance, a tag or the output of a command, so that a page runs it or shows something else. */
export const HOSTILE_TEXTS = [
  '<script>alert(1)</script>',
  '</script><script>alert(2)</script>',
  '"><img src=x onerror=alert(3)>',
  "' onmouseover='alert(4)",
  '<!--<script>',
  ']]></style><svg onload=alert(5)>',
  'javascript:alert(6)',
  '{{constructor.constructor("alert(7)")()}}',
  `line\u2028separator\u2029and\u0000null`,
  '\u202Egpj.exe\u2066hidden\u2069',
  '</template><script>alert(8)</script>',
  '$(reboot); `reboot` & reboot',
];

/** A report in which every text that is not ours is such a text. */
export function aHostileReport(report: PageReport): PageReport {
  const text = (index: number) => `${HOSTILE_TEXTS[index % HOSTILE_TEXTS.length]}`;
  return {
    ...report,
    runId: text(1),
    region: text(2),
    account: text(0),
    targetVersion: text(4),
    checks: {
      versions: { status: 'not-kept', instances: [text(3)], text: text(1) },
      states: {
        status: 'not-kept',
        instances: report.instances.slice(0, 3).map((_, index) => text(index)),
        text: text(2),
      },
      leases: null,
      launchTimes: null,
    },
    instances: report.instances.map((instance, index) => ({
      ...instance,
      instanceId: index % 4 === 0 ? text(index) : instance.instanceId,
      name: text(index),
      group: text(index % 3),
      reason:
        instance.reason === null
          ? null
          : { code: index % 2 === 0 ? text(index) : instance.reason.code, text: text(index + 1) },
      originalState: index % 5 === 0 ? text(index) : instance.originalState,
      finalState: index % 5 === 1 ? text(index) : instance.finalState,
      versionBefore: text(index + 2),
      versionAfter: text(index + 3),
      commands: instance.commands.map((command) => ({ ...command, commandId: text(index), status: text(index) })),
      said: text(index + 4),
    })),
  };
}
