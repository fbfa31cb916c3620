/**
 * What the doors do when something is wrong: one line for each thing that can be. `docs/fail-safe.md` is made of
 * this table, and `test/till/doors/fail-safe.test.ts` has a proof of each line; the compiler asks for both when a line
 * is added. Two sentences stand behind all of it: nobody is ever held, and nobody is let in whom the store could not
 * serve.
 */

export interface FailSafeRule {
  /** What is wrong. */
  situation: string
  /** What becomes of somebody who wants in. */
  entry: string
  /** What becomes of somebody who wants out. */
  exit: string
  /** What becomes of what they took. */
  bill: string
  /** Where this comes from: who does it, and by what. */
  by: string
}

const asAlways = 'opens as always for whoever asks'
const nothingThere = 'stays open: nothing stands there'
const undecided = 'waits for the flows; after its time for a person, who decides or lets it go'

export const failSafeRules = {
  fire: {
    situation: 'The fire alarm is on',
    entry: 'nobody is admitted; whoever was admitted and has not walked in is forgotten',
    exit: 'is told to open within 250 ms, and stays open until a person resets it, also over a restart',
    bill: undecided,
    by: "the panel's own wire to the gate, which no software can hold back; the till sees it and does the same (`gate-controller.ts`)",
  },
  'fire-wire-cut': {
    situation: 'The wire from the fire panel is cut',
    entry: 'as on fire',
    exit: 'as on fire: the contact is closed at rest, so that a cut wire reads as an alarm',
    bill: undecided,
    by: '`gate-driver.ts`',
  },
  'no-power': {
    situation: 'The gate and its relays have no power',
    entry: 'nobody is admitted',
    exit: 'opens by itself: its relays drop, the watchdog relay or that of the exit (`exitOpensWhenOff`) among them',
    bill: undecided,
    by: 'the wiring of the gate; `withoutPower` in the definition says whether relays drop',
  },
  tailgate: {
    situation: 'Somebody walked in whom nobody had admitted',
    entry:
      "as the gate's `tailgate` says: goes on, or shoppers are refused until staff have looked and reset the gate; that is not forgotten over a restart",
    exit: asAlways,
    bill: "is nobody's by a guess: what they take goes to a person; they count into the party before them only where the gate says so and its account may bring so many",
    by: '`gate-controller.ts` and `tailgates.ts`; an alarm in any case',
  },
  'till-dead': {
    situation: 'The till has died',
    entry: 'nobody is admitted; when it is back it opens for no old admission',
    exit: 'opens by itself within 3 s: the watchdog relay drops',
    bill: 'nothing that was acknowledged is lost; what was under way goes on when it is back',
    by: "the relay module's own watchdog, or a relay that is held by pulses (`whenSilent` in the definition)",
  },
  'till-frozen': {
    situation: 'The till hangs',
    entry: 'nobody is admitted',
    exit: 'opens by itself within 3 s, as when it has died',
    bill: 'goes on when it is back; the supervisor starts it again',
    by: "the relay module's own watchdog",
  },
  'gate-cut-off': {
    situation: 'The network between till and gate is broken',
    entry: 'nobody is admitted',
    exit: 'opens by itself within 3 s',
    bill: 'the count of people is right again when it is back, where the module counts passes',
    by: "the relay module's own watchdog; `contact-module.ts` finds out within a second",
  },
  'database-stuck': {
    situation: 'The database does not answer, or its disk is full',
    entry: 'nobody is admitted: an admission is written before the gate opens',
    exit: `${asAlways}, and on fire within 250 ms: no door waits for a disk`,
    bill: 'what the doors saw waits in memory until it can be written',
    by: 'the ledger is a thread of its own (`ledger-thread.ts`); `door-record.ts` tries again and again',
  },
  'flows-down': {
    situation: 'The flows are down, or are being changed',
    entry: 'nobody is admitted: nobody answers the scan',
    exit: asAlways,
    bill: undecided,
    by: 'doors and exits need no flow (`gate-controller.ts`)',
  },
  'sensing-down': {
    situation: 'Sensing is down, or too many plates are blind',
    entry: 'newcomers are refused; staff come in to mend it',
    exit: asAlways,
    bill: 'what nobody saw is not charged: such lines go to a person',
    by: 'the entry rules (`cannot-see`), which ask sensing at each scan',
  },
  'broker-down': {
    situation: 'The MQTT broker is down',
    entry: 'newcomers are refused where the people are seen over it; at a gate that hangs on it nobody is admitted',
    exit: `${asAlways}; a gate that hangs on the broker opens by itself within 3 s`,
    bill: 'what nobody saw is not charged: such lines go to a person',
    by: 'the entry rules, told by sensing that the appliance is offline; the gate board drops what is held',
  },
  'provider-down': {
    situation: 'The payment provider does not answer',
    entry: 'goes on within the caps of the profile (`payment.offline`)',
    exit: asAlways,
    bill: 'waits under its key until the provider is back, and is charged once',
    by: 'the outbox of the ledger (`outbox.ts`)',
  },
  'over-caps': {
    situation: 'As much waits for the payment provider as may',
    entry: 'newcomers are refused, staff are not',
    exit: asAlways,
    bill: 'goes to a person instead of waiting for the provider, too',
    by: 'the till itself (`cannot-charge`), whatever the flows say',
  },
  declined: {
    situation: 'The payment was declined',
    entry: 'that account is refused until the debt is settled',
    exit: `${asAlways}: nobody is held for a debt`,
    bill: 'is a debt',
    by: 'exits know nothing of payments (`gate-controller.ts`); the entry rules (`debt`)',
  },
  unpaid: {
    situation: 'Somebody walks out by an open entrance without having paid at the kiosk',
    entry: nothingThere,
    exit: nothingThere,
    bill: "is a debt of nobody's, and staff hear an alarm; a line that is not sure goes to a person first",
    by: '`charges.ts`: there is no means of payment, and nothing that could hold anybody',
  },
  'kiosk-blind': {
    situation: 'At an open entrance or a kiosk nobody watches: the vision, sensing or the flows are down',
    entry: nothingThere,
    exit: nothingThere,
    bill: "of whoever was not seen to walk in is nobody's; a kiosk shows no list, takes no card and offers to call staff",
    by: '`kiosk-desk.ts`: who stood there 10 s ago does not count; what has to be seen again is told again (`kiosk-watch.ts`)',
  },
  'kiosk-down': {
    situation: 'A kiosk, its terminal or the payment provider behind it is down',
    entry: nothingThere,
    exit: nothingThere,
    bill: 'is charged to no card that the provider did not know; one that it was being asked about is charged once, when it is back; whoever leaves without owes it',
    by: 'the token is exchanged before anything is charged (`kiosk-desk.ts`); the outbox of the ledger (`prepayments.ts`)',
  },
} as const satisfies Record<string, FailSafeRule>

export type FailSafeSituation = keyof typeof failSafeRules
