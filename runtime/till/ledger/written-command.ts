/**
 * Commands as the ledger takes them. Evidence is most of what is journalled: its JSON is written once, where it comes
 * in, and is what crosses to the ledger's thread, what the digest is of, and what the journal keeps.
 */
import type { CommandOf, CommandType, TillCommand } from '../../till-api/commands.ts'

export type WrittenEvidence = Omit<CommandOf<'add-evidence'>, 'evidence'> & {
  /** Each the JSON of an `Evidence`. */
  evidence: string[]
}
export type WrittenCommand = Exclude<TillCommand, { type: 'add-evidence' }> | WrittenEvidence
export type WrittenCommandOf<T extends CommandType> = Extract<WrittenCommand, { type: T }>

export function written(command: TillCommand | WrittenCommand): WrittenCommand {
  if (command.type !== 'add-evidence') return command
  const evidence = command.evidence.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)))
  return { ...command, evidence }
}

/** The command as it was sent. */
export function unwritten(command: WrittenCommand): TillCommand {
  if (command.type !== 'add-evidence') return command
  return { ...command, evidence: command.evidence.map((text) => JSON.parse(text)) }
}
