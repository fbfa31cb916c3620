/**
 * Commands as the ledger takes them. Evidence is most of what is journalled: its JSON and its digest are made once,
 * where it comes in, and the ledger's thread has but to write them down.
 */
import { hash } from 'node:crypto'
import canonicalize from 'canonicalize'
import type { CommandOf, CommandType, TillCommand } from '../../till-api/commands.ts'

export type WrittenEvidence = Omit<CommandOf<'add-evidence'>, 'evidence'> & {
  /** Each the JSON of an `Evidence`. */
  evidence: string[]
  /** Of the command, whatever the order of its own fields; evidence is the same when its text is. */
  digest: string
}
export type WrittenCommand = Exclude<TillCommand, { type: 'add-evidence' }> | WrittenEvidence
export type WrittenCommandOf<T extends CommandType> = Extract<WrittenCommand, { type: T }>

export function written(command: TillCommand | WrittenCommand): WrittenCommand {
  if (command.type !== 'add-evidence' || 'digest' in command) return command
  const { evidence: all, ...rest } = command
  const evidence = all.map((one) => JSON.stringify(one))
  // JSON has no line ends of its own: what stands between two is one text.
  return { ...rest, evidence, digest: hash('sha256', [canonicalize(rest), ...evidence].join('\n')) }
}

/** The command as it was sent. */
export function unwritten(command: WrittenCommand): TillCommand {
  if (command.type !== 'add-evidence') return command
  const { digest, evidence, ...rest } = command
  return { ...rest, evidence: evidence.map((text) => JSON.parse(text)) }
}
