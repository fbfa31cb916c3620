/** The table of the doors' fail-safe rules as a page, made from the table in the code. */
import { type FailSafeRule, failSafeRules } from '../../runtime/till/doors/fail-safe.ts'
import { table } from './device-page.ts'

export function failSafePage(): string {
  const rows = Object.values<FailSafeRule>(failSafeRules).map((rule) => [
    `**${rule.situation}**`,
    rule.entry,
    rule.exit,
    rule.bill,
    rule.by,
  ])
  return [
    '# When something is wrong: what the doors do',
    'Nobody is ever held, and nobody is let in whom the store could not serve. Each line is tested with the real parts in [fail-safe.test.ts](../test/till/doors/fail-safe.test.ts). Made from `runtime/till/doors/fail-safe.ts` by `npx aisle docs`.',
    table(['What is wrong', 'Entry', 'Exit', 'What was taken', 'By'], rows),
    '## What the installer has to see to',
    [
      'Software only observes a fire. The panel opens the gate by a wire of its own, as the building code asks; ask the authority that you are under.',
      'Wire a watchdog relay, or the exit to the normally closed contact of its relay (`exitOpensWhenOff`). The till says at its start which gates would not open by themselves.',
      'Switch the watchdog of the relay module on, as the page of the [device](devices/README.md) says, and try it: pull the network cable, count to three, walk out.',
      'Walk through this table once before opening, and once a year.',
    ]
      .map((line) => `- ${line}`)
      .join('\n'),
    '',
  ].join('\n\n')
}
