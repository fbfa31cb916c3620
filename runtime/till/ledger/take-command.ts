import { hash } from 'node:crypto'
import canonicalize from 'canonicalize'
import type { CommandAnswer, CommandType } from '../../till-api/commands.ts'
import { registerDevice } from '../tokens/devices.ts'
import { decide, endVisit, resolveReview } from './commands/checkout.ts'
import { admit, refuse, registerAccount, registerCard, visitIdOf } from './commands/entry.ts'
import { addEvidence, bindVisit, moveStock, setLines } from './commands/floor.ts'
import { openWalkIn } from './commands/walk-in.ts'
import { constantQuery } from './constant-query.ts'
import { collectDebt, settleDebt } from './debts.ts'
import { setEmail } from './email-addresses.ts'
import { recordOpening, recordReset } from './gates.ts'
import { forgetAccount } from './privacy.ts'
import { disputeLine, refundLine, resolveDispute } from './refunds.ts'
import { refusal, type Step } from './step.ts'
import type { LedgerTables } from './tables.ts'
import { unwritten, type WrittenCommand, type WrittenCommandOf } from './written-command.ts'

type Handler<T extends CommandType> = (step: Step, command: WrittenCommandOf<T>) => Promise<unknown>

const handlers: { [T in CommandType]: Handler<T> } = {
  admit,
  refuse,
  'add-evidence': addEvidence,
  'bind-visit': bindVisit,
  'walk-in': openWalkIn,
  'set-lines': setLines,
  'end-visit': endVisit,
  decide,
  'resolve-review': resolveReview,
  'refund-line': refundLine,
  'dispute-line': disputeLine,
  'resolve-dispute': resolveDispute,
  'settle-debt': settleDebt,
  'collect-debt': collectDebt,
  'move-stock': moveStock,
  'register-account': registerAccount,
  'register-device': registerDevice,
  'register-card': registerCard,
  'set-email': setEmail,
  'forget-account': forgetAccount,
  'open-gate': (step, { gate, direction, reason }) => recordOpening(step, { gate, direction, reason }),
  'reset-gate': (step, { gate, reason }) => recordReset(step, { gate, reason }),
}

type CommandRow = LedgerTables['commands']

const takenCommand = constantQuery<CommandRow>((db, at) =>
  db.selectFrom('commands').selectAll().where('command_id', '=', at(0)),
)
const insertCommand = constantQuery((db, at) =>
  db
    .insertInto('commands')
    .values({ command_id: at(0), type: at(1), body_hash: at(2), sequence: at(3), visit_id: at(4) }),
)

const canonicalDigest = (command: object) => hash('sha256', canonicalize(command) ?? '')

/** Of the same command, whatever the order of its fields. */
const digestOf = (command: WrittenCommand) =>
  command.type === 'add-evidence' ? command.digest : canonicalDigest(command)

/**
 * Takes a command once. Its id and the digest of its body are written in the transaction of its effect, so a
 * command that is sent again after a lost answer or a crash gets the first answer.
 * @throws AisleError `command-conflict`, or what refuses the command itself
 */
export async function takeCommand(step: Step, command: WrittenCommand): Promise<CommandAnswer> {
  const { commandId, type } = command
  const [taken] = await takenCommand(step.trx, [commandId])
  if (taken) {
    if (!isSame(taken, command)) {
      throw refusal(
        'command-conflict',
        `Another ${taken.type} command was taken under the id ${commandId}.`,
        'Give a new command a new id; send a command again as it was.',
      )
    }
    return { sequence: taken.sequence, ...(taken.visit_id ? { visitId: taken.visit_id } : {}), repeated: true }
  }
  await (handlers[type] as Handler<CommandType>)(step, command)
  const { sequence } = step.journal.head
  const visitId = command.type === 'admit' ? visitIdOf(command.scanId) : undefined
  await insertCommand(step.trx, [commandId, type, digestOf(command), sequence, visitId ?? null])
  return { sequence, ...(visitId ? { visitId } : {}), repeated: false }
}

const isSame = ({ body_hash }: CommandRow, command: WrittenCommand) =>
  body_hash === digestOf(command) ||
  // Taken by an earlier release, which made the digest of the whole command in its canonical form.
  body_hash === canonicalDigest(unwritten(command))
