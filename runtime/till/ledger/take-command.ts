import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import type { CommandAnswer, CommandOf, CommandType, TillCommand } from '../../till-api/commands.ts'
import { registerDevice } from '../tokens/devices.ts'
import { decide, endVisit, resolveReview } from './commands/checkout.ts'
import { admit, refuse, registerAccount, registerCard, visitIdOf } from './commands/entry.ts'
import { addEvidence, bindVisit, moveStock, setLines } from './commands/floor.ts'
import { collectDebt, settleDebt } from './debts.ts'
import { setEmail } from './email-addresses.ts'
import { recordOpening, recordReset } from './gates.ts'
import { forgetAccount } from './privacy.ts'
import { disputeLine, refundLine, resolveDispute } from './refunds.ts'
import { refusal, type Step } from './step.ts'

type Handler<T extends CommandType> = (step: Step, command: CommandOf<T>) => Promise<unknown>

const handlers: { [T in CommandType]: Handler<T> } = {
  admit,
  refuse,
  'add-evidence': addEvidence,
  'bind-visit': bindVisit,
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

/**
 * Takes a command once. Its id and the digest of its body are written in the transaction of its effect, so a
 * command that is sent again after a lost answer or a crash gets the first answer.
 * @throws AisleError `command-conflict`, or what refuses the command itself
 */
export async function takeCommand(step: Step, command: TillCommand): Promise<CommandAnswer> {
  const { commandId, type } = command
  const body_hash = createHash('sha256')
    .update(canonicalize(command) ?? '')
    .digest('hex')
  const taken = await step.trx.selectFrom('commands').selectAll().where('command_id', '=', commandId).executeTakeFirst()
  if (taken) {
    if (taken.body_hash !== body_hash) {
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
  await step.trx
    .insertInto('commands')
    .values({ command_id: commandId, type, body_hash, sequence, visit_id: visitId ?? null })
    .execute()
  return { sequence, ...(visitId ? { visitId } : {}), repeated: false }
}
